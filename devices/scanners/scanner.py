"""A scanner: owns its port and tells every whole code once. It is never written to, so nothing is ever asked of a wrong port."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from devices.device import DeviceError, DeviceState, Health, Power
from devices.driver import PortDriver
from devices.ports.address import port_at
from devices.ports.backoff import Backoff
from devices.ports.hidraw import HidrawPort
from devices.ports.port import Port
from devices.scanners.config import ScannerConfig
from devices.scanners.framing import ScanDecoder
from devices.scanners.hid_pos import STANDARD, ReportDecoder, layout_in
from devices.scanners.scan import Read, Scan

READY = DeviceState(Power.ONLINE, Health.OK)
UNFINISHED = DeviceState(Power.ONLINE, Health.ATTENTION, ("scanner.unfinished",))
"""Codes come without their end: the scanner sends no suffix, or another one than it is set up with."""
GS_LOST = DeviceState(Power.ONLINE, Health.ATTENTION, ("scanner.gs_lost",))
"""A marking code came without its separators."""
NOT_HID_POS = DeviceState(Power.ONLINE, Health.CANNOT_WORK, ("scanner.not_hid_pos",))
"""A HID device that is no scanner, or a scanner that is set up to type."""
LONGEST_WAIT_MS = 9_000


class Scanner(PortDriver):
    """Says each scan (`devices.scanners.scan`); `ask("scan")` waits for the next one, for whoever tries the scanner out."""

    kind = "scanner"
    offline = "scanner.offline"

    def __init__(
        self,
        config: ScannerConfig,
        *,
        port: Port | None = None,
        backoff: Backoff | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(config.id, port or port_at(config.address), backoff=backoff, sleep=sleep, clock=clock)
        self._config = config
        self._last: tuple[Scan, float] | None = None
        self._waiting: set[asyncio.Future[dict[str, Any]]] = set()

    async def converse(self) -> DeviceState:
        """Hear the scanner out until its port is lost; returns only for a device that is none."""
        decoder = self._decoder()
        if decoder is None:
            return NOT_HID_POS
        self.backoff.reset()
        self.become(READY)
        while True:
            scans = await self._heard(decoder)
            for scan in scans:
                self._scanned(scan)

    async def ask(self, question: str, content: dict[str, Any]) -> dict[str, Any]:
        """`scan`: the next code, within `milliseconds` (at most 9,000). Raises `DeviceError` scanner.offline, scanner.nothing."""
        if question != "scan":
            return await super().ask(question, content)
        if self.state.power is not Power.ONLINE:
            raise DeviceError(self.offline)
        wanted = content.get("milliseconds")
        limit = wanted if type(wanted) is int and 0 < wanted <= LONGEST_WAIT_MS else LONGEST_WAIT_MS
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting.add(answer)
        try:
            async with asyncio.timeout(limit / 1_000):
                return await answer
        except TimeoutError:
            raise DeviceError("scanner.nothing") from None
        finally:
            self._waiting.discard(answer)

    def _decoder(self) -> ScanDecoder | ReportDecoder | None:
        if self._config.wire == "serial":
            return ScanDecoder(self._config.suffix, self._config.prefix)
        if not isinstance(self.port, HidrawPort):
            return ReportDecoder()
        descriptor = self.port.descriptor()
        layout = STANDARD if descriptor is None else layout_in(descriptor)
        return None if layout is None else ReportDecoder(layout)

    async def _heard(self, decoder: ScanDecoder | ReportDecoder) -> list[Scan]:
        """The scans of what comes next; a code that was begun and does not go on ends here. Raises `PortLost`."""
        damaged = decoder.damaged
        ends_by_silence = self._config.wire == "serial" and self._config.suffix == "none"
        patience = self._config.silence_ms if ends_by_silence else self._config.unfinished_ms
        try:
            async with asyncio.timeout(patience / 1_000 if decoder.unfinished else None):
                data = await self.port.read()
            scans = list(decoder.feed(data))
        except TimeoutError:
            scans = list(decoder.silence())
            if not ends_by_silence:
                self.become(UNFINISHED)
        self.statistics.count("bad_scans", decoder.damaged - damaged)
        return scans

    def _scanned(self, scan: Scan) -> None:
        now = self.clock()
        again = (
            self._last is not None and self._last[0] == scan and (now - self._last[1]) * 1_000 < self._config.repeat_ms
        )
        self._last = (scan, now)
        if again:
            return
        self.statistics.count("good_scans")
        read = scan.read()
        self.become(self._state_after(read))
        said = read.as_said()
        self.said(said)
        for answer in self._waiting:
            if not answer.done():
                answer.set_result(said)

    def _state_after(self, read: Read) -> DeviceState:
        """Ready again after a code; a lost separator stays told until a marking code comes whole."""
        if read.marking is None:
            return GS_LOST if self.state == GS_LOST else READY
        return READY if read.marking.whole else GS_LOST
