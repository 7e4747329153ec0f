# pyright: strict
"""Who and when: whether a rule holds for this customer at this time, or what is missing."""

from loyalty.pricing.basket import Basket, Left, LocalTime, Terms
from loyalty.pricing.rules import Hours, Limits, Rule, When, Who

DAY = 1_440
ALL_DAY = (Hours(0, DAY),)


def missing(rule: Rule, basket: Basket) -> str | None:
    """The first thing that keeps the rule from this customer or this time, or None."""
    return (
        _who(rule.who, basket.terms, basket.claimed)
        or _coupon(rule.who, basket.coupons)
        or _own(rule, basket.terms)
        or _birthday(rule.when, basket.terms)
        or _when(rule.when, (basket.first_scan, basket.payment), basket.settings.grace_minutes)
        or _left(rule.limits, basket.left.get(rule.id))
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


def _coupon(who: Who, shown: frozenset[str]) -> str | None:
    return "coupon" if who.coupons and not who.coupons & shown else None


def _own(rule: Rule, terms: Terms | None) -> str | None:
    """What only an account can have: a percent or prices of its own, points."""
    match rule.effect.kind:
        case "personal":
            own = terms is not None and terms.personal > 0
        case "personal_price":
            own = terms is not None and len(terms.prices) > 0
        case "earn" | "earn_bonus":
            own = True
        case _:
            return None
    if terms is None:
        return "card"
    return None if own else "personal"


def _birthday(when: When, terms: Terms | None) -> str | None:
    """Whole days around the nearest birthday; `terms.birthday` is negative before it."""
    if when.birthday is None:
        return None
    if terms is None:
        return "card"
    day = terms.birthday
    return None if day is not None and -when.birthday.before <= day <= when.birthday.after else "birthday"


def _left(limits: Limits, left: Left | None) -> str | None:
    """Whether limits from outside leave nothing; one number of times stands for the account's and the total limit."""
    if left is None:
        return None
    if left.times == 0:
        return "limit_account" if limits.account is not None else "limit_all"
    return "budget" if left.sum == 0 or left.pieces == 0 else None


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
