# pyright: strict
"""Tax of a line: rounded once, from the line's net."""

from pos.core.money import checked, rounded


def tax_of(net: int, rate: int, included: bool) -> tuple[int, int]:
    """Base and tax of `net` at `rate` basis points; with `included` they add up to `net`, else the base is `net`."""
    if included:
        tax = rounded(net * rate, 10_000 + rate)
        return net - tax, tax
    return net, checked(rounded(net * rate, 10_000))
