"""Codes that people read aloud and type: their letters, their check letter, how they are made of random numbers. Pure."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Literal, TypeAlias

BatchKind: TypeAlias = Literal["coupon", "referral"]
Whom: TypeAlias = Literal["anyone", "account"]
Offline: TypeAlias = Literal["deny", "allow"]
Refused: TypeAlias = Literal[
    "unknown", "blocked", "stopped", "not_yet", "over", "used", "account", "other_account", "own_code", "not_new"
]
"""Why a coupon does not count now."""

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""31 signs without 0, O, 1, I and L. The number is prime: the check letter finds every wrong and every swapped sign."""
DRAWN = 10
"""Random signs of a code: 31^10 of them, 49 bits, so that guessing one of a million in use takes 10^9 tries."""


def check_letter(signs: str) -> str:
    """The last sign of the code whose other signs are `signs`: the weighted sum of all, weights 2, 3, … from the right, is
    a multiple of 31. Signs outside the alphabet, as in a prefix, count as 0."""
    total = sum(weight * max(ALPHABET.find(sign), 0) for weight, sign in enumerate(reversed(signs), 2))
    return ALPHABET[-total % len(ALPHABET)]


def code_of(prefix: str, drawn: int, length: int = DRAWN) -> str:
    """`prefix`, `length` signs that write `drawn` (below 31 ** length, from a secure source), and the check letter."""
    signs: list[str] = []
    for _ in range(length):
        drawn, place = divmod(drawn, len(ALPHABET))
        signs.append(ALPHABET[place])
    body = prefix + "".join(signs)
    return body + check_letter(body)


def plain_code(typed: str) -> str:
    """A code as typed or scanned, in capitals, without spaces and dashes."""
    return re.sub(r"[\s-]", "", typed).upper()


def is_whole(code: str) -> bool:
    """Whether the check letter fits the rest."""
    return len(code) > 2 and check_letter(code[:-1]) == code[-1]


def grouped(code: str, size: int = 4) -> str:
    """A code for people's eyes: in groups of four."""
    return " ".join(code[at : at + size] for at in range(0, len(code), size))


def out_of_time(valid_from: date | None, valid_until: date | None, today: date) -> Refused | None:
    """Whether `today` lies before or after the period; its end is the first day that is out."""
    if valid_from is not None and today < valid_from:
        return "not_yet"
    return "over" if valid_until is not None and today >= valid_until else None


def distinct_codes(prefix: str, drawn: Iterable[int], length: int = DRAWN) -> list[str]:
    """A code for each number, each once, in the order drawn."""
    return list(dict.fromkeys(code_of(prefix, number, length) for number in drawn))
