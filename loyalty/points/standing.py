# pyright: strict
"""What follows from an account's lots: what tills are told, and which entries the ledger still lacks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from loyalty.points.rules import Book, Entry


@dataclass(frozen=True, slots=True)
class Standing:
    """`balance` is `spendable` plus `pending` less `overdrawn`; `expiring` end as `expiring_on` begins.

    `next_on` is the first day on which time alone changes something.
    """

    balance: int
    spendable: int
    pending: int
    overdrawn: int
    expiring_on: date | None
    expiring: int
    next_on: date | None


NOTHING = Standing(0, 0, 0, 0, None, 0, None)


def standing_of(book: Book) -> Standing:
    spendable, pending, overdrawn = book.spendable(), book.pending(), book.overdrawn()
    ends = [lot.expires_on for lot in book.open if lot.expires_on is not None]
    starts = [lot.available_on for lot in book.open if lot.available_on > book.day]
    expiring_on = min(ends, default=None)
    return Standing(
        balance=spendable + pending - overdrawn,
        spendable=spendable,
        pending=pending,
        overdrawn=overdrawn,
        expiring_on=expiring_on,
        expiring=sum(lot.left for lot in book.open if lot.expires_on == expiring_on) if expiring_on else 0,
        next_on=min([*ends, *starts], default=None),
    )


def expiries(book: Book, at: datetime) -> list[Entry]:
    """Entries that make the ledger say what the lots lost by time: one for each lot that it does not say it of yet.

    Where a document that arrived late shows that less had expired, the entry is positive.
    """
    lost = {lot.id: (lot.expired, lot.family) for lot in book.lots if lot.expired}
    found: list[Entry] = []
    for lot in sorted(lost.keys() | book.written_off.keys(), key=lambda lot: lot.int):
        expired, family = lost.get(lot, (0, None))
        said, part = book.written_off.get(lot, (0, 0))
        if expired + said:
            amount = -(expired + said)
            found.append(Entry(lot, "expiry", amount, book.day, at, part=part + 1, origin=family, lot=lot))
    return found


def transfers(book: Book, merge: UUID, part: int, at: datetime) -> tuple[list[Entry], list[Entry]]:
    """Everything the account has or owes, handed over: its own entries, and those of the account it goes to.

    Lots keep their days and the sale they came from. Entries are of source `merge`, numbered from `part`.
    """
    return moved_lots(book, [lot.id for lot in book.open], merge, part, at, owed=True)


def moved_lots(
    book: Book, lots: Sequence[UUID], merge: UUID, part: int, at: datetime, *, owed: bool = False
) -> tuple[list[Entry], list[Entry]]:
    """What is left of `lots`, and with `owed` the debts too, handed over."""
    wanted = set(lots)
    given: list[Entry] = []
    taken: list[Entry] = []

    def both(amount: int, available_on: date | None, expires_on: date | None, origin: UUID | None, lot: UUID | None):
        place = part + 2 * len(given)
        given.append(Entry(merge, "merge", -amount, book.day, at, place, None, None, origin, lot))
        days = (available_on, expires_on) if amount > 0 else (None, None)
        taken.append(Entry(merge, "merge", amount, book.day, at, place + 1, *days, origin))

    for lot in book.open:
        if lot.id in wanted:
            both(lot.left, lot.available_on, lot.expires_on, lot.family, lot.id)
    if owed:
        for taking in book.owing:
            both(-taking.owed, None, None, taking.entry.origin, None)
    return given, taken
