"""An open conversation with a printer: questions and their answers, status as it comes, fences counted."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable

from devices.ports.port import Port, PortLost
from devices.receipt.dialect import Dialect
from devices.receipt.logo import KEPT
from devices.receipt.replies import Automatic, Block, Queued, RealTime, Reply
from devices.receipt.star.replies import StarStatus
from devices.receipt.status import PrinterStatus, automatic_status, with_real_time

PROCESS_ID = b'7"'
MOST_RECENT = 256
COUNTS_TO = 32
"""Where the counter of Star printers starts again."""


class FellSilent(PortLost):
    """The port is there, the printer behind it no longer answers."""


class Link:
    """Lives from one opening of the port to its loss. `changed` is called after every change of
    `status` and at the loss, `replied` with the microseconds that an answer in real time took.

    `moved` is set whenever anything is heard or the port is lost, for whoever waits on more than one thing.
    """

    def __init__(
        self,
        port: Port,
        dialect: Dialect,
        changed: Callable[[], None],
        replied: Callable[[int], None],
        clock: Callable[[], float],
    ) -> None:
        self.status = PrinterStatus()
        self.lost: PortLost | None = None
        self.moved = asyncio.Event()
        self._gone = asyncio.Event()
        self.fences_asked = 0
        self.fences_answered = 0
        self.equal_statuses = 0
        """How many automatic statuses came in a row, all the same, with no fence between them."""
        self.echoed: set[bytes] = set()
        self.pin_changes = 0
        """How often the level of the drawer's pin was seen to change."""
        self.stored: list[bytes] = []
        """Blocks that tell which pictures the printer holds."""
        self._recent = b""
        self._port, self._dialect, self._changed = port, dialect, changed
        self._replied, self._clock = replied, clock
        self._parser = dialect.parser()
        self._automatic = b""
        self._counter: int | None = None
        self._asked: deque[tuple[int, asyncio.Future[None]]] = deque()

    async def listen(self) -> None:
        """Hear the printer out until the port is lost; returns then."""
        try:
            while True:
                data = await self._port.read()
                self._recent = (self._recent + data)[-MOST_RECENT:]
                for reply in self._parser.feed(data):
                    self._hear(reply)
                self.moved.set()
        except PortLost as lost:
            self.lose(lost)
        finally:
            self.lose(PortLost("nobody listens any more"))

    def lose(self, lost: PortLost) -> None:
        """Nothing more will be heard: everyone who waits is told."""
        if self.lost is not None:
            return
        self.lost = lost
        for _, answer in self._asked:
            if not answer.done():
                answer.set_exception(self.lost)
        self._asked.clear()
        self.moved.set()
        self._gone.set()
        self._changed()

    def feed(self, data: bytes) -> None:
        """Raises `PortLost`."""
        if self.lost is not None:
            raise self.lost
        self._port.feed(data)

    async def flush(self, seconds: float) -> bool:
        """As `Port.flush`."""
        return await self._port.flush(seconds)

    async def ask(self, number: int, seconds: float) -> bool:
        """Ask in real time and take the answer into `status`; False if none came within `seconds`. Raises `PortLost`."""
        self.feed(self._dialect.question(number))
        asked_at = self._clock()
        answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        entry = (number, answer)
        self._asked.append(entry)
        try:
            async with asyncio.timeout(seconds):
                await answer
        except TimeoutError:
            return False
        finally:
            with contextlib.suppress(ValueError):
                self._asked.remove(entry)
        self._replied(int((self._clock() - asked_at) * 1_000_000))
        return True

    async def inquire(self, seconds: float) -> bool:
        """Ask for everything, `seconds` for each answer; False at the first that does not come. Raises `PortLost`."""
        self.listen_for_echo()
        for number in self._dialect.questions:
            if not await self.ask(number, seconds):
                return False
        return True

    def listen_for_echo(self) -> None:
        """From now on."""
        self._recent = b""

    @property
    def tells_by_itself(self) -> bool:
        """An automatic status came on this link."""
        return bool(self._automatic)

    @property
    def may_echo(self) -> bool:
        """A question came back as it was sent; one alone may be a status by chance."""
        return any(self._dialect.question(number) in self._recent for number in self._dialect.questions)

    @property
    def echoes(self) -> bool:
        """Every question of the last `inquire` came back as it was sent. On such a line the echo of a fence would look
        like its answer."""
        return all(self._dialect.question(number) in self._recent for number in self._dialect.questions)

    async def wait_lost(self, seconds: float) -> None:
        """Raises `PortLost` as soon as the port is lost; returns after `seconds`."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._gone.wait()
        if self.lost is not None:
            raise self.lost

    async def wait(self, seconds: float) -> bool:
        """Until something is heard, the port is lost, or `seconds` pass (then False). Clear `moved` before looking."""
        try:
            async with asyncio.timeout(seconds):
                await self.moved.wait()
        except TimeoutError:
            return False
        return True

    def _hear(self, reply: Reply | StarStatus) -> None:
        match reply:
            case Automatic(data):
                self.equal_statuses = self.equal_statuses + 1 if data == self._automatic else 1
                self._automatic = data
                self._know(automatic_status(data))
            case RealTime(byte):
                if self._asked:
                    self._know(with_real_time(self.status, self._asked[0][0], byte))
                self._answered()
            case StarStatus():
                self._know(reply.state)
                self._count(reply.counter)
                self._answered()
            case Queued():
                self.fences_answered += 1
                self.equal_statuses = 0
            case Block(data) if data.startswith(PROCESS_ID):
                self.echoed.add(data[len(PROCESS_ID) :])
            case Block(data) if data.startswith(KEPT):
                self.stored.append(data)
            case _:
                pass

    def _count(self, counter: int | None) -> None:
        """Fences are counted by the printer itself. A count that nobody asked for: it was switched off and on."""
        before, self._counter = self._counter, counter
        if counter == before:
            return
        asked = self.fences_asked - self.fences_answered
        more = 0 if counter is None else (counter - (before or 0)) % COUNTS_TO
        if 0 < more <= asked:
            self.fences_answered += more
        elif asked and before is not None:
            self.lose(FellSilent("it was switched off and on"))

    def _answered(self) -> None:
        if self._asked:
            _, answer = self._asked.popleft()
            if not answer.done():
                answer.set_result(None)

    def _know(self, status: PrinterStatus) -> None:
        if status != self.status:
            known = self.status.drawer_high
            self.pin_changes += known is not None and status.drawer_high != known
            self.status = status
            self._changed()
