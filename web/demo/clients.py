"""The clients of the demo shop: accounts with tiers, categories, cards and persons that nobody is.

Phones begin with +374 00, which no operator gives out.
"""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

from loyalty.accounts.rules import card_number
from pos.catalog.rules import LANGUAGES

CARD_PREFIX, CARD_LENGTH = "77", 16
PHONE_PREFIX = "+37400"
TIERS = {"gold": 0.05, "silver": 0.15, "bronze": 0.4}
FIXED = (
    ("gold", (), 0, "Anahit", "Petrosyan"),
    ("silver", (), 0, "Tigran", "Hakobyan"),
    ("bronze", ("mother",), 0, "Mariam", "Grigoryan"),
    (None, ("pensioner",), 0, "Samvel", "Vardanyan"),
    ("bronze", (), 700, "Lusine", "Davtyan"),
    ("gold", (), 0, "Aram", "Simonyan"),
)
"""The accounts that the start page shows; the last one's card is blocked."""


@dataclass(frozen=True, slots=True)
class Client:
    """An account with its card and person. `seen_on` is the day it was last in the shop."""

    id: UUID
    card_id: UUID
    person_id: UUID
    tier: str | None
    personal: int
    categories: tuple[str, ...]
    proved_on: date
    expires_on: date | None
    number: str
    blocked: bool
    given: str
    family: str
    language: str
    phone: str
    seen_on: date


def clients(count: int, seed: int, today: date) -> list[Client]:
    """`count` clients; the first ones are those of the start page, with numbers easy to type."""
    random_ = random.Random(seed)  # noqa: S311 - made-up people; real numbers come from a secure source
    known = names()
    drawn = random_.sample(range(1_000, 10**12), count)
    return [_client(random_, known, place, drawn[place], today) for place in range(count)]


def _client(
    random_: random.Random, names: dict[str, list[tuple[str, ...]]], place: int, drawn: int, today: date
) -> Client:
    language = random_.choices(("hy", "ru", "en"), (70, 20, 10))[0]
    given = random_.choice(names[random_.choice(("women", "men"))])[LANGUAGES.index(language)]
    family = random_.choice(names["families"])[LANGUAGES.index(language)]
    tier = random_.choices((*TIERS, None), (*TIERS.values(), 1 - sum(TIERS.values())))[0]
    categories = tuple(code for code, share in (("pensioner", 0.12), ("mother", 0.06)) if random_.random() < share)
    personal = random_.randrange(200, 800, 100) if random_.random() < 0.01 else 0
    days = min(int(random_.expovariate(1 / 40)), 364)
    if place < len(FIXED):
        tier, categories, personal, given, family = FIXED[place]
        language, drawn, days = "en", place + 1, 0
    return Client(
        id=_id(random_),
        card_id=_id(random_),
        person_id=_id(random_),
        tier=tier,
        personal=personal,
        categories=categories,
        proved_on=today - timedelta(days=random_.randrange(1, 300)),
        expires_on=today + timedelta(days=random_.randrange(30, 700)) if "mother" in categories else None,
        number=card_number(CARD_PREFIX, CARD_LENGTH, drawn),
        blocked=place == len(FIXED) - 1 or random_.random() < 0.005,
        given=given,
        family=family,
        language=language,
        phone=f"{PHONE_PREFIX}{place:06d}",
        seen_on=today - timedelta(days=days),
    )


def names() -> dict[str, list[tuple[str, ...]]]:
    """Given names of women and men, and families, each in the three languages."""
    found: dict[str, list[tuple[str, ...]]] = {}
    group = ""
    for line in (Path(__file__).parent / "clients.txt").read_text("utf-8").splitlines():
        if line.startswith("="):
            group = line[1:].strip()
        elif line.strip() and not line.startswith("#"):
            found[group] = [tuple(name.strip().split("/")) for name in line.split(";")]
    return found


def _id(random_: random.Random) -> UUID:
    return UUID(int=random_.getrandbits(128), version=4)
