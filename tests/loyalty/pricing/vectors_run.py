"""`make vectors N=20000`: random baskets priced by Python and by the shipped browser engine, compared to the last field.

Each basket's lines then come back in random parts, which must be the same in both languages as well.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any

from loyalty.pricing.rules import ROUNDINGS
from loyalty.pricing.wire import prepare_json, quote_json
from pos.core.errors import Malformed
from tests.loyalty.pricing.contested import contested
from tests.loyalty.pricing.generated import Job, job
from tests.loyalty.pricing.javascript import Engine
from tests.loyalty.pricing.returns import returned_here

BATCH = 500
GROUP_MODES = ("best_of", "exclusive", "sequential", "additive")

EFFECTS = (
    *("percent", "personal", "amount_unit", "amount_line", "price", "personal_price", "n_for_m", "set", "gift"),
    *("basket_percent", "basket_amount", "earn", "earn_bonus", "message"),
)
RECEIPT_LIMITS = ("times", "units", "sum", "percent")
MISSING = (
    *("card", "tier", "category", "tag", "account", "personal", "claimed", "coupon", "birthday"),
    *("dates", "weekday", "hours", "goods", "excluded", "regulated", "quantity", "sum", "coverage"),
    *("manual", "discounted", "minimum", "cap", "saving"),
    *("limit_receipt", "limit_account", "limit_all", "budget", "gift_not_chosen", "stock"),
)
KINDS = (
    *(f"effect:{kind}" for kind in EFFECTS),
    *(f"rounding:{point}" for point in ("unit", "line", "basket")),
    *(f"scale:{by}" for by in ("quantity:each", "quantity:together", "sum:receipt", "sum:goods")),
    *(f"slab:{kind}" for kind in ("percent", "amount_unit", "price", "basket_percent")),
    *(f"choose:{how}" for how in ("cheapest_of_all", "best_for_client")),
    *(f"set:{price}" for price in ("sum", "percent", "amount")),
    *(f"gift:{how}" for how in ("once", "each:sum", "each:quantity", "offered")),
    *(f"group:{mode}:{scope}" for mode in GROUP_MODES for scope in ("line", "receipt")),
    *(f"who:{part}" for part in ("anyone", "card", "tiers", "categories", "claimed", "accounts", "tags", "coupons")),
    *(f"when:{part}" for part in ("from", "until", "weekdays", "hours", "birthday")),
    *(f"what:{part}" for part in ("products", "categories", "except_products", "except_categories")),
    *("needs_quantity", "needs_sum", "needs_coverage", "stackable", "over_manual", "not_over_discounted"),
    *(f"limited:{what}" for what in (*RECEIPT_LIMITS, "account", "all", "budget:refuse", "budget:rest", "offline")),
    *(
        f"source:{name}"
        for name in ("card", "promotion", "claimed", "personal", "coupon", "manual", "regulation", "points")
    ),
    *(f"manual:{kind}" for kind in ("price", "percent", "amount")),
    *(f"limit:{name}" for name in ("minimum", "floor", "ceiling", "no_discount", "cap")),
    *(f"missing:{what}" for what in MISSING),
    *(
        "beaten",
        "blocked",
        "refused",
        "points:earned",
        "points:spent",
        "message",
        "uses",
        "hints",
        "gift_card",
        "form 1",
    ),
)


def priced(rule_set: Any, basket: Any) -> Any:
    """The quote by Python, or the refusal, in the form in which the browser engine answers."""
    try:
        return quote_json(prepare_json(rule_set), basket)
    except Malformed as refusal:
        return {"error": refusal.code, "field": refusal.fields.get("field", "")}


def kinds_seen(rule_set: dict[str, Any], basket: dict[str, Any], quote: dict[str, Any]) -> Iterator[str]:
    """What took part in this quote: parts of the rules that gave something, and what held discounts back."""
    if "error" in quote:
        yield "refused"
        return
    rules = {rule["id"]: rule for rule in rule_set["rules"]}
    groups = {group["id"]: group for group in rule_set["groups"]}
    for considered in quote["rules"]:
        if considered["missing"]:
            yield f"missing:{considered['missing']}"
        if considered["status"] == "beaten":
            yield "beaten"
            winner = rules.get(str(considered["by"]), {})
            if considered["source"] in groups.get(str(winner.get("group")), {}).get("blocks", ()):
                yield "blocked"
        if considered["status"] != "applied":
            continue
        yield f"source:{considered['source']}"
        rule = rules.get(considered["rule"])
        if rule is not None:
            yield from _kinds_of(rule, groups)
    for line in quote["lines"]:
        yield from (f"limit:{name}" for name in line["limits"])
        yield from (f"manual:{each['kind']}" for each in line["discounts"] if each["source"] == "manual")
    yield from _receipt_kinds(rule_set, quote)
    if any(line.get("item") == "gift_card" for line in basket["lines"]):
        yield "gift_card"


def _receipt_kinds(rule_set: dict[str, Any], quote: dict[str, Any]) -> Iterator[str]:
    points = quote["points"]
    yield from (f"points:{what}" for what in ("earned", "spent") if points[what])
    yield from (name for name in ("uses", "hints") if quote[name])
    if quote["messages"]:
        yield "message"
    if any(gift["taken"] < gift["take"] for gift in quote["gifts"]):
        yield "gift:offered"
    if rule_set["schema"] == 1:
        yield "form 1"


def _kinds_of(rule: dict[str, Any], groups: dict[str, Any]) -> Iterator[str]:
    effect = rule["effect"]
    kind = effect["kind"]
    yield f"effect:{kind}"
    yield f"rounding:{rule.get('rounding', ROUNDINGS[kind][0])}"
    scale = effect.get("scale")
    if scale:
        detail = scale.get("count", "together") if scale["by"] == "quantity" else scale.get("of", "receipt")
        yield f"scale:{scale['by']}:{detail}"
        if scale.get("mode") == "slab":
            yield f"slab:{kind}"
    if kind == "n_for_m":
        yield f"choose:{effect.get('choose', 'cheapest_of_all')}"
    yield from (f"set:{price}" for price in ("sum", "percent", "amount") if kind == "set" and price in effect)
    if kind == "gift":
        yield "gift:once" if "each" not in effect else f"gift:each:{next(iter(effect['each']))}"
    group = groups.get(str(rule.get("group")))
    if group is not None:
        yield f"group:{group.get('mode', 'best_of')}:{group.get('scope', 'line')}"
    yield from (f"who:{part}" for part in rule.get("who") or ("anyone",))
    yield from (f"when:{part}" for part in rule.get("when", ()))
    yield from (f"what:{part}" for part in rule.get("what", ()))
    flags = ("needs_quantity", "needs_sum", "needs_coverage", "stackable", "over_manual")
    yield from (name for name in flags if rule.get(name))
    if not rule.get("over_discounted", True):
        yield "not_over_discounted"
    yield from _limits_of(rule.get("limits", {}))


def _limits_of(limits: dict[str, Any]) -> Iterator[str]:
    yield from (f"limited:{what}" for what in limits.get("receipt", ()))
    yield from (f"limited:{what}" for what in ("account", "all", "offline") if what in limits)
    if "budget" in limits:
        yield f"limited:budget:{limits['budget'].get('short', 'rest')}"


def run(number: int, seed: int, engine: Engine) -> tuple[dict[str, Any], list[Any]]:
    """The report, and the baskets and returns that differed."""
    random = Random(seed)
    seen: Counter[str] = Counter(dict.fromkeys(KINDS, 0))
    different: list[Any] = []
    returns = 0
    for start in range(0, number, BATCH):
        batch = [_job(random) for _ in range(min(BATCH, number - start))]
        back: list[Any] = []
        for one, there in zip(batch, engine.quotes(batch), strict=True):
            here = priced(*one)
            seen.update(set(kinds_seen(*one, here)))
            if here != there:
                different.append(one)
            back += list(_come_back(random, one[1], here))
        returns += len(back)
        answers = zip(back, returned_here(back), engine.returned(back), strict=True)
        different += [asked for asked, here, there in answers if here != there]
    shares = {kind: round(count / number, 5) for kind, count in seen.items()}
    report = {"baskets": number, "returns": returns, "differences": len(different), "by_rule_kind": dict(seen)}
    return {**report, "shares": shares}, different


def _job(random: Random) -> Job:
    """Mostly over the whole model; every tenth receipt has rules in each other's way."""
    if random.random() < 0.1:
        return contested(random, 18 if random.random() < 0.1 else 8)
    return job(random)


def _come_back(random: Random, basket: dict[str, Any], quote: dict[str, Any]) -> Iterator[Any]:
    """Some lines of the sale with quantities that come back in turn, as `Engine.returned` takes them."""
    for at, (line, charged) in enumerate(zip(basket["lines"], quote.get("lines", ()), strict=False)):
        if random.random() < 0.5:
            continue
        quantity = line["quantity"]
        sold = {
            **{name: charged[name] for name in ("gross", "net", "tax", "tax_base", "parts")},
            "quantity": quantity,
            "measured": line["unit"] == "kg" or quantity % 1_000 != 0,
            "discounts": [each["amount"] for each in charged["discounts"]],
            "points": quote["points"]["lines"][at],
        }
        most = quantity if sold["measured"] else max(quantity // 1_000, 1)
        step = quantity // most or 1
        yield [sold, [random.randint(1, most) * step for _ in range(random.randint(1, 3))]]


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
