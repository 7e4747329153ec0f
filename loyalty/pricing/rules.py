"""What a shop's discount rules say: frozen values and a closed set of effects.

Amounts are minor units, rates basis points, quantities thousandths. The JSON form is `docs/schema/rule-set-v1.json`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

Source: TypeAlias = Literal["card", "promotion", "claimed", "personal", "manual", "regulation"]
Rounding: TypeAlias = Literal["unit", "line", "basket"]


@dataclass(frozen=True, slots=True)
class Who:
    """Whom a rule is for: every part that is not empty must hold, inside a part any one is enough. Empty: anyone."""

    card: bool = False
    tiers: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    claimed: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Hours:
    """Minutes of the day, half-open. `end` at or before `start` runs over midnight and belongs to the day it began."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class When:
    """Local dates (half-open; empty text is open), ISO weekdays (empty: all) and hours (empty: all day)."""

    start: str = ""
    end: str = ""
    weekdays: frozenset[int] = frozenset()
    hours: tuple[Hours, ...] = ()


@dataclass(frozen=True, slots=True)
class What:
    """Goods: those products or categories (both empty: all goods), except the excluded ones."""

    products: frozenset[int] = frozenset()
    categories: frozenset[int] = frozenset()
    except_products: frozenset[int] = frozenset()
    except_categories: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class QuantityBy:
    """How the rule's goods are counted: each product on its own or together; pieces (a weighed line is one) or kg."""

    count: Literal["each", "together"]
    measure: Literal["pieces", "weight"]


@dataclass(frozen=True, slots=True)
class SumBy:
    """Which sum: the whole receipt or the rule's goods; at list prices or after the earlier phases."""

    of: Literal["receipt", "goods"]
    basis: Literal["before", "after"]


@dataclass(frozen=True, slots=True)
class Step:
    """From this quantity or sum on (inclusive), this value."""

    start: int
    value: int


@dataclass(frozen=True, slots=True)
class Scale:
    """A value that rises with a quantity or a sum: the highest step that is reached counts for everything."""

    by: QuantityBy | SumBy
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class NeedsQuantity:
    at_least: int
    by: QuantityBy


@dataclass(frozen=True, slots=True)
class NeedsSum:
    at_least: int
    by: SumBy


@dataclass(frozen=True, slots=True)
class Percent:
    """Basis points off each of the rule's lines."""

    value: int | Scale
    kind: ClassVar[str] = "percent"


@dataclass(frozen=True, slots=True)
class Personal:
    """The account's own percent off each of the rule's lines."""

    kind: ClassVar[str] = "personal"


@dataclass(frozen=True, slots=True)
class AmountOffUnit:
    """Minor units off the price of each unit (of a piece, of a kilogram)."""

    value: int | Scale
    kind: ClassVar[str] = "amount_unit"


@dataclass(frozen=True, slots=True)
class AmountOffLine:
    """Minor units off each of the rule's lines."""

    value: int | Scale
    kind: ClassVar[str] = "amount_line"


@dataclass(frozen=True, slots=True)
class FixedPrice:
    """A unit price, where it is lower than the present one."""

    value: int | Scale
    kind: ClassVar[str] = "price"


@dataclass(frozen=True, slots=True)
class BasketPercent:
    """Basis points off the subtotal of the rule's lines after the line phase."""

    value: int | Scale
    kind: ClassVar[str] = "basket_percent"


@dataclass(frozen=True, slots=True)
class BasketAmount:
    """Minor units off the rule's lines together, spread by what they cost."""

    value: int | Scale
    kind: ClassVar[str] = "basket_amount"


Effect: TypeAlias = Percent | Personal | AmountOffUnit | AmountOffLine | FixedPrice | BasketPercent | BasketAmount

ROUNDINGS: Mapping[str, tuple[Rounding, ...]] = {
    "percent": ("unit", "line"),
    "personal": ("unit", "line"),
    "amount_unit": ("unit",),
    "amount_line": ("line",),
    "price": ("unit",),
    "basket_percent": ("basket", "line"),
    "basket_amount": ("basket",),
}
"""Where each kind of effect may round (R2); the first is the default."""


@dataclass(frozen=True, slots=True)
class Group:
    """Rules that belong together. `blocks`: sources kept off a line on which a promotion of this group gives something."""

    id: str
    blocks: frozenset[Source] = frozenset()


@dataclass(frozen=True, slots=True)
class Regulation:
    """What the law says of a class of goods: no discount at all, lowest and highest unit price (None: not limited)."""

    code: str
    no_discount: bool = False
    floor: int | None = None
    ceiling: int | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """Who gets what off, when, on what, from which amount. Ties go to the lower priority number, then to the lower id."""

    id: str
    name: str
    priority: int
    source: Source
    effect: Effect
    rounding: Rounding
    who: Who = Who()
    when: When = When()
    what: What = What()
    needs_quantity: NeedsQuantity | None = None
    needs_sum: NeedsSum | None = None
    group: str | None = None
    stackable: bool = False
    over_manual: bool = False
    over_discounted: bool = True

    @property
    def on_basket(self) -> bool:
        return isinstance(self.effect, BasketPercent | BasketAmount)


@dataclass(frozen=True, slots=True)
class RuleSet:
    """All rules in force: a numbered version, never edited."""

    version: int
    rules: tuple[Rule, ...]
    groups: tuple[Group, ...] = ()
    regulations: tuple[Regulation, ...] = ()
