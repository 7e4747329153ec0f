"""Random lives of an account: sales that earn and spend, returns in parts, gifts, corrections, time; late arrivals too."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TypedDict
from uuid import UUID

from loyalty.points.life import LifeKind, end_of, first_day
from loyalty.points.rules import Entry

FIRST_DAY = date(2026, 1, 1)


class Days(TypedDict):
    available_on: date
    expires_on: date | None


@dataclass
class Sold:
    """What a sale still has to give back."""

    source: UUID
    earned: int
    spent: int
    pieces: int
    back_earned: int = 0
    back_spent: int = 0
    back_pieces: int = 0


@dataclass
class Life:
    """One account's shopping, drawn from `seed`."""

    seed: int
    day: date = FIRST_DAY
    sales: list[Sold] = field(default_factory=list)
    balance: int = 0
    made: int = 0

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.pending = self.chance.choice((0, 0, 3, 14))
        self.life: tuple[LifeKind, int] = self.chance.choice(
            (("never", 0), ("days", 20), ("days", 90), ("month_end", 0), ("month_end", 2), ("year_end", 0))
        )
        self.restored = self.chance.choice((0, 7, 30))

    def operations(self, count: int) -> Iterator[list[Entry]]:
        """Entries of one thing that happened after the other; some days pass now and then."""
        for _ in range(count):
            if self.chance.random() < 0.3:
                self.day += timedelta(days=self.chance.choice((1, 1, 2, 5, 15, 40)))
            what = self.chance.random()
            if what < 0.5 or not self.sales:
                yield self.sell()
            elif what < 0.8:
                yield self.give_back(self.chance.choice(self.sales))
            elif what < 0.9:
                yield [self.entry("bonus", self.chance.randint(1, 50), **self.days())]
            else:
                yield [self.entry("correction", -self.chance.randint(1, 50))]

    def sell(self) -> list[Entry]:
        """A sale that earns, and at times spends, once in a while more than there is."""
        earned, spent = self.chance.randint(0, 60), self.chance.choice((0, 0, 0, self.chance.randint(1, 80)))
        source = self.new_id()
        self.sales.append(Sold(source, earned, spent, pieces=self.chance.randint(1, 5)))
        entries: list[Entry] = []
        if earned:
            entries.append(self.entry("accrual", earned, source=source, **self.days()))
        if spent:
            entries.append(self.entry("redemption", -spent, source=source))
        return entries

    def give_back(self, sold: Sold) -> list[Entry]:
        """Some pieces of a sale, with the points' share so far rounded down (R8)."""
        if sold.back_pieces == sold.pieces:
            return []
        sold.back_pieces += self.chance.randint(1, sold.pieces - sold.back_pieces)
        claw = sold.earned * sold.back_pieces // sold.pieces - sold.back_earned
        restore = sold.spent * sold.back_pieces // sold.pieces - sold.back_spent
        sold.back_earned += claw
        sold.back_spent += restore
        source = self.new_id()
        entries: list[Entry] = []
        if claw:
            entries.append(self.entry("accrual", -claw, source=source, origin=sold.source))
        if restore:
            ends = self.day + timedelta(days=self.restored)
            entries.append(
                self.entry(
                    "redemption", restore, source=source, origin=sold.source, available_on=self.day, expires_on=ends
                )
            )
        return entries

    def days(self) -> "Days":
        available_on = first_day(self.day, self.pending)
        return {"available_on": available_on, "expires_on": end_of(available_on, *self.life)}

    def new_id(self) -> UUID:
        return UUID(int=self.chance.getrandbits(128))

    def entry(
        self,
        kind: str,
        amount: int,
        *,
        source: UUID | None = None,
        origin: UUID | None = None,
        available_on: date | None = None,
        expires_on: date | None = None,
    ) -> Entry:
        self.made += 1
        at = datetime.combine(self.day, time(9), UTC) + timedelta(seconds=self.made)
        return Entry(
            source or self.new_id(),
            kind,
            amount,
            self.day,
            at,
            available_on=available_on,
            expires_on=expires_on,
            origin=origin,
        )
