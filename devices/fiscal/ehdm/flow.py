"""One e-HDM job at a time. A document and the number of its request are noted in the book before a byte is sent."""

import time
from collections.abc import Callable
from typing import Any

from devices.device import Ending, Outcome, Progress, Report
from devices.fiscal.answers import Found
from devices.fiscal.armenia.book import Attempt, Standing
from devices.fiscal.armenia.goods import Basket, basket_of
from devices.fiscal.armenia.rows import taken_back
from devices.fiscal.armenia.values import BadAnswer
from devices.fiscal.causes import FOUND, KEPT_HERE, LINK_LOST, UNKNOWN
from devices.fiscal.content import Operation, Receipt
from devices.fiscal.ehdm.client import WRONG_SEQ, YES, Client, Lost, Reply
from devices.fiscal.ehdm.config import EhdmConfig
from devices.fiscal.ehdm.requests import asked_receipt, attempt_of, original, printed, proof, returned
from devices.fiscal.ehdm.search import Search
from devices.fiscal.errors import MalformedContent

COUNTED = {"counted_by": "driver"}
"""The service tells no sums: these are the driver's own."""


class NotGiven(Exception):
    """What had to be asked before the document was not answered with yes."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(str(reply.code))
        self.reply = reply


class Flow:
    """`now`: seconds since 1970."""

    def __init__(
        self, config: EhdmConfig, client: Client, search: Search, now: Callable[[], float] = time.time
    ) -> None:
        self._config, self._book, self._client, self._search, self._now = config, config.book, client, search, now

    async def register(self, receipt: Receipt, tell: Report) -> Ending:
        """Raises `FiscalError`."""
        basket = basket_of(receipt, self._config.rules)
        known = await self.known(receipt.document, self._config.timing.resolve)
        if known and known.standing is Standing.REGISTERED:
            return Ending(Outcome.DONE, (FOUND,), known.result)
        if known and known.standing is Standing.SENT:
            return Ending(Outcome.UNCERTAIN, (UNKNOWN,))
        try:
            await self._settle_others()
            method, body = await self._request(receipt, basket)
        except Lost as lost:
            return Ending(Outcome.FAILED, (lost.cause,))
        except NotGiven as no:
            return Ending(Outcome.FAILED, (no.reply.cause,), no.reply.refusal)
        except BadAnswer as error:
            raise MalformedContent(field="origin.document", why="a receipt that the service can tell") from error
        await tell(Progress.SENDING, ())
        attempt = await self._book.begin(attempt_of(receipt, basket, self._config.next_seq))
        return await self._sent(method, body, attempt, tell)

    async def _settle_others(self) -> None:
        """One of unknown fate may have used up the next number; if it cannot be found out now, the service says so."""
        for attempt in self._book.unsettled():
            if attempt.seq > (self._book.seq or 0):
                await self._resolved(attempt, 0.0)

    async def _request(self, receipt: Receipt, basket: Basket) -> tuple[str, dict[str, Any]]:
        """Raises `Lost`, `NotGiven`, `BadAnswer`, `MalformedContent`."""
        if receipt.operation is not Operation.RETURN:
            return "print", printed(basket, self._config.operator, receipt.change)
        origin = receipt.origin
        if origin is None:
            raise MalformedContent(field="origin", why="the number of the receipt that is returned")
        seq = self._config.next_seq
        asked = {"seq": seq} | asked_receipt(origin.document, origin.device or self._config.crn)
        reply = await self._client.post("getReturnedReceiptInfo", asked)
        if reply.code != YES:
            raise NotGiven(reply)
        await self._book.took(seq)
        taken = taken_back(receipt, original(reply.result))
        return "printReturnReceipt", returned(receipt, basket, origin, self._config.crn, taken)

    async def _sent(self, method: str, body: dict[str, Any], attempt: Attempt, tell: Report) -> Ending:
        try:
            reply = await self._client.post(method, {"seq": attempt.seq} | body)
            await tell(Progress.SENT, ())
            if reply.code == YES:
                number, found = proof(reply.result, self._config.crn, self._book.shift)
                result = found | {"total": attempt.total}
                await self._book.took(attempt.seq)
                await self._book.registered(attempt, number, result, self._millis())
                return Ending(Outcome.DONE, (), result)
            if not reply.doubtful:
                await self._book.absent(attempt)
                await self._used_up(reply, attempt)
                return Ending(Outcome.FAILED, (reply.cause,), reply.refusal)
        except BadAnswer:
            await self._book.took(attempt.seq)
        except Lost as lost:
            if not lost.sent:
                await self._book.absent(attempt)
                return Ending(Outcome.FAILED, (lost.cause,))
            await tell(Progress.SENT, ())
        return self._ending(await self._resolved(attempt, self._config.timing.resolve))

    async def _used_up(self, reply: Reply, attempt: Attempt) -> None:
        """A number that a document of unknown fate had too, refused now: that one used it up."""
        if reply.code == WRONG_SEQ and any(lost.seq == attempt.seq for lost in self._book.unsettled()):
            await self._book.took(attempt.seq)

    def _ending(self, attempt: Attempt) -> Ending:
        match attempt.standing:
            case Standing.REGISTERED:
                return Ending(Outcome.DONE, (FOUND,), attempt.result)
            case Standing.ABSENT:
                return Ending(Outcome.FAILED, (LINK_LOST,))
            case Standing.SENT:
                return Ending(Outcome.UNCERTAIN, (UNKNOWN,))

    async def known(self, document: str, seconds: float) -> Attempt | None:
        """What the book has of it, asked for if nobody knows what became of it."""
        attempt = self._book.attempt(document)
        if attempt is None or attempt.standing is not Standing.SENT:
            return attempt
        return await self._resolved(attempt, seconds)

    async def _resolved(self, attempt: Attempt, seconds: float) -> Attempt:
        found, number, result = await self._search.settle(attempt, seconds)
        if found is Found.REGISTERED:
            await self._book.registered(attempt, number, result | {"total": attempt.total}, self._millis())
        elif found is Found.ABSENT:
            await self._book.absent(attempt)
        return self._book.attempt(attempt.document) or attempt

    # what the service does not know of

    async def move(self, amount: int) -> Ending:
        """Cash in, or out where it is negative."""
        await self._book.moved(amount, self._millis())
        return self._kept()

    async def open_shift(self) -> Ending:
        await self._book.open_shift(self._millis())
        return self._kept()

    async def z_report(self) -> Ending:
        before = self._kept()
        await self._book.close_shift()
        return before

    def x_report(self) -> Ending:
        return self._kept()

    def _kept(self) -> Ending:
        counted = {"counters": self._book.counters.as_answer()} | COUNTED
        return Ending(Outcome.DONE, (KEPT_HERE,), {"shift": self._book.shift, "device": self._config.crn} | counted)

    def _millis(self) -> int:
        return int(self._now() * 1_000)
