"""What holds for every ladder and every ledger."""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty.tiers.rules import (
    Anniversary,
    Climb,
    DayOfYear,
    Entry,
    EveryDays,
    Hold,
    Ladder,
    Measure,
    Returns,
    Rung,
    StepDown,
    Why,
    in_order,
    tier_on,
)
from tests.loyalty.tiers.builders import START
from tests.loyalty.tiers.by_days import earned_each_day

DAY = timedelta(days=1)
LAST = 90
TIERS = ("bronze", "silver", "gold")
days = st.integers(0, LAST).map(lambda count: START + count * DAY)
reviews = st.one_of(
    st.builds(EveryDays, st.integers(1, 40)),
    st.builds(DayOfYear, st.integers(1, 4), st.integers(1, 29)).filter(lambda on: (on.month, on.day) != (2, 30)),
    st.builds(Anniversary, st.booleans()),
)


@st.composite
def ladders(draw, version: int = 1) -> Ladder:
    by = draw(st.sampled_from(Measure))
    most = 4 if by is Measure.RECEIPTS else 60
    levels = sorted(draw(st.sets(st.integers(0, most), min_size=1, max_size=3)))
    tiers = sorted(draw(st.permutations(TIERS))[: len(levels)], key=TIERS.index)
    down = draw(st.sampled_from(StepDown))
    return Ladder(
        version=version,
        active_from=START if version == 1 else draw(days),
        by=by,
        window=draw(st.one_of(st.none(), st.integers(1, 50))),
        rungs=tuple(Rung(tier, level) for tier, level in zip(tiers, levels, strict=True)),
        review=None if down is StepDown.NEVER else draw(reviews),
        grace=0 if down is StepDown.NEVER else draw(st.sampled_from((0, 0, 1, 5))),
        down=down,
        returns=draw(st.sampled_from(Returns)),
    )


@st.composite
def ledgers(draw) -> list[Entry]:
    entries: list[Entry] = []
    for number in range(draw(st.integers(0, 12))):
        day = draw(days)
        at = datetime(day.year, day.month, day.day, draw(st.integers(0, 23)), tzinfo=UTC)
        id_ = UUID(int=draw(st.integers(0, 2**20)) << 20 | number)
        amount = draw(st.integers(1, 40))
        left_out = {1: draw(st.integers(0, amount))} if draw(st.booleans()) else {}
        of = draw(st.sampled_from(entries)) if entries and draw(st.booleans()) else None
        if of is not None and of.kind == "sale" and of.at <= at:
            entries.append(
                Entry(id_, "refund", -draw(st.integers(1, of.amount)), at, day, of.counts_on, of.purchase, {})
            )
        else:
            kind = draw(st.sampled_from(("sale", "sale", "sale", "opening", "correction")))
            entries.append(Entry(id_, kind, amount, at, day, day, id_, left_out))
    return entries


holds = st.lists(
    st.builds(
        Hold,
        begins=days,
        made=st.integers(1, 10**6),
        tier=st.sampled_from((*TIERS, None)),
        how=st.sampled_from((Why.BY_HAND, Why.IMPORTED, None)),
        ends=st.none(),
    ),
    max_size=3,
    unique_by=lambda hold: hold.made,
)
versions = st.one_of(
    st.tuples(ladders()), st.tuples(ladders(), ladders(version=2)), st.tuples(ladders(), ladders(2), ladders(3))
)
EXAMPLES = settings(max_examples=int(os.environ.get("LAWS_EXAMPLES", "400")), deadline=None)
"""`make laws` asks for more."""


@EXAMPLES
@given(versions, ledgers())
def test_the_replay_agrees_with_a_walk_through_every_day(known, entries):
    last = START + (LAST + 60) * DAY
    walked = earned_each_day(known, entries, last, START)

    replayed = {day: tier_on(known, entries, (), day, opened_on=START).tier for day in walked}

    assert replayed == walked


@EXAMPLES
@given(versions, ledgers())
def test_a_replay_and_a_climb_entry_by_entry_end_in_the_same_place(known, entries):
    climb = Climb(known, START)
    for entry in in_order(entries):
        climb.take(entry)
        later = min((each.day for each in entries if each.day > entry.day), default=None)
        climbed = climb.standing(entry.day, (), later)

        on_that_day = [each for each in entries if (each.at, each.id) <= (entry.at, entry.id) or each.day > entry.day]
        assert tier_on(known, on_that_day, (), entry.day, opened_on=START) == climbed


@EXAMPLES
@given(versions, ledgers(), holds, days, st.randoms(use_true_random=False))
def test_the_order_of_arrival_never_matters(known, entries, held, day, dice):
    told = tier_on(known, entries, held, day, opened_on=START)
    shuffled = [list(known), list(entries), list(held)]
    for each in shuffled:
        dice.shuffle(each)

    assert tier_on(*shuffled, day, opened_on=START) == told


@EXAMPLES
@given(versions, ledgers(), holds, days)
def test_nothing_changes_before_the_day_to_look_again(known, entries, held, day):
    told = tier_on(known, entries, held, day, opened_on=START)
    until = told.due_on or day + 200 * DAY
    same = replace(told, due_on=None)
    step = day + DAY
    while step < until:
        assert replace(tier_on(known, entries, held, step, opened_on=START), due_on=None, measure=told.measure) == same
        step += 7 * DAY


@EXAMPLES
@given(ladders(), ledgers(), days)
def test_exactly_what_is_missing_lifts_to_the_next_tier(ladder, entries, day):
    entries = [entry for entry in entries if entry.day <= day]
    told = tier_on([ladder], entries, (), day, opened_on=START)
    if told.next is None or ladder.by is Measure.RECEIPTS or told.next.missing == 0:
        return

    def after(amount: int) -> str | None:
        id_ = UUID(int=2**60)
        at = datetime(day.year, day.month, day.day, 23, 59, tzinfo=UTC)
        more = Entry(id_, "sale", amount, at, day, day, id_)
        return tier_on([ladder], [*entries, more], (), day, opened_on=START).tier

    assert after(told.next.missing) == told.next.tier
    assert after(told.next.missing - 1) == told.tier


@EXAMPLES
@given(ladders(), ledgers(), days)
def test_exactly_what_is_needed_to_stay_keeps_the_tier(ladder, entries, day):
    entries = [entry for entry in entries if entry.day <= day]
    told = tier_on([ladder], entries, (), day, opened_on=START)
    if told.to_stay is None or ladder.by is Measure.RECEIPTS or not told.to_stay.missing:
        return
    ladder = replace(ladder, grace=0) if told.grace_until is None else ladder
    last = told.to_stay.by - DAY
    if last <= day or any(level.at_least > ladder.rungs[ladder.place_of(told.tier)].at_least for level in ladder.rungs):
        return

    def after(amount: int) -> str | None:
        id_ = UUID(int=2**60)
        at = datetime(last.year, last.month, last.day, 23, 59, tzinfo=UTC)
        more = Entry(id_, "sale", amount, at, last, last, id_)
        return tier_on([ladder], [*entries, more], (), told.to_stay.by, opened_on=START).tier

    assert after(told.to_stay.missing) == told.tier
    assert after(told.to_stay.missing - 1) != told.tier
