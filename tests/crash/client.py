"""A till that keeps trying: one connection, one document at a time, the same bytes until they are acknowledged."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from pos.core.ids import new_id
from tests.documents import Made, Till
from tests.shop import authorization

RETRY = (OSError, EOFError, TimeoutError, asyncio.IncompleteReadError, ConnectionError)


@dataclass
class Client:
    """Sells until `enough` says so. Now and then it sends again what was acknowledged long ago."""

    port: int
    till: Till
    acknowledge: Callable[[Made], None]
    enough: Callable[[], bool]
    chance: random.Random
    in_flight: bool = False
    refused: int = 0
    made: list[Made] = field(default_factory=list)

    async def sell(self) -> None:
        while not self.enough():
            sale = self.till.sell(self.chance.randint(1, 5), account=new_id(), tender="card")
            self.made.append(sale)
            await self.deliver(sale)
            self.acknowledge(sale)
            if self.chance.random() < 0.05:
                await self.deliver(self.chance.choice(self.made))

    async def deliver(self, made: Made) -> None:
        while True:
            try:
                if await self.attempt(made) in (200, 201):
                    return
                self.refused += 1
            except RETRY:
                pass
            finally:
                self.in_flight = False
            await asyncio.sleep(self.chance.uniform(0.005, 0.05))

    async def attempt(self, made: Made) -> int:
        """Send once; the answer's status."""
        async with asyncio.timeout(10):
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            try:
                head = (
                    f"PUT /api/till/documents/{made.id} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                    f"Authorization: {authorization(self.till)}\r\nContent-Length: {len(made.body)}\r\n\r\n"
                )
                writer.write(head.encode() + made.body)
                self.in_flight = True
                status = await reader.readline()
                if not status:
                    raise EOFError
                await reader.read()
                return int(status.split()[1])
            finally:
                writer.close()
