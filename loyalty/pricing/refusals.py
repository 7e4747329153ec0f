# pyright: strict
"""What the forms of single fields cannot show: days that never fall, gifts in a circle, exclusive rules without an order."""

from collections.abc import Sequence

from loyalty.pricing.rules import Gift, Group, Hours, Rule, What, When, Who
from loyalty.pricing.weekdays import never_falls, weekdays_of
from pos.core.errors import Malformed

DAY = 1_440


class NeverOpens(Malformed):
    code = "pricing.window_never_opens"


class GiftCycle(Malformed):
    code = "pricing.gift_cycle"


class ExclusivesOverlap(Malformed):
    code = "pricing.exclusives_overlap"


def refuse_days_that_never_fall(rules: Sequence[Rule], path: str) -> None:
    """Refuse a period of days that holds none of the rule's weekdays."""
    for at, rule in enumerate(rules):
        if never_falls(rule.when):
            raise NeverOpens(field=f"{path}[{at}].when.weekdays")


def refuse_gift_cycles(rules: Sequence[Rule], path: str) -> None:
    """Refuse gifts that lead back, over the products that rules name, to the goods of the rule that gave the first one.

    A rule that gives more of its own goods is no cycle: gifts count towards no condition.
    """
    gifts = [(at, rule, rule.effect) for at, rule in enumerate(rules) if isinstance(rule.effect, Gift)]
    leads = {
        at: [
            other
            for other, there, _ in gifts
            if other != at and there.what.products & set(effect.choices) - there.what.except_products
        ]
        for at, _, effect in gifts
    }
    for at in leads:
        if _reaches(leads, at, at):
            raise GiftCycle(field=f"{path}[{at}].effect.choices")


def _reaches(leads: dict[int, list[int]], start: int, end: int) -> bool:
    seen: set[int] = set()
    ahead = list(leads[start])
    while ahead:
        at = ahead.pop()
        if at == end:
            return True
        if at not in seen:
            seen.add(at)
            ahead += leads[at]
    return False


def refuse_exclusives_that_overlap(rules: Sequence[Rule], groups: Sequence[Group], path: str) -> None:
    """Refuse two rules of an exclusive group that have one priority and may meet: which holds would be chance."""
    exclusive = {group.id for group in groups if group.mode == "exclusive"}
    earlier: dict[tuple[str, int], list[Rule]] = {}
    for at, rule in enumerate(rules):
        if rule.group is None or rule.group not in exclusive:
            continue
        there = earlier.setdefault((rule.group, rule.priority), [])
        if any(_may_meet(rule, other) for other in there):
            raise ExclusivesOverlap(field=f"{path}[{at}].priority")
        there.append(rule)


def _may_meet(one: Rule, other: Rule) -> bool:
    return _same_client(one.who, other.who) and _same_time(one.when, other.when) and _same_goods(one.what, other.what)


def _same_client(one: Who, other: Who) -> bool:
    """Whether one client can be meant by both; tiers and accounts are one per client, the rest may come together."""
    if one.tiers and other.tiers and not one.tiers & other.tiers:
        return False
    return not (one.accounts and other.accounts and not one.accounts & other.accounts)


def _same_time(one: When, other: When) -> bool:
    if (one.end and one.end <= other.start) or (other.end and other.end <= one.start):
        return False
    if any(hours.end <= hours.start for hours in one.hours + other.hours):
        return True
    if not weekdays_of(one) & weekdays_of(other):
        return False
    all_day = (Hours(0, DAY),)
    return any(
        here.start < there.end and there.start < here.end
        for here in one.hours or all_day
        for there in other.hours or all_day
    )


def _same_goods(one: What, other: What) -> bool:
    """Whether a product can be of both: told apart only where both name products."""
    if not one.products or not other.products or one.categories or other.categories:
        return True
    return bool((one.products - one.except_products) & (other.products - other.except_products))
