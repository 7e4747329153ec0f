"""One search box for accounts: digits are a phone or a card, letters a name in any script. And who has this phone."""

import re
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias
from uuid import UUID

from sqlalchemy import Select, null, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts.model import Card, Person
from loyalty.accounts.queries import MOST_FOUND, persons_by_name
from loyalty.accounts.rules import masked, phone_beginnings

By: TypeAlias = Literal["card", "phone", "name"]
LEAST_DIGITS = 4
LEAST_OF_A_PHONE = 6
"""Digits typed before a phone is looked for: fewer fit too many people to be a warning."""

ROWS = text("""
SELECT account.id, account.seq, account.tier, account.blocked, person.id AS person,
       coalesce(person.given, '') AS given, coalesce(person.family, '') AS family, person.phone, card.number, card.state
FROM unnest(CAST(:accounts AS uuid[]), CAST(:persons AS uuid[])) WITH ORDINALITY AS found (account, person, place)
JOIN account ON account.id = found.account
LEFT JOIN LATERAL (
    SELECT * FROM person WHERE person.account = account.id
    ORDER BY person.id IS DISTINCT FROM found.person, person.id LIMIT 1
) person ON true
LEFT JOIN LATERAL (
    SELECT number, state FROM card WHERE card.account = account.id
    ORDER BY card.state <> 'active', card.issued_at DESC, card.id LIMIT 1
) card ON true
ORDER BY found.place
""")


@dataclass(frozen=True, slots=True)
class AccountFound:
    """An account as the search shows it, with the person that was found or its first one, and its card, masked.

    `by` says what fitted.
    """

    account: UUID
    seq: int
    tier: str | None
    blocked: str | None
    person: UUID | None
    given: str
    family: str
    phone: str | None
    card: str | None
    card_state: str | None
    by: By


@dataclass(frozen=True, slots=True)
class SamePhone:
    """Somebody who has this phone already; `whole`: all of it, not only the digits typed so far."""

    account: UUID
    person: UUID
    given: str
    family: str
    phone: str
    whole: bool


async def search_accounts(session: AsyncSession, typed: str, *, limit: int = MOST_FOUND) -> list[AccountFound]:
    """Accounts by the beginning or end of a phone, by a card's number or its end, by the beginning of names.

    A whole card number comes first, then phones, then ends of cards. At most `limit`; none under four digits or
    without a letter. Each step is one short range of an index.
    """
    digits = re.sub(r"[\s()+.-]", "", typed)
    found: dict[UUID, tuple[UUID | None, By]] = {}
    if re.fullmatch(r"[0-9]+", digits):
        if len(digits) >= LEAST_DIGITS:
            for query, by in _by_digits(typed, digits):
                for row in await session.execute(query.limit(limit)):
                    found.setdefault(row.account, (row.person, by))
                if len(found) >= limit:
                    break
    else:
        for row in await persons_by_name(session, typed, limit=limit):
            found.setdefault(row.account, (row.person, "name"))
    return await _shown(session, dict(list(found.items())[:limit]))


async def same_phone(session: AsyncSession, typed: str, *, limit: int = 5) -> list[SamePhone]:
    """Who has the phone that is being typed, so that nobody is entered twice; none under six digits."""
    beginnings = phone_beginnings(typed)
    if len(re.sub(r"\D", "", typed)) < LEAST_OF_A_PHONE or not beginnings:
        return []
    fits = or_(*(Person.phone.like(f"{beginning}%") for beginning in beginnings))
    query = select(Person.account, Person.id, Person.given, Person.family, Person.phone).where(fits).limit(limit)
    return [
        SamePhone(account, person, given, family, phone or "", phone in beginnings)
        for account, person, given, family, phone in await session.execute(query)
    ]


def _by_digits(typed: str, digits: str) -> list[tuple[Select[Any, Any], By]]:
    """What digits may mean, the surest first: (account, person) of each."""
    cards = select(Card.account, null().label("person")).where(Card.account.is_not(None))
    persons = select(Person.account, Person.id.label("person"))
    tails = dict.fromkeys((digits[::-1], digits.lstrip("0")[::-1]))
    ends = [Person.phone_reversed.like(f"{tail}%") for tail in tails if len(tail) >= LEAST_DIGITS]
    begins = [Person.phone.like(f"{beginning}%") for beginning in phone_beginnings(typed)]
    return [
        (cards.where(Card.number == digits), "card"),
        (persons.where(or_(*ends, *begins)), "phone"),
        (cards.where(Card.number_reversed.like(f"{digits[::-1]}%")), "card"),
    ]


async def _shown(session: AsyncSession, found: dict[UUID, tuple[UUID | None, By]]) -> list[AccountFound]:
    if not found:
        return []
    values = {"accounts": list(found), "persons": [person for person, _ in found.values()]}
    return [
        AccountFound(
            account=row.id,
            seq=row.seq,
            tier=row.tier,
            blocked=row.blocked,
            person=row.person,
            given=row.given,
            family=row.family,
            phone=row.phone,
            card=row.number and masked(row.number),
            card_state=row.state,
            by=found[row.id][1],
        )
        for row in await session.execute(ROWS, values)
    ]
