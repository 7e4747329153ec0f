"""Card numbers, their digests and masks; phone numbers as typed; tags. Pure: random digits are handed in."""

import hashlib
import re
from collections.abc import Iterable
from typing import Literal, TypeAlias

from loyalty.accounts.errors import BadCardNumber, BadPhone

CardState: TypeAlias = Literal["blank", "active", "blocked", "replaced"]
UnknownCards: TypeAlias = Literal["refuse", "open"]
Purpose: TypeAlias = Literal["data", "sms", "email"]

DIGEST_BYTES = 16
"""128 bits: enough that no two cards of a chain meet, half of what a till must hold."""


def luhn_digit(digits: str) -> str:
    """The check digit that follows `digits` (ISO/IEC 7812-1, annex B): finds every wrong digit, most swapped pairs."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def card_number(prefix: str, length: int, drawn: int) -> str:
    """The number of `length` digits that begins with `prefix`, ends in its check digit and holds `drawn` between.

    `drawn` comes from a secure source, below `card_numbers(prefix, length)`.
    """
    body = f"{prefix}{drawn:0{length - len(prefix) - 1}d}"
    return body + luhn_digit(body)


def card_numbers(prefix: str, length: int) -> int:
    """How many numbers the scheme has."""
    return 10 ** (length - len(prefix) - 1)


def checked_card_number(number: str) -> str:
    """`number` without spaces and dashes. Raises `BadCardNumber` where it is not digits ending in their check digit."""
    bare = re.sub(r"[\s-]", "", number)
    if not re.fullmatch(r"[0-9]{8,40}", bare) or luhn_digit(bare[:-1]) != bare[-1]:
        raise BadCardNumber()
    return bare


def card_digest(salt: bytes, number: str) -> bytes:
    """The first 16 bytes of SHA-256(salt, number): what tills and look-ups know of a card."""
    return hashlib.sha256(salt + number.encode()).digest()[:DIGEST_BYTES]


def masked(number: str) -> str:
    """The card for people's eyes: first two and last four digits."""
    return f"{number[:2]}…{number[-4:]}" if len(number) > 8 else f"…{number[-4:]}"


def checked_phone(phone: str) -> str:
    """E.164: "+" and 6 to 15 digits, spaces, dots, dashes and brackets taken out. Raises `BadPhone`."""
    bare = re.sub(r"[\s().-]", "", phone)
    bare = "+" + bare[2:] if bare.startswith("00") else bare
    if not re.fullmatch(r"\+[1-9][0-9]{5,14}", bare):
        raise BadPhone()
    return bare


def phone_tail(typed: str) -> str:
    """The digits of what was typed, reversed, as the index holds them. Raises `BadPhone` under four digits."""
    digits = re.sub(r"\D", "", typed)
    if not 4 <= len(digits) <= 15 or not digits.isascii():
        raise BadPhone()
    return digits[::-1]


TRUNKS = {"0": "+374", "8": "+7"}
"""What people dial inside a country, and how the same number begins from outside."""


def phone_beginnings(typed: str) -> list[str]:
    """How the E.164 of a phone typed from its beginning may begin: "+374 91" is "+37491", "091" may be "+37491"."""
    digits = re.sub(r"[\s().-]", "", typed)
    if not re.fullmatch(r"\+?[0-9]{1,15}", digits):
        return []
    if digits.startswith("+"):
        return [digits]
    trunks = [f"{outside}{digits[1:]}" for inside, outside in TRUNKS.items() if digits.startswith(inside)]
    outside = [f"+{digits[2:]}"] if digits.startswith("00") else []
    return [f"+{digits}", *outside, *trunks]


MOST_TAGS = 20


def tags_from(typed: Iterable[str]) -> list[str] | None:
    """Tags as they are kept: each once, in order; None where one is not a word of letters, digits, `.`, `_`, `-`, `:`
    (1 to 64) or there are more than 20."""
    tags = sorted(set(typed))
    well_formed = all(re.fullmatch(r"[A-Za-z0-9._:-]{1,64}", tag) for tag in tags)
    return tags if well_formed and len(tags) <= MOST_TAGS else None
