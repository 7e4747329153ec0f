"""States of rules, what a draft changes, and the days on which a rule holds."""

from datetime import UTC, date, datetime, timedelta

import pytest

from loyalty.drafts.rules import Change, Span, State, listed, rules_by_day, runs, state_of

TODAY = date(2026, 3, 10)


def rule(id: str, priority: int = 50, **when):
    return {"id": id, "name": id, "priority": priority, "effect": {"kind": "personal"}, "when": when}


@pytest.mark.parametrize(
    ("when", "state"),
    [
        ({}, State.IN_FORCE),
        ({"from": "2026-03-10"}, State.IN_FORCE),
        ({"from": "2026-03-11"}, State.PLANNED),
        ({"until": "2026-03-11"}, State.IN_FORCE),
        ({"until": "2026-03-10"}, State.OVER),
    ],
)
def test_a_rules_dates_say_its_state_the_day_after_the_last_not_included(when, state):
    assert state_of(rule("milk", **when), TODAY) is state


def test_the_list_has_each_rule_once_with_what_the_draft_does_to_it():
    current = {"rules": [rule("milk"), rule("bread", 10)]}
    draft = {"rules": [rule("milk", 20), rule("eggs")]}

    rows = listed(
        current, [(3, {"rules": [rule("milk"), rule("tea")]})], [(1, {"rules": [rule("old")]})], draft, 2, TODAY
    )

    assert [(row.rule["id"], row.state, row.version, row.change) for row in rows] == [
        ("eggs", None, None, Change.ADDED),
        ("bread", State.IN_FORCE, 2, Change.REMOVED),
        ("milk", State.IN_FORCE, 2, Change.CHANGED),
        ("tea", State.PLANNED, 3, None),
        ("old", State.OFF, 1, None),
    ]


def test_the_calendar_follows_versions_dates_and_weekdays():
    first = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday
    days = [((first + timedelta(n)).date(), first + timedelta(n), first + timedelta(n + 1)) for n in range(7)]
    noon = first + timedelta(days=3, hours=12)
    old = Span(first - timedelta(days=9), noon, {"rules": [rule("milk"), rule("monday", weekdays=[1])]})
    new = Span(noon, None, {"rules": [rule("late", until="2026-03-07")]})

    rows = {each["id"]: on for each, on in rules_by_day([old, new], days)}

    assert rows["milk"] == [True, True, True, True, False, False, False]
    assert rows["monday"] == [True, *[False] * 6]
    assert rows["late"] == [False, False, False, True, True, False, False]
    assert list(runs([day for day, _, _ in days], rows["late"])) == [(date(2026, 3, 5), date(2026, 3, 6))]
