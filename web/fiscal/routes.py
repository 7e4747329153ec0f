"""Fiscal records on their way in from tills."""

from datetime import datetime
from uuid import UUID

from litestar import Controller, Response, put
from litestar.datastructures import State

from pos.fiscal.service import record_fact
from pos.registers.queries import RegisterKey
from pos.storage.database import retried
from web.fiscal.schemas import FiscalRecordBody, FiscalRecordOut


class FiscalRecordController(Controller):
    path = "/api/till/fiscal-records"
    tags = ("till",)

    @put("/{record_id:uuid}", status_code=200)
    async def deliver(
        self, state: State, register: RegisterKey, now: datetime, record_id: UUID, data: FiscalRecordBody
    ) -> Response[FiscalRecordOut]:
        """Store what became known about registering a document, which may come later. 201 where the record is new."""

        async def once() -> bool:
            async with state.database.transaction() as session:
                return await record_fact(session, register.register_id, data.fact(record_id), at=now)

        new = await retried(once)
        return Response(FiscalRecordOut(id=record_id), status_code=201 if new else 200)
