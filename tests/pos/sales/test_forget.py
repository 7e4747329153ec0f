"""A person is forgotten everywhere, while the chain of documents still verifies and the sums stay."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

from loyalty.accounts.cards import issue_card
from loyalty.accounts.log import account_log
from loyalty.accounts.merge import merge_accounts
from loyalty.accounts.model import CardScheme
from loyalty.accounts.persons import PersonDraft, add_person, give_consent
from loyalty.accounts.service import open_account, set_note
from loyalty.turnover.model import TurnoverEntry
from pos.core.ids import new_id
from pos.documents.model import PersonalPart
from pos.documents.service import keep_personal
from pos.registers.model import Outlet, Register
from pos.sales.forget import forget_person
from pos.sales.record import Stored
from tests.documents import Till
from tests.loyalty.accounts.test_service import tables_with
from tests.pos.shopkeeping import a_shop

CLERK = new_id()
MAY = datetime(2026, 5, 1, tzinfo=UTC)
BY = {"by": CLERK, "at": MAY}
SALT, PART = b"0123456789abcdef", '{"phone":"+37400998877","note":"for Zxcvpetrosyan"}'
SECRETS = ["Qwertyanahit", "Zxcvpetrosyan", "zkvpetrosian", "+37400998877", "37400998877", "1911-02-03"]


@pytest.fixture
async def shop(addresses):
    async with a_shop(addresses) as shop:
        yield shop


async def a_client(session):
    account = await open_account(session, new_id(), outlet=new_id(), **BY)
    draft = PersonDraft("Qwertyanahit", "Zxcvpetrosyan", "+37400998877", datetime(1911, 2, 3, tzinfo=UTC).date())
    person = await add_person(session, new_id(), account.id, draft, **BY)
    await give_consent(session, person.id, "sms", text_version="1", how="paper", **BY)
    await set_note(session, account.id, "Qwertyanahit likes rye bread", **BY)
    await issue_card(session, new_id(), account.id, **BY)
    return account.id, person.id


async def test_a_person_forgotten_is_in_no_table_and_the_check_finds_nothing_wrong(shop):
    async with shop.database.transaction() as session:
        session.add(CardScheme(id=1, prefix="77", length=16, salt=b"salt"))
        old, _ = await a_client(session)
        new, person = await a_client(session)
        till = Till()
        session.add(Outlet(id=till.outlet_id, name="Corner shop", zone="Asia/Yerevan"))
        await session.flush()
        session.add(Register(id=till.register_id, outlet_id=till.outlet_id, name="Till 1", prefix=till.prefix))
    sales = [till.sell(2, account=account, personal=SALT + PART.encode()) for account in (old, new)]
    sales.append(till.refund(sales[1]))
    answers = await shop.deliver(till, *sales)
    assert {type(answer) for answer in answers} == {Stored}
    async with shop.database.transaction() as session:
        for sale in sales[:2]:
            await keep_personal(session, till.register_id, sale.id, SALT, PART)
        await merge_accounts(session, new_id(), old, new, **BY)
    before = await shop.check()
    async with shop.database.sessions() as session:
        turnover = (await session.scalars(select(TurnoverEntry.amount).order_by(TurnoverEntry.source_id))).all()
        found = await tables_with(session, SECRETS)
        assert found >= {"person", "account", "personal_part"}
        both = list(await session.scalars(text("SELECT id FROM person ORDER BY id")))

    async with shop.database.transaction() as session:
        for one in both:
            await forget_person(session, one, by=CLERK, at=MAY)

    assert before == []
    assert await shop.check() == []
    async with shop.database.sessions() as session:
        assert await tables_with(session, SECRETS) == set()
        after = (await session.scalars(select(TurnoverEntry.amount).order_by(TurnoverEntry.source_id))).all()
        assert after == turnover
        erased = [row for row in await account_log(session, new) if row.kind == "person_erased"]
        assert [(row.by, row.at) for row in erased] == [(CLERK, MAY)] * 2
        assert {row.detail["person"] for row in erased} == {str(one) for one in both}
        assert str(person) in {row.detail["person"] for row in erased}


async def test_a_personal_part_that_a_till_sends_after_the_erasure_is_not_kept(shop):
    async with shop.database.transaction() as session:
        session.add(CardScheme(id=1, prefix="77", length=16, salt=b"salt"))
        account, person = await a_client(session)
    till = Till()
    late = till.sell(1, account=account, personal=SALT + PART.encode())
    till.at = int((MAY + timedelta(days=1)).timestamp() * 1000)
    fresh = till.sell(1, account=account, personal=SALT + PART.encode())
    await shop.deliver(till, late, fresh)

    async with shop.database.transaction() as session:
        await forget_person(session, person, by=CLERK, at=MAY)
        await keep_personal(session, till.register_id, late.id, SALT, PART)
        await keep_personal(session, till.register_id, fresh.id, SALT, PART)

    async with shop.database.sessions() as session:
        assert list(await session.scalars(select(PersonalPart.document_id))) == [fresh.id]
