# pyright: strict
"""Prices a basket by a rule set: phases in their order, then tax, totals and the explanation.

Phases: what the law says, prices set by hand, line rules, sets and gifts, basket rules, points, cash rounding. A pure
function of its arguments.
"""

from collections.abc import Sequence

from loyalty.pricing.basket import Basket, Line
from loyalty.pricing.cash import cash_rounding
from loyalty.pricing.conditions import missing
from loyalty.pricing.course import Chosen, Course
from loyalty.pricing.events import Events
from loyalty.pricing.explain import explain
from loyalty.pricing.hints import hints
from loyalty.pricing.limits import allowance, keep_within, remember
from loyalty.pricing.line_phase import set_by_hand
from loyalty.pricing.lines import UNKNOWN_CLASS, PricedLine
from loyalty.pricing.outcome import settle
from loyalty.pricing.points import points_phase
from loyalty.pricing.prepare import Prepared, excluded
from loyalty.pricing.quote import Quote, QuoteLine, RuleMessage, Totals
from loyalty.pricing.rules import Source
from loyalty.pricing.tax import tax_of
from pos.core.money import checked

ENGINE_VERSION = 2
"""Written into each quote and sale; raised whenever the same inputs may price differently."""


def price(prepared: Prepared, basket: Basket) -> Quote:
    """The basket's price with its reasons. Raises `AmountTooLarge` beyond what R1 allows."""
    course = begun(prepared, basket)
    every = course.every
    events = settle(course)
    points, earned = points_phase(course, events)
    rules = explain(prepared, every, events)
    finished = [_finished(line, basket) for line in sorted(every, key=lambda line: line.index)]
    return Quote(
        engine=ENGINE_VERSION,
        rule_set=prepared.version,
        lines=tuple(finished),
        totals=_totals(finished, basket),
        saved=sum(line.gross - line.net for line in finished),
        saved_by=_saved_by(finished),
        rules=rules,
        points=points,
        gifts=tuple(course.offers),
        messages=tuple(RuleMessage(rule.id, rule.name) for rule, _ in course.messages()),
        uses=course.uses(earned),
        hints=hints(rules, course.offers),
    )


def begun(prepared: Prepared, basket: Basket) -> Course:
    """The receipt with what the law and the cashier took off, and the rules that hold: where the choice of rules begins."""
    every = _in_canonical_order(prepared, basket)
    checked(sum(line.gross for line in every))
    lines = [line for line in every if line.line.item == "goods" and line.line.gift is None]
    gifts = [line for line in every if line.line.gift is not None]
    common = Events()
    gross = sum(line.gross for line in (*lines, *gifts))
    most = _by_hand([*lines, *gifts], basket, allowance(basket.settings, gross), common)
    chosen = _chosen(prepared, basket, lines, common)
    return Course(prepared, basket, every, lines, gifts, chosen, most, common)


def _in_canonical_order(prepared: Prepared, basket: Basket) -> list[PricedLine]:
    """Lines by what they are, not by when they were scanned: "the earlier line" of a tie is the same in any order."""
    known = prepared.regulations
    lines = [
        PricedLine(at, line, known.get(line.regulation, UNKNOWN_CLASS) if line.regulation is not None else None)
        for at, line in enumerate(basket.lines)
    ]
    return sorted(lines, key=lambda line: _canonical(line.line))


def _canonical(line: Line) -> tuple[object, ...]:
    by_hand = (line.manual.kind, line.manual.value) if line.manual else ("", 0)
    what = (line.product, line.price, line.quantity, line.unit, line.tax, line.minimum, line.regulation or "")
    return (*what, *by_hand, line.category)


def _by_hand(lines: Sequence[PricedLine], basket: Basket, most: int, events: Events) -> int:
    began = remember(lines)
    for line in lines:
        if line.line.manual is not None:
            set_by_hand(line, line.line.manual, basket.settings.price_step)
    return keep_within(began, most, events)


def _chosen(prepared: Prepared, basket: Basket, lines: Sequence[PricedLine], events: Events) -> Chosen:
    """Rules that hold now, by priority and id, each with the lines of its goods."""
    lacking = [missing(rule, basket) for rule in prepared.rules]
    goods: list[list[PricedLine]] = [[] for _ in prepared.rules]
    for rule, short in zip(prepared.rules, lacking, strict=True):
        if short:
            events.short(rule.id, short)
    for line in lines:
        for at in prepared.rules_for(line.line):
            rule, short = prepared.rules[at], lacking[at]
            if excluded(rule, line.line):
                events.not_met(rule.id, line, "excluded")
            elif short:
                events.not_met(rule.id, line, short)
            else:
                goods[at].append(line)
    return [(rule, found) for rule, found in zip(prepared.rules, goods, strict=True) if found]


def _finished(line: PricedLine, basket: Basket) -> QuoteLine:
    base, tax = tax_of(line.net, line.line.tax, basket.settings.prices_include_tax)
    return QuoteLine(
        gross=line.gross,
        discounts=tuple(line.discounts),
        net=line.net,
        parts=line.parts,
        tax_base=base,
        tax=tax,
        limits=tuple(sorted(line.limits)),
    )


def _totals(lines: Sequence[QuoteLine], basket: Basket) -> Totals:
    settings = basket.settings
    gross, net = sum(line.gross for line in lines), sum(line.net for line in lines)
    tax = sum(line.tax for line in lines)
    total = checked(net if settings.prices_include_tax else net + tax)
    rounding = cash_rounding(total, settings.cash_step, settings.cash_rounding)
    return Totals(gross, gross - net, net, tax, total, rounding, total + rounding)


def _saved_by(lines: Sequence[QuoteLine]) -> tuple[tuple[Source, int], ...]:
    """Discounts by source, for the sources that gave something."""
    sums: dict[Source, int] = {}
    for line in lines:
        for discount in line.discounts:
            sums[discount.source] = sums.get(discount.source, 0) + discount.amount
    return tuple(sorted(sums.items()))
