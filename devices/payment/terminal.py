"""A card terminal: one payment at a time, and never the same one twice.

Before money is asked for, the driver knows which transaction was the terminal's last. If the answer is lost, it connects
again, asks for the last one and compares: then the job is done or failed, else it is `uncertain` and a person decides.
Nothing authorises a second time by itself. What the terminal does meanwhile is said ("payment.status.pin").
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from typing import Any

from devices.device import DeviceError, DeviceState, Ending, Health, Job, Outcome, Power, Report
from devices.driver import PortDriver
from devices.payment import content as read
from devices.payment.charging import Charging, receipt
from devices.payment.config import TerminalConfig
from devices.payment.errors import MalformedPayment
from devices.payment.recall import Found, Mark, mark, recall
from devices.payment.zvt import codes, commands
from devices.payment.zvt.link import Conversation, End, FellSilent, Link
from devices.payment.zvt.transaction import Transaction
from devices.ports.address import port_at
from devices.ports.backoff import Backoff
from devices.ports.port import Port, PortLost

READY = DeviceState(Power.ONLINE, Health.OK)
MUTE = DeviceState(Power.UNKNOWN, Health.CANNOT_WORK, ("payment.silent",))
OCCUPIED = DeviceState(Power.ONLINE, Health.ATTENTION, ("payment.busy",))
TLV_REFUSED = 0x9A
QUESTION_WAITS = 3.0


class PaymentTerminal(PortDriver):
    """Job kinds and questions: `devices/payment/content.py` and `docs/payment-terminals.md`."""

    kind = "payment-terminal"
    offline = "payment.offline"

    def __init__(
        self,
        config: TerminalConfig,
        *,
        port: Port | None = None,
        backoff: Backoff | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        port = port or port_at(config.address, open_timeout=config.timing.open)
        super().__init__(config.id, port, backoff=backoff, sleep=sleep, clock=clock)
        self.config = config
        self.last: Transaction | None = None
        """The terminal's last transaction, as long as nobody but us can have added one."""
        self.terminal_id = ""
        self._open: Link | None = None
        self._link: Link | None = None
        self._arrived = asyncio.Event()
        self._turn = asyncio.Lock()
        self._doing: str | None = None

    # the connection

    async def converse(self) -> DeviceState:
        """Register, and stay until the terminal is lost, falls silent or does not let us in; returns the state that leaves."""
        link = Link(self.port, self.config.timing, serial=self.config.protocol == "zvt-serial")
        self._open, self.last = link, None
        listening = asyncio.create_task(link.listen())
        try:
            hindered = await self._register(link)
            if hindered is None:
                self.backoff.reset()
                self._link = link
                self._arrived.set()
                self.become(READY)
                await self._watch(link)
            return self._left(link) if hindered is None else hindered
        finally:
            self._arrived.clear()
            self._link = self._open = None
            listening.cancel()
            link.lose(PortLost("given up"))

    async def _register(self, link: Link) -> DeviceState | None:
        """None once the terminal knows us, else the state that says why not. Waits while it does something else."""
        blocks = True
        while True:
            password, currency, prints = self.config.password, self.config.currency, self.config.prints
            command = commands.registration(password, currency, prints=prints, blocks=blocks)
            heard = await link.talk(command, self.config.timing.answer)
            match heard.end:
                case End.COMPLETED:
                    return None
                case End.LOST:
                    return self._left(link)
                case End.REFUSED if heard.code == TLV_REFUSED and blocks:
                    blocks = False
                case _ if heard.code is not None and codes.causes(heard.code) == OCCUPIED.causes:
                    self.become(OCCUPIED)
                    await self._pause(link, self.config.timing.busy)
                case _:
                    return DeviceState(Power.ONLINE, Health.CANNOT_WORK, ("payment.not_registered",))

    def _left(self, link: Link) -> DeviceState:
        return MUTE if isinstance(link.lost, FellSilent) else self.gone

    async def _watch(self, link: Link) -> None:
        """Until the line is lost: ask now and then whether the terminal is still there, unless it is at work."""
        while link.lost is None:
            await self._pause(link, self.config.timing.watch)
            if link.lost is None and not self._turn.locked():
                async with self._turn:
                    await link.talk(commands.status_enquiry(), self.config.timing.answer)

    async def _pause(self, link: Link, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await link.gone.wait()

    # jobs

    async def perform(self, job: Job, report: Report) -> Ending:
        """Do one job and say how it ended. Never raises for anything the terminal does."""
        try:
            charging = Charging.of(job, self.config.password)
        except MalformedPayment as error:
            return Ending(Outcome.FAILED, (error.code,), {"at": error.fields["at"], "why": error.fields["why"]})
        if charging is None:
            return Ending(Outcome.FAILED, ("job.kind_unknown",))
        if self._link is None:
            return Ending(Outcome.FAILED, self.state.causes or self.gone.causes)
        self._doing = charging.reference
        try:
            ending = await charging.perform(self, report)
        finally:
            self._doing = None
        self.statistics.count("payments_approved" if ending.outcome is Outcome.DONE else "payments_refused")
        return ending

    async def talk(self, command: Callable[[], Awaitable[Conversation]]) -> Conversation:
        """One conversation, after the one that goes on."""
        async with self._turn:
            return await command()

    @property
    def link(self) -> Link | None:
        """The line to a terminal that knows us, or None."""
        return self._link if self._link is not None and self._link.lost is None else None

    def told(self, reference: str, code: int) -> None:
        """Say what the terminal is doing about a payment."""
        self.said({"reference": reference, "status": f"payment.status.{codes.state(code)}", "code": code})

    async def reached(self, seconds: float) -> Link | None:
        """The line to the terminal, waited for; None if it does not come back in time."""
        deadline = self.clock() + seconds
        while self.link is None:
            left = deadline - self.clock()
            if left <= 0:
                return None
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self._arrived.wait()
            if self.link is None:
                await self.sleep(min(self.config.timing.busy, 0.05))
        return self.link

    async def look_up(self, link: Link) -> Conversation:
        """The terminal's last transaction and its slips by "repeat receipt"; without a transaction if it does not say."""
        deadline = self.clock() + self.config.timing.recover
        heard = await self._repeat_receipt(link)
        while heard.end is not End.LOST and codes.causes(heard.code) == OCCUPIED.causes and self.clock() < deadline:
            await self._pause(link, self.config.timing.busy)
            heard = await self._repeat_receipt(link)
        if heard.end is not End.COMPLETED:
            heard = Conversation(heard.end)
        self.last = heard.transaction
        return heard

    async def _repeat_receipt(self, link: Link) -> Conversation:
        command = commands.repeat_receipt(self.config.password, prints=self.config.prints)
        async with self._turn:
            return await link.talk(command, self.config.timing.answer)

    # questions

    async def ask(self, question: str, content: dict[str, Any]) -> dict[str, Any]:
        """ "state", "abort" and "last". Raises `DeviceError`."""
        match question:
            case "state":
                return await self._tell_state()
            case "abort":
                return self._abort()
            case "last":
                return await self._tell_last(content)
            case _:
                return await super().ask(question, content)

    async def _tell_state(self) -> dict[str, Any]:
        """`last` is what a payment begun now is compared with, should its answer be lost."""
        if self._doing is not None:
            return {"busy": True, "reference": self._doing, "last": None}
        link = await self._ready_link()
        last = mark(self.last or (await self.look_up(link)).transaction)
        return {"busy": False, "last": mark_fields(last)}

    def _abort(self) -> dict[str, Any]:
        link = self._open
        if link is None or link.lost is not None:
            raise DeviceError(self.offline)
        if not link.talking and self.state != OCCUPIED:
            return {"sent": False}
        try:
            link.abort()
        except PortLost:
            raise DeviceError(self.offline) from None
        return {"sent": True}

    async def _tell_last(self, content: dict[str, Any]) -> dict[str, Any]:
        """What became of a charge begun when `before` was the last transaction."""
        try:
            charge = read.charge_from(content)
            before = mark_from(content.get("before"))
        except MalformedPayment as error:
            raise DeviceError(error.code, **error.fields) from error
        if self._doing is not None:
            raise DeviceError("payment.busy")
        heard = await self.look_up(await self._ready_link())
        last, found = heard.transaction, recall(before, heard.transaction, charge)
        if last is None:
            return {"found": found.value}
        ours = receipt(heard) if found in (Found.APPROVED, Found.DECLINED, Found.REVERSED) else {}
        return {"found": found.value, "result": last.result_fields() | ours | {"approved": last.approved}}

    async def _ready_link(self) -> Link:
        """The line, also if it is just being opened anew. Raises `DeviceError`."""
        link = await self.reached(QUESTION_WAITS)
        if link is None:
            raise DeviceError(self.state.causes[0] if self.state.causes else self.offline)
        return link


def mark_fields(found: Mark | None) -> dict[str, int] | None:
    """A mark as it goes over the wire."""
    if found is None:
        return None
    named = {"receipt_no": found.receipt, "trace": found.trace, "amount": found.amount}
    return {name: value for name, value in named.items() if value is not None}


def mark_from(value: object) -> Mark | None:
    """The reverse of `mark_fields`. Raises `MalformedPayment`."""
    if value is None:
        return None
    if not isinstance(value, dict):
        raise MalformedPayment(at="before", why="an object")
    given: dict[str, object] = {str(name): each for name, each in value.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    numbers = [
        read.number_of(given, name, 0, read.LARGEST_AMOUNT) if given.get(name) is not None else None
        for name in ("receipt_no", "trace", "amount")
    ]
    found = Mark(*numbers)
    return found if found.tells else None
