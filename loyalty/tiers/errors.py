"""What can go wrong with the tier ladder. Those of a bad ladder name the `field` that must be changed."""

from pos.core.errors import Conflict, Malformed, NotFound


class LadderMalformed(Malformed):
    """`field` is missing, unknown, or of the wrong kind."""

    code = "tier_ladder.malformed"


class LadderOutOfRange(Malformed):
    """`field` lies outside `least` to `most`."""

    code = "tier_ladder.out_of_range"


class NoRungs(Malformed):
    code = "tier_ladder.no_rungs"


class UnknownRung(Malformed):
    """`field` names a `tier` that the shop does not have."""

    code = "tier_ladder.unknown_tier"


class RungRepeated(Malformed):
    """`tier` stands on the ladder twice."""

    code = "tier_ladder.tier_repeated"


class ThresholdsNotRising(Malformed):
    """`field` is not above the rung below it."""

    code = "tier_ladder.not_rising"


class RungsOutOfOrder(Malformed):
    """The tiers' own order is another one: `tier` ranks below the rung under it."""

    code = "tier_ladder.out_of_order"


class ReviewNeeded(Malformed):
    """Accounts may step down, yet nothing says when they are looked at."""

    code = "tier_ladder.review_needed"


class ReviewWithoutStep(Malformed):
    """Nobody ever steps down, yet there is a review or a grace."""

    code = "tier_ladder.review_without_step"


class NoSuchDay(Malformed):
    """The day of the year does not exist."""

    code = "tier_ladder.no_such_day"


class UnknownGoods(Malformed):
    """`field` leaves out a product or category that the shop does not have: `missing`."""

    code = "tier_ladder.unknown_goods"


class LadderInThePast(Malformed):
    """A version holds from tomorrow on at the earliest, the very first from today: `first`."""

    code = "tier_ladder.in_the_past"


class HoldInThePast(Malformed):
    """A tier is held until a day to come."""

    code = "tier_hold.in_the_past"


class HoldNeedsReason(Malformed):
    code = "tier_hold.reason_needed"


class LadderNotFound(NotFound):
    code = "tier_ladder.not_found"


class PreviewNotFound(NotFound):
    code = "tier_ladder.preview_not_found"


class TierTaken(Conflict):
    """A tier with this `tier` code is there already."""

    code = "tier.taken"


class TierCodeMalformed(Malformed):
    """A code has 1 to 64 small letters, digits and dashes."""

    code = "tier.code_malformed"


class TierNameMissing(Malformed):
    code = "tier.name_missing"


class TierOrderIncomplete(Malformed):
    """An order names every tier exactly once."""

    code = "tier.order_incomplete"
