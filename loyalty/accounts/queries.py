"""Finding accounts: by card, by the last digits of a phone, by the beginning of a name; and one account whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Text, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from loyalty.accounts.errors import AccountNotFound, BadDigest, NoCardScheme
from loyalty.accounts.model import Account, AccountCategory, Card, CardScheme, Consent, Person
from loyalty.accounts.rules import (
    DIGEST_BYTES,
    CardState,
    Purpose,
    card_digest,
    checked_card_number,
    masked,
    phone_tail,
)

MOST_FOUND = 20


@dataclass(frozen=True, slots=True)
class CardRow:
    """A card as people see it: its number masked."""

    id: UUID
    masked: str
    state: CardState
    reason: str | None
    issued_at: datetime


@dataclass(frozen=True, slots=True)
class PersonRow:
    id: UUID
    given: str
    family: str
    phone: str | None
    born_on: date | None
    language: str


@dataclass(frozen=True, slots=True)
class CategoryHeld:
    category: str
    proved_on: date
    checked_by: UUID | None
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """What holds now for a person and purpose."""

    person: UUID
    purpose: Purpose
    given: bool
    text_version: str
    how: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account as lists show it."""

    id: UUID
    seq: int
    tier: str | None
    personal: int
    terms_version: int
    blocked: str | None
    note: str
    opened_at: datetime
    tags: Sequence[str]
    staff: UUID | None
    merged_into: UUID | None


@dataclass(frozen=True, slots=True)
class AccountWhole:
    account: AccountRow
    cards: Sequence[CardRow]
    persons: Sequence[PersonRow]
    categories: Sequence[CategoryHeld]
    consents: Sequence[ConsentRow]


@dataclass(frozen=True, slots=True)
class Found:
    """A person found by name, and the account it belongs to."""

    account: UUID
    person: UUID
    given: str
    family: str


async def accounts_by_digest(session: AsyncSession, digest: str) -> list[UUID]:
    """The account of the card with this digest, if any. Raises `BadDigest` for what is not 32 hexadecimal digits."""
    try:
        wanted = bytes.fromhex(digest)
    except ValueError as error:
        raise BadDigest() from error
    if len(wanted) != DIGEST_BYTES:
        raise BadDigest()
    return await _holders(session, wanted)


async def accounts_by_card(session: AsyncSession, number: str) -> list[UUID]:
    """The account of the card with this number, if any. Raises `BadCardNumber`, `NoCardScheme`."""
    bare = checked_card_number(number)
    salt = await session.scalar(select(CardScheme.salt))
    if salt is None:
        raise NoCardScheme()
    return await _holders(session, card_digest(salt, bare))


async def blank_state(session: AsyncSession, digest: str) -> tuple[CardState, str | None] | None:
    """State and reason of a card that is nobody's yet, by its digest of 32 hexadecimal digits; None for any other."""
    query = select(Card.state, Card.reason).where(Card.digest == bytes.fromhex(digest), Card.account.is_(None))
    row = (await session.execute(query)).one_or_none()
    return row and (row.state, row.reason)


async def _holders(session: AsyncSession, digest: bytes) -> list[UUID]:
    """The account of the card, if any."""
    found = await session.scalars(select(Card.account).where(Card.digest == digest))
    return [account for account in found if account is not None]


async def accounts_by_phone(session: AsyncSession, typed: str) -> list[UUID]:
    """Accounts with a person whose phone ends in the digits typed, at most 20. Raises `BadPhone` under four digits."""
    tail = phone_tail(typed)
    query = select(Person.account).where(Person.phone_reversed.like(f"{tail}%")).limit(MOST_FOUND)
    return list(dict.fromkeys(await session.scalars(query)))


async def persons_by_name(session: AsyncSession, typed: str, *, limit: int = MOST_FOUND) -> list[Found]:
    """Persons whose family name begins with the first word typed and given name with the second, or the other way
    round, in any script; one word may begin either. In the order of family names."""
    words = await folded_words(session, typed)
    if not words:
        return []
    query = select(Person.account, Person.id, Person.given, Person.family)
    by_family = query.order_by(Person.family_key, Person.given_key, Person.id).limit(limit)
    if len(words) == 1:
        by_given = query.order_by(Person.given_key, Person.id).limit(limit)
        both = (
            by_family.where(_begins(Person.family_key, words[0])),
            by_given.where(_begins(Person.given_key, words[0])),
        )
    else:
        both = tuple(
            by_family.where(_begins(Person.family_key, family), _begins(Person.given_key, given))
            for family, given in (words[:2], words[1::-1])
        )
    found = [Found(*row) for either in both for row in await session.execute(either)]
    return list(dict.fromkeys(found))[:limit]


async def folded_words(session: AsyncSession, typed: str) -> list[str]:
    """The words typed in the one spelling of all scripts, those without a letter or digit left out."""
    rows = await session.scalars(select(func.fold_name(func.unnest(cast(typed.split()[:4], ARRAY(Text))))))
    return [word for word in rows if word]


def _begins(column: InstrumentedAttribute[str], word: str) -> ColumnElement[bool]:
    """`column` is in code point order, so a beginning is a range of its index."""
    return (column >= word) & (column < word + "\U0010ffff")


async def account_page(session: AsyncSession, *, after: int = 0, limit: int = 50) -> list[AccountRow]:
    """Accounts in the order they were opened, `seq` above `after`."""
    query = select(Account).where(Account.seq > after).order_by(Account.seq).limit(limit)
    return [_row(account) for account in await session.scalars(query)]


async def account_whole(session: AsyncSession, account_id: UUID) -> AccountWhole:
    """One account with its cards, persons, categories in force and consents. Raises `AccountNotFound`."""
    account = await session.scalar(select(Account).where(Account.id == account_id))
    if account is None:
        raise AccountNotFound(account=str(account_id))
    cards = await session.scalars(select(Card).where(Card.account == account_id).order_by(Card.issued_at, Card.id))
    persons = await session.scalars(select(Person).where(Person.account == account_id).order_by(Person.id))
    held = await session.scalars(
        select(AccountCategory)
        .where(AccountCategory.account == account_id, AccountCategory.ended_at.is_(None))
        .order_by(AccountCategory.category)
    )
    return AccountWhole(
        account=_row(account),
        cards=[CardRow(card.id, masked(card.number), card.state, card.reason, card.issued_at) for card in cards],
        persons=[PersonRow(p.id, p.given, p.family, p.phone, p.born_on, p.language) for p in persons],
        categories=[CategoryHeld(row.category, row.proved_on, row.checked_by, row.expires_on) for row in held],
        consents=await consents_of(session, account_id),
    )


async def consents_of(session: AsyncSession, account_id: UUID) -> list[ConsentRow]:
    """The last word on every purpose of every person of the account, erased ones too; of those who came with another
    account by a merge as well."""
    persons = select(Person.id).where(Person.account == account_id)
    theirs = (Consent.account == account_id) & ~Consent.person.in_(
        select(Person.id).where(Person.account != account_id)
    ) | Consent.person.in_(persons)
    last = select(func.max(Consent.id)).where(theirs).group_by(Consent.person, Consent.purpose)
    query = select(Consent).where(Consent.id.in_(last)).order_by(Consent.person, Consent.purpose)
    return [
        ConsentRow(row.person, row.purpose, row.given, row.text_version, row.how, row.at)
        for row in await session.scalars(query)
    ]


def _row(account: Account) -> AccountRow:
    return AccountRow(
        id=account.id,
        seq=account.seq,
        tier=account.tier,
        personal=account.personal,
        terms_version=account.terms_version,
        blocked=account.blocked,
        note=account.note,
        opened_at=account.opened_at,
        tags=tuple(account.tags),
        staff=account.staff,
        merged_into=account.merged_into,
    )
