"""Sales on account over HTTP: limits, statements, who owes since when."""

from datetime import datetime
from uuid import UUID

from litestar import Controller, Router, get, put
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts.errors import AccountNotFound
from loyalty.debts import queries, service
from pos.staff.queries import SignedIn
from web.debts.schemas import DebtorOut, DebtOut, EntryBody, EntryOut, LimitBody


class DebtController(Controller):
    tags = ("debts",)

    @get("/debts")
    async def debtors(self, session: AsyncSession, now: datetime) -> list[DebtorOut]:
        """Accounts that owe or are owed anything, the oldest debt first."""
        return [DebtorOut.of(row, now) for row in await queries.debtors(session)]

    @get("/accounts/{account_id:uuid}/debt")
    async def statement(self, session: AsyncSession, account_id: UUID) -> DebtOut:
        """Limit, what is owed, and every change of it, the newest first."""
        return await whole(session, account_id)

    @put("/accounts/{account_id:uuid}/debt")
    async def set_limit(self, session: AsyncSession, account_id: UUID, data: LimitBody) -> DebtOut:
        """Let the account buy on account up to a limit."""
        await service.set_debt_limit(session, account_id, data.limit, data.due_days)
        return await whole(session, account_id)

    @put("/accounts/{account_id:uuid}/debt/entries/{entry_id:uuid}")
    async def correct(
        self,
        session: AsyncSession,
        person: SignedIn,
        now: datetime,
        account_id: UUID,
        entry_id: UUID,
        data: EntryBody,
    ) -> DebtOut:
        """Write an opening debt or a correction, with a reason."""
        await service.correct_debt(
            session, account_id, entry_id, data.amount, data.kind, data.reason, by=person.id, at=now
        )
        return await whole(session, account_id)


async def whole(session: AsyncSession, account_id: UUID) -> DebtOut:
    """Raises `AccountNotFound`."""
    standing = await queries.debt_standing(session, account_id)
    if standing is None:
        raise AccountNotFound(account=str(account_id))
    return DebtOut.of(standing, [EntryOut.of(row) for row in await queries.statement(session, account_id)])


DEBTS = Router(path="/api/v1", route_handlers=[DebtController])
