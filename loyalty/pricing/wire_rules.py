# pyright: strict
"""The JSON form of a rule set (`docs/schema/rule-set-v1.json`) read into values, refused where it cannot be meant."""

from itertools import pairwise

from loyalty.pricing.form import Form, OutOfRange
from loyalty.pricing.rules import (
    ROUNDINGS,
    AmountOffLine,
    AmountOffUnit,
    BasketAmount,
    BasketPercent,
    Effect,
    FixedPrice,
    Group,
    Hours,
    NeedsQuantity,
    NeedsSum,
    Percent,
    Personal,
    QuantityBy,
    Regulation,
    Rule,
    RuleSet,
    Scale,
    Source,
    Step,
    SumBy,
    What,
    When,
    Who,
)
from pos.core.errors import Malformed
from pos.core.money import MAX_AMOUNT

VALUED = {
    "percent": Percent,
    "amount_unit": AmountOffUnit,
    "amount_line": AmountOffLine,
    "price": FixedPrice,
    "basket_percent": BasketPercent,
    "basket_amount": BasketAmount,
}
KINDS = (*VALUED, "personal")
RESERVED = ("manual", "ceiling")
FROM_RULES: tuple[Source, ...] = ("card", "promotion", "claimed", "personal")
FROM_CUSTOMERS: tuple[Source, ...] = ("card", "claimed", "personal")


class DuplicateId(Malformed):
    code = "pricing.duplicate_id"


class ReservedId(Malformed):
    code = "pricing.reserved_id"


class UnknownGroup(Malformed):
    code = "pricing.unknown_group"


class NeverOpens(Malformed):
    code = "pricing.window_never_opens"


class StepsNotRising(Malformed):
    code = "pricing.steps_not_rising"


class RoundingImpossible(Malformed):
    code = "pricing.rounding_impossible"


class BasketCountsTogether(Malformed):
    code = "pricing.basket_counts_together"


class FloorAboveCeiling(Malformed):
    code = "pricing.floor_above_ceiling"


def read_rule_set(value: object) -> RuleSet:
    """Raises a `Malformed` with the code and the path of the first field that does not fit."""
    form = Form(value, "")
    form.integer("schema", 1, 1)
    version = form.integer("version")
    groups = tuple(_group(each) for each in form.forms_or_none("groups", 1_000))
    _unique([group.id for group in groups], form.at("groups"))
    regulations = tuple(_regulation(each) for each in form.forms_or_none("regulations", 1_000))
    _unique([regulation.code for regulation in regulations], form.at("regulations"))
    known = frozenset(group.id for group in groups)
    rules = tuple(_rule(each, known) for each in form.forms("rules", 10_000))
    _unique([rule.id for rule in rules], form.at("rules"))
    form.end()
    return RuleSet(version, rules, groups, regulations)


def _unique(ids: list[str], path: str) -> None:
    if len(set(ids)) < len(ids):
        raise DuplicateId(field=path)


def _group(form: Form) -> Group:
    group = Group(form.code("id"), _sources(form))
    form.end()
    return group


def _sources(form: Form) -> frozenset[Source]:
    named = form.list_of_codes("blocks")
    for name in named:
        if name not in FROM_CUSTOMERS:
            raise OutOfRange(field=form.at("blocks"))
    return frozenset(source for source in FROM_CUSTOMERS if source in named)


def _regulation(form: Form) -> Regulation:
    regulation = Regulation(
        code=form.code("code"),
        no_discount=form.flag("no_discount", False),
        floor=form.integer_or("floor", None),
        ceiling=form.integer_or("ceiling", None),
    )
    form.end()
    if regulation.floor is not None and regulation.ceiling is not None and regulation.floor > regulation.ceiling:
        raise FloorAboveCeiling(field=form.at("floor"))
    return regulation


def _rule(form: Form, groups: frozenset[str]) -> Rule:
    id = form.code("id")
    if id in RESERVED:
        raise ReservedId(field=form.at("id"))
    name = form.text("name")
    priority = form.integer("priority", -1_000_000, 1_000_000)
    effect = _effect(form.form("effect"))
    roundings = ROUNDINGS[effect.kind]
    rounding = form.choice("rounding", ("unit", "line", "basket"), roundings[0])
    if rounding not in roundings:
        raise RoundingImpossible(field=form.at("rounding"))
    who = _who(form.form_or_empty("who"))
    rule = Rule(
        id=id,
        name=name,
        priority=priority,
        effect=effect,
        rounding=rounding,
        who=who,
        source=form.choice("source", FROM_RULES, _source(who, effect)),
        when=_when(form.form_or_empty("when")),
        what=_what(form.form_or_empty("what")),
        needs_quantity=_needs_quantity(form.form("needs_quantity")) if form.has("needs_quantity") else None,
        needs_sum=_needs_sum(form.form("needs_sum")) if form.has("needs_sum") else None,
        group=form.code_or_none("group"),
        stackable=form.flag("stackable", False),
        over_manual=form.flag("over_manual", False),
        over_discounted=form.flag("over_discounted", True),
    )
    form.end()
    if rule.group is not None and rule.group not in groups:
        raise UnknownGroup(field=form.at("group"))
    if rule.on_basket and not isinstance(effect, Personal) and _counts_each(effect.value):
        raise BasketCountsTogether(field=form.at("effect"))
    return rule


def _source(who: Who, effect: Effect) -> Source:
    """Where the discount comes from, unless the rule says so itself."""
    if isinstance(effect, Personal):
        return "personal"
    if who.claimed:
        return "claimed"
    return "card" if who.card or who.tiers or who.categories or who.accounts or who.tags else "promotion"


def _counts_each(value: int | Scale) -> bool:
    return isinstance(value, Scale) and isinstance(value.by, QuantityBy) and value.by.count == "each"


def _effect(form: Form) -> Effect:
    kind = form.choice("kind", KINDS)
    if kind == "personal":
        form.end()
        return Personal()
    low = 0 if kind == "price" else 1
    high = 10_000 if kind in ("percent", "basket_percent") else MAX_AMOUNT
    value = _scale(form.form("scale"), low, high) if form.has("scale") else form.integer("value", low, high)
    form.end()
    return VALUED[kind](value)


def _scale(form: Form, low: int, high: int) -> Scale:
    by = _quantity_by(form) if form.choice("by", ("quantity", "sum")) == "quantity" else _sum_by(form)
    steps = tuple(_step(each, low, high) for each in form.forms("steps", 100))
    form.end()
    if not steps:
        raise OutOfRange(field=form.at("steps"))
    if any(later.start <= earlier.start for earlier, later in pairwise(steps)):
        raise StepsNotRising(field=form.at("steps"))
    return Scale(by, steps)


def _step(form: Form, low: int, high: int) -> Step:
    step = Step(form.integer("from"), form.integer("value", low, high))
    form.end()
    return step


def _quantity_by(form: Form) -> QuantityBy:
    return QuantityBy(
        count=form.choice("count", ("each", "together"), "together"),
        measure=form.choice("measure", ("pieces", "weight"), "pieces"),
    )


def _sum_by(form: Form) -> SumBy:
    return SumBy(
        of=form.choice("of", ("receipt", "goods"), "receipt"),
        basis=form.choice("basis", ("before", "after"), "before"),
    )


def _needs_quantity(form: Form) -> NeedsQuantity:
    needs = NeedsQuantity(form.integer("at_least", 1), _quantity_by(form))
    form.end()
    return needs


def _needs_sum(form: Form) -> NeedsSum:
    needs = NeedsSum(form.integer("at_least", 1), _sum_by(form))
    form.end()
    return needs


def _who(form: Form) -> Who:
    who = Who(
        card=form.flag("card", False),
        tiers=form.codes("tiers"),
        categories=form.codes("categories"),
        claimed=form.codes("claimed"),
        accounts=form.codes("accounts"),
        tags=form.codes("tags"),
    )
    form.end()
    return who


def _when(form: Form) -> When:
    when = When(
        start=form.date_or_open("from"),
        end=form.date_or_open("until"),
        weekdays=form.integers("weekdays", 1, 7),
        hours=tuple(_hours(each) for each in form.forms_or_none("hours", 24)),
    )
    form.end()
    if when.end and when.end <= when.start:
        raise NeverOpens(field=form.at("until"))
    return when


def _hours(form: Form) -> Hours:
    hours = Hours(form.integer("from", 0, 1_439), form.integer("until", 0, 1_440))
    form.end()
    if hours.start == hours.end:
        raise NeverOpens(field=form.at("until"))
    return hours


def _what(form: Form) -> What:
    what = What(
        products=form.integers("products", 1, MAX_AMOUNT),
        categories=form.integers("categories", 1, MAX_AMOUNT),
        except_products=form.integers("except_products", 1, MAX_AMOUNT),
        except_categories=form.integers("except_categories", 1, MAX_AMOUNT),
    )
    form.end()
    return what
