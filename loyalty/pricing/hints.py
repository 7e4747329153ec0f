# pyright: strict
"""What the client is near to: gifts still to be chosen, then rules that lack units, products or money, the least first."""

from collections.abc import Sequence

from loyalty.pricing.quote import Considered, GiftOffer, Hint

MOST_HINTS = 5
IN_ORDER = ("quantity", "coverage", "sum")


def hints(rules: Sequence[Considered], offers: Sequence[GiftOffer]) -> tuple[Hint, ...]:
    """At most five; a gift's amount is the thousandths still to be chosen. Of equals the rule that comes first."""
    found = [Hint(offer.rule, "gift", (offer.take - offer.taken) * 1_000) for offer in offers if _open(offer)]
    near: list[tuple[int, int, Hint]] = []
    for rule in rules:
        if rule.status == "not_met" and rule.missing in IN_ORDER and rule.amount is not None:
            near.append((IN_ORDER.index(rule.missing), rule.amount, Hint(rule.rule, rule.missing, rule.amount)))
    found += [hint for _, _, hint in sorted(near, key=lambda each: each[:2])]
    return tuple(found[:MOST_HINTS])


def _open(offer: GiftOffer) -> bool:
    return offer.taken < offer.take and len(offer.choices) > 0
