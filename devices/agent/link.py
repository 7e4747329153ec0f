"""The road to the server: the agent dials out, so that tablets reach their printer with no port opened in the shop."""

import asyncio
import logging
import random
from collections.abc import Iterator
from urllib.parse import urlsplit

from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus, WebSocketException

from devices.agent.config import ServerLink, is_this_computer
from devices.agent.connection import converse
from devices.agent.exchange import Exchange
from devices.agent.messages import MOST_BYTES
from devices.agent.second_copy import Document
from devices.agent.session import Session

log = logging.getLogger(__name__)

FIRST_PAUSE = 0.25
LONGEST_PAUSE = 30.0
LASTING = 60_000
UNSENT_FOR = 60_000
LOOK_EVERY = 15.0
ANSWER_WITHIN = 30.0
OFFER_AGAIN = 60_000
OFFER_AGAIN_LONGEST = 600_000


def pauses() -> Iterator[float]:
    """Seconds between attempts: doubling from 0.25 to 30, each shortened by up to a quarter at random."""
    pause = FIRST_PAUSE
    while True:
        yield pause * (1 - random.random() / 4)  # noqa: S311 - spreads reconnects, guards nothing
        pause = min(pause * 2, LONGEST_PAUSE)


class Link:
    """Keeps one connection to the server, for ever."""

    def __init__(self, exchange: Exchange, server: ServerLink) -> None:
        self._exchange = exchange
        self._server = server
        self.connected = False

    async def run(self) -> None:
        """Dial, converse, dial again, until cancelled."""
        waits = pauses()
        while True:
            began = self._exchange.now()
            refused = await self._once()
            if self._exchange.now() - began >= LASTING:
                waits = pauses()
            await self._exchange.clock.sleep(LONGEST_PAUSE if refused else next(waits))

    async def _once(self) -> bool:
        """One connection from dialling to its end; True if the server did not accept the token."""
        host = urlsplit(self._server.url).hostname or ""
        try:
            async with connect(
                self._server.url,
                additional_headers={"Authorization": f"Bearer {self._server.token}"},
                compression=None,
                max_size=2 * MOST_BYTES,
                close_timeout=2,
                open_timeout=10,
                ping_interval=20,
                ping_timeout=20,
                proxy=None if is_this_computer(host) else True,
            ) as connection:
                self._exchange.counts.link_connects += 1
                self.connected = True
                session = Session(self._exchange, is_link=True)
                delivery = asyncio.create_task(_Delivery(self._exchange, session).run())
                try:
                    await converse(connection, session, self._exchange.clock)
                finally:
                    delivery.cancel()
                    await asyncio.gather(delivery, return_exceptions=True)
        except InvalidStatus as error:
            self._exchange.counts.link_failures += 1
            status = error.response.status_code
            log.warning("the server answered %s to %s", status, self._server.url)
            return status in (401, 403)
        except (OSError, TimeoutError, WebSocketException, ImportError) as error:  # a SOCKS proxy needs a package more
            self._exchange.counts.link_failures += 1
            log.info("no link to %s: %s", self._server.url, error)
        finally:
            self.connected = False
        return False


class _Delivery:
    """Hands the server, one by one, documents that no till has delivered for a minute."""

    def __init__(self, exchange: Exchange, session: Session) -> None:
        self._exchange = exchange
        self._session = session
        self._again_at: dict[str, int] = {}
        self._pause: dict[str, int] = {}
        self._offered: str | None = None
        self._answer: asyncio.Future[str | None] | None = None
        session.document_answered = self._answered

    async def run(self) -> None:
        while True:
            if not self._session.welcomed or not await self._offer_next():
                await self._exchange.clock.sleep(LOOK_EVERY)

    async def _offer_next(self) -> bool:
        """Offer the oldest overdue document; False if there is none now."""
        now = self._exchange.now()
        resting = [id for id, at in self._again_at.items() if at > now]
        document = await self._exchange.second_copy.overdue(now - UNSENT_FOR, resting)
        if document is None:
            return False
        code = await self._offer(document)
        if code is None:
            self._again_at.pop(document.id, None)
            self._pause.pop(document.id, None)
        else:
            log.warning("the server did not take document %s: %s", document.id, code)
            pause = min(self._pause.get(document.id, OFFER_AGAIN // 2) * 2, OFFER_AGAIN_LONGEST)
            self._pause[document.id] = pause
            self._again_at[document.id] = self._exchange.now() + pause
        return True

    async def _offer(self, document: Document) -> str | None:
        """Send it and wait for the answer: None if the server has it now, else why not."""
        self._offered = document.id
        self._answer = asyncio.get_running_loop().create_future()
        message = {
            "type": "document",
            "register": document.register,
            "id": document.id,
            "digest": document.digest,
            "bytes": document.bytes,
        }
        if document.personal is not None:
            message["personal"] = document.personal
        self._session.send(message)
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                return await self._answer
        except TimeoutError:
            return "no answer"
        finally:
            self._offered = self._answer = None

    def _answered(self, document_id: str, code: str | None) -> None:
        if document_id == self._offered and self._answer is not None and not self._answer.done():
            self._answer.set_result(code)
