"""The verbs on persons and what they allowed. Erasing a person removes what they told us; ledgers keep their sums."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts.errors import PersonDiffers, PersonNotFound
from loyalty.accounts.log import note_event
from loyalty.accounts.model import Consent, Person
from loyalty.accounts.queries import consents_of
from loyalty.accounts.rules import Purpose, checked_phone
from loyalty.accounts.service import locked_account, locked_accounts
from loyalty.accounts.survivor import merged_accounts

ERASED = "erasure"


@dataclass(frozen=True, slots=True)
class PersonDraft:
    """What a person told us. `phone` in any usual writing."""

    given: str
    family: str = ""
    phone: str | None = None
    born_on: date | None = None
    language: str = "hy"


async def add_person(
    session: AsyncSession, person_id: UUID, account_id: UUID, draft: PersonDraft, *, by: UUID | None, at: datetime
) -> Person:
    """Say whom the account belongs to, be it long after its card was handed out; the same once more answers the first.

    Raises `AccountNotFound`, `AccountMerged`, `BadPhone`, `PersonDiffers`.
    """
    await locked_account(session, account_id)
    values = _values(draft)
    person = await session.get(Person, person_id)
    if person is None:
        person = Person(id=person_id, account=account_id, **values)
        session.add(person)
        note_event(session, account_id, "person_added", by=by, at=at, person=str(person_id))
    elif person.account != account_id or any(getattr(person, name) != value for name, value in values.items()):
        raise PersonDiffers(person=str(person_id))
    return person


async def change_person(
    session: AsyncSession, person_id: UUID, draft: PersonDraft, *, by: UUID | None, at: datetime
) -> Person:
    """Write what the person says now. The log names the fields, not what stood there. Raises `PersonNotFound`, `BadPhone`."""
    person = await _person(session, person_id)
    changed = [name for name, value in _values(draft).items() if getattr(person, name) != value]
    for name in changed:
        setattr(person, name, _values(draft)[name])
    if changed:
        note_event(session, person.account, "person_changed", by=by, at=at, person=str(person_id), fields=changed)
    return person


async def erase_person(session: AsyncSession, person_id: UUID, *, by: UUID | None, at: datetime) -> list[UUID]:
    """Delete everything the person told us, and take back every consent; the account lives on without a name.

    Returns the account and those merged into it: personal parts of their documents are deleted by the caller, and no
    later one is kept (`erased_at`). Notes of these accounts go too. Raises `PersonNotFound`.
    """
    account_id = await session.scalar(select(Person.account).where(Person.id == person_id))
    if account_id is None:
        raise PersonNotFound(person=str(person_id))
    accounts = await locked_accounts(session, await merged_accounts(session, account_id))
    person = await _person(session, person_id)
    for held in await consents_of(session, person.account):
        if held.person == person_id and held.given:
            await withdraw_consent(session, person_id, held.purpose, how=ERASED, by=by, at=at)
    await session.delete(person)
    for account in accounts:
        account.note, account.erased_at = "", at
        account.terms_version += account.id == person.account
    note_event(session, person.account, "person_erased", by=by, at=at, person=str(person_id))
    await session.flush()
    return [account.id for account in accounts]


async def give_consent(
    session: AsyncSession,
    person_id: UUID,
    purpose: Purpose,
    *,
    text_version: str,
    how: str,
    by: UUID | None,
    at: datetime,
) -> None:
    """Note that the person allowed it, under that text; said again of the same text it stays one entry.

    Raises `PersonNotFound`.
    """
    person = await _person(session, person_id)
    last = await _last(session, person_id, purpose)
    if last is not None and last.given and last.text_version == text_version:
        return
    session.add(
        Consent(
            person=person_id,
            account=person.account,
            purpose=purpose,
            given=True,
            text_version=text_version,
            how=how,
            taken_by=by,
            at=at,
        )
    )
    await session.flush()


async def withdraw_consent(
    session: AsyncSession, person_id: UUID, purpose: Purpose, *, how: str, by: UUID | None, at: datetime
) -> None:
    """Note that the person took it back; what was never given needs no entry. Raises `PersonNotFound`."""
    await _person(session, person_id)
    last = await _last(session, person_id, purpose)
    if last is None or not last.given:
        return
    session.add(
        Consent(
            person=person_id,
            account=last.account,
            purpose=purpose,
            given=False,
            text_version=last.text_version,
            how=how,
            taken_by=by,
            at=at,
        )
    )
    await session.flush()


async def _last(session: AsyncSession, person_id: UUID, purpose: Purpose) -> Consent | None:
    query = select(Consent).where(Consent.person == person_id, Consent.purpose == purpose)
    return await session.scalar(query.order_by(Consent.id.desc()).limit(1))


async def _person(session: AsyncSession, person_id: UUID) -> Person:
    """The person, locked, so that two consents of one moment come one after the other."""
    person = await session.scalar(select(Person).where(Person.id == person_id).with_for_update())
    if person is None:
        raise PersonNotFound(person=str(person_id))
    return person


def _values(draft: PersonDraft) -> dict[str, object]:
    return {
        "given": " ".join(draft.given.split())[:100],
        "family": " ".join(draft.family.split())[:100],
        "phone": checked_phone(draft.phone) if draft.phone else None,
        "born_on": draft.born_on,
        "language": draft.language,
    }
