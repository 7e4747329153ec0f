"""A document whose answer was lost: its request's number tells whether the service took it.

Two readers of the manual say that each number must be the last one taken plus one; a third program that lives on the
service begins at 1 with every start. So the rule is not believed but tried, with a question that changes nothing, asked
under the document's own number: refused (104), the number is used up; taken, it was free, if it is refused thereafter.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from devices.fiscal.answers import Found
from devices.fiscal.armenia.book import Attempt
from devices.fiscal.armenia.settling import candidates
from devices.fiscal.armenia.values import BadAnswer
from devices.fiscal.ehdm.client import WRONG_SEQ, YES, Client, Lost, Reply
from devices.fiscal.ehdm.config import EhdmConfig
from devices.fiscal.ehdm.requests import asked_receipt, is_it, original, proof

MOST_NUMBERS = 5


class Search:
    def __init__(
        self,
        config: EhdmConfig,
        client: Client,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._config, self._book, self._client = config, config.book, client
        self._clock, self._sleep = clock, sleep

    async def settle(self, attempt: Attempt, seconds: float) -> tuple[Found, int, dict[str, Any]]:
        """What became of it, its number and proof. Asks again until `seconds` are over, while nobody answers."""
        deadline = self._clock() + seconds
        while True:
            try:
                return await self._asked(attempt)
            except (Lost, BadAnswer):
                if self._clock() >= deadline:
                    return Found.UNKNOWN, 0, {}
                await self._sleep(self._config.timing.poll)

    async def _asked(self, attempt: Attempt) -> tuple[Found, int, dict[str, Any]]:
        if attempt.before is None:
            return Found.UNKNOWN, 0, {}
        used = (self._book.seq or 0) >= attempt.seq
        if not used:
            first = await self._told(attempt.before, attempt.seq)
            if first.code not in (YES, WRONG_SEQ):
                return Found.UNKNOWN, 0, {}
            await self._book.took(attempt.seq)
            if first.code == YES and (await self._told(attempt.before, attempt.seq)).code == WRONG_SEQ:
                return Found.ABSENT, 0, {}
        return await self._found(attempt)

    async def _found(self, attempt: Attempt) -> tuple[Found, int, dict[str, Any]]:
        """Looked for under the next numbers of receipts."""
        for number in candidates(self._book, attempt)[:MOST_NUMBERS]:
            reply = await self._numbered("getReturnedReceiptInfo", asked_receipt(number, self._config.crn))
            if reply.code != YES:
                break
            if is_it(original(reply.result), attempt):
                copy = await self._numbered("printCopy", {"receiptId": str(number)})
                if copy.code == YES:
                    return (Found.REGISTERED, *proof(copy.result, self._config.crn, self._book.shift))
                break
        return Found.UNKNOWN, 0, {}

    async def _told(self, number: int, seq: int) -> Reply:
        """A receipt that is known, asked for under a given number of request."""
        return await self._client.post("getReturnedReceiptInfo", {"seq": seq} | asked_receipt(number, self._config.crn))

    async def _numbered(self, method: str, body: dict[str, Any]) -> Reply:
        """Under the next number, which is used up if the service says yes."""
        seq = self._config.next_seq
        reply = await self._client.post(method, {"seq": seq} | body)
        if reply.code == YES:
            await self._book.took(seq)
        return reply
