# pyright: strict
"""What became of each rule, in one answer: applied, beaten by which, or what is missing. Applied amounts add up."""

from collections.abc import Sequence

from loyalty.pricing.events import Events
from loyalty.pricing.lines import PricedLine
from loyalty.pricing.prepare import Prepared
from loyalty.pricing.quote import Considered, OnLine
from loyalty.pricing.rules import Rule, Source

NEAREST_FIRST = (
    *(
        "gift_not_chosen",
        "stock",
        "quantity",
        "sum",
        "coverage",
        "personal",
        "limit_receipt",
        "budget",
        "cap",
        "minimum",
    ),
    *("saving", "discounted", "manual", "regulated", "excluded"),
)
"""When lines lack different things, the rule as a whole lacks the first of these."""

WITHOUT_RULE: tuple[tuple[str, Source], ...] = (
    ("ceiling", "regulation"),
    ("manual", "manual"),
    ("points", "points"),
)


def explain(prepared: Prepared, lines: Sequence[PricedLine], events: Events) -> tuple[Considered, ...]:
    """First what the law, the cashier and points took off, then each rule by priority and id."""
    given: dict[str, list[OnLine]] = {}
    for line in lines:
        for discount in line.discounts:
            given.setdefault(discount.rule, []).append(OnLine(line.index, "applied", discount.amount))
    answers = [
        Considered(name, name, source, name, "applied", _sum(given[name]), None, None, _in_order(given[name]))
        for name, source in WITHOUT_RULE
        if name in given
    ]
    answers += [_rule(rule, given.get(rule.id, []), events) for rule in prepared.rules]
    return tuple(answers)


def _rule(rule: Rule, given: list[OnLine], events: Events) -> Considered:
    happened = _once_per_line([*given, *events.on_lines.get(rule.id, [])])
    given = [event for event in happened if event.status == "applied"]
    who = (rule.id, rule.name, rule.source, rule.effect.kind)
    if given:
        return Considered(*who, "applied", _sum(given), None, None, happened)
    if rule.id in events.beaten_by:
        by, amount = events.beaten_by[rule.id]
        return Considered(*who, "beaten", amount, by, None, happened)
    beaten = [event for event in happened if event.status == "beaten"]
    if beaten:
        return Considered(*who, "beaten", _sum(beaten), beaten[0].by, None, happened)
    if rule.id in events.shorts:
        short = events.shorts[rule.id]
        return Considered(*who, "not_met", short.amount, None, short.missing, happened)
    for missing in NEAREST_FIRST:
        lacking = [event.amount for event in happened if event.missing == missing]
        if lacking:
            amounts = [amount for amount in lacking if amount is not None]
            return Considered(*who, "not_met", min(amounts, default=None), None, missing, happened)
    return Considered(*who, "not_met", None, None, "goods", happened)


def _once_per_line(events: Sequence[OnLine]) -> tuple[OnLine, ...]:
    """What was said first of each line."""
    first: dict[int, OnLine] = {}
    for event in events:
        first.setdefault(event.line, event)
    return _in_order(list(first.values()))


def _sum(events: Sequence[OnLine]) -> int:
    return sum(event.amount or 0 for event in events)


def _in_order(events: Sequence[OnLine]) -> tuple[OnLine, ...]:
    return tuple(sorted(events, key=lambda event: event.line))
