"""The server's side of what tills share: points, uses, coupons, gift cards, debts, goods to come back, new accounts.

Small, but it counts: nobody is promised more than is there.
"""

import json
import time
from typing import Any

from tests.till import shop

Held = dict[str, Any]


class Promises:
    """`points` by account, `rules` left over all, `coupons` {code: (batch, why not)}, `cards` {gift card: balance},
    `debts` {account: what may still be owed}, `blank` cards that are nobody's yet, by digest.

    `asked` keeps each reservation's body.
    """

    def __init__(self) -> None:
        self.points: dict[str, int] = {}
        self.rules: dict[str, dict[str, int]] = {}
        self.coupons: dict[str, tuple[str, str | None]] = {}
        self.cards: dict[str, int] = {}
        self.debts: dict[str, int] = {}
        self.back: dict[tuple[str, int], int] = {}
        """What of a sold line other tills hold for a refund, by document and line."""
        self.blank: dict[str, dict[str, str | None]] = {}
        self.held: dict[str, Held] = {}
        self.asked: list[dict[str, Any]] = []
        self.released: list[str] = []
        self.opened: dict[str, dict[str, Any]] = {}
        """Bodies of new accounts by the till's id."""
        self.owners: dict[str, dict[str, Any]] = {}
        """Rows of the accounts that cards turn out to belong to, by number."""
        self.refused_cards: set[str] = set()
        self.persons: dict[str, dict[str, Any]] = {}
        self.same_phone: list[dict[str, Any]] = []

    def reserve(self, reservation: str, body: dict[str, Any]) -> Held:
        """Of each at most what is asked and there; what this id held before is let go."""
        self.asked.append(body)
        account = body.get("account")
        refund = body.get("refund")
        answer = {
            "expires_at": time.time_ns() // 1_000_000 + body.get("ttl_s", 600) * 1_000,
            "points": min(body.get("points", 0), self.points.get(account or "", 0)),
            "coupons": [self._coupon(code) for code in body.get("coupons", [])],
            "gift_cards": [
                {"id": card["id"], "amount": min(card["amount"], self.cards.get(card["id"], 0))}
                for card in body.get("gift_cards", [])
            ],
            "rules": [self._rule(rule) for rule in body.get("rules", [])],
            "on_account": min(body.get("on_account", 0), self.debts.get(account or "", 0)),
            "refund": refund
            and {
                "document": refund["document"],
                "lines": [
                    {
                        "line": each["line"],
                        "quantity": max(0, each["quantity"] - self.back.get((refund["document"], each["line"]), 0)),
                    }
                    for each in refund["lines"]
                ],
            },
        }
        self.held[reservation] = answer
        return answer

    def _coupon(self, code: str) -> dict[str, Any]:
        batch, reason = self.coupons.get(code, (None, "unknown"))
        return {"code": code, "batch": batch, "ok": reason is None, "reason": reason}

    def _rule(self, wanted: dict[str, Any]) -> dict[str, Any]:
        left = self.rules.get(wanted["rule"], {})
        return {
            "rule": wanted["rule"],
            **{what: min(wanted[what], left.get(what, wanted[what])) for what in ("times", "sum", "pieces")},
        }

    def open_account(self, account: str, body: dict[str, Any]) -> tuple[int, Any]:
        number = body["card"]
        if number in self.refused_cards:
            return 404, "card.unknown"
        self.opened[account] = body
        if number in self.owners:
            return 200, {"accounts": [self.owners[number]]}
        row = shop.account(7_000 + len(self.opened), account, "", number, "active", tier=None, phone=None)
        if self.blank.get(shop.digest(number), {}).get("state") != "blank":
            row["blocked"] = "card_unknown"
        return 200, {"accounts": [row]}

    def fill_in(self, person: str, body: dict[str, Any]) -> tuple[int, Any]:
        self.persons[person] = body
        known = self.opened.get(body["account"], {}).get("card", "")
        row = shop.account(7_000, body["account"], body["given"], known, "active", tier=None, phone="1122")
        return 200, {"accounts": [row]}

    def get(self, path: str) -> tuple[int, Any]:
        kind, _, wanted = path.partition("/")
        if kind == "coupons":
            batch, reason = self.coupons.get(wanted, (None, "unknown"))
            return 200, {"code": wanted, "batch": batch, "ok": reason is None, "reason": reason}
        if wanted not in self.cards:
            return 404, "gift_card.not_found"
        balance = self.cards[wanted]
        return 200, {
            "id": wanted,
            "balance": balance,
            "available": balance,
            "sold": True,
            "blocked": None,
            "expires_on": None,
        }

    def put(self, path: str, body: bytes) -> tuple[int, Any]:
        kind, _, wanted = path.partition("/")
        known = wanted in self.held
        given = json.loads(body)
        if kind == "reservations":
            return (200 if known else 201), self.reserve(wanted, given)
        return self.open_account(wanted, given) if kind == "new-accounts" else self.fill_in(wanted, given)
