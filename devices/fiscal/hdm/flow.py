"""One HDM job at a time. A document is noted in the book before its first byte; a lost answer is looked for by number
and never sent again by itself."""

import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from devices.device import Ending, Outcome, Progress, Report
from devices.fiscal.answers import Found
from devices.fiscal.armenia.book import Attempt, Standing
from devices.fiscal.armenia.goods import basket_of
from devices.fiscal.armenia.rows import taken_back
from devices.fiscal.armenia.values import YEREVAN, BadAnswer
from devices.fiscal.causes import FOUND, KEPT_HERE, LINK_LOST, PRINT_UNFINISHED, SYNC_NEEDED, UNKNOWN
from devices.fiscal.content import Operation as Direction
from devices.fiscal.content import Receipt
from devices.fiscal.errors import MalformedContent
from devices.fiscal.hdm.codes import DOUBTFUL, Operation
from devices.fiscal.hdm.config import HdmConfig
from devices.fiscal.hdm.requests import (
    X,
    Z,
    asked_receipt,
    attempt_of,
    moved,
    original,
    printed,
    proof,
    report,
    returned,
)
from devices.fiscal.hdm.search import Search
from devices.fiscal.hdm.session import Lost, Numbers, Refused, Session, TooLong, connected

COUNTED = {"counted_by": "driver"}
"""The register tells no sums: these are the driver's own."""


class Flow:
    """`now`: seconds since 1970."""

    def __init__(
        self,
        config: HdmConfig,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
        now: Callable[[], float] = time.time,
    ) -> None:
        self._config, self._book, self._now = config, config.book, now
        self._numbers = Numbers()
        self._search = Search(config, self.session, clock, sleep)

    @asynccontextmanager
    async def session(self) -> AsyncGenerator[Session]:
        """Raises `Refused`, `Lost`."""
        async with connected(self._config, self._numbers) as session:
            await session.log_in()
            yield session

    @asynccontextmanager
    async def stranger(self) -> AsyncGenerator[Session]:
        """A connection without an operator. Raises `Lost`."""
        async with connected(self._config, self._numbers) as session:
            yield session

    # documents

    async def register(self, receipt: Receipt, tell: Report) -> Ending:
        """Raises `FiscalError`."""
        basket = basket_of(receipt, self._config.rules)
        known = await self.known(receipt.document, self._config.timing.resolve)
        if known and known.standing is Standing.REGISTERED:
            return Ending(Outcome.DONE, (FOUND,), known.result)
        if known and known.standing is Standing.SENT:
            return Ending(Outcome.UNCERTAIN, (UNKNOWN,))
        attempt = attempt_of(receipt, basket)
        try:
            async with self.session() as session:
                if receipt.operation is Direction.RETURN:
                    operation, body = Operation.PRINT_RETURN, await self._return(session, receipt)
                else:
                    operation, body = Operation.PRINT, printed(basket)
                frame = session.sealed(operation, body)
                await tell(Progress.SENDING, ())
                attempt = await self._book.begin(attempt)
                ending = await self._sent(session, frame, attempt, tell)
        except Refused as refused:
            await self._synchronise(refused)
            return Ending(Outcome.FAILED, (refused.cause,), refused.result)
        except Lost as lost:
            return Ending(Outcome.FAILED, (lost.cause,))
        except (BadAnswer, TooLong) as error:
            why = "at most 50 KB" if isinstance(error, TooLong) else "a receipt that the register can tell"
            raise MalformedContent(
                field="lines" if isinstance(error, TooLong) else "origin.document", why=why
            ) from error
        if isinstance(ending, Ending):
            return ending
        return await self._settled(attempt, ending)

    async def _return(self, session: Session, receipt: Receipt) -> dict[str, Any]:
        """Raises `MalformedContent`, `Refused`, `Lost`, `BadAnswer`."""
        origin = receipt.origin
        if origin is None:
            raise MalformedContent(field="origin", why="the number of the receipt that is returned")
        found = original(
            await session.ask(Operation.RECEIPT, asked_receipt(origin.document, origin.device or self._config.crn))
        )
        basket = basket_of(receipt, self._config.rules)
        return returned(receipt, basket, origin, self._config.crn, taken_back(receipt, found))

    async def _sent(self, session: Session, frame: bytes, attempt: Attempt, tell: Report) -> Ending | tuple[str, ...]:
        """How it ended; or, where nobody knows yet, the causes of that."""
        try:
            session.feed(frame)
            await tell(Progress.SENT, ())
            answer = await session.answer(self._config.timing.work)
            number, found = proof(answer, self._config.crn, self._book.shift)
        except Refused as refused:
            if refused.code in DOUBTFUL:
                return (refused.cause,)
            await self._book.absent(attempt)
            await self._synchronise(refused)
            return Ending(Outcome.FAILED, (refused.cause,), refused.result)
        except (Lost, BadAnswer):
            return ()
        result = found | {"total": attempt.total}
        await self._book.registered(attempt, number, result, self._millis())
        return Ending(Outcome.DONE, (), result)

    async def _settled(self, attempt: Attempt, causes: tuple[str, ...]) -> Ending:
        attempt = await self._resolved(attempt, self._config.timing.resolve)
        match attempt.standing:
            case Standing.REGISTERED:
                unprinted = (PRINT_UNFINISHED,) if causes else ()
                return Ending(Outcome.DONE, (FOUND, *unprinted), attempt.result)
            case Standing.ABSENT:
                return Ending(Outcome.FAILED, causes or (LINK_LOST,))
            case Standing.SENT:
                return Ending(Outcome.UNCERTAIN, (UNKNOWN, *causes))

    async def known(self, document: str, seconds: float) -> Attempt | None:
        """What the book has of it, looked for in the register if nobody knows what became of it."""
        attempt = self._book.attempt(document)
        if attempt is None or attempt.standing is not Standing.SENT:
            return attempt
        return await self._resolved(attempt, seconds)

    async def _resolved(self, attempt: Attempt, seconds: float) -> Attempt:
        found, number = await self._search.settle(attempt, seconds)
        if found is Found.REGISTERED and number is not None:
            known = {"number": number, "shift": self._book.shift, "device": self._config.crn}
            result = known | {"total": attempt.total}
            await self._book.registered(attempt, number, result, self._millis())
        elif found is Found.ABSENT:
            await self._book.absent(attempt)
        return self._book.attempt(attempt.document) or attempt

    async def _synchronise(self, refused: Refused) -> None:
        """What it was refused for lack of is done at once, so that the next try finds it done."""
        if refused.cause == SYNC_NEEDED:
            await self.synchronise()

    async def synchronise(self) -> Ending:
        """Exchange with the tax service."""
        return await self._plain(Operation.SYNCHRONISE, {}, None)

    # everything else

    async def move(self, amount: int, tell: Report) -> Ending:
        """Cash in, or out where it is negative."""
        body = moved(abs(amount), put_in=amount > 0, operator=self._config.operator)
        ending = await self._plain(Operation.CASH, body, tell)
        if ending.outcome is Outcome.DONE:
            await self._book.moved(amount, self._millis())
            return replace(ending, result=self._sums())
        return ending

    async def x_report(self, tell: Report) -> Ending:
        ending = await self._plain(Operation.REPORT, self._report(X), tell)
        return replace(ending, result=self._sums()) if ending.outcome is Outcome.DONE else ending

    async def z_report(self, tell: Report) -> Ending:
        ending = await self._plain(Operation.REPORT, self._report(Z), tell)
        if ending.outcome is not Outcome.DONE:
            return ending
        before = self._sums()
        await self._book.close_shift()
        return replace(ending, result=before)

    async def open_shift(self) -> Ending:
        """The register has none to open: its day begins with its first receipt."""
        await self._book.open_shift(self._millis())
        return Ending(Outcome.DONE, (KEPT_HERE,), {"shift": self._book.shift, "device": self._config.crn})

    def _report(self, kind: int) -> Mapping[str, Any]:
        now = self._millis()
        midnight = datetime.fromtimestamp(now / 1_000, YEREVAN).replace(hour=0, minute=0, second=0, microsecond=0)
        longest = now - int(timedelta(days=59).total_seconds()) * 1_000
        since = self._book.opened_at or int(midnight.timestamp()) * 1_000
        return report(kind, max(since, longest), now)

    def _sums(self) -> dict[str, Any]:
        counted = {"counters": self._book.counters.as_answer()} | COUNTED
        return {"shift": self._book.shift, "device": self._config.crn} | counted

    async def _plain(self, operation: Operation, body: Mapping[str, Any], tell: Report | None) -> Ending:
        """What leaves no document, so what is lost of it cannot be asked for."""
        sent = False
        try:
            async with self.session() as session:
                frame = session.sealed(operation, body)
                if tell:
                    await tell(Progress.SENDING, ())
                sent = True
                session.feed(frame)
                if tell:
                    await tell(Progress.SENT, ())
                await session.answer(self._config.timing.work)
        except Refused as refused:
            if sent and refused.code in DOUBTFUL:
                return Ending(Outcome.UNCERTAIN, (UNKNOWN, refused.cause))
            return Ending(Outcome.FAILED, (refused.cause,), refused.result)
        except Lost as lost:
            return Ending(Outcome.UNCERTAIN, (UNKNOWN,)) if sent else Ending(Outcome.FAILED, (lost.cause,))
        return Ending(Outcome.DONE)

    def _millis(self) -> int:
        return int(self._now() * 1_000)
