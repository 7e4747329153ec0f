"""A card holder who bought in an outlet is known to its tills afterwards; whom we forget leaves no personal part."""

import json
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts.model import Account, Visit
from loyalty.accounts.persons import PersonDraft, add_person
from pos.core.ids import new_id
from pos.documents.after import note_visits
from pos.documents.model import Document, PersonalPart
from pos.registers.queries import RegisterKey
from pos.sales.forget import forget_person
from pos.sales.record import Recorder, Stored
from pos.storage.database import engine_for
from tests.documents import Till
from tests.pos.exchange.builders import NOON


async def sold_to(pool, session, account):
    """A sale of that account, recorded; answers its document and the outlet."""
    till = Till()
    made = till.sell(1, account=account.id)
    async with Recorder(pool) as recorder:
        key = RegisterKey(till.register_id, till.epoch, till.outlet_id, revoked=False)
        assert isinstance(await recorder.record(key, made.id, made.body), Stored)
    return made, till.outlet_id


async def an_account(session):
    account = Account(id=new_id(), opened_at=NOON)
    session.add(account)
    await session.commit()
    return account


async def test_an_outlet_knows_whom_it_sold_to(addresses, pool):
    engine = engine_for(addresses.app)
    async with AsyncSession(engine, expire_on_commit=False) as session:
        account = await an_account(session)
        made, outlet = await sold_to(pool, session, account)

        await note_visits(session, [made.id])

        seen = (await session.execute(select(Visit.outlet, Visit.account, Visit.last_on))).tuples().all()
        assert seen == [(outlet, account.id, date.fromisoformat(json.loads(made.body)["business_date"]))]
    await engine.dispose()


async def test_a_sale_of_an_account_nobody_knows_stops_nothing(addresses, pool):
    engine = engine_for(addresses.app)
    async with AsyncSession(engine) as session:
        made, _ = await sold_to(pool, session, Account(id=new_id()))

        await note_visits(session, [made.id])

        assert await session.scalar(select(func.count()).select_from(Visit)) == 0
    await engine.dispose()


async def test_forgetting_a_person_takes_the_personal_part_and_leaves_the_document(addresses, pool):
    engine = engine_for(addresses.app)
    async with AsyncSession(engine, expire_on_commit=False) as session:
        account = await an_account(session)
        person = await add_person(session, new_id(), account.id, PersonDraft("Anahit"), by=None, at=NOON)
        made, _ = await sold_to(pool, session, account)
        session.add(PersonalPart(document_id=made.id, salt=b"salt", part="+37400004312"))
        await session.commit()

        await forget_person(session, person.id, by=None, at=NOON)
        await session.commit()

        assert await session.scalar(select(func.count()).select_from(PersonalPart)) == 0
        assert await session.scalar(select(Document.body).where(Document.id == made.id)) == made.body
    await engine.dispose()
