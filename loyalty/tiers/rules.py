"""Which tier an account has on a day, and why: the ladder, the ledger, the holds by hand, and nothing else.

A ladder version holds for whole local days. What an account has *earned* climbs by its ledger in the order things
happened (never in which they arrived), and steps down at reviews; a hold lies over it while it lasts. Amounts are minor
units, receipts are counted, thresholds are inclusive (R5).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from heapq import heappop, heappush
from uuid import UUID

DAY = timedelta(days=1)
MERGED = {"merge_in_sale": 1, "merge_out_sale": -1}
"""Receipts that came or went with accounts that were made one, by the kind of their entries."""


class Measure(StrEnum):
    """What a ladder is climbed by."""

    TURNOVER = "turnover"
    RECEIPTS = "receipts"


class StepDown(StrEnum):
    """Where a review leads that finds too little."""

    NEVER = "never"
    ONE_RUNG = "one_rung"
    DESERVED = "deserved"


class Returns(StrEnum):
    """What goods given back do: nothing, lower the sum of the day they were bought, or also undo the rise they brought."""

    IGNORE = "ignore"
    COUNT = "count"
    UNDO = "undo"


class Why(StrEnum):
    """Why an account has its tier."""

    NOTHING = "nothing"
    """It has not reached a rung."""
    REACHED = "reached"
    REVIEW = "review"
    """Stepped down at a review."""
    RETURNED = "returned"
    """Goods given back undid the rise."""
    LADDER = "ladder"
    """A new version of the ladder placed it there."""
    BY_HAND = "by_hand"
    IMPORTED = "imported"


@dataclass(frozen=True, slots=True)
class Rung:
    """`tier` is reached with `at_least`: minor units, or receipts."""

    tier: str
    at_least: int


@dataclass(frozen=True, slots=True)
class EveryDays:
    """So many days after the tier was reached or last reviewed."""

    days: int


@dataclass(frozen=True, slots=True)
class DayOfYear:
    month: int
    day: int


@dataclass(frozen=True, slots=True)
class Anniversary:
    """Each year on the day the account was opened, or on the day its tier was reached. 29 February: 1 March."""

    of_account: bool


Review = EveryDays | DayOfYear | Anniversary


@dataclass(frozen=True, slots=True)
class Ladder:
    """One version of the ladder, in force from the start of `active_from` until the next version's."""

    version: int
    active_from: date
    by: Measure
    window: int | None
    """So many whole local days, the present one included; None counts an account's whole life."""
    rungs: tuple[Rung, ...]
    this_receipt: bool = False
    """Whether the till gives the higher tier to the very receipt that reaches it (R10)."""
    review: Review | None = None
    grace: int = 0
    """Days between a review that finds too little and the step down."""
    down: StepDown = StepDown.NEVER
    returns: Returns = Returns.COUNT
    products: frozenset[int] = frozenset()
    """Goods that do not count, by number; `categories` with everything inside them."""
    categories: frozenset[int] = frozenset()

    def place_of(self, tier: str | None) -> int:
        """The rung with this tier, from 0; -1 for none."""
        return next((place for place, rung in enumerate(self.rungs) if rung.tier == tier), -1)

    def deserved(self, measure: int) -> int:
        """The highest rung whose threshold is met; -1 for none."""
        return max((place for place, rung in enumerate(self.rungs) if measure >= rung.at_least), default=-1)

    def tier(self, place: int) -> str | None:
        return self.rungs[place].tier if place >= 0 else None


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the turnover ledger. `at` orders it, `day` is its local day.

    Goods given back name the `purchase` they came from and count on the day it was made, `counts_on`, so that they leave
    a window together with it. `left_out` is, by ladder version, how much of `amount` that version does not count.
    """

    id: UUID
    kind: str
    amount: int
    at: datetime
    day: date
    counts_on: date
    purchase: UUID
    left_out: Mapping[int, int] = field(default_factory=dict[int, int])

    def counted(self, ladder: Ladder) -> int:
        return self.amount - self.left_out.get(ladder.version, 0)


@dataclass(frozen=True, slots=True)
class Hold:
    """A tier given without regard to the ledger, from the start of `begins` until the start of `ends`.

    By hand it is exactly that tier; as imported, the account may climb above it. The last one made decides; one without
    `how` takes the earlier ones back.
    """

    begins: date
    made: int
    """Counts up: the order in which they were made."""
    tier: str | None
    how: Why | None
    ends: date | None = None

    def lasts(self, day: date) -> bool:
        return self.how is not None and self.begins <= day and (self.ends is None or day < self.ends)


@dataclass(frozen=True, slots=True)
class NextTier:
    """What is `missing` to `tier`: minor units or receipts."""

    tier: str
    missing: int


@dataclass(frozen=True, slots=True)
class ToStay:
    """What is still `missing` to keep the tier at the look taken at the start of `by`; 0 where enough is there."""

    missing: int
    by: date


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an account stands at the end of a day."""

    tier: str | None
    why: Why
    since: date | None
    version: int | None
    """The ladder's; None before there is one."""
    earned: str | None
    """The tier that the ledger alone gives."""
    measure: int
    next: NextTier | None
    to_stay: ToStay | None
    review_on: date | None
    grace_until: date | None
    held_until: date | None
    due_on: date | None
    """The first day on which this may read differently without any new entry."""


def tier_on(
    ladders: Sequence[Ladder],
    entries: Sequence[Entry],
    holds: Sequence[Hold],
    on: date,
    *,
    opened_on: date,
) -> Standing:
    """Where the account stands at the end of `on`: the same for every order of `ladders`, `entries` and `holds`."""
    climb = Climb(ladders, opened_on)
    for entry in in_order(entries):
        if entry.day <= on:
            climb.take(entry)
    climb.go_to(on)
    later = min((entry.day for entry in entries if entry.day > on), default=None)
    return climb.standing(on, holds, later)


def in_order(entries: Sequence[Entry]) -> list[Entry]:
    """As things happened; of the same moment the lower id first."""
    return sorted(entries, key=lambda entry: (entry.at, entry.id))


def in_force(ladders: Sequence[Ladder]) -> list[Ladder]:
    """In the order in which they start; of two that start on one day the higher version alone."""
    last = {ladder.active_from: ladder for ladder in sorted(ladders, key=lambda ladder: ladder.version)}
    return [last[day] for day in sorted(last)]


class Counted:
    """What a ladder counts of the entries known so far, and how much of it lies in the window, which only moves on."""

    def __init__(self, ladder: Ladder) -> None:
        self.ladder = ladder
        self.days: dict[date, int] = {}
        """What counts, by the day it counts on."""
        self.sums: dict[UUID, int] = {}
        """What is left of each purchase, where receipts are counted."""
        self.inside = 0
        self._first = date.min
        self._order: list[date] = []
        """The days that are inside, as a heap."""

    def add(self, entry: Entry) -> None:
        change = self._change(entry)
        if not change:
            return
        day = entry.counts_on
        if day >= self._first:
            self.inside += change
            if day not in self.days:
                heappush(self._order, day)
        self.days[day] = self.days.get(day, 0) + change

    def _change(self, entry: Entry) -> int:
        back = entry.kind == "refund"
        if back and self.ladder.returns is Returns.IGNORE:
            return 0
        amount = entry.counted(self.ladder)
        if self.ladder.by is Measure.TURNOVER:
            return amount
        if entry.kind in MERGED:
            return MERGED[entry.kind]
        if not back and entry.kind != "sale":
            return 0
        before = self.sums.get(entry.purchase, 0)
        self.sums[entry.purchase] = before + amount
        return (before + amount > 0) - (before > 0)

    def until(self, last: date) -> int:
        """What the window that ends with `last` holds; never asked for an earlier day than before."""
        self._first = max(self._first, self.first_day(last))
        while self._order and self._order[0] < self._first:
            self.inside -= self.days[heappop(self._order)]
        return self.inside

    def left_on(self, last: date) -> int:
        """What the window that ends with `last`, a day to come, will hold of what is known."""
        first = self.first_day(last)
        return self.inside - sum(self.days[day] for day in self._order if day < first)

    def leaves(self) -> date | None:
        """The day on which the earliest of what is inside leaves."""
        if self.ladder.window is None or not self._order:
            return None
        return self._order[0] + self.ladder.window * DAY

    def first_day(self, last: date) -> date:
        """Where the window that ends with `last` begins."""
        window = self.ladder.window
        reach = (last - date.min).days
        return date.min if window is None or window > reach else last - (window - 1) * DAY


class Climb:
    """An account's way up and down, one entry after the other, in the order of `in_order`."""

    def __init__(self, ladders: Sequence[Ladder], opened_on: date) -> None:
        self.to_come = in_force(ladders)
        self.opened_on = opened_on
        self.known: list[Entry] = []
        self.ladder: Ladder | None = None
        self.counted: Counted | None = None
        self.place = -1
        self.why = Why.NOTHING
        self.since: date | None = None
        self.review_on: date | None = None
        self.grace_until: date | None = None

    def take(self, entry: Entry) -> None:
        """Let `entry` happen, after everything that its day and those before it bring by themselves."""
        self.go_to(entry.day)
        self.known.append(entry)
        if self.ladder is None or self.counted is None:
            return
        needed = self._needed()
        before = self.counted.until(entry.day) if entry.kind == "refund" else 0
        self.counted.add(entry)
        measure = self.counted.until(entry.day)
        deserved = self.ladder.deserved(measure)
        if deserved > self.place:
            self._move(deserved, Why.REACHED, entry.day)
        elif entry.kind == "refund" and self.ladder.returns is Returns.UNDO and measure < needed <= before:
            self._move(deserved, Why.RETURNED, entry.day)
        elif self.grace_until is not None and measure >= needed:
            self._plan(entry.day)

    def go_to(self, day: date) -> None:
        """Let everything happen that is due at the start of `day` or before: versions, reviews, ends of grace."""
        while True:
            starts = self.to_come[0].active_from if self.to_come else None
            looks = self.grace_until or self.review_on
            if starts is not None and starts <= day and (looks is None or starts <= looks):
                self._start(self.to_come.pop(0))
            elif looks is not None and looks <= day:
                self._look(looks)
            else:
                return

    def _start(self, ladder: Ladder) -> None:
        """A new version counts anew. It lifts at once; it lowers only where it has no such tier."""
        held = self.ladder.tier(self.place) if self.ladder else None
        self.ladder, self.counted = ladder, Counted(ladder)
        for entry in self.known:
            self.counted.add(entry)
        self.place = ladder.place_of(held)
        deserved = ladder.deserved(self.counted.until(ladder.active_from - DAY))
        if deserved > self.place or ladder.tier(self.place) != held:
            self._move(max(deserved, self.place), Why.LADDER, ladder.active_from)
        else:
            self._plan(ladder.active_from)

    def _look(self, day: date) -> None:
        """A review, or the end of a grace: at the start of `day`, over the window that ended the day before."""
        assert self.ladder is not None
        assert self.counted is not None
        deserved = self.ladder.deserved(self.counted.until(day - DAY))
        if deserved > self.place:
            self._move(deserved, Why.REACHED, day)
        elif deserved == self.place:
            self._plan(day)
        elif self.grace_until is None and self.ladder.grace:
            self.grace_until = day + self.ladder.grace * DAY
        else:
            lower = self.place - 1 if self.ladder.down is StepDown.ONE_RUNG else deserved
            self._move(lower, Why.REVIEW, day)

    def _move(self, place: int, why: Why, day: date) -> None:
        self.place, self.since = place, day
        self.why = why
        self._plan(day)

    def _plan(self, day: date) -> None:
        """The first review after `day`, where there is anything to lose."""
        assert self.ladder is not None
        self.grace_until = self.review_on = None
        if self.place >= 0 and self.ladder.down is not StepDown.NEVER and self.ladder.review is not None:
            self.review_on = review_after(self.ladder.review, day, since=self.since or day, opened_on=self.opened_on)

    def _needed(self) -> int:
        """What the tier that the account has asks for."""
        return self.ladder.rungs[self.place].at_least if self.ladder and self.place >= 0 else 0

    def standing(self, on: date, holds: Sequence[Hold], later: date | None = None) -> Standing:
        """What `on` ends with; `later` is the day of the first entry after it."""
        ladder = self.ladder
        hold = held(holds, on)
        earned = ladder.tier(self.place) if ladder else None
        place = self.place
        tier, why, since = earned, self.why, self.since
        if hold is not None and hold.how is not None:
            above = ladder is not None and self.place > ladder.place_of(hold.tier)
            if not (hold.how is Why.IMPORTED and above):
                tier, why, since = hold.tier, hold.how, hold.begins
                place = ladder.place_of(hold.tier) if ladder else -1
        pinned = why is Why.BY_HAND
        measure = self.counted.until(on) if self.counted else 0
        following = None if pinned else self._next(place, measure)
        to_stay = self._to_stay() if tier == earned and why not in (Why.BY_HAND, Why.IMPORTED) else None
        looks = self.grace_until or self.review_on
        turns = [looks, later, self.counted.leaves() if self.counted and following else None, *hold_turns(holds, on)]
        turns.append(self.to_come[0].active_from if self.to_come else None)
        return Standing(
            tier=tier,
            why=why,
            since=since,
            version=ladder.version if ladder else None,
            earned=earned,
            measure=measure,
            next=following,
            to_stay=to_stay,
            review_on=self.review_on if self.grace_until is None else None,
            grace_until=self.grace_until,
            held_until=hold.ends if hold and why in (Why.BY_HAND, Why.IMPORTED) else None,
            due_on=min((turn for turn in turns if turn is not None), default=None),
        )

    def _next(self, place: int, measure: int) -> NextTier | None:
        if self.ladder is None or place + 1 >= len(self.ladder.rungs):
            return None
        rung = self.ladder.rungs[place + 1]
        return NextTier(rung.tier, max(0, rung.at_least - measure))

    def _to_stay(self) -> ToStay | None:
        by = self.grace_until or self.review_on
        if by is None or self.counted is None:
            return None
        return ToStay(max(0, self._needed() - self.counted.left_on(by - DAY)), by)


def held(holds: Sequence[Hold], day: date) -> Hold | None:
    """The hold that lies over `day`: the last made of those begun, while it lasts."""
    begun = [hold for hold in holds if hold.begins <= day]
    last = max(begun, key=lambda hold: hold.made, default=None)
    return last if last is not None and last.lasts(day) else None


def hold_turns(holds: Sequence[Hold], on: date) -> list[date]:
    """The days after `on` on which a hold begins or ends."""
    days = [day for hold in holds for day in (hold.begins, hold.ends) if day is not None]
    return [day for day in days if day > on]


def review_after(review: Review, day: date, *, since: date, opened_on: date) -> date:
    """The first review after `day` of a tier reached on `since`."""
    if isinstance(review, EveryDays):
        return day + review.days * DAY
    if isinstance(review, DayOfYear):
        month, of_month = review.month, review.day
    else:
        start = opened_on if review.of_account else since
        month, of_month = start.month, start.day
    this_year = on_day(day.year, month, of_month)
    return this_year if this_year > day else on_day(day.year + 1, month, of_month)


def on_day(year: int, month: int, day: int) -> date:
    """That day of the year; 1 March for a 29 February that the year does not have."""
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, 3, 1)
