# pyright: strict
"""Prices a basket by a rule set: phases in their order, then tax, totals and the explanation.

Phases: what the law says, prices set by hand, line rules, basket rules, cash rounding. A pure function of its arguments.
"""

from collections.abc import Sequence

from loyalty.pricing.basket import Basket, Line
from loyalty.pricing.basket_phase import OnLines, discount_basket
from loyalty.pricing.cash import cash_rounding
from loyalty.pricing.conditions import missing
from loyalty.pricing.events import Events
from loyalty.pricing.explain import explain
from loyalty.pricing.limits import allowance, keep_within, remember
from loyalty.pricing.line_phase import OnOneLine, discount_line, set_by_hand, values_or_events, want
from loyalty.pricing.lines import UNKNOWN_CLASS, PricedLine
from loyalty.pricing.prepare import Prepared, excluded
from loyalty.pricing.quote import Quote, QuoteLine, Totals
from loyalty.pricing.reach import Receipt, reached
from loyalty.pricing.rules import Rule, Source
from loyalty.pricing.tax import tax_of
from pos.core.money import checked

ENGINE_VERSION = 1
"""Written into each quote and sale; raised whenever the same inputs may price differently."""

Chosen = list[tuple[Rule, list[PricedLine]]]


def price(prepared: Prepared, basket: Basket) -> Quote:
    """The basket's price with its reasons. Raises `AmountTooLarge` beyond what R1 allows."""
    lines = _in_canonical_order(prepared, basket)
    gross = checked(sum(line.gross for line in lines))
    events = Events()
    most = _by_hand(lines, basket, allowance(basket.settings, gross), events)
    line_rules, basket_rules = _chosen(prepared, basket, lines, events)
    most = _line_phase(line_rules, lines, prepared, basket, most, events)
    _basket_phase(basket_rules, lines, basket, most, events)
    rules = explain(prepared, lines, events)
    finished = [_finished(line, basket) for line in sorted(lines, key=lambda line: line.index)]
    return Quote(
        engine=ENGINE_VERSION,
        rule_set=prepared.version,
        lines=tuple(finished),
        totals=_totals(finished, basket),
        saved=sum(line.gross - line.net for line in finished),
        saved_by=_saved_by(finished),
        rules=rules,
    )


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


def _chosen(prepared: Prepared, basket: Basket, lines: Sequence[PricedLine], events: Events) -> tuple[Chosen, Chosen]:
    """Line rules and basket rules that hold now, each with the lines of its goods."""
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
    chosen = [(rule, found) for rule, found in zip(prepared.rules, goods, strict=True) if found]
    return [each for each in chosen if not each[0].on_basket], [each for each in chosen if each[0].on_basket]


def _line_phase(
    chosen: Chosen, lines: Sequence[PricedLine], prepared: Prepared, basket: Basket, most: int, events: Events
) -> int:
    began = remember(lines)
    receipt = _receipt(lines)
    by_line = {line.index: OnOneLine(line) for line in lines}
    for rule, goods in chosen:
        found = reached(rule, goods, receipt, basket.terms)
        for line, value in values_or_events(rule, found, events):
            bar = line.bars(rule)
            if bar:
                events.not_met(rule.id, line, bar)
            else:
                by_line[line.index].wanted.append(want(rule, line, value, basket.settings.price_step))
    for line in lines:
        discount_line(by_line[line.index], prepared, basket.settings.price_step, events)
    return keep_within(began, most, events)


def _basket_phase(chosen: Chosen, lines: Sequence[PricedLine], basket: Basket, most: int, events: Events) -> None:
    receipt = _receipt(lines)
    wanted: list[OnLines] = []
    for rule, goods in chosen:
        able: list[PricedLine] = []
        value = 0
        for line, value_here in values_or_events(rule, reached(rule, goods, receipt, basket.terms), events):
            bar = line.bars(rule)
            if bar:
                events.not_met(rule.id, line, bar)
            elif rule.source in line.blocked:
                events.beaten(rule.id, line, line.blocked[rule.source], 0)
            else:
                able.append(line)
                value = value_here
        if able:
            wanted.append(OnLines(rule, value, able))
    discount_basket(wanted, most, events)


def _receipt(lines: Sequence[PricedLine]) -> Receipt:
    return Receipt(before=sum(line.gross for line in lines), after=sum(line.net for line in lines))


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
