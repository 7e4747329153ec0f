"""`make vectors N=20000`: random baskets priced by Python and by the shipped browser engine, compared to the last field."""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any

from loyalty.pricing.wire import prepare_json, quote_json
from pos.core.errors import Malformed
from tests.loyalty.pricing.generated import Job, job
from tests.loyalty.pricing.javascript import Engine

BATCH = 500

EFFECTS = ("percent", "personal", "amount_unit", "amount_line", "price", "basket_percent", "basket_amount")
KINDS = (
    *(f"effect:{kind}" for kind in EFFECTS),
    *(f"rounding:{point}" for point in ("unit", "line", "basket")),
    *(f"scale:{by}" for by in ("quantity:each", "quantity:together", "sum:receipt", "sum:goods")),
    *(f"who:{part}" for part in ("anyone", "card", "tiers", "categories", "claimed", "accounts", "tags")),
    *(f"when:{part}" for part in ("from", "until", "weekdays", "hours")),
    *(f"what:{part}" for part in ("products", "categories", "except_products", "except_categories")),
    *("needs_quantity", "needs_sum", "stackable", "over_manual", "not_over_discounted"),
    *(f"source:{name}" for name in ("card", "promotion", "claimed", "personal", "manual", "regulation")),
    *(f"manual:{kind}" for kind in ("price", "percent", "amount")),
    *(f"limit:{name}" for name in ("minimum", "floor", "ceiling", "no_discount", "cap")),
    *("beaten", "blocked", "refused"),
)


def priced(rule_set: Any, basket: Any) -> Any:
    """The quote by Python, or the refusal, in the form in which the browser engine answers."""
    try:
        return quote_json(prepare_json(rule_set), basket)
    except Malformed as refusal:
        return {"error": refusal.code, "field": refusal.fields.get("field", "")}


def kinds_seen(rule_set: dict[str, Any], quote: dict[str, Any]) -> Iterator[str]:
    """What took part in this quote: parts of the rules that gave something, and what held discounts back."""
    if "error" in quote:
        yield "refused"
        return
    rules = {rule["id"]: rule for rule in rule_set["rules"]}
    groups = {group["id"]: group.get("blocks", []) for group in rule_set["groups"]}
    for considered in quote["rules"]:
        if considered["status"] == "beaten":
            yield "beaten"
            winner = rules.get(considered["by"], {})
            if considered["source"] in groups.get(winner.get("group"), ()):
                yield "blocked"
        if considered["status"] != "applied":
            continue
        yield f"source:{considered['source']}"
        rule = rules.get(considered["rule"])
        if rule is not None:
            yield from _kinds_of(rule)
    for line in quote["lines"]:
        yield from (f"limit:{name}" for name in line["limits"])
        yield from (f"manual:{each['kind']}" for each in line["discounts"] if each["source"] == "manual")


def _kinds_of(rule: dict[str, Any]) -> Iterator[str]:
    kind = rule["effect"]["kind"]
    yield f"effect:{kind}"
    default = "basket" if kind.startswith("basket") else "line" if kind == "amount_line" else "unit"
    yield f"rounding:{rule.get('rounding', default)}"
    scale = rule["effect"].get("scale")
    if scale:
        detail = scale.get("count", "together") if scale["by"] == "quantity" else scale.get("of", "receipt")
        yield f"scale:{scale['by']}:{detail}"
    yield from (f"who:{part}" for part in rule.get("who") or ("anyone",))
    yield from (f"when:{part}" for part in rule.get("when", ()))
    yield from (f"what:{part}" for part in rule.get("what", ()))
    yield from (name for name in ("needs_quantity", "needs_sum", "stackable", "over_manual") if rule.get(name))
    if not rule.get("over_discounted", True):
        yield "not_over_discounted"


def run(number: int, seed: int, engine: Engine) -> tuple[dict[str, Any], list[Job]]:
    """The report, and the baskets that differed."""
    random = Random(seed)
    seen: Counter[str] = Counter(dict.fromkeys(KINDS, 0))
    different: list[Job] = []
    for start in range(0, number, BATCH):
        batch = [job(random) for _ in range(min(BATCH, number - start))]
        for one, there in zip(batch, engine.quotes(batch), strict=True):
            here = priced(*one)
            seen.update(set(kinds_seen(one[0], here)))
            if here != there:
                different.append(one)
    return {"baskets": number, "differences": len(different), "by_rule_kind": dict(seen)}, different


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 20_261_122
    report, different = run(number, seed, Engine())
    for one in different[:3]:
        print("differs:", json.dumps(one), file=sys.stderr)
    print(json.dumps(report))
    sys.exit(0 if not different and all(report["by_rule_kind"].values()) else 1)


if __name__ == "__main__":
    main()
