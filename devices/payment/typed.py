"""A card terminal that no wire leads to: the cashier types what it showed, and that is recorded as typed.

It answers "state" with `typed`, so the till asks for the approval code and the last four digits before it hands over the job.
What it is told is kept as the job's result beside every other payment's; nothing of it was heard from a terminal.
"""

import asyncio
import re
from collections.abc import Callable
from typing import Any, Final

from devices.device import DeviceError, DeviceState, Ending, Health, Job, Outcome, Power, Report, Said
from devices.payment.content import charge_from
from devices.payment.errors import MalformedPayment
from devices.statistics import Statistics

TYPED: Final = DeviceState(Power.UNKNOWN, Health.OK)
CODE: Final = re.compile(r"[0-9A-Za-z-]{0,20}")
DIGITS: Final = re.compile(r"([0-9]{4})?")


class TypedTerminal:
    """Takes `payment.authorise` and `payment.refund` with `typed`: {"auth_code"?, "card"? (last four digits)}."""

    kind = "payment-terminal"

    def __init__(self, id: str) -> None:
        self.id = id
        self.statistics = Statistics()

    @property
    def state(self) -> DeviceState:
        return TYPED

    async def run(self, changed: Callable[[DeviceState], None], said: Said) -> None:
        """There is nothing to connect to."""
        changed(TYPED)
        await asyncio.Event().wait()

    async def perform(self, job: Job, report: Report) -> Ending:
        """Record what was typed. A terminal without a wire cannot be asked to take anything back."""
        if job.kind not in ("payment.authorise", "payment.refund"):
            return Ending(Outcome.FAILED, ("payment.by_hand",))
        try:
            charge, typed = charge_from(job.content), typed_from(job.content.get("typed"))
        except MalformedPayment as error:
            return Ending(Outcome.FAILED, (error.code,), {"at": error.fields["at"], "why": error.fields["why"]})
        self.statistics.count("payments_approved")
        return Ending(Outcome.DONE, result={"approved": True, "amount": charge.amount, "terminal": "typed"} | typed)

    async def ask(self, question: str, content: dict[str, Any]) -> dict[str, Any]:
        """Raises `DeviceError` device.question_unknown: it cannot be asked anything but what is known without it."""
        match question:
            case "state":
                return {"busy": False, "last": None, "typed": True}
            case "last":
                return {"found": "unknown"}
            case "abort":
                return {"sent": False}
            case _:
                raise DeviceError("device.question_unknown", question=question)

    def watch(self, *, watched: bool) -> None:
        """It says nothing by itself."""


def typed_from(value: object) -> dict[str, str]:
    """What the cashier typed. Raises `MalformedPayment`."""
    match value:
        case {"auth_code": str(code), "card": str(digits)} if CODE.fullmatch(code) and DIGITS.fullmatch(digits):
            named = {"auth_code": code, "card": digits and f"************{digits}"}
            return {name: text for name, text in named.items() if text}
        case _:
            raise MalformedPayment(at="typed", why="an approval code and the last four digits, either may be empty")
