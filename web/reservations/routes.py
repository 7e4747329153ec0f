"""Holding for a checkout what other tills must not promise meanwhile."""

from datetime import datetime
from uuid import UUID

from litestar import Controller, Response, delete, put
from litestar.datastructures import State

from loyalty.reservations import service
from pos.registers.queries import RegisterKey, outlet_day
from pos.sales.refundable import hold_refund
from pos.storage.database import retried
from web.reservations.schemas import RefundLine, RefundPart, ReservationBody, ReservationOut


class ReservationController(Controller):
    path = "/api/till/reservations"
    tags = ("till",)

    @put("/{reservation_id:uuid}", status_code=200)
    async def reserve(
        self, state: State, register: RegisterKey, now: datetime, reservation_id: UUID, data: ReservationBody
    ) -> Response[ReservationOut]:
        """Hold what is asked and there, in place of what this id held. 201 where the id is new."""

        async def once() -> tuple[ReservationOut, bool]:
            async with state.database.transaction() as session:
                today = await outlet_day(session, register.outlet_id, at=now)
                held, new = await service.reserve(
                    session, reservation_id, register.register_id, data.asked(), today=today, at=now
                )
                refund = data.refund
                if refund is not None:
                    wanted = {line.line: line.quantity for line in refund.lines}
                    got = await hold_refund(session, reservation_id, refund.document, wanted, at=now)
                    refund = RefundPart(
                        document=refund.document,
                        lines=[RefundLine(line=line, quantity=quantity) for line, quantity in got.items()],
                    )
                return ReservationOut.of(held, refund), new

        answer, new = await retried(once)
        return Response(answer, status_code=201 if new else 200)

    @delete("/{reservation_id:uuid}", status_code=204)
    async def release(self, state: State, register: RegisterKey, now: datetime, reservation_id: UUID) -> None:
        """Let go of it; one that never was, or was let go of before, is no error."""
        async with state.database.transaction() as session:
            await service.release(session, reservation_id, register.register_id, at=now)
