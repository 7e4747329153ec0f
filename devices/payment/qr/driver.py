"""A QR payment as a device: it shows a code instead of reading a card, and ends the same three ways.

The payment's name is the job's own reference, so what became of it can always be asked; nothing is compared with a neighbour.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import segno

from devices.device import DeviceError, DeviceState, Ending, Health, Job, Outcome, Power, Progress, Report, Said
from devices.options import BadOption
from devices.payment.content import UUID_TEXT, Charge, charge_from
from devices.payment.errors import MalformedPayment
from devices.payment.qr.http_provider import HttpProvider
from devices.payment.qr.provider import Provider, ProviderRefused, ProviderUnreachable, QrPayment, QrState
from devices.statistics import Statistics

ONLINE: Final = DeviceState(Power.ONLINE, Health.OK)
OFFLINE: Final = DeviceState(Power.OFFLINE, Health.CANNOT_WORK, ("payment.offline",))
UNKNOWN: Final = Ending(Outcome.UNCERTAIN, ("payment.unknown",))


@dataclass(frozen=True, slots=True)
class QrTiming:
    """Seconds. `poll`: between questions whether it was paid. `expires`: how long a code may be paid. `grace`: how long after
    that a provider that cannot be reached is asked. `watch`: between looks whether it is there."""

    poll: float = 1.5
    expires: int = 180
    grace: float = 60.0
    watch: float = 30.0


class QrTerminal:
    """Jobs `payment.authorise` and `payment.reverse` (with `payment`, whose reference it is); asked as a card terminal is."""

    kind = "qr-payment"

    def __init__(
        self,
        id: str,
        provider: Provider,
        *,
        timing: QrTiming | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.id, self.provider, self.timing = id, provider, timing or QrTiming()
        self.statistics = Statistics()
        self._sleep, self._clock = sleep, clock
        self._state = DeviceState(Power.UNKNOWN, Health.CANNOT_WORK, ("payment.offline",))
        self._changed: Callable[[DeviceState], None] = lambda state: None
        self._said: Said = lambda what: None
        self._doing: str | None = None
        self._give_up = asyncio.Event()

    @property
    def state(self) -> DeviceState:
        return self._state

    async def run(self, changed: Callable[[DeviceState], None], said: Said) -> None:
        """Look now and then whether the provider is there."""
        self._changed, self._said = changed, said
        changed(self._state)
        while True:
            try:
                await self.provider.alive()
                self._become(ONLINE)
            except (ProviderUnreachable, ProviderRefused):
                self._become(OFFLINE)
            await self._sleep(self.timing.watch)

    def watch(self, *, watched: bool) -> None:
        """A code is shown to whoever looks."""

    async def perform(self, job: Job, report: Report) -> Ending:
        """Do one job and say how it ended. Never raises for anything the provider does."""
        try:
            charge = charge_from(job.content)
            match job.kind:
                case "payment.authorise":
                    work = self._charge(charge, report)
                case "payment.reverse":
                    work = self._give_back(charge, original_of(job.content), report)
                case _:
                    return Ending(Outcome.FAILED, ("job.kind_unknown",))
        except MalformedPayment as error:
            return Ending(Outcome.FAILED, (error.code,), {"at": error.fields["at"], "why": error.fields["why"]})
        self._doing = charge.reference
        self._give_up.clear()
        try:
            ending = await work
        finally:
            self._doing = None
        self.statistics.count("payments_approved" if ending.outcome is Outcome.DONE else "payments_refused")
        return ending

    async def _charge(self, charge: Charge, report: Report) -> Ending:
        await report(Progress.SENDING, ())
        deadline = self._clock() + self.timing.expires + self.timing.grace
        try:
            payment = await self.provider.create(charge, self.timing.expires)
        except ProviderRefused as refused:
            return _no(("payment.declined",), refused.text)
        except ProviderUnreachable:
            return await self._never_shown(charge)
        if payment.amount != charge.amount:
            return Ending(Outcome.UNCERTAIN, ("payment.amount_differs",), {"amount": payment.amount})
        await report(Progress.SENT, ())
        code = squares(payment.qr)
        while self._clock() < deadline:
            self._said({"reference": charge.reference, "status": "payment.status.qr", "qr": code})
            ended = await self._ended(charge)
            if ended is not None:
                return ended
            await self._pause()
        return UNKNOWN

    async def _never_shown(self, charge: Charge) -> Ending:
        """The answer with the code was lost, so no customer can have seen one: whatever was made ends unpaid."""
        try:
            await self.provider.cancel(charge.reference)
        except (ProviderUnreachable, ProviderRefused):
            self._become(OFFLINE)
        return _no(("payment.offline",))

    async def _ended(self, charge: Charge) -> Ending | None:
        """How it stands by the provider; None while it waits or does not answer."""
        try:
            now = await (self.provider.cancel if self._give_up.is_set() else self.provider.find)(charge.reference)
        except (ProviderUnreachable, ProviderRefused):
            return None
        return None if now is None else ending_of(now)

    async def _pause(self) -> None:
        """Until the next question, or at once if it is given up."""
        if self._give_up.is_set():
            await self._sleep(self.timing.poll)
            return
        try:
            async with asyncio.timeout(self.timing.poll):
                await self._give_up.wait()
        except TimeoutError:
            return

    async def _give_back(self, charge: Charge, original: str, report: Report) -> Ending:
        """The whole payment goes back; one that has gone back already is done."""
        await report(Progress.SENDING, ())
        for _ in range(3):
            try:
                before = await self.provider.find(original)
                if before is None or before.state is not QrState.PAID:
                    return _no(("payment.reversal_refused",))
                if before.refunded >= charge.amount:
                    return Ending(Outcome.DONE, ("payment.reversed",), _result(before))
                return Ending(
                    Outcome.DONE, result=_result(await self.provider.refund(original, original, charge.amount))
                )
            except ProviderRefused as refused:
                return _no(("payment.reversal_refused",), refused.text)
            except ProviderUnreachable:
                await self._sleep(self.timing.poll)
        return UNKNOWN

    async def ask(self, question: str, content: dict[str, Any]) -> dict[str, Any]:
        """Raises `DeviceError`."""
        match question:
            case "state":
                return {"busy": self._doing is not None, "last": None}
            case "abort":
                self._give_up.set()
                return {"sent": self._doing is not None}
            case "last":
                return await self._tell(content)
            case _:
                raise DeviceError("device.question_unknown", question=question)

    async def _tell(self, content: Mapping[str, Any]) -> dict[str, Any]:
        """What became of the payment of this reference. One that waits is cancelled first: nobody shows its code."""
        try:
            charge = charge_from(content)
            found = await self.provider.find(charge.reference)
            if found is not None and found.state is QrState.WAITING and self._doing is None:
                found = await self.provider.cancel(charge.reference)
        except MalformedPayment as error:
            raise DeviceError(error.code, **error.fields) from error
        except (ProviderUnreachable, ProviderRefused) as error:
            raise DeviceError("payment.offline") from error
        if found is None or found.state in (QrState.CANCELLED, QrState.EXPIRED):
            return {"found": "absent"}
        known = found.state is QrState.PAID and found.amount == charge.amount
        return {"found": "approved" if known else "unknown", "result": _result(found)}

    def _become(self, state: DeviceState) -> None:
        if state != self._state:
            self._state = state
            self._changed(state)


def ending_of(now: QrPayment) -> Ending | None:
    """None while it waits for the customer."""
    match now.state:
        case QrState.PAID:
            return Ending(Outcome.DONE, result=_result(now))
        case QrState.CANCELLED:
            return _no(("payment.aborted",))
        case QrState.EXPIRED:
            return _no(("payment.expired",))
        case QrState.WAITING:
            return None


def _result(payment: QrPayment) -> dict[str, Any]:
    return {"approved": True, "amount": payment.amount, "terminal": "qr", "auth_code": payment.id}


def _no(causes: tuple[str, ...], text: str = "") -> Ending:
    return Ending(Outcome.FAILED, causes, {"approved": False} | ({"text": text} if text else {}))


def squares(text: str) -> list[str]:
    """The code's rows as texts of 0 and 1, without a quiet zone."""
    return ["".join(str(int(dark)) for dark in row) for row in segno.make(text, error="m", micro=False).matrix]


def original_of(content: Mapping[str, object]) -> str:
    """The reference of the payment to take back. Raises `MalformedPayment`."""
    original = content.get("payment")
    if not isinstance(original, str) or not UUID_TEXT.fullmatch(original):
        raise MalformedPayment(at="payment", why="the reference of the payment")
    return original


def qr_terminal(id: str, url: str, options: Mapping[str, Any]) -> QrTerminal:
    """From the configuration. The token goes over TLS or to this very computer only. Raises `BadOption`."""
    if unknown := options.keys() - {"token"}:
        raise BadOption(option=min(unknown), why="not known; only token")
    token = options.get("token", "")
    if not isinstance(token, str) or not token.isascii() or not token.isprintable():
        raise BadOption(option="token", why="a text of the provider's")
    if not url.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
        raise BadOption(option="url", why="must begin with https://")
    return QrTerminal(id, HttpProvider(url, token))
