"""`make laws N=20000`: what must hold always, tried N times a law; with the points ledger, the tiers and the races beside it.

One line for each law that failed, with the seed that shows it again; the last line is one JSON object.
"""

import asyncio
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any

from tests.loyalty.laws import choosing, coming_back, receipts

FOR_EACH_LARGE = 2_000
"""Examples of the other laws for each basket of two hundred lines."""
POINTS_FOR_EACH, TIERS_FOR_EACH, ROUNDS_FOR_EACH = 50, 10, 100
"""N = 20,000 makes 1,000,000 operations on points, 2,000 ledgers for each law of tiers, 200 rounds of races."""


@dataclass
class Tally:
    """How often each law was tried, and the seeds that broke it."""

    tried: dict[str, int] = field(default_factory=dict[str, int])
    broken: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    def count(self, law: str, examples: int = 1) -> None:
        self.tried[law] = self.tried.get(law, 0) + examples

    def fail(self, law: str, how: str) -> None:
        self.broken.setdefault(law, []).append(how)

    @property
    def answer(self) -> dict[str, object]:
        failures = sum(len(each) for each in self.broken.values())
        return {"laws": len(self.tried), "examples": sum(self.tried.values()), "failures": failures}


def of_receipts(number: int, tally: Tally, start: int = 0) -> None:
    """Laws of one priced receipt, and of its coming back."""
    for seed in range(start, start + number):
        one = receipts.receipt(Random(seed))
        for law in (*receipts.LAWS, *coming_back.LAWS):
            _try(law.__name__, seed, tally, partial(law, one))


def of_choices(number: int, tally: Tally, start: int = 0) -> None:
    """Laws of which rules are chosen."""
    for law in choosing.LAWS:
        for seed in range(start, start + number):
            _try(law.__name__, seed, tally, law)
    for law in choosing.LARGE:
        for seed in range(start, start + max(number // FOR_EACH_LARGE, 1)):
            _try(law.__name__, seed, tally, law)


def _try(name: str, seed: int, tally: Tally, law: Callable[[Random], None]) -> None:
    tally.count(name)
    try:
        law(Random(seed))
    except Exception as broken:  # whatever goes wrong breaks the law
        tally.fail(name, f"seed {seed}: {type(broken).__name__} {broken}".splitlines()[0])


def of_points(number: int, tally: Tally) -> None:
    """Balance, ledger and open lots are the same after every operation."""
    from tests.loyalty.points.laws import main as lives

    name = "balance_is_ledger_is_open_lots"
    outcome = lives(number)
    tally.count(name, number)
    for _ in range(int(str(outcome["failures"]))):
        tally.fail(name, str(outcome.get("first", "")))


def of_tiers(number: int, tally: Tally) -> None:
    """Every ledger replayed gives the same tier on every date."""
    os.environ["LAWS_EXAMPLES"] = str(number)
    from tests.loyalty.tiers import test_laws

    for name, law in _laws_of(vars(test_laws)):
        tally.count(name, number)
        try:
            law()
        except Exception as broken:
            tally.fail(name, str(broken).splitlines()[0] if str(broken) else type(broken).__name__)


def _laws_of(names: Mapping[str, Any]) -> Iterator[tuple[str, Callable[[], object]]]:
    for name, law in names.items():
        if name.startswith("test_") and callable(law):
            yield f"tiers_{name.removeprefix('test_')}", law


def of_races(rounds: int, tally: Tally) -> None:
    """Many tills at once, on a PostgreSQL of its own: nothing over, and nothing held back."""
    from pos.storage.database import Database
    from tests import database as databases
    from tests.loyalty.reservations.races import Found, races

    async def run() -> Found:
        async with await databases.open_server() as server:
            await databases.make_template(server)
            async with databases.cloned(server) as addresses:
                database = await Database.open(addresses.app, sessions=30)
                try:
                    return await races(database, rounds)
                finally:
                    await database.close()

    name = "races_promise_exactly_what_is_there"
    found = asyncio.run(run())
    tally.count(name, sum(found.scenes.values()))
    if found.over or found.short:
        tally.fail(name, f"over {found.over}, short {found.short}")


def main(arguments: Sequence[str]) -> int:
    number = int(arguments[0]) if arguments else 20_000
    parts = arguments[1:] or ("receipts", "choices", "points", "tiers", "races")
    tally = Tally()
    if "receipts" in parts:
        of_receipts(number, tally)
    if "choices" in parts:
        of_choices(number, tally)
    if "races" in parts:
        of_races(max(number // ROUNDS_FOR_EACH, 1), tally)
    if "points" in parts:
        of_points(number * POINTS_FOR_EACH, tally)
    if "tiers" in parts:
        of_tiers(max(number // TIERS_FOR_EACH, 1), tally)
    for law, how in tally.broken.items():
        print(f"{law}: {len(how)} times; {how[0]}")
    print(json.dumps(tally.answer))
    return 1 if tally.broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
