"""A document whose answer was lost, looked for in the register by the numbers that it can have.

That the register shows none is no proof: a real one was seen to say so of receipts that it had not sent on yet. Proof is
that a later document took the very next number, or the owner's own word for it (`absence = "proven"`).
"""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager

from devices.fiscal.answers import Found
from devices.fiscal.armenia.book import Attempt
from devices.fiscal.armenia.settling import candidates, proven_absent
from devices.fiscal.armenia.values import BadAnswer
from devices.fiscal.hdm.codes import GONE, WANTS_SYNC, Operation
from devices.fiscal.hdm.config import HdmConfig
from devices.fiscal.hdm.requests import asked_receipt, is_it, original
from devices.fiscal.hdm.session import Lost, Refused, Session

Sessions = Callable[[], AbstractAsyncContextManager[Session]]


class Search:
    """`sessions` opens a connection with the operator logged in."""

    def __init__(
        self,
        config: HdmConfig,
        sessions: Sessions,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._config, self._sessions, self._clock, self._sleep = config, sessions, clock, sleep

    async def settle(self, attempt: Attempt, seconds: float) -> tuple[Found, int | None]:
        """What became of it, and its number. Looks again until `seconds` are over."""
        deadline = self._clock() + seconds
        while True:
            if proven_absent(self._config.book, attempt):
                return Found.ABSENT, None
            found, ended = await self._look(attempt)
            if found is not None:
                return Found.REGISTERED, found
            if self._clock() >= deadline or not candidates(self._config.book, attempt):
                break
            await self._sleep(self._config.timing.poll)
        return (Found.ABSENT if ended and self._config.absence_proven else Found.UNKNOWN), None

    async def _look(self, attempt: Attempt) -> tuple[int | None, bool]:
        """Its number if it is there; and whether every number up to the first free one was seen."""
        numbers = candidates(self._config.book, attempt)
        if not numbers:
            return None, False
        try:
            async with self._sessions() as session:
                return await self._among(session, numbers, attempt)
        except (Lost, Refused):
            return None, False

    async def _among(self, session: Session, numbers: list[int], attempt: Attempt) -> tuple[int | None, bool]:
        for number in numbers:
            try:
                answer = await session.ask(Operation.RECEIPT, asked_receipt(number, self._config.crn))
                if is_it(original(answer), attempt):
                    return number, False
            except BadAnswer:
                return None, False
            except Refused as refused:
                if refused.code in WANTS_SYNC:
                    await session.ask(Operation.SYNCHRONISE, {})
                    return None, False
                if refused.code in GONE and attempt.before is not None:
                    return None, True
                if refused.code not in GONE:
                    return None, False
        return None, False
