"""`python -m tests.loyalty.points.laws OPERATIONS [SEED]`: the laws of points over that many random operations.

After each operation the balance is the ledger and the sum of the open lots less what is owed, and no lot holds less
than nothing or more than it was given. At the end of each life the same entries in another order give the same lots, and
giving everything back of a fresh sale leaves the lots as they were before it.
"""

import json
import random
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, time

from loyalty.points.rules import Book, Entry, replay
from loyalty.points.standing import expiries, standing_of
from tests.loyalty.points.account_life import Life, Sold

OPERATIONS_OF_ONE = 50


def lots_of(book: Book) -> list[tuple[object, ...]]:
    """What may be spent of `book`, lot by lot, and what is owed."""
    lots = sorted((lot.family.int, str(lot.expires_on), str(lot.available_on), lot.left) for lot in book.open)
    return [*lots, ("owed", sum(taking.owed for taking in book.owing))]


def broken(book: Book, ledger: Sequence[Entry]) -> str | None:
    """Which law does not hold for the account whose whole ledger, expiries written, is `ledger`."""
    standing = standing_of(book)
    left, owed = sum(lot.left for lot in book.lots), sum(taking.owed for taking in book.owing)
    if not sum(entry.amount for entry in ledger) == standing.balance == left - owed:
        return "balance = ledger = open lots"
    for lot in book.lots:
        if min(lot.left, lot.taken, lot.clawed, lot.expired) < 0:
            return "no part of a lot is negative"
        if lot.earned != lot.left + lot.taken + lot.clawed + lot.expired:
            return "a lot is what it was given"
    if owed and standing.spendable:
        return "nothing may be spent while something is owed"
    if expiries(book, datetime.now(UTC)) and ledger:
        return "expiries are written once"
    return None


def settled(ledger: list[Entry], life: Life) -> Book:
    """Replay `ledger`, write the expiries it lacks into it, and replay again."""
    book = replay(ledger, life.day)
    lacking = expiries(book, datetime.combine(life.day, time(23), UTC))
    if lacking:
        ledger += lacking
        for entry in lacking:
            book.apply(entry)
    return book


def failures_of(seed: int, operations: int) -> list[str]:
    """The laws that a life of `operations` breaks."""
    life, ledger, found = Life(seed), list[Entry](), list[str]()
    late: list[Entry] = []
    for entries in life.operations(operations):
        if life.chance.random() < 0.1:
            late += entries  # of a till without a network
            continue
        ledger += entries
        if late and life.chance.random() < 0.3:
            ledger += late
            late = []
        law = broken(settled(ledger, life), ledger)
        if law:
            found.append(law)
    ledger += late
    book = settled(ledger, life)
    shuffled = list(ledger)
    random.Random(seed).shuffle(shuffled)
    if lots_of(replay(shuffled, life.day)) != lots_of(book):
        found.append("order of arrival does not matter")
    if not returns_undo_a_sale(life, ledger, book):
        found.append("returns undo a sale")
    return found


def returns_undo_a_sale(life: Life, ledger: list[Entry], before: Book) -> bool:
    """A sale now, returned in parts: what may be spent is as it was."""
    spent = life.chance.randint(0, before.spendable() + 20)
    source = life.new_id()
    sold = Sold(source, life.chance.randint(1, 60), spent, pieces=life.chance.randint(1, 7))
    entries = [life.entry("accrual", sold.earned, source=source, **life.days())]
    if spent:
        entries.append(life.entry("redemption", -spent, source=source))
    while sold.back_pieces < sold.pieces:
        entries += life.give_back(sold)
    return lots_of(replay([*ledger, *entries], life.day)) == lots_of(before)


def main(operations: int, seed: int = 0) -> dict[str, object]:
    """All lives until `operations` are done; the first failures with the seeds that show them."""
    done, failures, shown = 0, 0, list[str]()
    while done < operations:
        count = min(OPERATIONS_OF_ONE, operations - done)
        for law in failures_of(seed, count):
            failures += 1
            shown = [*shown, f"{seed}: {law}"][:5]
        done += count
        seed += 1
    return {"operations": done, "failures": failures, **({"first": shown} if shown else {})}


if __name__ == "__main__":
    outcome = main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000, int(sys.argv[2]) if len(sys.argv) > 2 else 0)
    print(json.dumps(outcome))
    sys.exit(1 if outcome["failures"] else 0)
