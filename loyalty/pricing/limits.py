# pyright: strict
"""Caps on the discount of one receipt (R4): by hand first, then line rules, then basket rules, while there is allowance."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from loyalty.pricing import parts as of_parts
from loyalty.pricing.basket import Settings
from loyalty.pricing.events import Events
from loyalty.pricing.lines import PricedLine
from loyalty.pricing.parts import Parts
from pos.core.money import prorate


@dataclass(frozen=True, slots=True)
class Before:
    """A line as it stood when a phase began."""

    line: PricedLine
    parts: Parts
    net: int
    discounts: int


def allowance(settings: Settings, gross: int) -> int:
    """The most that may come off a receipt of `gross` at list prices; a percentage is rounded down."""
    most = gross
    if settings.cap_percent is not None:
        most = min(most, gross * settings.cap_percent // 10_000)
    if settings.cap_sum is not None:
        most = min(most, settings.cap_sum)
    return most


def remember(lines: Sequence[PricedLine]) -> list[Before]:
    return [Before(line, line.parts, line.net, len(line.discounts)) for line in lines]


def keep_within(began: Sequence[Before], most: int, events: Events) -> int:
    """Lower the phase's discounts to `most` in all, each line in proportion, the last rule first. Returns what is left."""
    taken = [before.net - before.line.net for before in began]
    if sum(taken) <= most:
        return most - sum(taken)
    for before, wanted, fair in zip(began, taken, prorate(most, taken), strict=True):
        if fair < wanted:
            most -= _lower(before, fair, events)
        else:
            most -= wanted
    return most


def _lower(before: Before, amount: int, events: Events) -> int:
    """Take at most `amount` off the line instead of what the phase took; returns what it is now."""
    line = before.line
    line.parts, line.net = before.parts, before.net
    line.parts = line.at_net(before.net - amount)
    line.net = of_parts.total(line.parts)
    line.limits.add("cap")
    left = before.net - line.net
    phase = line.discounts[before.discounts :]
    del line.discounts[before.discounts :]
    for discount in phase:
        kept = min(discount.amount, left)
        left -= kept
        if kept:
            line.discounts.append(replace(discount, amount=kept))
        else:
            events.not_met(discount.rule, line, "cap")
    return before.net - line.net
