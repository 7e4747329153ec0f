"""Small faults put into the shipped browser engine, one at a time: does the comparison with Python find each?

`python -m tests.loyalty.pricing.mutants [number] [seed]` tries so many (all without a number) and prints the survivors.
"""

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

from py_mini_racer import JSEvalException

from tests.loyalty.pricing.contested import contested
from tests.loyalty.pricing.equivalent_mutants import EQUIVALENT
from tests.loyalty.pricing.examples import examples
from tests.loyalty.pricing.generated import jobs
from tests.loyalty.pricing.golden import golden
from tests.loyalty.pricing.javascript import Engine, sources
from tests.loyalty.pricing.returns import after_sale_cases, cash_cases, refund_cash_cases, return_cases
from tests.loyalty.pricing.vectors_run import priced

SWAPS = {
    "<": "<=", "<=": "<", ">": ">=", ">=": ">", "===": "!==", "!==": "===", "&&": "||", "||": "&&",
    "+": "-", "-": "+", "*": "+", "/": "*", "%": "*", "Math.min": "Math.max", "Math.max": "Math.min",
    "true": "false", "false": "true", "+=": "-=", "-=": "+=",
}  # fmt: skip
TOKEN = re.compile(
    r"(?<= )(?:===|!==|<=|>=|\+=|-=|&&|\|\||[<>+*/%-])(?= )|Math\.min|Math\.max|\btrue\b|\bfalse\b|(?<![\w.\"])\d[\d_]*(?![\w\"])"
)
LEFT_OUT = (
    *("rules.js", "basket.js", "quote.js", "errors.js", "form.js", "weekdays.js", "refusals.js"),
    *("wire.js", "wire_rules.js", "wire_basket.js", "wire_effects.js", "wire_limits.js"),
)
"""Type definitions; and the readers of forms, whose refusals `test_forms.py` compares field by field."""
PATIENCE = 6
"""Seconds for one batch, which takes an engine without faults less than one."""
MEMORY = 400_000_000
"""Bytes that an altered engine may take: some faults never stop collecting."""


@dataclass(frozen=True)
class Mutant:
    file: str
    line: int
    column: int
    was: str
    becomes: str
    text: str

    @property
    def name(self) -> str:
        return f"{self.file}:{self.line}:{self.column} {self.was} -> {self.becomes} in `{self.text.strip()}`"

    @property
    def key(self) -> tuple[str, str, str, int]:
        """What stays the same when lines move: file, source line, fault, and which one of its kind on the line."""
        return self.file, self.text.strip(), f"{self.was} -> {self.becomes}", self.text[: self.column].count(self.was)


@cache
def shipped() -> dict[str, str]:
    return sources()


def mutants() -> Iterator[Mutant]:
    for file, source in shipped().items():
        if file in LEFT_OUT:
            continue
        for number, text in enumerate(source.splitlines(), 1):
            if text.lstrip().startswith(("*", "/*", "//", "import ", "}", "export const ENGINE_VERSION")):
                continue
            for found in TOKEN.finditer(text):
                was = found[0]
                becomes = SWAPS.get(was) or str(int(was.replace("_", "")) + 1)
                yield Mutant(file, number, found.start(), was, becomes, text)


def altered(mutant: Mutant) -> dict[str, str]:
    files = dict(shipped())
    lines = files[mutant.file].splitlines()
    text = lines[mutant.line - 1]
    lines[mutant.line - 1] = text[: mutant.column] + mutant.becomes + text[mutant.column + len(mutant.was) :]
    files[mutant.file] = "\n".join(lines) + "\n"
    return files


class Judge:
    """Baskets, returns and cash amounts with Python's answers, against which each fault is tried."""

    def __init__(self, baskets: int, seed: int = 31) -> None:
        worked = [(each.rule_set, each.basket) for each in examples()]
        random = Random(seed)
        in_the_way = [contested(random, 6) for _ in range(baskets // 4)] + [contested(random, 20) for _ in range(40)]
        every = worked + golden() + in_the_way + jobs(seed, baskets)
        self._batches: list[tuple[list[Any], list[Any]]] = []
        start, size = 0, 100
        while start < len(every):
            batch = every[start : start + size]
            self._batches.append((batch, [priced(*one) for one in batch]))
            start, size = start + size, size * 4
        self._returns, self._cash, self._refunds = return_cases(1_500), cash_cases(600), refund_cash_cases(150)
        self._after_sale = after_sale_cases(300)

    def finds(self, mutant: Mutant) -> bool:
        """Whether the altered engine differs from Python anywhere, fails, or does not come to an end."""
        engine = None
        try:
            engine = Engine(altered(mutant), timeout=PATIENCE, memory=MEMORY)
            return not self._agrees(engine)
        except JSEvalException:
            return True
        finally:
            if engine is not None:
                engine.close()

    def _agrees(self, engine: Engine) -> bool:
        for (asked, answers), ask in (
            (self._cash, engine.cash_rounding),
            (self._refunds, engine.refund_rounding),
            (self._returns, engine.returned),
            (self._after_sale, engine.after_sale),
        ):
            if ask(asked) != answers:
                return False
        return all(engine.quotes(batch) == answers for batch, answers in self._batches)


def main() -> None:
    every = list(mutants())
    number = int(sys.argv[1]) if len(sys.argv) > 1 else len(every)
    tried = Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1).sample(every, min(number, len(every)))
    judge = Judge(4_000)
    survivors = [mutant for mutant in tried if not judge.finds(mutant)]
    unknown = [mutant for mutant in survivors if mutant.key not in EQUIVALENT]
    for mutant in sorted(unknown, key=lambda each: each.name):
        print(mutant.name)
    counts = {"mutants": len(every), "tried": len(tried), "equivalent": len(survivors) - len(unknown)}
    print(json.dumps({**counts, "survived": len(unknown)}))
    sys.exit(1 if unknown else 0)


if __name__ == "__main__":
    main()
