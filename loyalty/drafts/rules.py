"""Which state a rule is in, what a draft changed, and on which days of a month a rule holds. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

Json = Mapping[str, Any]


class State(StrEnum):
    """`PLANNED`: its dates, or the version that brings it, are to come. `OFF`: the rules in force have it no more."""

    IN_FORCE = "in_force"
    PLANNED = "planned"
    OVER = "over"
    OFF = "off"


class Change(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Listed:
    """A rule as the list shows it: where it stands, in which version, and what the draft does to it."""

    rule: Json
    state: State | None
    version: int | None
    change: Change | None = None


def state_of(rule: Json, today: date) -> State:
    """By the rule's own dates, where its version is in force."""
    when: Json = rule.get("when") or {}
    start, end, on = str(when.get("from") or ""), str(when.get("until") or ""), today.isoformat()
    if end and end <= on:
        return State.OVER
    return State.PLANNED if start > on else State.IN_FORCE


def listed(
    current: Json | None,
    to_come: Sequence[tuple[int, Json]],
    past: Sequence[tuple[int, Json]],
    draft: Json | None,
    number: int | None,
    today: date,
) -> list[Listed]:
    """Every rule there is, was or will be, once: in force, planned, over, then off; new ones of the draft first.

    `to_come` and `past` are numbered bodies, the nearest to now first; `number` is the version of `current`.
    """
    rows: dict[str, Listed] = {}
    for rule in rules_of(current):
        rows[rule["id"]] = Listed(rule, state_of(rule, today), number)
    for version, body in to_come:
        for rule in rules_of(body):
            rows.setdefault(rule["id"], Listed(rule, State.PLANNED, version))
    for version, body in past:
        for rule in rules_of(body):
            rows.setdefault(rule["id"], Listed(rule, State.OFF, version))
    if draft is not None:
        _note_changes(rows, current, draft)
    order = [None, *State]
    return sorted(rows.values(), key=lambda row: (order.index(row.state), row.rule["priority"], row.rule["id"]))


def _note_changes(rows: dict[str, Listed], current: Json | None, draft: Json) -> None:
    changes = changes_between(current or {"rules": []}, draft)
    for rule in rules_of(draft):
        if changes.get(rule["id"]) is Change.ADDED:
            known = rows.get(rule["id"])
            rows[rule["id"]] = Listed(rule, known.state if known else None, None, Change.ADDED)
    for id_, change in changes.items():
        row = rows[id_]
        rows[id_] = Listed(row.rule, row.state, row.version, change)


def rules_of(body: Json | None) -> Sequence[Json]:
    return body["rules"] if body else ()


def changes_between(before: Json, after: Json) -> dict[str, Change]:
    """What became of each rule that is not the same in both, by its id."""
    old = {rule["id"]: rule for rule in before["rules"]}
    new = {rule["id"]: rule for rule in after["rules"]}
    found = {id_: Change.REMOVED for id_ in old if id_ not in new}
    for id_, rule in new.items():
        if id_ not in old:
            found[id_] = Change.ADDED
        elif rule != old[id_]:
            found[id_] = Change.CHANGED
    return found


@dataclass(frozen=True, slots=True)
class Span:
    """A rule set that holds from `start` on, until `end` (None: until further notice), as local dates and bodies."""

    start: datetime
    end: datetime | None
    body: Json


def holds_on(rule: Json, day: date) -> bool:
    """Whether the rule's dates and weekdays let it hold on that day, hours aside."""
    when: Json = rule.get("when") or {}
    start, end, weekdays = when.get("from"), when.get("until"), when.get("weekdays")
    return (
        (not start or start <= day.isoformat())
        and (not end or day.isoformat() < end)
        and (not weekdays or day.isoweekday() in weekdays)
    )


def rules_by_day(
    spans: Sequence[Span], days: Sequence[tuple[date, datetime, datetime]]
) -> list[tuple[Json, list[bool]]]:
    """Each rule that holds on some of `days` (with their beginnings and ends), with whether it does on each.

    Of a rule that changed within the month the last form is told.
    """
    latest: dict[str, Json] = {}
    on: dict[str, set[date]] = {}
    for day, begins, ends in days:
        for span in spans:
            if span.start < ends and (span.end is None or span.end > begins):
                for rule in span.body["rules"]:
                    if holds_on(rule, day):
                        latest[rule["id"]] = rule
                        on.setdefault(rule["id"], set()).add(day)
    rows = [(rule, [day in on[id_] for day, _, _ in days]) for id_, rule in latest.items()]
    return sorted(rows, key=lambda row: (row[0]["priority"], row[0]["id"]))


def runs(days: Sequence[date], on: Sequence[bool]) -> Iterator[tuple[date, date]]:
    """First and last day of each stretch of days on which a rule holds."""
    start: date | None = None
    for day, holds in zip(days, on, strict=True):
        if holds and start is None:
            start = day
        if not holds and start is not None:
            yield start, day - timedelta(days=1)
            start = None
    if start is not None:
        yield start, days[-1]
