# pyright: strict
"""The answer: what each line costs and why, and what became of each rule. JSON: `docs/schema/quote-v2.json`."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from loyalty.pricing.rules import Source

Status: TypeAlias = Literal["applied", "beaten", "not_met"]


@dataclass(frozen=True, slots=True)
class Part:
    """`quantity` thousandths at the net unit `price`."""

    quantity: int
    price: int


@dataclass(frozen=True, slots=True)
class Discount:
    """What one rule took off one line; for a basket rule the line's share."""

    rule: str
    name: str
    source: Source
    kind: str
    amount: int


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """`gross` less the discounts is `net`; the parts multiply to `net`; `limits` names what held a discount back."""

    gross: int
    discounts: tuple[Discount, ...]
    net: int
    parts: tuple[Part, ...]
    tax_base: int
    tax: int
    limits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OnLine:
    """What became of a rule on one line. `amount`: given; would have been given (beaten); missing (not_met)."""

    line: int
    status: Status
    amount: int | None = None
    by: str | None = None
    missing: str | None = None


@dataclass(frozen=True, slots=True)
class Considered:
    """What became of a rule on the receipt: the amounts of its applied lines add up to `amount`."""

    rule: str
    name: str
    source: Source
    kind: str
    status: Status
    amount: int | None
    by: str | None
    missing: str | None
    lines: tuple[OnLine, ...]


@dataclass(frozen=True, slots=True)
class Totals:
    """`total` is what is owed: `net`, plus `tax` where prices do not include it. `cash_*` if all of it is paid in cash."""

    gross: int
    discount: int
    net: int
    tax: int
    total: int
    cash_rounding: int
    cash_total: int


@dataclass(frozen=True, slots=True)
class Points:
    """Points asked for and spent, `amount` minor units that they pay, the `most` that could be spent; points earned.

    `lines` are the shares of the lines in what is earned.
    """

    asked: int
    spent: int
    amount: int
    most: int
    earned: int
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class GiftOffer:
    """A gift that the basket has earned: `take` units of one of the choices (those in stock), `taken` of them in it."""

    rule: str
    choices: tuple[int, ...]
    price: int
    take: int
    taken: int


@dataclass(frozen=True, slots=True)
class RuleMessage:
    rule: str
    name: str


@dataclass(frozen=True, slots=True)
class Use:
    """What a rule with a limit from outside took of it: times, minor units, thousandths."""

    rule: str
    times: int
    sum: int
    pieces: int


@dataclass(frozen=True, slots=True)
class Hint:
    """A rule that is near: what is missing, and how much of it."""

    rule: str
    missing: str
    amount: int


@dataclass(frozen=True, slots=True)
class Quote:
    engine: int
    rule_set: int
    lines: tuple[QuoteLine, ...]
    totals: Totals
    saved: int
    saved_by: tuple[tuple[Source, int], ...]
    rules: tuple[Considered, ...]
    points: Points
    gifts: tuple[GiftOffer, ...] = ()
    messages: tuple[RuleMessage, ...] = ()
    uses: tuple[Use, ...] = ()
    hints: tuple[Hint, ...] = ()
