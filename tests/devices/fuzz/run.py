"""`make fuzz N=1000000`: that many random and mutated inputs for each parser of `devices`, in several processes.

The last line is one JSON object; before it one line for each thing that was wrong, with the input that shows it again.
"""

import json
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.devices.fuzz.parsers import every_parser

SEED = 20261128
PIECE = 20_000
LONGEST_CPU_SECONDS = 1
SHOWN = 5
COUNTS = ("hangs", "foreign_exceptions", "bad_weights", "bad_commands", "bad_values")


@dataclass
class Found:
    """What some inputs of one parser showed."""

    parser: str
    inputs: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    shown: list[str] = field(default_factory=list[str])

    def note(self, what: str, given: Any, why: str) -> None:
        self.counts[what] += 1
        if len(self.shown) < SHOWN:
            self.shown.append(f"{self.parser}: {what}: {why} {given!r}")


class Hang(BaseException):
    """One input took more than a second of the processor."""


def fuzz_piece(parser_name: str, seed: str, inputs: int) -> Found:
    """`inputs` inputs for one parser, always the same for the same seed."""
    parser = next(parser for parser in every_parser() if parser.name == parser_name)
    found, chance = Found(parser_name), Random(seed)
    watch = _Watch()
    with watch:
        for _ in range(inputs):
            found.inputs += 1
            given = parser.make(chance)
            try:
                watch.begin()
                bad = parser.read(given, chance)
            except Hang:
                found.note("hangs", given, "")
            except Exception as error:
                found.note("foreign_exceptions", given, repr(error))
            else:
                if bad:
                    found.note(f"bad_{bad}s", given, "")
    return found


class _Watch:
    """Raises `Hang` in an input that is still the same after so many seconds of processor time."""

    def __init__(self, seconds: float = LONGEST_CPU_SECONDS) -> None:
        self._seconds = seconds
        self._begun = 0
        self._seen = -1

    def begin(self) -> None:
        self._begun += 1

    def _look(self, *_: object) -> None:
        if self._seen == self._begun:
            raise Hang
        self._seen = self._begun

    def __enter__(self) -> None:
        signal.signal(signal.SIGVTALRM, self._look)
        signal.setitimer(signal.ITIMER_VIRTUAL, self._seconds, self._seconds)

    def __exit__(self, *_: object) -> None:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, signal.SIG_DFL)


def pieces(names: Sequence[str], inputs: int) -> Iterator[tuple[str, str, int]]:
    """The work cut up: which parser, which seed, how many."""
    for name in names:
        for number, start in enumerate(range(0, inputs, PIECE)):
            yield name, f"{SEED} {name} {number}", min(PIECE, inputs - start)


def summary(found: Sequence[Found]) -> dict[str, int]:
    counts = {name: sum(one.counts[name] for one in found) for name in COUNTS}
    return {"parsers": len({one.parser for one in found}), "inputs": sum(one.inputs for one in found), **counts}


def main(inputs: int) -> int:
    names = [parser.name for parser in every_parser()]
    print(f"seed {SEED}, {inputs} inputs for each of {', '.join(names)}", flush=True)
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(fuzz_piece, *zip(*pieces(names, inputs), strict=True)))
    for one in found:
        print("\n".join(one.shown), end="\n" if one.shown else "")
    answer = summary(found)
    print(json.dumps(answer))
    return 1 if any(answer[name] for name in COUNTS) else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
