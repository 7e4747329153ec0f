# pyright: strict
"""An account's ledger of points replayed into lots. Pure; the order in which entries arrive never matters.

What the kinds do, by sign:

- `accrual`, `opening`, `welcome`, `birthday`, `bonus`, `correction` and `merge` above zero each make a lot.
- `redemption` below zero spends: the lot that ends first, of equal ends the older one (R9). What is not there is a debt.
- `redemption` above zero is a refund: what its sale spent returns to where it came from, last taken first; debts of that
  sale go first. A lot that has ended meanwhile comes back as a lot of its own, with the days the entry names.
- `accrual` below zero is a refund: it takes from the lots of its sale, then from what had expired of them, then from
  the other lots as spending does, then it is a debt.
- An entry with `lot` takes from that lot; `correction` and `merge` below zero otherwise take as a refund does where
  they name an origin, and as spending does where not.
- `expiry` is bookkeeping: what lots lose by time follows from the days; `loyalty.points.standing` says what is still to
  be written.

Points that come while there is a debt pay it, as soon as they may be spent.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid5

from loyalty.points.life import FOREVER

LOTS = UUID("6f1c2c52-2f6b-4d0e-9a55-1c7a5f2f4b10")
"""The name space of lots' ids."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the ledger, as the rules need it. A credit without `available_on` may be spent from its `day`."""

    source: UUID
    kind: str
    amount: int
    day: date
    at: datetime
    part: int = 1
    available_on: date | None = None
    expires_on: date | None = None
    origin: UUID | None = None
    lot: UUID | None = None


@dataclass(slots=True, eq=False)
class Lot:
    """Points earned together. `earned` is always `left` + `taken` + `clawed` + `expired`."""

    source: UUID
    kind: str
    part: int
    within: UUID | None
    """The lot that these points belonged to before it ended."""
    family: UUID
    """The sale, or other source, that first gave them."""
    available_on: date
    expires_on: date | None
    day: date
    earned: int
    left: int
    order: tuple[date, date, int]
    """Spending takes the lowest first."""
    taken: int = 0
    clawed: int = 0
    expired: int = 0

    @property
    def id(self) -> UUID:
        return lot_id(self.source, self.kind, self.part, self.within)


@lru_cache(maxsize=100_000)
def lot_id(source: UUID, kind: str, part: int, within: UUID | None = None) -> UUID:
    """The id of the lot that an entry made; of one that came back from an ended lot `within` names that."""
    return uuid5(LOTS, f"{source}:{kind}:{part}:{within or ''}")


@dataclass(slots=True, eq=False)
class Taking:
    """What one entry took: from which lots, in which order, and what of it is owed."""

    entry: Entry
    pieces: list[tuple[Lot, int]] = field(default_factory=list[tuple[Lot, int]])
    owed: int = 0


@dataclass(frozen=True, slots=True)
class Overdraft:
    """A moment when more was taken than could be. `before` is the source of the taking next before it."""

    source: UUID
    kind: str
    short: int
    before: UUID | None


class Book:
    """The lots of one account after its entries so far."""

    def __init__(self) -> None:
        self.day = date.min
        self.lots: list[Lot] = []
        self.open: list[Lot] = []
        """Lots with something left."""
        self.owing: list[Taking] = []
        """Takings that are not paid yet, oldest first."""
        self.overdrafts: list[Overdraft] = []
        self.written_off: dict[UUID, tuple[int, int]] = {}
        """What expiry entries say of each lot so far: their sum, and the highest part."""
        self._families: dict[UUID, list[Lot]] = {}
        self._takings: dict[UUID, Taking] = {}
        self._clawed_elsewhere: dict[UUID, list[Taking]] = {}
        """By sale: what its return took that its own lots did not hold any more."""
        self._last: Taking | None = None

    def apply(self, entry: Entry) -> None:
        """The next entry in order; its day is never before one that was already reached."""
        if entry.kind == "expiry":
            assert entry.lot is not None
            total, part = self.written_off.get(entry.lot, (0, 0))
            self.written_off[entry.lot] = (total + entry.amount, max(part, entry.part))
            return
        self.reach(entry.day)
        if entry.amount > 0:
            self._restore(entry) if entry.kind == "redemption" else self._earn(entry)
        elif entry.lot is not None:
            self._take_from_lot(entry, entry.lot)
        elif entry.origin is not None:
            self._take_back(entry, entry.origin)
        else:
            self._spend(entry)

    def reach(self, day: date) -> None:
        """Let time pass until `day`: debts are paid by what may be spent meanwhile, then lots that ended are over."""
        if day <= self.day:
            return
        self.day = day
        self._pay()
        if any(lot.expires_on is not None and lot.expires_on <= day for lot in self.open):
            for lot in self.open:
                if lot.expires_on is not None and lot.expires_on <= day:
                    lot.expired += lot.left
                    lot.left = 0
            self._close()

    def spendable(self) -> int:
        return sum([lot.left for lot in self.open if lot.available_on <= self.day])

    def pending(self) -> int:
        return sum([lot.left for lot in self.open if lot.available_on > self.day])

    def overdrawn(self) -> int:
        return sum([taking.owed for taking in self.owing])

    def _earn(self, entry: Entry) -> None:
        self._add_lot(entry, entry.amount, entry.expires_on, family=entry.origin or entry.source)
        self._pay()

    def _add_lot(
        self, entry: Entry, amount: int, expires_on: date | None, *, family: UUID, within: UUID | None = None
    ) -> None:
        available_on = entry.available_on or entry.day
        over = expires_on is not None and expires_on <= max(self.day, available_on)
        lot = Lot(
            source=entry.source,
            kind=entry.kind,
            part=entry.part,
            within=within,
            family=family,
            available_on=available_on,
            expires_on=expires_on,
            day=entry.day,
            earned=amount,
            left=0 if over else amount,
            order=(expires_on or FOREVER, available_on, len(self.lots)),
            expired=amount if over else 0,
        )
        self.lots.append(lot)
        self._families.setdefault(family, []).append(lot)
        if lot.left:
            self.open.append(lot)

    def _spend(self, entry: Entry) -> None:
        taking = self._taking(entry)
        self._take(taking, -entry.amount)

    def _taking(self, entry: Entry) -> Taking:
        taking = Taking(entry)
        if entry.kind == "redemption":
            self._takings[entry.source] = taking
        return taking

    def _take(self, taking: Taking, amount: int) -> None:
        """Take from what may be spent now; the rest is owed."""
        rest = amount - self._draw(taking, amount)
        if rest:
            taking.owed += rest
            self.owing.append(taking)
            before = self._last.entry.source if self._last else None
            self.overdrafts.append(Overdraft(taking.entry.source, taking.entry.kind, rest, before))
        self._last = taking

    def _draw(self, taking: Taking, amount: int, *, until: date | None = None) -> int:
        """Take up to `amount` from lots that may be spent, the one that ends first; answers how much that was."""
        by = until or self.day
        ready = [lot for lot in self.open if lot.available_on <= by]
        ready.sort(key=_order)
        drawn = 0
        for lot in ready:
            piece = min(lot.left, amount - drawn)
            lot.left -= piece
            lot.taken += piece
            taking.pieces.append((lot, piece))
            drawn += piece
            if drawn == amount:
                break
        if drawn:
            self._close()
        return drawn

    def _pay(self) -> None:
        """Pay debts, the oldest first, by lots in the order in which they could be spent."""
        if not self.owing:
            return
        for moment in sorted({lot.available_on for lot in self.open if lot.available_on <= self.day}):
            while self.owing:
                taking = self.owing[0]
                paid = self._draw(taking, taking.owed, until=moment)
                taking.owed -= paid
                if taking.owed:
                    break
                self.owing.pop(0)

    def _restore(self, entry: Entry) -> None:
        taking = self._takings.get(entry.origin) if entry.origin else None
        rest = entry.amount - (self._undo(entry, taking, entry.amount) if taking else 0)
        if rest:
            self._add_lot(entry, rest, entry.expires_on, family=entry.origin or entry.source)
        self._pay()

    def _undo(self, entry: Entry, taking: Taking, amount: int) -> int:
        """Take back up to `amount` of a taking: what is owed first, then the last pieces; answers how much that was."""
        rest = amount
        if taking.owed:
            forgiven = min(taking.owed, rest)
            taking.owed -= forgiven
            rest -= forgiven
            if not taking.owed:
                self.owing.remove(taking)
        while rest and taking.pieces:
            lot, piece = taking.pieces.pop()
            back = min(piece, rest)
            if back < piece:
                taking.pieces.append((lot, piece - back))
            self._give_back(entry, lot, back)
            rest -= back
        return amount - rest

    def _give_back(self, entry: Entry, lot: Lot, amount: int) -> None:
        """Points return to `lot`: first to those who lost them when its sale was given back and it had been spent."""
        lot.taken -= amount
        for clawing in self._clawed_elsewhere.get(lot.family, ()):
            undone = self._undo(entry, clawing, amount)
            lot.clawed += undone
            amount -= undone
        if not amount:
            return
        if lot.expires_on is not None and lot.expires_on <= self.day:
            lot.taken += amount
            self._come_back(entry, lot, amount)
        else:
            if not lot.left:
                self.open.append(lot)
            lot.left += amount

    def _come_back(self, entry: Entry, ended: Lot, amount: int) -> None:
        """Points of a lot that has ended, in a lot of their own; those of one refund in one."""
        for lot in reversed(self._families[ended.family]):
            if lot.within == ended.id and lot.source == entry.source and lot.part == entry.part:
                lot.earned += amount
                if lot.expires_on is not None and lot.expires_on <= self.day:
                    lot.expired += amount
                else:
                    if not lot.left:
                        self.open.append(lot)
                    lot.left += amount
                return
        self._add_lot(entry, amount, entry.expires_on, family=ended.family, within=ended.id)

    def _take_back(self, entry: Entry, origin: UUID) -> None:
        rest = -entry.amount
        family = self._families.get(origin, ())
        for lot in family:
            piece = min(lot.left, rest)
            lot.left -= piece
            lot.clawed += piece
            rest -= piece
        for lot in family:
            piece = min(lot.expired, rest)
            lot.expired -= piece
            lot.clawed += piece
            rest -= piece
        self._close()
        if rest:
            taking = Taking(entry)
            self._clawed_elsewhere.setdefault(origin, []).append(taking)
            self._take(taking, rest)

    def _take_from_lot(self, entry: Entry, wanted: UUID) -> None:
        rest = -entry.amount
        for lot in self.open:
            if lot.id == wanted:
                piece = min(lot.left, rest)
                lot.left -= piece
                lot.taken += piece
                rest -= piece
                break
        self._close()
        if rest:
            self._take(Taking(entry), rest)

    def _close(self) -> None:
        self.open = [lot for lot in self.open if lot.left]


def _order(lot: Lot) -> tuple[date, date, int]:
    return lot.order


def replay(entries: Iterable[Entry], today: date) -> Book:
    """The lots after all `entries`, in whatever order they come, and after the time until `today`."""
    book = Book()
    for entry in in_order(entries):
        book.apply(entry)
    book.reach(today)
    return book


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """By day and time; spending before earning within a receipt; a refund never before its sale, whatever clocks say."""
    rows = list(entries)
    when = {entry.source: (entry.day, entry.at) for entry in rows if entry.origin is None}

    def place(entry: Entry) -> tuple[Any, ...]:
        own = (entry.day, entry.at)
        origin = when.get(entry.origin, own) if entry.origin else own
        behind = origin >= own and entry.origin in when
        earns = entry.kind != "redemption"
        return (*max(own, origin), behind, entry.source.int, earns, entry.kind, entry.part)

    return sorted(rows, key=place)
