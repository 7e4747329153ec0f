"""What a receipt would have cost by two rule sets, and what many of them add up to. Pure but for parsing bytes.

Amounts are minor units. A margin is the net without tax less today's cost, over lines whose cost is known.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from loyalty.pricing.engine import price
from loyalty.pricing.prepare import Prepared, prepare
from loyalty.pricing.quote import Quote
from loyalty.pricing.wire_rules import read_rule_set
from pos.core.errors import TillError
from pos.core.money import rounded
from pos.documents.audit import basket_of
from pos.documents.receipts import Sale

Json = dict[str, Any]
MOST_SHOWN = 25
"""Receipts with the largest difference that are kept to look at."""


@dataclass(slots=True)
class Figures:
    """Sums over receipts: at list prices, taken off, charged; of lines with known cost: net without tax, and cost."""

    gross: int = 0
    discount: int = 0
    net: int = 0
    known_base: int = 0
    known_net: int = 0
    cost: int = 0
    points: int = 0

    def add(self, other: "Figures") -> None:
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def margin(self) -> int:
        return self.known_base - self.cost

    @property
    def margin_share(self) -> int:
        """The margin in the net without tax of the same lines, basis points; 0 where no cost is known."""
        return rounded(self.margin * 10_000, self.known_base) if self.known_base > 0 else 0

    @property
    def known_share(self) -> int:
        """How much of the net the lines with known cost are, basis points."""
        return rounded(self.known_net * 10_000, self.net) if self.net > 0 else 0


@dataclass(slots=True)
class RuleSums:
    """What one rule took off, in how many receipts, by today's rules and by the draft."""

    today: int = 0
    today_receipts: int = 0
    draft: int = 0
    draft_receipts: int = 0


@dataclass(slots=True)
class Sums:
    """What a run adds up to. `skipped`: receipts that could not be priced, by the reason's code.

    `largest`: [difference of the total, document, receipt number, today, draft], the largest first.
    """

    receipts: int = 0
    changed: int = 0
    cheaper: int = 0
    sold: Figures = field(default_factory=Figures)
    today: Figures = field(default_factory=Figures)
    draft: Figures = field(default_factory=Figures)
    rules: dict[str, RuleSums] = field(default_factory=dict[str, RuleSums])
    largest: list[list[Any]] = field(default_factory=list[list[Any]])
    skipped: dict[str, int] = field(default_factory=dict[str, int])
    work_ms: int = 0
    """Milliseconds of work, over all batches."""

    def add(self, other: "Sums") -> None:
        self.receipts += other.receipts
        self.changed += other.changed
        self.cheaper += other.cheaper
        self.work_ms += other.work_ms
        for mine, theirs in ((self.sold, other.sold), (self.today, other.today), (self.draft, other.draft)):
            mine.add(theirs)
        for id_, sums in other.rules.items():
            own = self.rules.setdefault(id_, RuleSums())
            for name in RuleSums.__slots__:
                setattr(own, name, getattr(own, name) + getattr(sums, name))
        for code, n in other.skipped.items():
            self.skipped[code] = self.skipped.get(code, 0) + n
        self.largest = shortened([*self.largest, *other.largest])

    def to_json(self) -> Json:
        return asdict(self)

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self:
        """From the stored form; empty for a run that has not begun."""
        if not stored:
            return cls()
        made = cls(**stored)
        made.sold, made.today, made.draft = (Figures(**stored[name]) for name in ("sold", "today", "draft"))
        made.rules = {id_: RuleSums(**sums) for id_, sums in stored["rules"].items()}
        return made


def shortened(largest: list[list[Any]]) -> list[list[Any]]:
    return sorted(largest, key=lambda row: (-abs(row[0]), row[1]))[:MOST_SHOWN]


@dataclass(slots=True)
class Batch:
    """The sums of some receipts, and of each account among them: receipts, discounts by today's rules, by the draft."""

    sums: Sums = field(default_factory=Sums)
    accounts: dict[str, list[int]] = field(default_factory=dict[str, list[int]])


@dataclass(frozen=True, slots=True)
class Trial:
    """Both rule sets made ready, and what one unit of a product costs today."""

    today: Prepared
    draft: Prepared
    costs: Mapping[int, int]


def trial(today: Json, draft: Json, costs: Mapping[int, int], *, as_if_held: bool, on: str) -> Trial:
    """Ready to replay; `as_if_held` leaves the rules' own dates out, and rules that are over on the date `on`."""
    bodies = [without_dates(body, on) if as_if_held else body for body in (today, draft)]
    sets = [prepare(read_rule_set({"schema": 2, **body, "version": 1})) for body in bodies]
    return Trial(sets[0], sets[1], costs)


def without_dates(body: Json, on: str) -> Json:
    """The rules as if they had held all the time: those over on `on` left out, of the others the dates."""
    rules: list[Json] = []
    for rule in body["rules"]:
        when: Json = rule.get("when") or {}
        if when.get("until") and when["until"] <= on:
            continue
        kept = {name: value for name, value in when.items() if name not in ("from", "until")}
        rules.append(
            {**{name: value for name, value in rule.items() if name != "when"}, **({"when": kept} if kept else {})}
        )
    return {**body, "rules": rules}


def replay(tried: Trial, bodies: Iterable[bytes]) -> Batch:
    """Price each sale's own inputs by both rule sets; the documents themselves are only read."""
    batch = Batch()
    for body in bodies:
        try:
            sale = Sale.model_validate_json(body)
            basket = basket_of(sale)
            today, draft = price(tried.today, basket), price(tried.draft, basket)
        except TillError as error:
            batch.sums.skipped[error.code] = batch.sums.skipped.get(error.code, 0) + 1
        except ValueError:
            batch.sums.skipped["input.malformed"] = batch.sums.skipped.get("input.malformed", 0) + 1
        else:
            _count(batch, sale, today, draft, tried.costs)
    return batch


def _count(batch: Batch, sale: Sale, today: Quote, draft: Quote, costs: Mapping[int, int]) -> None:
    sums = batch.sums
    sums.receipts += 1
    sums.sold.add(_sold(sale, costs))
    sums.today.add(_quoted(sale, today, costs))
    sums.draft.add(_quoted(sale, draft, costs))
    before, after = today.totals.net, draft.totals.net
    for quote, amount, receipts in ((today, "today", "today_receipts"), (draft, "draft", "draft_receipts")):
        for id_, taken in _by_rule(quote).items():
            own = sums.rules.setdefault(id_, RuleSums())
            setattr(own, amount, getattr(own, amount) + taken)
            setattr(own, receipts, getattr(own, receipts) + 1)
    if before != after or _by_rule(today) != _by_rule(draft):
        sums.changed += 1
        sums.cheaper += after < before
        sums.largest = shortened([*sums.largest, [after - before, sale.id, sale.receipt, before, after]])
    if sale.inputs.terms is not None:
        row = batch.accounts.setdefault(sale.inputs.terms.account, [0, 0, 0])
        row[0] += 1
        row[1] += today.totals.discount
        row[2] += draft.totals.discount


def _by_rule(quote: Quote) -> dict[str, int]:
    taken: dict[str, int] = {}
    for line in quote.lines:
        for discount in line.discounts:
            taken[discount.rule] = taken.get(discount.rule, 0) + discount.amount
    return taken


def _sold(sale: Sale, costs: Mapping[int, int]) -> Figures:
    figures = Figures(sale.totals.gross, sale.totals.discount, sale.totals.net, points=sale.points.earned)
    for line in sale.lines:
        _cost(figures, costs.get(line.product), line.quantity, line.net, line.tax_base)
    return figures


def _quoted(sale: Sale, quote: Quote, costs: Mapping[int, int]) -> Figures:
    totals = quote.totals
    figures = Figures(totals.gross, totals.discount, totals.net, points=quote.points.earned)
    for line, priced in zip(sale.lines, quote.lines, strict=True):
        _cost(figures, costs.get(line.product), line.quantity, priced.net, priced.tax_base)
    return figures


def _cost(figures: Figures, cost: int | None, quantity: int, net: int, base: int) -> None:
    if cost is not None:
        figures.known_net += net
        figures.known_base += base
        figures.cost += rounded(cost * quantity, 1_000)
