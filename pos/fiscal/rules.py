"""How a document stands with its fiscal register, from what became known about it. Pure."""

from dataclasses import dataclass, fields

from pos.fiscal.model import NOTHING_LEFT


@dataclass(frozen=True, slots=True)
class Counters:
    """Sums of one shift: pieces of paper, and minor units."""

    sales: int
    sales_sum: int
    returns: int
    returns_sum: int
    cash_in: int
    cash_out: int


def settled(state: str, cause: str | None) -> bool:
    """Whether nothing is left to do: registered, or nothing to register any more."""
    return state == "registered" or (state == "none" and cause in NOTHING_LEFT)


def differences(device: Counters, till: Counters) -> dict[str, int]:
    """By name, what the register counted beyond the till (negative: what it lacks); only where they differ."""
    found = {each.name: getattr(device, each.name) - getattr(till, each.name) for each in fields(Counters)}
    return {name: amount for name, amount in found.items() if amount}
