"""People sign in to the back office, and guessers do not."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from pos.core.ids import new_id
from pos.staff.errors import LastOwner, LoginTaken, SignInLocked, UnfitPassword, UnfitPin, WrongSignIn
from pos.staff.model import OfficeSession
from pos.staff.queries import signed_in, staff_list
from pos.staff.rules import Role
from pos.staff.secrets import PIN_ITERATIONS
from pos.staff.service import SESSION_LENGTH, add_staff, count_try, deactivate, set_password, set_pin, sign_in, sign_out

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def an_owner(session, login="anna", password="four simple words"):
    owner = await add_staff(session, new_id(), name="Anna", role=Role.OWNER, language="hy")
    await set_password(session, owner.id, login, password)
    return owner


async def test_the_right_password_opens_a_session_until_it_ends(session):
    owner = await an_owner(session)

    token = await sign_in(session, "  ANNA ", "four simple words", "::1", at=NOON)

    person = await signed_in(session, token, at=NOON + SESSION_LENGTH - timedelta(seconds=1))
    assert person is not None
    assert (person.id, person.role, person.language) == (owner.id, Role.OWNER, "hy")
    assert await signed_in(session, token, at=NOON + SESSION_LENGTH) is None


async def test_the_token_itself_is_not_in_the_database(session):
    await an_owner(session)

    token = await sign_in(session, "anna", "four simple words", "::1", at=NOON)

    kept = await session.get(OfficeSession, hashlib.sha256(token.encode()).digest())
    assert kept is not None
    assert token.encode() not in kept.token_digest


@pytest.mark.parametrize(("login", "password"), [("anna", "wrong"), ("nobody", "four simple words"), ("", "")])
async def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(session, login, password):
    await an_owner(session)

    with pytest.raises(WrongSignIn) as refused:
        await sign_in(session, login, password, "::1", at=NOON)

    assert refused.value.fields == {}


async def test_the_fifth_wrong_try_opens_a_wait_for_that_address_alone(session):
    for _ in range(5):
        await count_try(session, "anna", "10.0.0.9", at=NOON)

    with pytest.raises(SignInLocked) as locked:
        await count_try(session, "Anna", "10.0.0.9", at=NOON + timedelta(minutes=1))

    assert locked.value.fields == {"minutes": 9}
    await count_try(session, "anna", "10.0.0.8", at=NOON + timedelta(minutes=1))


async def test_signing_in_clears_the_wrong_tries(session):
    await an_owner(session)
    for _ in range(4):
        await count_try(session, "anna", "::1", at=NOON)

    await sign_in(session, "anna", "four simple words", "::1", at=NOON)

    for _ in range(5):
        await count_try(session, "anna", "::1", at=NOON)


async def test_a_signed_out_browser_and_a_person_who_left_are_nobody(session):
    owner = await an_owner(session)
    second = await an_owner(session, login="boris")
    token = await sign_in(session, "anna", "four simple words", "::1", at=NOON)
    other = await sign_in(session, "boris", "four simple words", "::1", at=NOON)

    await sign_out(session, token)
    await deactivate(session, second.id)

    assert await signed_in(session, token, at=NOON) is None
    assert await signed_in(session, other, at=NOON) is None
    with pytest.raises(LastOwner):
        await deactivate(session, owner.id)


async def test_a_new_password_signs_out_the_other_browsers(session):
    owner = await an_owner(session)
    token = await sign_in(session, "anna", "four simple words", "::1", at=NOON)

    await set_password(session, owner.id, "anna", "another four words")

    assert await signed_in(session, token, at=NOON) is None


async def test_a_till_can_check_the_pin_by_what_is_kept(session):
    cashier = await add_staff(session, new_id(), name="Vera", role=Role.CASHIER)

    await set_pin(session, cashier.id, "2580")

    assert cashier.pin_iterations == PIN_ITERATIONS
    expected = hashlib.pbkdf2_hmac("sha256", b"2580", cashier.pin_salt, PIN_ITERATIONS)
    assert cashier.pin_verifier == expected


async def test_unfit_secrets_and_taken_names_are_refused(session):
    owner = await an_owner(session)
    other = await add_staff(session, new_id(), name="Boris", role=Role.MANAGER)

    with pytest.raises(UnfitPin):
        await set_pin(session, owner.id, "1234")
    with pytest.raises(UnfitPassword):
        await set_password(session, owner.id, "anna", "short")
    with pytest.raises(LoginTaken):
        await set_password(session, other.id, "ANNA", "long enough words")


async def test_adding_the_same_person_twice_adds_one(session):
    person = new_id()

    await add_staff(session, person, name="Vera", role=Role.CASHIER)
    await add_staff(session, person, name="Vera", role=Role.CASHIER)

    assert [row.name for row in await staff_list(session)] == ["Vera"]
