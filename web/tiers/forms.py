"""The ladder's form on the page: what was typed, read into the ladder's own form, and back."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from loyalty.tiers.errors import LadderMalformed
from loyalty.tiers.rules import Anniversary, DayOfYear, EveryDays, Ladder, Measure
from pos.core.errors import TillError

RUNG = re.compile(r"rungs\[(\d+)\]")
SPACES = re.compile(r"[\s\u00a0\u202f]")
REVIEWS = ("none", "every", "yearly", "account", "tier")


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form's fields, and what is wrong with one of them. `at_least` is by tier."""

    by: str = "turnover"
    counts: str = "days"
    window: str = "365"
    at_least: Mapping[str, str] = field(default_factory=dict[str, str])
    upgrade: str = "next_receipt"
    step_down: str = "never"
    review: str = "none"
    every: str = "90"
    month: str = "1"
    day: str = "1"
    grace: str = "0"
    returns: str = "undo"
    products: str = ""
    categories: frozenset[str] = frozenset()
    active_from: str = ""


def typed_of(ladder: Ladder, exponent: int, starts: date) -> Typed:
    """The form of a ladder in force, as the start of the next one."""

    def threshold(value: int) -> str:
        return str(value) if ladder.by is Measure.RECEIPTS else major_units(value, exponent)

    review = ladder.review
    return Typed(
        by=ladder.by.value,
        counts="life" if ladder.window is None else "days",
        window=str(ladder.window or 365),
        at_least={rung.tier: threshold(rung.at_least) for rung in ladder.rungs},
        upgrade="this_receipt" if ladder.this_receipt else "next_receipt",
        step_down=ladder.down.value,
        review=review_kind(ladder),
        every=str(review.days) if isinstance(review, EveryDays) else "90",
        month=str(review.month) if isinstance(review, DayOfYear) else "1",
        day=str(review.day) if isinstance(review, DayOfYear) else "1",
        grace=str(ladder.grace),
        returns=ladder.returns.value,
        products=", ".join(str(product) for product in sorted(ladder.products)),
        categories=frozenset(str(category) for category in ladder.categories),
        active_from=starts.isoformat(),
    )


def review_kind(ladder: Ladder) -> str:
    match ladder.review:
        case EveryDays():
            return "every"
        case DayOfYear():
            return "yearly"
        case Anniversary(of_account):
            return "account" if of_account else "tier"
        case None:
            return "none"


def typed_in(form: Any) -> Typed:
    """What was sent; anything else in the form is passed over."""
    one = {name: str(form.get(name, "")).strip()[:100] for name in Typed.__slots__ if name not in SEVERAL}
    return Typed(
        **one,
        at_least={
            name.removeprefix("at_least-"): str(value).strip()[:40]
            for name, value in form.items()
            if name.startswith("at_least-")
        },
        products=str(form.get("products", ""))[:20_000],
        categories=frozenset(str(value) for value in form.getall("categories", [])),
    )


SEVERAL = ("at_least", "products", "categories")


def body_of(typed: Typed, tiers: Sequence[str], exponent: int) -> dict[str, Any]:
    """The ladder's form. Raises `LadderMalformed` for what is no number, with the field of the page."""
    rungs: list[dict[str, Any]] = []
    for tier in tiers:
        given = typed.at_least.get(tier, "")
        if given:
            at = f"at_least-{tier}"
            places = exponent if typed.by == Measure.TURNOVER else 0
            rungs.append({"tier": tier, "at_least": minor_units(given, places, at)})
    steps = typed.step_down != "never"
    return {
        "by": typed.by,
        "window": None if typed.counts == "life" else whole(typed.window, "window"),
        "rungs": rungs,
        "upgrade": typed.upgrade,
        "step_down": typed.step_down,
        "review": review_of(typed) if steps else None,
        "grace_days": whole(typed.grace or "0", "grace") if steps else 0,
        "returns": typed.returns,
        "leave_out": {
            "products": [whole(one, "products") for one in re.split(r"[\s,;]+", typed.products) if one],
            "categories": [whole(one, "categories") for one in sorted(typed.categories)],
        },
    }


def review_of(typed: Typed) -> dict[str, Any] | None:
    match typed.review:
        case "every":
            return {"every_days": whole(typed.every, "every")}
        case "yearly":
            return {"month": whole(typed.month, "month"), "day": whole(typed.day, "day")}
        case "account" | "tier":
            return {"anniversary": typed.review}
        case _:
            return None


def starts_on(typed: Typed, first: date) -> date:
    """The day chosen, else the first one possible."""
    if not typed.active_from:
        return first
    try:
        return date.fromisoformat(typed.active_from)
    except ValueError as error:
        raise LadderMalformed(field="active_from") from error


def whole(given: str, at: str) -> int:
    bare = SPACES.sub("", given)
    if not re.fullmatch(r"[0-9]{1,15}", bare):
        raise LadderMalformed(field=at)
    return int(bare)


def minor_units(given: str, exponent: int, at: str) -> int:
    """An amount as people type it, with a point or a comma before the coins. Raises `LadderMalformed`."""
    bare = SPACES.sub("", given).replace(",", ".")
    if not re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,4})?", bare):
        raise LadderMalformed(field=at)
    try:
        minor = Decimal(bare).scaleb(exponent)
    except InvalidOperation as error:
        raise LadderMalformed(field=at) from error
    if minor != int(minor):
        raise LadderMalformed(field=at)
    return int(minor)


def major_units(minor: int, exponent: int) -> str:
    """The amount as it is typed; whole ones without coins."""
    amount = Decimal(minor).scaleb(-exponent)
    return str(int(amount)) if amount == int(amount) else f"{amount:.{exponent}f}"


def field_of(error: TillError, body: Mapping[str, Any] | None) -> str:
    """The field of the page behind an error's `field`."""
    at = str(error.fields.get("field", ""))
    rung = RUNG.match(at)
    if rung and body is not None:
        return f"at_least-{body['rungs'][int(rung[1])]['tier']}"
    known = {
        "rungs": "at_least",
        "review.every_days": "every",
        "review.month": "month",
        "review.day": "day",
        "grace_days": "grace",
        "leave_out.products": "products",
        "leave_out.categories": "categories",
    }
    return known.get(at.split("[")[0], at)
