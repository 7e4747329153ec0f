# pyright: strict
"""A basket line while it is being priced: what it costs so far, how low it may go, and what came off by which rule."""

from collections.abc import Sequence
from dataclasses import dataclass

from loyalty.pricing import parts as of_parts
from loyalty.pricing.basket import Line
from loyalty.pricing.parts import Parts, cost
from loyalty.pricing.quote import Discount, Part
from loyalty.pricing.rules import Regulation, Rule, Source
from pos.core.money import checked

UNKNOWN_CLASS = Regulation("", no_discount=True, no_points=True)
"""A class that the rule set does not know (yet): no discount and no points, so that a late update never breaks the law."""


@dataclass(slots=True)
class State:
    """A line as it stood at some point, to go back to."""

    parts: Parts
    net: int
    discounts: tuple[Discount, ...]
    limits: frozenset[str]


class PricedLine:
    """One line on its way from gross to net. `low` is the lowest unit price allowed, `net` and `parts` agree always."""

    __slots__ = (
        "blocked",
        "discounts",
        "gross",
        "high",
        "index",
        "limits",
        "line",
        "low",
        "low_by",
        "low_net",
        "measured",
        "net",
        "no_discount",
        "no_points",
        "parts",
        "quantity",
    )

    def __init__(self, index: int, line: Line, regulation: Regulation | None) -> None:
        self.index = index
        self.line = line
        self.quantity = line.quantity
        self.measured = line.measured
        self.gross = checked(cost(line.price, line.quantity))
        self.parts: Parts = (Part(line.quantity, line.price),)
        self.net = self.gross
        self.discounts: list[Discount] = []
        self.limits: set[str] = set()
        self.blocked: dict[Source, str] = {}
        self._hold_to_the_law(regulation)

    def _hold_to_the_law(self, regulation: Regulation | None) -> None:
        """R4: the product's minimum and the regulation class become the bounds of the unit price."""
        price = self.line.price
        self.high, self.low, self.low_by = price, min(price, self.line.minimum), "minimum"
        self.no_discount = regulation is not None and regulation.no_discount
        self.no_points = regulation is not None and regulation.no_points
        if regulation is not None:
            if regulation.ceiling is not None and regulation.ceiling < price:
                self.high = regulation.ceiling
                self.low = min(self.low, self.high)
            floor = min(regulation.floor or 0, self.high)
            if floor > self.low:
                self.low, self.low_by = floor, "floor"
            if regulation.no_discount:
                self.low, self.low_by = self.high, "no_discount"
        self.low_net = cost(self.low, self.line.quantity)
        if self.high < price:
            self.limits.add("ceiling")
            self.take((Part(self.line.quantity, self.high),), "ceiling", "ceiling", "regulation", "ceiling")

    def at_prices(self, prices: Sequence[int]) -> Parts:
        """The parts at these unit prices, none raised, none below what is allowed."""
        held = [min(part.price, max(price, self.low)) for part, price in zip(self.parts, prices, strict=True)]
        return of_parts.repriced(self.parts, held)

    def at_net(self, net: int) -> Parts:
        """Parts that cost `net`, or the least above it that is allowed and that parts can say."""
        if net >= self.net:
            return self.parts
        if self.measured:
            return of_parts.measured(max(net, self.low_net), self.quantity, self.low, self.high)
        return of_parts.split(max(net, self.low_net), self.quantity)

    def raise_to(self, net: int) -> None:
        """Make the line cost `net`, more than it does now, or the least above it that parts can say; no discount changes."""
        if self.measured:
            self.parts = of_parts.measured(net, self.quantity, self.low, self.high)
        else:
            self.parts = of_parts.split(net, self.quantity)
        self.net = of_parts.total(self.parts)

    def take(self, parts: Parts, rule: str, name: str, source: Source, kind: str) -> int:
        """Make the line cost `parts`; what that is less than before is the rule's discount. Returns it."""
        net = of_parts.total(parts)
        amount = self.net - net
        self.parts, self.net = parts, net
        if amount:
            self.discounts.append(Discount(rule, name, source, kind, amount))
        return amount

    def share(self, parts: Parts) -> "PricedLine":
        """Some units of the line, at these parts, as a line of their own within the same bounds."""
        some = PricedLine.__new__(PricedLine)
        some.index, some.line, some.measured = self.index, self.line, self.measured
        some.high, some.low, some.low_by = self.high, self.low, self.low_by
        some.no_discount, some.no_points = self.no_discount, self.no_points
        some.quantity = sum(part.quantity for part in parts)
        some.parts, some.net = parts, of_parts.total(parts)
        some.gross, some.low_net = some.net, cost(self.low, some.quantity)
        some.discounts, some.limits, some.blocked = [], set(), self.blocked
        return some

    def state(self) -> "State":
        return State(self.parts, self.net, tuple(self.discounts), frozenset(self.limits))

    def restore(self, state: "State") -> None:
        self.parts, self.net = state.parts, state.net
        self.discounts, self.limits = list(state.discounts), set(state.limits)

    @property
    def room(self) -> int:
        """How much may still come off."""
        return self.net - self.low_net

    @property
    def discounted(self) -> bool:
        """Whether a rule or the cashier took something off (what the law takes off is not a discount)."""
        return any(discount.source != "regulation" for discount in self.discounts)

    def bars(self, rule: Rule) -> str | None:
        """Why the rule may not lower this line, or None."""
        if self.no_discount:
            return "regulated"
        if self.line.manual is not None and not rule.over_manual:
            return "manual"
        return "discounted" if not rule.over_discounted and self.discounted else None
