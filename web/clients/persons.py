"""The forms about the persons of an account: who they are, what they allow, and forgetting them."""

from datetime import datetime
from typing import get_args
from uuid import UUID

from litestar import post
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts import persons
from loyalty.accounts.persons import PersonDraft
from loyalty.accounts.rules import Purpose
from pos.sales.forget import forget_person
from pos.staff.queries import SignedIn
from web.clients.card import done
from web.clients.forms import ClientFormMalformed, Typed
from web.clients.verbs import Answer, Asker, Fields
from web.texts import LANGUAGES

PURPOSES: dict[str, Purpose] = {each: each for each in get_args(Purpose)}
MOST_HOW = 40


def draft_of(typed: Typed) -> PersonDraft:
    """The person in the form. Raises `ClientFormMalformed`."""
    language = typed.get("language") or LANGUAGES[0]
    if language not in LANGUAGES:
        raise ClientFormMalformed(field="language")
    return PersonDraft(
        typed.needed("given", 100),
        typed.short("family", 100),
        typed.short("phone", 40) or None,
        typed.day("born_on"),
        language,
    )


@post("/{account_id:uuid}/persons", status_code=200, include_in_schema=False)
async def add_person(
    request: Asker, session: AsyncSession, person: SignedIn, now: datetime, account_id: UUID, data: Fields
) -> Answer:
    async def act(typed: Typed) -> None:
        await persons.add_person(session, typed.fresh(), account_id, draft_of(typed), by=person.id, at=now)

    return await done(request, session, now, account_id, "person", data, act)


@post("/{account_id:uuid}/persons/{person_id:uuid}", status_code=200, include_in_schema=False)
async def change_person(
    request: Asker,
    session: AsyncSession,
    person: SignedIn,
    now: datetime,
    account_id: UUID,
    person_id: UUID,
    data: Fields,
) -> Answer:
    async def act(typed: Typed) -> None:
        await persons.change_person(session, person_id, draft_of(typed), by=person.id, at=now)

    return await done(request, session, now, account_id, f"person-{person_id}", data, act)


@post("/{account_id:uuid}/persons/{person_id:uuid}/erase", status_code=200, include_in_schema=False)
async def erase_person(
    request: Asker,
    session: AsyncSession,
    person: SignedIn,
    now: datetime,
    account_id: UUID,
    person_id: UUID,
    data: Fields,
) -> Answer:
    """It cannot be undone, so the box beside the button must be ticked."""

    async def act(typed: Typed) -> None:
        typed.needed("sure", 10)
        await forget_person(session, person_id, by=person.id, at=now)

    return await done(request, session, now, account_id, f"erase-{person_id}", data, act)


@post("/{account_id:uuid}/persons/{person_id:uuid}/consents", status_code=200, include_in_schema=False)
async def set_consent(
    request: Asker,
    session: AsyncSession,
    person: SignedIn,
    now: datetime,
    account_id: UUID,
    person_id: UUID,
    data: Fields,
) -> Answer:
    """What the person allows, or takes back; how they said so, and under which text."""

    async def act(typed: Typed) -> None:
        purpose = PURPOSES.get(typed.get("purpose"))
        if purpose is None:
            raise ClientFormMalformed(field="purpose")
        how = typed.needed("how", MOST_HOW)
        if typed.get("given") == "no":
            await persons.withdraw_consent(session, person_id, purpose, how=how, by=person.id, at=now)
            return
        version = typed.needed("text_version", MOST_HOW)
        await persons.give_consent(session, person_id, purpose, text_version=version, how=how, by=person.id, at=now)

    return await done(request, session, now, account_id, f"consent-{person_id}", data, act)


PERSONS = [add_person, change_person, erase_person, set_consent]
