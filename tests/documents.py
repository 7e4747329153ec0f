"""Valid documents for tests: a register that writes its chain as a till would, with sums that hold."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from loyalty.pricing.engine import ENGINE_VERSION
from pos.core.ids import new_id
from pos.core.money import rounded
from pos.documents.envelope import GENESIS

MONDAY_NOON = 1_767_614_400_000
"""2026-01-05 12:00 UTC, in milliseconds."""
TAX_RATE = 2_000
CARD_PERCENT = 1_000
"""Basis points that the card of a builder's sale takes off each line."""

Change = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Made:
    """One document: its id, exact bytes and what they say."""

    id: UUID
    body: bytes
    data: Mapping[str, Any]

    @property
    def digest(self) -> bytes:
        return hashlib.sha256(self.body).digest()


@dataclass
class Till:
    """A paired register: writes documents of one epoch, each naming the hash before it."""

    register_id: UUID = field(default_factory=new_id)
    outlet_id: UUID = field(default_factory=new_id)
    staff_id: UUID = field(default_factory=new_id)
    shift_id: UUID | None = field(default_factory=new_id)
    epoch: int = 1
    prefix: str = "T1"
    at: int = MONDAY_NOON
    seq: int = 0
    number: int = 0
    prev: str = GENESIS

    def paired_again(self) -> "Till":
        """The same register in its next epoch, with a new chain."""
        return Till(
            self.register_id, self.outlet_id, self.staff_id, self.shift_id, self.epoch + 1, self.prefix, self.at
        )

    def write(self, kind: str, *, change: Change | None = None, **content: object) -> Made:
        """The next document of the chain. `change` may spoil it before it becomes bytes."""
        self.seq += 1
        self.at += 1_000
        made_id = id_made_at(self.at)
        data: dict[str, Any] = {
            "schema": 1,
            "kind": kind,
            "id": str(made_id),
            "register": str(self.register_id),
            "epoch": self.epoch,
            "seq": self.seq,
            "prev": self.prev,
            "made_at": self.at,
            "device_at": self.at,
            "app": "0.1.0",
            "staff": str(self.staff_id),
            "shift": str(self.shift_id) if self.shift_id else None,
            **content,
        }
        if change:
            change(data)
        body = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
        made = Made(made_id, body, data)
        self.prev = made.digest.hex()
        return made

    def open_shift(self, amount: int = 500_000) -> Made:
        counts = [{"value": amount, "count": 1}]
        return self.write("shift_opening", business_date="2026-01-05", float=amount, counts=counts)

    def close_shift(self, expected: int = 500_000, counted: int = 500_000, z_number: int = 1) -> Made:
        totals = shift_totals(cash=expected, expected=expected)
        return self.write(
            "shift_closing",
            z_number=z_number,
            business_date="2026-01-05",
            totals=totals,
            counted=counted,
            counts=[],
            difference=counted - expected,
            reason="" if counted == expected else "counted twice",
            unsent=0,
        )

    def sell(
        self,
        lines: int = 5,
        *,
        account: UUID | None = None,
        tender: str = "cash",
        training: bool = False,
        points: int = 0,
        personal: bytes | None = None,
        change: Change | None = None,
    ) -> Made:
        """A sale of `lines` products, 10 % off each line where an account is attached."""
        sold = [line_of(place, percent=CARD_PERCENT if account else 0) for place in range(1, lines + 1)]
        return self._receipt("sale", sold, account, tender, training, points, personal, change)

    def refund(
        self, sale: Made, lines: list[int] | None = None, *, points: int = 0, change: Change | None = None
    ) -> Made:
        """Money back for the named lines of `sale`, all by default."""
        chosen = [row for row in sale.data["lines"] if lines is None or row["line"] in lines]
        returned = [given_back(row, place, sale.id) for place, row in enumerate(chosen, 1)]
        terms = sale.data["inputs"]["terms"]
        account = UUID(terms["account"]) if terms else None
        tender = sale.data["tenders"][0]["kind"]
        return self._receipt(
            "refund", returned, account, tender, False, points, None, change, reason="changed their mind", approver=None
        )

    def _receipt(
        self,
        kind: str,
        lines: list[dict[str, Any]],
        account: UUID | None,
        tender: str,
        training: bool,
        points: int,
        personal: bytes | None,
        change: Change | None,
        **extra: object,
    ) -> Made:
        self.number += 1
        lines = [{**row, "points": 0} for row in lines]
        lines[0]["points"] = points
        gross, net = sum(row["gross"] for row in lines), sum(row["net"] for row in lines)
        tax = sum(row["tax_amount"] for row in lines)
        handed = rounded(net, 100_000) * 100_000 + 100_000 if kind == "sale" and tender == "cash" else net
        return self.write(
            kind,
            change=change,
            number=self.number,
            receipt=f"{self.prefix}-{self.epoch}-{self.number}",
            checkout=str(new_id()),
            basket=str(new_id()),
            seller=1,
            business_date="2026-01-05",
            inputs=inputs_of(account),
            lines=lines,
            totals={
                "gross": gross,
                "discount": gross - net,
                "net": net,
                "tax": tax,
                "cash_rounding": 0,
                "total": net,
            },
            tenders=[{"kind": tender, "received": handed, "applied": net, "change": handed - net, "reference": None}],
            points={"earned": points, "spent": 0},
            training=training,
            personal=hashlib.sha256(personal).hexdigest() if personal is not None else None,
            **extra,
        )

    def correction(self, reason: str, approver: str) -> Made:
        """Takings told to a fiscal register afterwards."""
        return self.write(
            "fiscal_correction",
            amount=120_000,
            tax_code="vat20",
            tax_rate=2_000,
            tender="cash",
            day="2026-01-03",
            basis="self",
            basis_number=None,
            reason=reason,
            approver=approver,
        )

    def events(self) -> list[Made]:
        """One document of every kind that is neither a receipt nor a shift's opening or closing."""
        basket, account = str(new_id()), str(new_id())
        manual = {"kind": "price", "value": 30_000, "reason": "dented", "approver": str(new_id())}
        return [
            self.write("x_report", totals=shift_totals()),
            self.write("turn", previous=None),
            self.write("sign_in_locked", attempts=5),
            self.write("cash_in", amount=100_000, reason="change from the bank"),
            self.write("cash_out", amount=50_000, reason="window cleaner"),
            self.write("drawer_opened", reason="change for a guest", approver=None),
            *(
                self.write(
                    kind,
                    basket=basket,
                    product=7,
                    name="Milk 1 l",
                    code="4850001000076",
                    price=50_000,
                    before=2_000,
                    after=after,
                    **more,
                )
                for kind, after, more in (
                    ("line_removed", 0, {}),
                    ("line_removed", 0, {"age_refused": 18}),
                    ("line_reduced", 1_000, {}),
                )
            ),
            self.write("card_attached", basket=basket, account=account, after_pay=False),
            self.write("card_detached", basket=basket, account=account, after_pay=True),
            *(self.write(f"category_{done}", basket=basket, category="pensioner") for done in ("claimed", "unclaimed")),
            self.write("limit_passed", basket=basket, account=account, limit="receipts_a_day", approver=str(new_id())),
            *(
                self.write(kind, basket=basket, lines=2, gross=100_000, reason="")
                for kind in ("basket_parked", "basket_recalled", "basket_voided")
            ),
            self.write("override", basket=basket, product=7, manual=manual, before=50_000, after=30_000),
            self.write("override_withdrawn", basket=basket, product=7, manual=manual, before=30_000, after=50_000),
            self.write(
                "debt_payment",
                account=account,
                amount=70_000,
                tenders=[{"kind": "cash", "received": 70_000, "applied": 70_000, "change": 0, "reference": None}],
            ),
            self.correction("the register was broken", str(new_id())),
            self.write("reprint", document=str(new_id()), copy=1),
        ]


def taking(
    *,
    uses: Sequence[Mapping[str, object]] = (),
    coupons: Mapping[str, str] | None = None,
    gift_cards: Mapping[UUID, int] | None = None,
    on_account: int = 0,
    sold_cards: Mapping[UUID, int] | None = None,
    reservation: UUID | None = None,
) -> Change:
    """Make a receipt take of limits, coupons (code: batch), gift cards (paid with, sold) and an account's debt.

    What gift cards and the account pay is taken off the first tender. Amounts are negative in a refund.
    """

    def change(data: dict[str, Any]) -> None:
        data["uses"] = [{"times": 1, "sum": 0, "pieces": 0, **use} for use in uses]
        data["inputs"]["coupons"] = [{"code": code, "batch": batch} for code, batch in (coupons or {}).items()]
        data["inputs"]["reservation"] = reservation and str(reservation)
        first = data["tenders"][0]
        for card, amount in (sold_cards or {}).items():
            line = {**line_of(len(data["lines"]) + 1, quantity=1_000, price=abs(amount)), "item": "gift_card"}
            line |= {"code": str(card), "tax_code": "vat0", "tax_rate": 0, "tax_base": amount, "tax_amount": 0}
            sign = 1 if amount > 0 else -1
            line |= {"gross": amount, "net": amount, "quantity": sign * 1_000, "goods_class": []}
            line["parts"] = [{"quantity": sign * 1_000, "price": abs(amount)}]
            data["lines"].append(line)
            for name in ("gross", "net", "total"):
                data["totals"][name] += amount
            first["received"] += amount
            first["applied"] += amount
        paid = [("gift_card", str(card), amount) for card, amount in (gift_cards or {}).items()]
        paid += [("on_account", None, on_account)] if on_account else []
        for kind, reference, amount in paid:
            first["received"] -= amount
            first["applied"] -= amount
            data["tenders"].append(
                {"kind": kind, "received": amount, "applied": amount, "change": 0, "reference": reference}
            )

    return change


def line_of(place: int, *, percent: int = 0, quantity: int = 2_000, price: int = 0) -> dict[str, Any]:
    """Line number `place`: two pieces of product `place`, `percent` basis points off the unit price."""
    price = price or 40_000 + place * 1_000
    unit = rounded(price * (10_000 - percent), 10_000 * 100) * 100
    gross, net = rounded(price * quantity, 1_000), rounded(unit * quantity, 1_000)
    tax = rounded(net * TAX_RATE, 10_000 + TAX_RATE)
    off = [{"rule": "tier-gold", "source": "card", "kind": "percent", "amount": gross - net}] if gross != net else []
    return {
        "line": place,
        "product": place,
        "name": f"Product {place} / Ապրանք {place}",
        "item": "goods",
        "code": f"485000{place:06d}1",
        "entry": "scan",
        "unit": "piece",
        "goods_class": [12, 3],
        "quantity": quantity,
        "price": price,
        "price_source": "list",
        "regulation": None,
        "minimum": 0,
        "manual": None,
        "gross": gross,
        "discounts": off,
        "net": net,
        "parts": [{"quantity": quantity, "price": unit}],
        "tax_code": "vat20",
        "tax_rate": TAX_RATE,
        "tax_base": net - tax,
        "tax_amount": tax,
        "seller_staff": None,
        "units": [],
        "origin": None,
    }


def given_back(sold: Mapping[str, Any], place: int, sale_id: UUID) -> dict[str, Any]:
    """The refund's line that takes the sold line back whole."""
    signed = ("quantity", "gross", "net", "tax_base", "tax_amount")
    return {
        **sold,
        **{name: -sold[name] for name in signed},
        "line": place,
        "entry": "receipt",
        "discounts": [{**row, "amount": -row["amount"]} for row in sold["discounts"]],
        "parts": [{**row, "quantity": -row["quantity"]} for row in sold["parts"]],
        "origin": {"document": str(sale_id), "line": sold["line"]},
    }


def inputs_of(account: UUID | None) -> dict[str, Any]:
    noon = {"date": "2026-01-05", "minute": 720, "weekday": 1}
    return {
        "cursor": "1.1000",
        "rule_set": 1,
        "engine": str(ENGINE_VERSION),
        "settings": {
            "currency": "AMD",
            "exponent": 2,
            "price_step": 100,
            "cash_step": 1_000,
            "cash_rounding": "nearest",
            "prices_include_tax": True,
            "grace_minutes": 15,
            "cap_percent": None,
            "cap_amount": None,
        },
        "first_scan": noon,
        "payment": noon,
        "terms": account
        and {
            "account": str(account),
            "version": 1,
            "tier": "gold",
            "categories": [],
            "personal": 0,
            "points": 0,
        },
        "claimed": [],
        "coupons": [],
    }


def shift_totals(**named: int) -> dict[str, int]:
    names = ("sales", "refunds", "gross", "discount", "net", "tax", "cash", "card", "cash_in", "cash_out", "expected")
    return {name: named.get(name, 0) for name in names}


def id_made_at(milliseconds: int) -> UUID:
    """A version 7 UUID of that moment: a till's later documents have higher ids."""
    return UUID(int=(new_id().int & ((1 << 80) - 1)) | milliseconds << 80)
