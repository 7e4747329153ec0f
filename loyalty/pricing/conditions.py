# pyright: strict
"""Who and when: whether a rule holds for this customer at this time, or what is missing."""

from loyalty.pricing.basket import Basket, LocalTime, Terms
from loyalty.pricing.rules import Hours, Personal, Rule, When, Who

DAY = 1_440
ALL_DAY = (Hours(0, DAY),)


def missing(rule: Rule, basket: Basket) -> str | None:
    """The first thing that keeps the rule from this customer or this time, or None."""
    return (
        _who(rule.who, basket.terms, basket.claimed)
        or _personal(rule, basket.terms)
        or _when(rule.when, (basket.first_scan, basket.payment), basket.settings.grace_minutes)
    )


def _who(who: Who, terms: Terms | None, claimed: frozenset[str]) -> str | None:
    if terms is None:
        if who.card or who.tiers or who.categories or who.tags or who.accounts:
            return "card"
    elif who.tiers and terms.tier not in who.tiers:
        return "tier"
    elif who.categories and not who.categories & terms.categories:
        return "category"
    elif who.tags and not who.tags & terms.tags:
        return "tag"
    elif who.accounts and terms.account not in who.accounts:
        return "account"
    return "claimed" if who.claimed and not who.claimed & claimed else None


def _personal(rule: Rule, terms: Terms | None) -> str | None:
    if not isinstance(rule.effect, Personal):
        return None
    if terms is None:
        return "card"
    return None if terms.personal else "personal"


def _when(when: When, times: tuple[LocalTime, LocalTime], grace: int) -> str | None:
    """R5: it is enough that the rule holds at the first scan or at payment; windows end `grace` minutes later."""
    if any(_open(when.start, when.end, when.weekdays, when.hours or ALL_DAY, time, grace) for time in times):
        return None
    if when.hours and any(_open(when.start, when.end, when.weekdays, ALL_DAY, time, grace) for time in times):
        return "hours"
    if when.weekdays and any(_open(when.start, when.end, frozenset(), ALL_DAY, time, grace) for time in times):
        return "weekday"
    return "dates"


def _open(
    start: str, end: str, weekdays: frozenset[int], windows: tuple[Hours, ...], time: LocalTime, grace: int
) -> bool:
    """Whether `time` falls into a window that began on its own day, or on the day before and runs over midnight."""
    today = start <= time.date and (not end or time.date < end)
    today = today and (not weekdays or time.weekday in weekdays)
    eve = start < time.date and (not end or time.date <= end)
    eve = eve and (not weekdays or (time.weekday + 5) % 7 + 1 in weekdays)
    for hours in windows:
        last = hours.end + grace if hours.end > hours.start else hours.end + DAY + grace
        if today and hours.start <= time.minute < last:
            return True
        if eve and time.minute + DAY < last:
            return True
    return False
