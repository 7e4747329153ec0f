"""The ladder's JSON form (schema 1), read with every check that needs no database.

`{"schema": 1, "by": "turnover"|"receipts", "window": days|null, "rungs": [{"tier", "at_least"}…], "upgrade":
"next_receipt"|"this_receipt", "review": {"every_days": n} | {"month", "day"} | {"anniversary": "account"|"tier"} | null,
"grace_days": n, "step_down": "never"|"one_rung"|"deserved", "returns": "ignore"|"count"|"undo", "leave_out":
{"products": […], "categories": […]}}`. Thresholds are minor units or receipts. Only `by` and `rungs` must be given.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from loyalty.tiers.errors import (
    LadderMalformed,
    LadderOutOfRange,
    NoRungs,
    NoSuchDay,
    ReviewNeeded,
    ReviewWithoutStep,
    RungRepeated,
    ThresholdsNotRising,
)
from loyalty.tiers.rules import Anniversary, DayOfYear, EveryDays, Ladder, Measure, Returns, Review, Rung, StepDown

SCHEMA = 1
LONGEST = 36_500
"""Days: a hundred years."""
MOST = 2**53 - 1
MOST_RUNGS = 32
MOST_LEFT_OUT = 10_000
FIELDS = {
    "schema",
    "by",
    "window",
    "rungs",
    "upgrade",
    "review",
    "grace_days",
    "step_down",
    "returns",
    "leave_out",
}
Choice = TypeVar("Choice", bound=StrEnum)


def read_ladder(body: object, *, version: int, active_from: date) -> Ladder:
    """The ladder that `body` writes down. Raises an error of a bad ladder, which names the `field`."""
    form = fields(body, "", FIELDS)
    if form.get("schema", SCHEMA) != SCHEMA:
        raise LadderMalformed(field="schema")
    down = choice(form, "step_down", StepDown, StepDown.NEVER)
    review = read_review(form.get("review"))
    grace = whole(form.get("grace_days", 0), "grace_days", 0, LONGEST)
    if down is not StepDown.NEVER and review is None:
        raise ReviewNeeded(field="review")
    if down is StepDown.NEVER and (review is not None or grace):
        raise ReviewWithoutStep(field="review" if review is not None else "grace_days")
    left_out = fields(form.get("leave_out", {}), "leave_out", {"products", "categories"})
    window = form.get("window")
    upgrade = form.get("upgrade", "next_receipt")
    if upgrade not in ("next_receipt", "this_receipt"):
        raise LadderMalformed(field="upgrade")
    return Ladder(
        version=version,
        active_from=active_from,
        by=choice(form, "by", Measure, None),
        window=None if window is None else whole(window, "window", 1, LONGEST),
        rungs=read_rungs(form.get("rungs")),
        this_receipt=upgrade == "this_receipt",
        review=review,
        grace=grace,
        down=down,
        returns=choice(form, "returns", Returns, Returns.COUNT),
        products=numbers(left_out.get("products", []), "leave_out.products"),
        categories=numbers(left_out.get("categories", []), "leave_out.categories"),
    )


def written(ladder: Ladder) -> dict[str, Any]:
    """The form that `ladder` is read from."""
    return {
        "schema": SCHEMA,
        "by": ladder.by.value,
        "window": ladder.window,
        "rungs": [{"tier": rung.tier, "at_least": rung.at_least} for rung in ladder.rungs],
        "upgrade": "this_receipt" if ladder.this_receipt else "next_receipt",
        "review": written_review(ladder.review),
        "grace_days": ladder.grace,
        "step_down": ladder.down.value,
        "returns": ladder.returns.value,
        "leave_out": {"products": sorted(ladder.products), "categories": sorted(ladder.categories)},
    }


def written_review(review: Review | None) -> dict[str, Any] | None:
    match review:
        case None:
            return None
        case EveryDays(days):
            return {"every_days": days}
        case DayOfYear(month, day):
            return {"month": month, "day": day}
        case Anniversary(of_account):
            return {"anniversary": "account" if of_account else "tier"}


def read_rungs(given: object) -> tuple[Rung, ...]:
    """From the lowest: each tier once, each threshold above the one before."""
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise LadderMalformed(field="rungs")
    if not given:
        raise NoRungs(field="rungs")
    if len(given) > MOST_RUNGS:
        raise LadderOutOfRange(field="rungs", least=1, most=MOST_RUNGS)
    rungs: list[Rung] = []
    for place, row in enumerate(given):
        at = f"rungs[{place}]"
        form = fields(row, at, {"tier", "at_least"})
        tier = form.get("tier")
        if not isinstance(tier, str):
            raise LadderMalformed(field=f"{at}.tier")
        at_least = whole(form.get("at_least"), f"{at}.at_least", 0, MOST)
        if any(rung.tier == tier for rung in rungs):
            raise RungRepeated(field=f"{at}.tier", tier=tier)
        if rungs and at_least <= rungs[-1].at_least:
            raise ThresholdsNotRising(field=f"{at}.at_least", tier=tier, below=rungs[-1].tier)
        rungs.append(Rung(tier, at_least))
    return tuple(rungs)


def read_review(given: object) -> Review | None:
    if given is None:
        return None
    form = fields(given, "review", {"every_days", "month", "day", "anniversary"})
    if set(form) == {"every_days"}:
        return EveryDays(whole(form["every_days"], "review.every_days", 1, LONGEST))
    if set(form) == {"month", "day"}:
        month = whole(form["month"], "review.month", 1, 12)
        day = whole(form["day"], "review.day", 1, 31)
        try:
            date(2024, month, day)
        except ValueError as error:
            raise NoSuchDay(field="review.day") from error
        return DayOfYear(month, day)
    if set(form) == {"anniversary"} and form["anniversary"] in ("account", "tier"):
        return Anniversary(of_account=form["anniversary"] == "account")
    raise LadderMalformed(field="review")


def fields(given: object, at: str, known: set[str]) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        raise LadderMalformed(field=at or "ladder")
    unknown = sorted(str(name) for name in given if name not in known)
    if unknown:
        raise LadderMalformed(field=f"{at}.{unknown[0]}" if at else unknown[0])
    return given


def whole(given: object, at: str, least: int, most: int) -> int:
    if not isinstance(given, int) or isinstance(given, bool):
        raise LadderMalformed(field=at)
    if not least <= given <= most:
        raise LadderOutOfRange(field=at, least=least, most=most)
    return given


def choice(form: Mapping[str, Any], name: str, choices: type[Choice], default: Choice | None) -> Choice:
    given = form.get(name, default)
    try:
        return choices(given)
    except ValueError as error:
        raise LadderMalformed(field=name) from error


def numbers(given: object, at: str) -> frozenset[int]:
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise LadderMalformed(field=at)
    if len(given) > MOST_LEFT_OUT:
        raise LadderOutOfRange(field=at, least=0, most=MOST_LEFT_OUT)
    return frozenset(whole(number, f"{at}[{place}]", 1, 2**31 - 1) for place, number in enumerate(given))
