# pyright: strict
"""The JSON forms of effects, scales and goods read into values, refused where they cannot be meant."""

from itertools import pairwise
from typing import Literal

from loyalty.pricing.form import Form, OutOfRange
from loyalty.pricing.rules import (
    AmountOffLine,
    AmountOffUnit,
    BasketAmount,
    BasketPercent,
    Each,
    Earn,
    EarnBonus,
    Effect,
    FixedPrice,
    Gift,
    Message,
    NForM,
    Percent,
    Personal,
    PersonalPrice,
    QuantityBy,
    Scale,
    SetOf,
    SetPart,
    Step,
    SumBy,
    What,
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
BARE = {"personal": Personal, "personal_price": PersonalPrice, "message": Message}
KINDS = (*VALUED, *BARE, "n_for_m", "set", "gift", "earn", "earn_bonus")
MOST_UNITS = 1_000
"""The most units that one set or gift may consist of."""
MOST_PARTS = 8
MOST_CHOICES = 1_000
SLABS = (("percent", "quantity"), ("amount_unit", "quantity"), ("price", "quantity"), ("basket_percent", "sum"))
"""Effects whose value may change inside one quantity or sum."""


class StepsNotRising(Malformed):
    code = "pricing.steps_not_rising"


class SlabImpossible(Malformed):
    code = "pricing.slab_impossible"


class TakesNoMoreThanPaid(Malformed):
    code = "pricing.take_not_above_pay"


class OneOf(Malformed):
    code = "pricing.one_of"


class NeverFilled(Malformed):
    code = "pricing.never_filled"


def read_effect(form: Form) -> Effect:
    kind = form.choice("kind", KINDS)
    effect = _effect(form, kind)
    form.end()
    return effect


def _effect(form: Form, kind: str) -> Effect:
    if kind in BARE:
        return BARE[kind]()
    match kind:
        case "n_for_m":
            return _n_for_m(form)
        case "set":
            return _set(form)
        case "gift":
            return _gift(form)
        case "earn":
            return Earn(form.integer("points", 1), form.integer("per", 1))
        case "earn_bonus":
            return EarnBonus(form.integer("points", 1))
        case _:
            return _valued(form, kind)


def _valued(form: Form, kind: str) -> Effect:
    low = 0 if kind == "price" else 1
    high = 10_000 if kind in ("percent", "basket_percent") else MAX_AMOUNT
    if form.has("scale"):
        return VALUED[kind](_scale(form.form("scale"), kind, low, high))
    return VALUED[kind](form.integer("value", low, high))


def _scale(form: Form, kind: str, low: int, high: int) -> Scale:
    of = form.choice("by", ("quantity", "sum"))
    by = read_quantity_by(form) if of == "quantity" else read_sum_by(form)
    mode: Literal["whole", "slab"] = form.choice("mode", ("whole", "slab"), "whole")
    steps = tuple(_step(each, low, high) for each in form.forms("steps", 100))
    form.end()
    if not steps:
        raise OutOfRange(field=form.at("steps"))
    if any(later.start <= earlier.start for earlier, later in pairwise(steps)):
        raise StepsNotRising(field=form.at("steps"))
    if mode == "slab" and (kind, of) not in SLABS:
        raise SlabImpossible(field=form.at("mode"))
    return Scale(by, steps, mode)


def _step(form: Form, low: int, high: int) -> Step:
    step = Step(form.integer("from"), form.integer("value", low, high))
    form.end()
    return step


def read_quantity_by(form: Form) -> QuantityBy:
    return QuantityBy(
        count=form.choice("count", ("each", "together"), "together"),
        measure=form.choice("measure", ("pieces", "weight"), "pieces"),
    )


def read_sum_by(form: Form) -> SumBy:
    return SumBy(
        of=form.choice("of", ("receipt", "goods"), "receipt"),
        basis=form.choice("basis", ("before", "after"), "before"),
    )


def _n_for_m(form: Form) -> NForM:
    take, pay = form.integer("take", 1, MOST_UNITS), form.integer("pay", 0, MOST_UNITS)
    if take <= pay:
        raise TakesNoMoreThanPaid(field=form.at("pay"))
    percent = form.integer_or("percent", 10_000, 1, 10_000)
    return NForM(take, pay, percent, form.choice("choose", ("cheapest_of_all", "best_for_client"), "cheapest_of_all"))


def _set(form: Form) -> SetOf:
    parts = tuple(_part(each) for each in form.forms("parts", MOST_PARTS))
    if not parts:
        raise OutOfRange(field=form.at("parts"))
    given = [kind for kind in ("sum", "percent", "amount") if form.has(kind)]
    if len(given) != 1:
        raise OneOf(field=form.at("sum"))
    if form.has("percent"):
        return SetOf(parts, "percent", form.integer("percent", 1, 10_000))
    if form.has("amount"):
        return SetOf(parts, "amount", form.integer("amount", 1))
    return SetOf(parts, "sum", form.integer("sum"))


def _part(form: Form) -> SetPart:
    part = SetPart(read_what(form.form_or_empty("what")), form.integer("take", 1, MOST_UNITS))
    form.end()
    if part.what.products and not part.what.categories and part.what.products <= part.what.except_products:
        raise NeverFilled(field=form.at("what"))
    return part


def _gift(form: Form) -> Gift:
    choices = form.integers("choices", 1, MAX_AMOUNT) if form.has("choices") else frozenset[int]()
    if not 1 <= len(choices) <= MOST_CHOICES:
        raise OutOfRange(field=form.at("choices"))
    take, price = form.integer_or("take", 1, 1, MOST_UNITS), form.integer_or("price", 0)
    return Gift(tuple(sorted(choices)), take, price, _each(form.form("each")) if form.has("each") else None)


def _each(form: Form) -> Each:
    given = [kind for kind in ("sum", "quantity") if form.has(kind)]
    if len(given) != 1:
        raise OneOf(field=form.at("sum"))
    each = Each("sum", form.integer("sum", 1)) if form.has("sum") else Each("quantity", form.integer("quantity", 1))
    form.end()
    return each


def read_what(form: Form) -> What:
    what = What(
        products=form.integers("products", 1, MAX_AMOUNT),
        categories=form.integers("categories", 1, MAX_AMOUNT),
        except_products=form.integers("except_products", 1, MAX_AMOUNT),
        except_categories=form.integers("except_categories", 1, MAX_AMOUNT),
    )
    form.end()
    return what
