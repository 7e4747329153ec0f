"""The one driver of all scales: asks afresh for every sale, shows the live weight while somebody looks, and never lies.

A scale that says nothing is silent, never at zero. How to ask is the dialect's business, what may be sold is in
`devices.scales.rules`.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from devices.device import DeviceError, DeviceState, Health, Power
from devices.driver import PortDriver
from devices.ports.address import port_at
from devices.ports.backoff import Backoff
from devices.ports.port import Port, PortLost
from devices.scales.config import ScaleConfig
from devices.scales.dialect import AnswersOnce, TakesTare, Talk, TellsSerial
from devices.scales.line import Conversation, ScaleLine
from devices.scales.reading import Reading, Unit
from devices.scales.rules import grams, refusal, shown, still_lies

T = TypeVar("T")
READY = DeviceState(Power.ONLINE, Health.OK)
UNASKED = DeviceState(Power.UNKNOWN, Health.OK)
"""The port is open, and the scale is asked for a sale alone."""
TROUBLE = {
    "scale.silent": DeviceState(Power.UNKNOWN, Health.CANNOT_WORK, ("scale.silent",)),
    "scale.damaged": DeviceState(Power.ONLINE, Health.CANNOT_WORK, ("scale.damaged",)),
    "scale.refused": DeviceState(Power.ONLINE, Health.CANNOT_WORK, ("scale.refused",)),
    "scale.fault": DeviceState(Power.ONLINE, Health.CANNOT_WORK, ("scale.fault",)),
    "scale.handshake_secret": DeviceState(Power.ONLINE, Health.ATTENTION, ("scale.handshake_secret",)),
    "scale.no_new_weight": DeviceState(Power.UNKNOWN, Health.ATTENTION, ("scale.no_new_weight",)),
}
IN_A_ROW = 2
"""One answer lost on the way is no trouble yet."""
SILENT_BEFORE_REOPENING = 5


@dataclass(frozen=True, slots=True)
class Weighed:
    """A reading, when its first byte came, and its number since the driver began."""

    reading: Reading
    at: float
    seq: int


class Scale(PortDriver):
    """Questions: "weight" (one that may be sold), "reading" (as it is, with what speaks against selling it), "zero",
    "tare", "serial". While watched it says what "reading" would answer."""

    kind = "scale"
    offline = "scale.offline"

    def __init__(
        self,
        config: ScaleConfig,
        *,
        port: Port | None = None,
        backoff: Backoff | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        port = port or port_at(config.address, open_timeout=config.timing.open)
        super().__init__(config.id, port, backoff=backoff, sleep=sleep, clock=clock)
        self.dialect = config.dialect
        self._rules, self._timing = config.rules, config.timing
        self._line: ScaleLine | None = None
        self._turn = asyncio.Lock()
        self._wake = asyncio.Event()
        self._watched = False
        self._asked_at: float | None = None
        self._seq = 0
        self._sold: Reading | None = None
        self._trouble: list[str] = []

    async def ask(self, question: str, content: dict[str, Any]) -> dict[str, Any]:
        match question:
            case "weight":
                return await self._sell()
            case "reading":
                return self._seen(await self._weigh())
            case "zero":
                await self._command(self.dialect.zero)
                return {}
            case "tare":
                if not isinstance(self.dialect, TakesTare):
                    raise DeviceError("scale.cannot_tare")
                await self._command(self.dialect.tare)
                return {}
            case "serial" if isinstance(self.dialect, TellsSerial):
                return {"serial": await self._command(self.dialect.serial)}
            case _:
                return await super().ask(question, content)

    def watch(self, *, watched: bool) -> None:
        self._watched = watched
        self._wake.set()

    async def converse(self) -> DeviceState:
        line = ScaleLine(self.port, self.clock, self._wake.set)
        listening = asyncio.create_task(line.listen())
        self._line = line
        if isinstance(self.dialect, AnswersOnce):
            self.backoff.reset()
            self.become(UNASKED)
        try:  # the first question on a new line is a look, never a sale: an old answer may still be on its way
            while self._trouble != ["scale.silent"] * SILENT_BEFORE_REOPENING:
                began = self.clock()
                await self._look()
                await self._until_next_look(line, began)
            self._trouble = self._trouble[IN_A_ROW:]
            return TROUBLE["scale.silent"]
        finally:
            self._line = None
            listening.cancel()
            line.lose(PortLost("given up"))

    async def _look(self) -> None:
        """Ask for the weight because somebody watches, to see that the pan moved, or that the scale is there."""
        if isinstance(self.dialect, AnswersOnce):
            seen = self._blank("scale.on_request")
        else:
            try:
                seen = self._seen(await self._weigh())
            except DeviceError as error:
                seen = self._blank(error.code)
        if self._watched:
            self.said(seen)

    async def _until_next_look(self, line: ScaleLine, began: float) -> None:
        """Until it is time to look again. Raises `PortLost` as soon as the port is lost."""
        while line.lost is None:
            now = self.clock()
            left = max(began + self._interval() - now, self._pause_left())
            if left <= 0:
                return
            self._wake.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self._wake.wait()
        raise line.lost

    def _interval(self) -> float:
        if self._trouble:
            return self._timing.trouble
        return self._timing.live if self._watched or self._sold is not None else self._timing.idle

    def _pause_left(self) -> float:
        return 0.0 if self._asked_at is None else self._asked_at + self.dialect.pause - self.clock()

    async def _sell(self) -> dict[str, Any]:
        """A weight for a sale. Raises `DeviceError`."""
        try:
            weighed = await self._weigh()
            cause = self._refusal(weighed)
            if cause is not None:
                raise DeviceError(cause, shown=shown(weighed.reading))
        except DeviceError:
            self.statistics.count("bad_weights")
            raise
        self.statistics.count("good_weights")
        if not isinstance(self.dialect, AnswersOnce):
            self._sold = weighed.reading
        self._wake.set()
        return self._answer(weighed)

    async def _command(self, command: Callable[[Talk], Awaitable[T]]) -> T:
        """Raises `DeviceError`."""
        async with self._conversation() as talk:
            return await command(talk)

    async def _weigh(self) -> Weighed:
        """Ask the scale now. Raises `DeviceError`."""
        async with self._conversation() as talk:
            asked_at = self.clock()
            reading = await self.dialect.weigh(talk)
            self.statistics.replied(int((self.clock() - asked_at) * 1_000_000))
        self._seq += 1
        if self._sold is not None and not still_lies(self._sold, reading, self._rules):
            self._sold = None
        return Weighed(reading, talk.began_at, self._seq)

    @contextlib.asynccontextmanager
    async def _conversation(self) -> AsyncGenerator[Conversation, None]:
        """The port for one question, in order of arrival. Every trouble becomes a `DeviceError` and the state."""
        async with self._turn:
            line = self._line
            if line is None:
                raise DeviceError(self.state.causes[0] if self.state.causes else self.offline)
            if (left := self._pause_left()) > 0:
                await self.sleep(left)
            try:
                async with line.talk(self.dialect.decoder()) as talk:
                    self._asked_at = self.clock()
                    yield talk
            except PortLost as lost:
                raise DeviceError(self.offline) from lost
            except DeviceError as error:
                self._fared(error.code)
                raise
            self._fared(None)

    def _fared(self, code: str | None) -> None:
        """Whether the scale answered, or what the trouble was; what a scale may well say is no trouble."""
        if code in ("scale.silent", "scale.damaged"):
            self.statistics.count("comm_errors")
        if code not in TROUBLE:
            self._trouble = []
            self.backoff.reset()
            self.become(READY)
            return
        self._trouble = [*(before for before in self._trouble if before == code), code]
        if len(self._trouble) >= IN_A_ROW:
            self.become(self._in_trouble(code))

    def _in_trouble(self, code: str) -> DeviceState:
        """A scale that is asked for a sale alone can be found well by the next sale alone: it must not be given up."""
        once = isinstance(self.dialect, AnswersOnce)
        return replace(TROUBLE[code], health=Health.ATTENTION) if once else TROUBLE[code]

    # what callers are told

    def _age_ms(self, weighed: Weighed) -> int:
        return max(0, int((self.clock() - weighed.at) * 1_000))

    def _refusal(self, weighed: Weighed) -> str | None:
        return refusal(weighed.reading, self._age_ms(weighed), self._rules, self._sold)

    def _seen(self, weighed: Weighed) -> dict[str, Any]:
        cause = self._refusal(weighed)
        return self._answer(weighed) | {"sellable": cause is None, "cause": cause}

    def _answer(self, weighed: Weighed) -> dict[str, Any]:
        reading = weighed.reading
        return {
            "grams": grams(reading),
            "digits": reading.digits,
            "decimals": reading.decimals,
            "unit": str(reading.unit),
            "stable": reading.stable,
            "net": reading.net,
            "zero": reading.zero,
            "over": reading.over,
            "under": reading.under,
            "age_ms": self._age_ms(weighed),
            "seq": weighed.seq,
            "shown": shown(reading),
        }

    def _blank(self, cause: str) -> dict[str, Any]:
        """No weight is known: what a display must show then is a dash and the cause, never the weight before."""
        none = Weighed(Reading(None, 0, Unit.KILOGRAM, stable=False), self.clock(), self._seq)
        return self._answer(none) | {"sellable": False, "cause": cause}
