"""What can be wrong with what is typed into the shop's lists."""

from pos.core.errors import Malformed


class RateMalformed(Malformed):
    """Not a percent from 0 to 10000 with at most two decimals."""

    code = "tax_rate.malformed"
