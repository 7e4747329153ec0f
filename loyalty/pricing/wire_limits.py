# pyright: strict
"""The JSON form of a rule's limits read into values; a limit that its effect cannot keep is refused."""

from typing import Literal

from loyalty.pricing.form import Form
from loyalty.pricing.rules import (
    BY_UNITS,
    NOT_DISCOUNTS,
    REPEATED,
    AccountLimit,
    Budget,
    Effect,
    Limits,
    NForM,
    ReceiptLimit,
    SetOf,
)
from loyalty.pricing.wire_effects import NeverFilled, OneOf
from pos.core.errors import Malformed

LONGEST = 36_600
"""Days that an account limit may look back: a century."""


class LimitImpossible(Malformed):
    code = "pricing.limit_impossible"


def read_limits(form: Form, effect: Effect) -> Limits:
    limits = Limits(
        receipt=_receipt(form.form_or_empty("receipt"), effect),
        account=_account(form.form("account")) if form.has("account") else None,
        all_times=_all(form.form("all")) if form.has("all") else None,
        budget=_budget(form.form("budget"), effect) if form.has("budget") else None,
        offline=_offline(form),
    )
    form.end()
    return limits


def _receipt(form: Form, effect: Effect) -> ReceiptLimit:
    limit = ReceiptLimit(
        times=form.integer_or("times", None, 1),
        units=form.integer_or("units", None, 1),
        sum=form.integer_or("sum", None, 1),
        percent=form.integer_or("percent", None, 1, 10_000),
    )
    form.end()
    if limit.times is not None and effect.kind not in REPEATED:
        raise LimitImpossible(field=form.at("times"))
    _countable(limit.units, effect, form, "units")
    _in_money(limit.sum, effect, form, "sum")
    _in_money(limit.percent, effect, form, "percent")
    if limit.units is not None and limit.units < _least(effect):
        raise NeverFilled(field=form.at("units"))
    return limit


def _countable(limit: int | None, effect: Effect, form: Form, name: str) -> None:
    if limit is not None and effect.kind not in BY_UNITS:
        raise LimitImpossible(field=form.at(name))


def _in_money(limit: int | None, effect: Effect, form: Form, name: str) -> None:
    if limit is not None and effect.kind in NOT_DISCOUNTS:
        raise LimitImpossible(field=form.at(name))


def _least(effect: Effect) -> int:
    """Thousandths that the effect lowers at the least, when it lowers anything."""
    if isinstance(effect, NForM):
        return (effect.take - effect.pay) * 1_000
    return sum(part.take for part in effect.parts) * 1_000 if isinstance(effect, SetOf) else 0


def _account(form: Form) -> AccountLimit:
    limit = AccountLimit(form.integer("times", 1), form.integer_or("days", None, 1, LONGEST))
    form.end()
    return limit


def _all(form: Form) -> int:
    times = form.integer("times", 1)
    form.end()
    return times


def _budget(form: Form, effect: Effect) -> Budget:
    if form.has("sum") == form.has("pieces"):
        raise OneOf(field=form.at("sum"))
    budget = Budget(
        sum=form.integer_or("sum", None, 1),
        pieces=form.integer_or("pieces", None, 1),
        short=form.choice("short", ("refuse", "rest"), "rest"),
    )
    form.end()
    _in_money(budget.sum, effect, form, "sum")
    _countable(budget.pieces, effect, form, "pieces")
    return budget


def _offline(form: Form) -> Literal["allow", "deny"] | int:
    if form.has_object("offline"):
        share = form.form("offline")
        basis_points = share.integer("share", 0, 10_000)
        share.end()
        return basis_points
    return "allow" if form.choice("offline", ("allow", "deny"), "allow") == "allow" else "deny"
