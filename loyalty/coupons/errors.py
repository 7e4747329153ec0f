"""What can go wrong with coupons and referral codes."""

from pos.core.errors import Conflict, Malformed, NotFound


class CouponBatchNotFound(NotFound):
    code = "coupon_batch.not_found"


class CouponBatchDiffers(Conflict):
    """The code is taken by another batch."""

    code = "coupon_batch.differs"


class BadCouponBatch(Malformed):
    """`field` cannot be as it is."""

    code = "coupon_batch.malformed"


class CouponNotFound(NotFound):
    code = "coupon.not_found"


class NoReferrals(Conflict):
    """The shop has no batch of referral codes that is open."""

    code = "referral.not_offered"
