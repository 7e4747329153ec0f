"""What a shop's discount rules say: frozen values and a closed set of effects.

Amounts are minor units, rates basis points, quantities thousandths. The JSON form is `docs/schema/rule-set-v2.json`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

Source: TypeAlias = Literal["card", "promotion", "claimed", "personal", "coupon", "manual", "regulation", "points"]
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
    coupons: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Birthday:
    """Whole days before and after the account's birthday, the day itself included."""

    before: int
    after: int


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
    birthday: Birthday | None = None


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
    """A value that rises with a quantity or a sum.

    `whole`: the highest step that is reached counts for everything. `slab`: each step's value counts for the part between
    its start and the next one's, as tax brackets do.
    """

    by: QuantityBy | SumBy
    steps: tuple[Step, ...]
    mode: Literal["whole", "slab"] = "whole"


@dataclass(frozen=True, slots=True)
class NeedsQuantity:
    at_least: int
    by: QuantityBy


@dataclass(frozen=True, slots=True)
class NeedsSum:
    at_least: int
    by: SumBy


@dataclass(frozen=True, slots=True)
class NeedsCoverage:
    """That many different products of the rule's goods."""

    products: int


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


@dataclass(frozen=True, slots=True)
class PersonalPrice:
    """The account's own unit price of the product, where it is lower than the present one."""

    kind: ClassVar[str] = "personal_price"


@dataclass(frozen=True, slots=True)
class NForM:
    """Of every `take` units `take - pay` get `percent` off (basis points; 10000 is free).

    `cheapest_of_all`: the cheapest of all units taken. `best_for_client`: units are sorted dearest first and cut into runs
    of `take`; the cheapest of each run.
    """

    take: int
    pay: int
    percent: int
    choose: Literal["cheapest_of_all", "best_for_client"]
    kind: ClassVar[str] = "n_for_m"


@dataclass(frozen=True, slots=True)
class SetPart:
    """`take` units of these goods in each set."""

    what: What
    take: int


@dataclass(frozen=True, slots=True)
class SetOf:
    """Units of each part together: for a `sum`, or `percent` (basis points) or `amount` off them. A unit serves one part."""

    parts: tuple[SetPart, ...]
    price: Literal["sum", "percent", "amount"]
    value: int
    kind: ClassVar[str] = "set"


@dataclass(frozen=True, slots=True)
class Each:
    """Once for every so many minor units or thousandths of the rule's goods."""

    of: Literal["sum", "quantity"]
    size: int


@dataclass(frozen=True, slots=True)
class Gift:
    """`take` units of one of `choices` for the unit `price`: given once, or once per `each` that is reached.

    The units are lines of the basket that name the rule.
    """

    choices: tuple[int, ...]
    take: int
    price: int
    each: Each | None
    kind: ClassVar[str] = "gift"


@dataclass(frozen=True, slots=True)
class Earn:
    """`points` for each `per` minor units that the rule's goods cost in the end, in proportion."""

    points: int
    per: int
    kind: ClassVar[str] = "earn"


@dataclass(frozen=True, slots=True)
class EarnBonus:
    """`points` per receipt."""

    points: int
    kind: ClassVar[str] = "earn_bonus"


@dataclass(frozen=True, slots=True)
class Message:
    """Says its name to the cashier and gives nothing."""

    kind: ClassVar[str] = "message"


Valued: TypeAlias = Percent | AmountOffUnit | AmountOffLine | FixedPrice | BasketPercent | BasketAmount
"""Effects with a value or a scale of values."""
VALUED = (Percent, AmountOffUnit, AmountOffLine, FixedPrice, BasketPercent, BasketAmount)

Taking: TypeAlias = NForM | SetOf
"""Effects that take units out of lines."""

Effect: TypeAlias = Valued | Personal | PersonalPrice | Taking | Gift | Earn | EarnBonus | Message

ROUNDINGS: Mapping[str, tuple[Rounding, ...]] = {
    "percent": ("unit", "line"),
    "personal": ("unit", "line"),
    "amount_unit": ("unit",),
    "amount_line": ("line",),
    "price": ("unit",),
    "personal_price": ("unit",),
    "n_for_m": ("unit",),
    "set": ("basket",),
    "gift": ("unit",),
    "basket_percent": ("basket", "line"),
    "basket_amount": ("basket",),
    "earn": ("basket",),
    "earn_bonus": ("basket",),
    "message": ("basket",),
}
"""Where each kind of effect may round (R2); the first is the default."""

ON_LINES = ("percent", "personal", "amount_unit", "amount_line", "price", "personal_price")
BY_UNITS = ("percent", "personal", "amount_unit", "price", "personal_price", "n_for_m", "set", "gift")
"""Effects that lower countable units, so that units and pieces may be limited."""
REPEATED = ("n_for_m", "set", "gift")
"""Effects given several times on one receipt; the others count as one time."""
NOT_DISCOUNTS = ("earn", "earn_bonus", "message")


@dataclass(frozen=True, slots=True)
class ReceiptLimit:
    """The most on one receipt: sets or gifts, thousandths lowered, minor units, basis points of the receipt's gross."""

    times: int | None = None
    units: int | None = None
    sum: int | None = None
    percent: int | None = None


@dataclass(frozen=True, slots=True)
class AccountLimit:
    """Times per account, in whole local days back (None: ever). What is left of it is told to the engine."""

    times: int
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Budget:
    """Minor units or thousandths in all; where less is left than the rule would give: nothing (`refuse`) or the rest."""

    sum: int | None
    pieces: int | None
    short: Literal["refuse", "rest"]


@dataclass(frozen=True, slots=True)
class Limits:
    """`offline`: what a till without the server may give: all of what it knows to be left, nothing, or basis points of it."""

    receipt: ReceiptLimit = ReceiptLimit()
    account: AccountLimit | None = None
    all_times: int | None = None
    budget: Budget | None = None
    offline: Literal["allow", "deny"] | int = "allow"

    @property
    def from_outside(self) -> bool:
        """Whether earlier receipts count, so that uses are written down."""
        return self.account is not None or self.all_times is not None or self.budget is not None


@dataclass(frozen=True, slots=True)
class Group:
    """Rules that belong together. `blocks`: sources kept off a line on which a promotion of this group gives something.

    `best_of`: the best for the client on each line or on the receipt; `exclusive`: the first by priority and id that gives
    something on the receipt; `sequential`: one after another on the rest; `additive`: each from the same price, summed.
    """

    id: str
    blocks: frozenset[Source] = frozenset()
    mode: Literal["best_of", "exclusive", "sequential", "additive"] = "best_of"
    scope: Literal["line", "receipt"] = "line"
    stackable: bool = False


@dataclass(frozen=True, slots=True)
class Regulation:
    """What the law says of a class of goods: no discount, no points, lowest and highest unit price (None: not limited)."""

    code: str
    no_discount: bool = False
    floor: int | None = None
    ceiling: int | None = None
    no_points: bool = False


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
    needs_coverage: NeedsCoverage | None = None
    limits: Limits = Limits()

    @property
    def on_basket(self) -> bool:
        return isinstance(self.effect, BasketPercent | BasketAmount)

    @property
    def value(self) -> int | Scale:
        """The effect's value or scale of values; 0 for effects that have neither."""
        return self.effect.value if isinstance(self.effect, VALUED) else 0

    @property
    def on_lines(self) -> bool:
        return self.effect.kind in ON_LINES


@dataclass(frozen=True, slots=True)
class RuleSet:
    """All rules in force: a numbered version, never edited. Form 1 is priced phase by phase, form 2 for the best outcome."""

    version: int
    rules: tuple[Rule, ...]
    groups: tuple[Group, ...] = ()
    regulations: tuple[Regulation, ...] = ()
    schema: int = 2
