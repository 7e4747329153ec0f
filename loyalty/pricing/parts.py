# pyright: strict
"""Lines as quantities times unit prices (R3): at most two parts, a measured line exactly one."""

from collections.abc import Sequence

from loyalty.pricing.quote import Part
from pos.core.money import rounded

Parts = tuple[Part, ...]


def cost(price: int, quantity: int) -> int:
    """`quantity` thousandths at a unit `price`, rounded once."""
    return rounded(price * quantity, 1_000)


def total(parts: Parts) -> int:
    return sum(cost(part.price, part.quantity) for part in parts)


def split(net: int, quantity: int) -> Parts:
    """Whole pieces that cost `net` together: the dearer ones first, one coin apart."""
    pieces = quantity // 1_000
    low = net // pieces
    dearer = net - low * pieces
    parts = (Part(dearer * 1_000, low + 1), Part((pieces - dearer) * 1_000, low))
    return tuple(part for part in parts if part.quantity)


def measured(net: int, quantity: int, low: int, high: int) -> Parts:
    """One part at the lowest unit price from `low` to `high` that costs at least `net`, nearest to it.

    Above one kilogram not every amount is a whole unit price times the weight: then the part costs a little more.
    `net` lies between the costs of `low` and `high`.
    """
    price = min(max(rounded(net * 1_000, quantity), low), high)
    if cost(price, quantity) < net:
        price += 1
    return (Part(quantity, price),)


def repriced(parts: Parts, prices: list[int]) -> Parts:
    """The same quantities at other prices; parts that have come to cost the same are one."""
    if len(parts) == 1:
        return (Part(parts[0].quantity, prices[0]),)
    return by_price([Part(part.quantity, price) for part, price in zip(parts, prices, strict=True)])


def by_price(parts: Sequence[Part]) -> Parts:
    """Units of one line put together, dearer ones first, one part for each price."""
    counts: dict[int, int] = {}
    for part in parts:
        counts[part.price] = counts.get(part.price, 0) + part.quantity
    return tuple(Part(counts[price], price) for price in sorted(counts, reverse=True))


def evened(parts: Parts) -> Parts:
    """At most two parts: three prices or more of whole pieces are evened out, one coin apart."""
    return parts if len(parts) <= 2 else split(total(parts), sum(part.quantity for part in parts))
