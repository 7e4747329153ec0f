"""Gift cards' numbers and ids, and how much a card may pay. Pure."""

from typing import Literal, TypeAlias
from uuid import UUID

from loyalty.accounts.rules import card_digest

Offline: TypeAlias = Literal["deny", "cap"]
DRAWN = 12
"""Random signs of a number: 31^12 of them, 59 bits."""


def gift_card_id(salt: bytes, number: str) -> UUID:
    """The id that documents and tills know the card of this number by: its digest with the chain's card salt."""
    return UUID(bytes=card_digest(salt, number))


def may_pay(balance: int, held: int, asked: int) -> int:
    """What of `asked` a card with `balance` gives, `held` of it being promised to others; never below zero."""
    return max(0, min(asked, balance - held))
