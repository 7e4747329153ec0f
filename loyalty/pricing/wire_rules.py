# pyright: strict
"""The JSON form of a rule set (`docs/schema/rule-set-v2.json`) read into values, refused where it cannot be meant."""

from loyalty.pricing.form import Form, OutOfRange
from loyalty.pricing.refusals import (
    NeverOpens,
    refuse_days_that_never_fall,
    refuse_exclusives_that_overlap,
    refuse_gift_cycles,
)
from loyalty.pricing.rules import (
    NOT_DISCOUNTS,
    ROUNDINGS,
    VALUED,
    Birthday,
    Effect,
    Group,
    Hours,
    Limits,
    NeedsCoverage,
    NeedsQuantity,
    NeedsSum,
    QuantityBy,
    Regulation,
    Rule,
    RuleSet,
    Scale,
    SetOf,
    Source,
    What,
    When,
    Who,
)
from loyalty.pricing.wire_effects import read_effect, read_quantity_by, read_sum_by, read_what
from loyalty.pricing.wire_limits import read_limits
from pos.core.errors import Malformed

RESERVED = ("manual", "ceiling", "points")
FROM_RULES: tuple[Source, ...] = ("card", "promotion", "claimed", "personal", "coupon")
FROM_CUSTOMERS: tuple[Source, ...] = ("card", "claimed", "personal")


class DuplicateId(Malformed):
    code = "pricing.duplicate_id"


class ReservedId(Malformed):
    code = "pricing.reserved_id"


class UnknownGroup(Malformed):
    code = "pricing.unknown_group"


class RoundingImpossible(Malformed):
    code = "pricing.rounding_impossible"


class BasketCountsTogether(Malformed):
    code = "pricing.basket_counts_together"


class GroupImpossible(Malformed):
    code = "pricing.group_impossible"


class GoodsInParts(Malformed):
    code = "pricing.goods_in_parts"


class FloorAboveCeiling(Malformed):
    code = "pricing.floor_above_ceiling"


def read_rule_set(value: object) -> RuleSet:
    """Raises a `Malformed` with the code and the path of the first field that does not fit."""
    form = Form(value, "")
    schema = form.integer("schema", 1, 2)
    version = form.integer("version")
    groups = tuple(_group(each) for each in form.forms_or_none("groups", 1_000))
    _unique([group.id for group in groups], form.at("groups"))
    regulations = _regulations(form)
    known = frozenset(group.id for group in groups)
    rules = tuple(_rule(each, known) for each in form.forms("rules", 10_000))
    _unique([rule.id for rule in rules], form.at("rules"))
    form.end()
    if schema > 1:
        refuse_days_that_never_fall(rules, form.at("rules"))
    refuse_gift_cycles(rules, form.at("rules"))
    refuse_exclusives_that_overlap(rules, groups, form.at("rules"))
    return RuleSet(version, rules, groups, regulations, schema)


def read_regulations(value: object) -> tuple[Regulation, ...]:
    """Those of a rule set, or of a draft of one, whatever else it holds. Raises as `read_rule_set` does."""
    return _regulations(Form(value, ""))


def _regulations(form: Form) -> tuple[Regulation, ...]:
    regulations = tuple(_regulation(each) for each in form.forms_or_none("regulations", 1_000))
    _unique([regulation.code for regulation in regulations], form.at("regulations"))
    return regulations


def _unique(ids: list[str], path: str) -> None:
    if len(set(ids)) < len(ids):
        raise DuplicateId(field=path)


def _group(form: Form) -> Group:
    group = Group(
        id=form.code("id"),
        blocks=_sources(form),
        mode=form.choice("mode", ("best_of", "exclusive", "sequential", "additive"), "best_of"),
        scope=form.choice("scope", ("line", "receipt"), "line"),
        stackable=form.flag("stackable", False),
    )
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
        no_points=form.flag("no_points", False),
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
    effect = read_effect(form.form("effect"))
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
        what=read_what(form.form_or_empty("what")),
        needs_quantity=_needs_quantity(form.form("needs_quantity")) if form.has("needs_quantity") else None,
        needs_sum=_needs_sum(form.form("needs_sum")) if form.has("needs_sum") else None,
        group=form.code_or_none("group"),
        stackable=form.flag("stackable", False),
        over_manual=form.flag("over_manual", False),
        over_discounted=form.flag("over_discounted", True),
        needs_coverage=_needs_coverage(form.form("needs_coverage")) if form.has("needs_coverage") else None,
        limits=read_limits(form.form("limits"), effect) if form.has("limits") else Limits(),
    )
    form.end()
    if rule.group is not None and rule.group not in groups:
        raise UnknownGroup(field=form.at("group"))
    if rule.group is not None and effect.kind in NOT_DISCOUNTS:
        raise GroupImpossible(field=form.at("group"))
    if rule.on_basket and _counts_each(effect):
        raise BasketCountsTogether(field=form.at("effect"))
    if isinstance(effect, SetOf) and rule.what != What():
        raise GoodsInParts(field=form.at("what"))
    return rule


def _source(who: Who, effect: Effect) -> Source:
    """Where the discount comes from, unless the rule says so itself."""
    if effect.kind in ("personal", "personal_price"):
        return "personal"
    if who.coupons:
        return "coupon"
    if who.claimed:
        return "claimed"
    return "card" if who.card or who.tiers or who.categories or who.accounts or who.tags else "promotion"


def _counts_each(effect: Effect) -> bool:
    value = effect.value if isinstance(effect, VALUED) else 0
    return isinstance(value, Scale) and isinstance(value.by, QuantityBy) and value.by.count == "each"


def _needs_quantity(form: Form) -> NeedsQuantity:
    needs = NeedsQuantity(form.integer("at_least", 1), read_quantity_by(form))
    form.end()
    return needs


def _needs_sum(form: Form) -> NeedsSum:
    needs = NeedsSum(form.integer("at_least", 1), read_sum_by(form))
    form.end()
    return needs


def _needs_coverage(form: Form) -> NeedsCoverage:
    needs = NeedsCoverage(form.integer("products", 1, 100_000))
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
        coupons=form.codes("coupons"),
    )
    form.end()
    return who


def _when(form: Form) -> When:
    when = When(
        start=form.date_or_open("from"),
        end=form.date_or_open("until"),
        weekdays=form.integers("weekdays", 1, 7),
        hours=tuple(_hours(each) for each in form.forms_or_none("hours", 24)),
        birthday=_birthday(form.form("birthday")) if form.has("birthday") else None,
    )
    form.end()
    if when.end and when.end <= when.start:
        raise NeverOpens(field=form.at("until"))
    return when


def _birthday(form: Form) -> Birthday:
    birthday = Birthday(form.integer_or("before", 0, 0, 31), form.integer_or("after", 0, 0, 31))
    form.end()
    return birthday


def _hours(form: Form) -> Hours:
    hours = Hours(form.integer("from", 0, 1_439), form.integer("until", 0, 1_440))
    form.end()
    if hours.start == hours.end:
        raise NeverOpens(field=form.at("until"))
    return hours
