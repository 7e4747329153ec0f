"""Golden vectors: rule sets and baskets with the quote they must have, kept in `vectors/*.json` for any engine to read.

`python -m tests.loyalty.pricing.golden` writes `covering.json` anew: few random receipts in which every kind of rule, every
limit and every reason takes part at least twice. Do that only when the engine's answers are meant to change, and then raise
`ENGINE_VERSION`. `by-hand.json` holds receipts chosen by a person.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from tests.loyalty.pricing.generated import Job, jobs
from tests.loyalty.pricing.vectors_run import kinds_seen, priced

FOLDER = Path(__file__).parent / "vectors"
TIMES = 2


def vectors(name: str) -> list[dict[str, Any]]:
    """Each is `{"rule_set", "basket", "quote"}`."""
    return json.loads((FOLDER / f"{name}.json").read_text())


def golden() -> list[Job]:
    return [(each["rule_set"], each["basket"]) for path in sorted(FOLDER.glob("*.json")) for each in vectors(path.stem)]


def write_covering() -> None:
    wanted: Counter[str] = Counter()
    found: list[dict[str, Any]] = []
    candidates = sorted(jobs(41, 4_000), key=lambda one: len(json.dumps(one)))
    for rule_set, basket in candidates:
        quote = priced(rule_set, basket)
        kinds = {*kinds_seen(rule_set, basket, quote), *_reasons(quote)}
        if any(wanted[kind] < TIMES for kind in kinds):
            wanted.update(kinds)
            found.append({"rule_set": rule_set, "basket": basket, "quote": quote})
    _write("covering", found)


def _reasons(quote: dict[str, Any]) -> set[str]:
    reasons = {f"missing:{rule['missing']}" for rule in quote.get("rules", ())}
    return reasons | {f"missing on line:{on['missing']}" for rule in quote.get("rules", ()) for on in rule["lines"]}


def _write(name: str, found: list[dict[str, Any]]) -> None:
    rows = ",\n".join(json.dumps(each, separators=(",", ":")) for each in found)
    (FOLDER / f"{name}.json").write_text(f"[\n{rows}\n]\n")


if __name__ == "__main__":
    write_covering()
