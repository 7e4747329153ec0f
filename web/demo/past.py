"""One day of one register that never was, as the exact bytes a till would have written. Pure but for the seeded dice."""

import hashlib
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from loyalty.pricing.basket import Basket, Line, LocalTime, PointsSettings, Settings, Terms
from loyalty.pricing.engine import ENGINE_VERSION, price
from loyalty.pricing.prepare import Prepared, prepare
from loyalty.pricing.quote import Quote
from loyalty.pricing.wire_rules import read_rule_set
from web.demo.rules import PROGRAMME, REGULATIONS

Json = dict[str, Any]
Made = tuple[UUID, bytes, datetime]
FLOAT = 2_000_000
POINTS = PointsSettings(PROGRAMME.value, PROGRAMME.share, PROGRAMME.least, PROGRAMME.earn_while_spending)
SETTINGS = Settings("AMD", 2, price_step=100, cash_step=1_000, grace_minutes=15, points=POINTS)
WRITTEN_SETTINGS: Json = {
    "currency": "AMD",
    "exponent": 2,
    "price_step": 100,
    "cash_step": 1_000,
    "cash_rounding": "nearest",
    "prices_include_tax": True,
    "grace_minutes": 15,
    "cap_percent": None,
    "cap_amount": None,
    "points": {
        "programme": 1,
        "value": PROGRAMME.value,
        "share": PROGRAMME.share,
        "least": PROGRAMME.least,
        "earn_while_spending": PROGRAMME.earn_while_spending,
        "pending_days": PROGRAMME.pending_days,
        "life": PROGRAMME.life,
        "life_count": PROGRAMME.life_count,
        "restored_days": PROGRAMME.restored_days,
    },
}
APP = "demo-1"


@dataclass(frozen=True, slots=True)
class Shelf:
    """A product as it was sold."""

    product: int
    name: str
    unit: str
    goods_class: tuple[int, ...]
    amount: int
    tax_code: str
    tax: int
    regulation: str | None
    code: str


@dataclass(frozen=True, slots=True)
class Shopper:
    """An account's terms."""

    account: UUID
    tier: str | None
    personal: int
    version: int
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Past:
    """Everything a day is made from; `rules` is the rule set's own form, `cursor` a place in the change feed."""

    seed: int
    zone: str
    rules: Mapping[str, Any]
    cursor: str
    shelves: tuple[Shelf, ...]
    shoppers: tuple[Shopper, ...]
    receipts: int


@dataclass(frozen=True, slots=True)
class Chain:
    """Where a register's chain stands after `last_day`; it sells about `receipts` times a day."""

    register: UUID
    prefix: str
    epoch: int
    staff: UUID
    receipts: int
    seq: int
    number: int
    z_number: int
    prev: str
    last_day: date | None


def day_of_documents(past: Past, chain: Chain, day: date, until: datetime) -> tuple[Chain, list[Made]]:
    """The register's shift of that day up to `until`: opening, receipts, closing. Nothing where it is too early."""
    if chain.last_day is not None and day <= chain.last_day:
        return chain, []
    random_ = random.Random(f"{past.seed} {chain.prefix} {day}")  # noqa: S311 - a made-up past
    opens = datetime.combine(day, time(8, random_.randrange(30)), ZoneInfo(past.zone))
    closes = min(datetime.combine(day, time(22), ZoneInfo(past.zone)), until)
    if closes - opens < timedelta(hours=1):
        return replace(chain, last_day=day), []
    writer = Writer(past, chain, day, random_)
    writer.open(opens)
    share = (closes - opens) / timedelta(hours=14)
    busy = 1.5 if day.isoweekday() >= 5 else 1.0
    count = max(1, round(chain.receipts * busy * share * random_.uniform(0.8, 1.2)))
    seconds = int((closes - opens).total_seconds()) - 600
    for offset in sorted(random_.randrange(300, seconds) for _ in range(count)):
        writer.sell(opens + timedelta(seconds=offset))
    writer.close(closes)
    return writer.finished(), writer.made


class Writer:
    """Writes one shift's documents, each naming the hash before it."""

    def __init__(self, past: Past, chain: Chain, day: date, random_: random.Random) -> None:
        self.past, self.chain, self.day, self.random = past, chain, day, random_
        self.seq, self.number, self.prev = chain.seq, chain.number, chain.prev
        self.made: list[Made] = []
        self.shift = self._id()
        self.prepared: Prepared = prepare(read_rule_set(past.rules))
        names = (
            "sales",
            "refunds",
            "gross",
            "discount",
            "net",
            "tax",
            "cash",
            "card",
            "cash_in",
            "cash_out",
            "expected",
        )
        self.totals: dict[str, int] = dict.fromkeys(names, 0)

    def finished(self) -> Chain:
        return replace(
            self.chain,
            seq=self.seq,
            number=self.number,
            prev=self.prev,
            z_number=self.chain.z_number + 1,
            last_day=self.day,
        )

    def open(self, at: datetime) -> None:
        counts = [{"value": 1_000_000, "count": 1}, {"value": 100_000, "count": 10}]
        self.write("shift_opening", at, {"business_date": self.day.isoformat(), "float": FLOAT, "counts": counts})

    def close(self, at: datetime) -> None:
        self.totals["expected"] = FLOAT + self.totals["cash"]
        difference = self.random.choice((0, 0, 0, 0, 0, -1_000, 1_000, -5_000))
        self.write(
            "shift_closing",
            at,
            {
                "z_number": self.chain.z_number + 1,
                "business_date": self.day.isoformat(),
                "totals": self.totals,
                "counted": self.totals["expected"] + difference,
                "counts": [],
                "difference": difference,
                "reason": "counted twice" if difference else "",
                "unsent": 0,
            },
        )

    def sell(self, at: datetime) -> None:
        """One receipt; now and then the client brings one line back ten minutes later."""
        shelves = self._basket()
        shopper = self._shopper()
        claimed = ("pensioner",) if shopper is None and self.random.random() < 0.05 else ()
        basket = self._engine_basket(shelves, shopper, claimed, at)
        quote = price(self.prepared, basket)
        lines = [_line(place, shelf, basket.lines[place - 1], quote) for place, (shelf, _) in enumerate(shelves, 1)]
        tender = "cash" if self.random.random() < 0.55 else "card"
        content = self._receipt(lines, quote, tender, _inputs(self.past, shopper, claimed, basket))
        laws = [REGULATIONS[shelf.regulation] for shelf, _ in shelves if shelf.regulation]
        seen = {"age": max((law.age or 0 for law in laws), default=0), "staff": str(self.chain.staff)}
        sold = self.write("sale", at, content | ({"age_confirmed": seen} if seen["age"] else {}))
        if tender == "card" and self.random.random() < 0.02:
            self._take_back(sold, content, at + timedelta(minutes=4))

    def write(self, kind: str, at: datetime, content: Json) -> UUID:
        document_id = self._id()
        self.seq += 1
        made_at = int(at.timestamp() * 1000)
        body = json.dumps(
            {
                "schema": 1,
                "kind": kind,
                "id": str(document_id),
                "register": str(self.chain.register),
                "epoch": self.chain.epoch,
                "seq": self.seq,
                "prev": self.prev,
                "made_at": made_at,
                "device_at": made_at,
                "app": APP,
                "staff": str(self.chain.staff),
                "shift": str(self.shift),
                **content,
            },
            ensure_ascii=False,
            separators=(",", ":"),
        ).encode()
        self.prev = hashlib.sha256(body).hexdigest()
        self.made.append((document_id, body, at + timedelta(seconds=1)))
        return document_id

    def _basket(self) -> list[tuple[Shelf, int]]:
        """Products with thousandths: few kinds sell much, most sell little; pieces mostly one by one."""
        wanted = min(1 + int(self.random.expovariate(1 / 4)), 25)
        places = {int(len(self.past.shelves) * self.random.random() ** 2.2) for _ in range(wanted)}
        step = 7919  # a prime, so that what sells well is spread over all categories
        found: list[tuple[Shelf, int]] = []
        for place in places:
            shelf = self.past.shelves[place * step % len(self.past.shelves)]
            if shelf.unit == "kg":
                found.append((shelf, self.random.randrange(200, 2_500)))
            else:
                found.append((shelf, self.random.choices((1_000, 2_000, 3_000, 4_000, 6_000), (70, 16, 8, 3, 3))[0]))
        return found

    def _shopper(self) -> Shopper | None:
        if self.random.random() >= 0.45 or not self.past.shoppers:
            return None
        return self.past.shoppers[int(len(self.past.shoppers) * self.random.random() ** 3)]

    def _engine_basket(
        self, shelves: list[tuple[Shelf, int]], shopper: Shopper | None, claimed: tuple[str, ...], at: datetime
    ) -> Basket:
        local = at.astimezone(ZoneInfo(self.past.zone))
        wall = LocalTime(local.date().isoformat(), local.hour * 60 + local.minute, local.isoweekday())
        terms = shopper and Terms(
            shopper.tier, frozenset(shopper.categories), shopper.personal, shopper.version, str(shopper.account)
        )
        lines = [
            Line(
                product=shelf.product,
                quantity=quantity,
                price=shelf.amount,
                unit="kg" if shelf.unit == "kg" else "piece",
                category=shelf.goods_class,
                tax=shelf.tax,
                regulation=shelf.regulation,
            )
            for shelf, quantity in shelves
        ]
        return Basket(tuple(lines), SETTINGS, wall, wall, terms, frozenset(claimed))

    def _receipt(self, lines: list[Json], quote: Quote, tender: str, inputs: Json) -> Json:
        totals = quote.totals
        rounding = totals.cash_rounding if tender == "cash" else 0
        total = totals.total + rounding
        step = 500_000 if total > 500_000 else 100_000
        received = -(-total // step) * step if tender == "cash" else total
        self._count("sales", totals.gross, totals.net, totals.tax, tender, total)
        return {
            **self._numbered(),
            "inputs": inputs,
            "lines": lines,
            "totals": {
                "gross": totals.gross,
                "discount": totals.discount,
                "net": totals.net,
                "tax": totals.tax,
                "cash_rounding": rounding,
                "total": total,
            },
            "tenders": [
                {"kind": tender, "received": received, "applied": total, "change": received - total, "reference": None}
            ],
            "points": {"earned": quote.points.earned, "spent": 0},
            "training": False,
            "personal": None,
        }

    def _take_back(self, sold: UUID, sale: Json, at: datetime) -> None:
        """The first line that the law takes back comes back whole, to the card it was paid with: exactly what was charged,
        negative (R7)."""
        kept = [code for code, law in REGULATIONS.items() if law.not_returnable]
        line = next((line for line in sale["lines"] if line["regulation"] not in kept), None)
        if line is None:
            return
        signed = ("quantity", "gross", "net", "tax_base", "tax_amount")
        back = {
            **line,
            **{name: -line[name] for name in signed},
            "points": -line["points"],
            "line": 1,
            "entry": "receipt",
            "discounts": [{**row, "amount": -row["amount"]} for row in line["discounts"]],
            "parts": [{**row, "quantity": -row["quantity"]} for row in line["parts"]],
            "origin": {"document": str(sold), "line": line["line"]},
        }
        net, gross, tax = back["net"], back["gross"], back["tax_amount"]
        self._count("refunds", gross, net, tax, "card", net)
        totals = {"gross": gross, "discount": gross - net, "net": net, "tax": tax, "cash_rounding": 0, "total": net}
        content = {
            **sale,
            **self._numbered(),
            "lines": [back],
            "totals": totals,
            "points": {"earned": -line["points"], "spent": 0},
            "tenders": [{"kind": "card", "received": net, "applied": net, "change": 0, "reference": None}],
            "reason": "did not fit",
            "approver": None,
        }
        self.write("refund", at, content)

    def _numbered(self) -> Json:
        self.number += 1
        return {
            "number": self.number,
            "receipt": f"{self.chain.prefix}-{self.chain.epoch}-{self.number}",
            "checkout": str(self._id()),
            "basket": str(self._id()),
            "seller": 1,
            "business_date": self.day.isoformat(),
        }

    def _count(self, kind: str, gross: int, net: int, tax: int, tender: str, total: int) -> None:
        """What the Z report sums; refunds of it are counted and lower the sums, which stay above zero."""
        for name, amount in (("gross", gross), ("discount", gross - net), ("net", net), ("tax", tax), (tender, total)):
            self.totals[name] += amount
        self.totals[kind] += 1

    def _id(self) -> UUID:
        return UUID(int=self.random.getrandbits(128), version=4)


def _line(place: int, shelf: Shelf, line: Line, quote: Quote) -> Json:
    priced = quote.lines[place - 1]
    return {
        "line": place,
        "product": shelf.product,
        "name": shelf.name,
        "item": "goods",
        "code": shelf.code,
        "entry": "scan",
        "unit": shelf.unit,
        "goods_class": list(shelf.goods_class),
        "quantity": line.quantity,
        "price": shelf.amount,
        "price_source": "list",
        "regulation": shelf.regulation,
        "minimum": 0,
        "manual": None,
        "gross": priced.gross,
        "discounts": [
            {"rule": given.rule, "source": given.source, "kind": given.kind, "amount": given.amount}
            for given in priced.discounts
        ],
        "net": priced.net,
        "parts": [{"quantity": part.quantity, "price": part.price} for part in priced.parts],
        "tax_code": shelf.tax_code,
        "tax_rate": shelf.tax,
        "tax_base": priced.tax_base,
        "tax_amount": priced.tax,
        "seller_staff": None,
        "units": [],
        "origin": None,
        "points": quote.points.lines[place - 1],
    }


def _inputs(past: Past, shopper: Shopper | None, claimed: tuple[str, ...], basket: Basket) -> Json:
    wall = {"date": basket.payment.date, "minute": basket.payment.minute, "weekday": basket.payment.weekday}
    terms = shopper and {
        "account": str(shopper.account),
        "version": shopper.version,
        "tier": shopper.tier,
        "categories": list(shopper.categories),
        "personal": shopper.personal,
        "points": 0,
    }
    return {
        "cursor": past.cursor,
        "rule_set": past.rules["version"],
        "engine": str(ENGINE_VERSION),
        "settings": WRITTEN_SETTINGS,
        "first_scan": wall,
        "payment": wall,
        "terms": terms,
        "claimed": list(claimed),
        "coupons": [],
    }
