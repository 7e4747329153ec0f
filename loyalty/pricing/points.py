# pyright: strict
"""The points phase: points spent are a discount spread over lines, points earned are floored once per receipt (R8, R9)."""

from collections.abc import Sequence
from dataclasses import dataclass

from loyalty.pricing.basket import Basket, PointsSettings
from loyalty.pricing.basket_phase import Plan, spread
from loyalty.pricing.course import Course
from loyalty.pricing.events import Events
from loyalty.pricing.line_phase import values_or_events
from loyalty.pricing.lines import PricedLine
from loyalty.pricing.quote import Points
from loyalty.pricing.reach import Receipt, reached
from loyalty.pricing.rules import Earn, EarnBonus, Rule
from pos.core.money import checked, prorate

MOST_TRIES = 1_000
"""How many numbers of points are tried, from the most on down, until one lands: weights cannot say every amount."""


@dataclass(frozen=True, slots=True)
class Spent:
    points: int
    most: int
    plan: Plan
    lines: Sequence[PricedLine]


@dataclass(frozen=True, slots=True)
class Earning:
    """A rule that earns points, with the lines that earn them."""

    rule: Rule
    lines: Sequence[PricedLine]


def points_phase(course: Course, events: Events) -> tuple[Points, frozenset[str]]:
    """Spend, then earn; returns the answer and the rules that earned something."""
    basket = course.basket
    earning = _earning(course, events)
    spent = _spend(course, basket)
    settings = basket.settings.points
    if spent.points and settings is not None and not settings.earn_while_spending:
        for each in earning:
            for line in each.lines:
                events.not_met(each.rule.id, line, "discounted")
        earning = []
    for each in earning:
        for line in each.lines:
            events.served(each.rule.id, line)
    shares = _shares(earning, course.every)
    by_index = {line.index: share for line, share in zip(course.every, shares, strict=True)}
    answer = Points(
        asked=basket.spend,
        spent=spent.points,
        amount=spent.plan.amount,
        most=spent.most,
        earned=checked(sum(shares)),
        lines=tuple(by_index[index] for index in range(len(by_index))),
    )
    return answer, frozenset(each.rule.id for each in earning)


def _spend(course: Course, basket: Basket) -> Spent:
    """The largest whole number of points, of those asked, whose worth lands on the lines exactly."""
    settings = basket.settings.points
    if settings is None or basket.terms is None:
        return Spent(0, 0, Plan([], 0), [])
    payable = [line for line, _ in course.started]
    lines = [line for line in payable if line.room > 0 and not line.no_points]
    within = min(sum(line.room for line in lines), sum(line.net for line in payable) * settings.share // 10_000)
    most, _ = _largest(lines, settings, within // settings.value)
    points, plan = _largest(lines, settings, min(basket.spend, most))
    for line, parts in zip(lines, plan.parts, strict=True):
        line.take(parts, "points", "points", "points", "points")
    return Spent(points, most, plan, lines)


def _largest(lines: Sequence[PricedLine], settings: PointsSettings, points: int) -> tuple[int, Plan]:
    """The most points up to `points` whose worth lands exactly, and how; none below the least that may be spent."""
    for tried in range(points, max(settings.least, points - MOST_TRIES) - 1, -1):
        worth = tried * settings.value
        plan = spread(lines, worth)
        if plan.amount == worth:
            return tried, plan
    return 0, Plan([line.parts for line in lines], 0)


def _earning(course: Course, events: Events) -> list[Earning]:
    """Rules that earn points here; sums "after" are those before points are spent."""
    receipt = Receipt(course.start.before, sum(line.net for line in course.lines))
    found: list[Earning] = []
    for rule, goods in course.goods_of():
        if not isinstance(rule.effect, Earn | EarnBonus):
            continue
        lines: list[PricedLine] = []
        for line, _ in values_or_events(rule, reached(rule, goods, receipt, course.basket.terms), events):
            if line.no_points:
                events.not_met(rule.id, line, "regulated")
            elif not rule.over_discounted and line.discounted:
                events.not_met(rule.id, line, "discounted")
            else:
                lines.append(line)
        if lines:
            found.append(Earning(rule, lines))
    return found


def _shares(earning: Sequence[Earning], every: Sequence[PricedLine]) -> list[int]:
    """Points per line: what rates earn together is floored once, then split by largest remainder; a bonus by net."""
    weights, whole = [0] * len(every), 1
    at = {line.index: place for place, line in enumerate(every)}
    for each in earning:
        if isinstance(each.rule.effect, Earn):
            points, per = each.rule.effect.points, each.rule.effect.per
            weights = [weight * per for weight in weights]
            for line in each.lines:
                weights[at[line.index]] += line.net * points * whole
            whole *= per
    shares = prorate(sum(weights) // whole, weights)
    for each in earning:
        if isinstance(each.rule.effect, EarnBonus):
            nets = [line.net for line in each.lines]
            given = prorate(each.rule.effect.points, nets if any(nets) else [1] * len(nets))
            for line, share in zip(each.lines, given, strict=True):
                shares[at[line.index]] += share
    return shares
