"""One job of a card terminal, from the question what its last transaction was to the certainty what became of this one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from devices.device import Ending, Job, Outcome, Progress, Report
from devices.payment import content as read
from devices.payment.content import Charge, Reversal
from devices.payment.recall import Found, Mark, mark, recall, recall_reversal
from devices.payment.zvt import codes, commands
from devices.payment.zvt.apdu import Apdu
from devices.payment.zvt.link import Conversation, End, Link
from devices.payment.zvt.transaction import Transaction

if TYPE_CHECKING:
    from devices.payment.terminal import PaymentTerminal

UNKNOWN, NOT_TAKEN, OFFLINE = ("payment.unknown",), ("payment.not_taken",), ("payment.offline",)
Compare = Callable[[Mark | None, Transaction | None], Found]


@dataclass(frozen=True, slots=True)
class Charging:
    """`charge` is None for the end of the day, which moves no money of a customer's."""

    command: Apdu
    reference: str
    charge: Charge | None
    compare: Compare

    @classmethod
    def of(cls, job: Job, password: str) -> Charging | None:
        """None for a job of another kind. Raises `MalformedPayment`."""
        match job.kind:
            case "payment.authorise":
                charge = read.charge_from(job.content)
                return cls(
                    commands.authorisation(charge.amount, charge.currency), charge.reference, charge, _of(charge)
                )
            case "payment.refund":
                charge = read.charge_from(job.content)
                return cls(
                    commands.refund(password, charge.amount, charge.currency), charge.reference, charge, _of(charge)
                )
            case "payment.reverse":
                reversal = read.reversal_from(job.content)
                charge = reversal.charge
                return cls(
                    commands.reversal(password, reversal.receipt), charge.reference, charge, _of_reversal(reversal)
                )
            case "payment.end_of_day":
                return cls(commands.end_of_day(password), job.id, None, lambda before, after: Found.UNKNOWN)
            case _:
                return None

    async def perform(self, terminal: PaymentTerminal, report: Report) -> Ending:
        """Ask once, and find out what came of it. Until `SENDING` was told nothing is on its way."""
        link = terminal.link
        if link is None:
            return Ending(Outcome.FAILED, OFFLINE)
        before = await self._before(terminal, link)
        if link.lost is not None:
            return Ending(Outcome.FAILED, OFFLINE)
        await report(Progress.SENDING, ())
        terminal.last = None  # until it says so itself, nobody knows what its last one is now

        async def taken() -> None:
            await report(Progress.SENT, ())

        step = terminal.config.timing.step
        told = partial(terminal.told, self.reference)
        heard = await terminal.talk(lambda: link.talk(self.command, step, told, taken))
        ending = self._judge(heard)
        if ending is None:
            return await self._resolve(terminal, before, heard, report)
        if ending.outcome is Outcome.DONE and self.charge is not None:
            terminal.last = heard.transaction
        return ending

    async def _before(self, terminal: PaymentTerminal, link: Link) -> Mark | None:
        if self.charge is None:
            return None
        return mark(terminal.last or (await terminal.look_up(link)).transaction)

    def _judge(self, heard: Conversation) -> Ending | None:
        """How it ended as far as the conversation itself says; None if the terminal has to be asked."""
        said = heard.transaction
        if heard.end is End.REFUSED:
            return self._no(heard.code, said, heard)
        if said is not None and said.result and heard.end is not End.COMPLETED:
            return self._no(said.result, said, heard)
        if heard.end is End.ABORTED and (said is None or not said.approved):
            return self._no(heard.code, said, heard)
        if heard.end is not End.COMPLETED:
            return None
        if self.charge is None:
            return Ending(Outcome.DONE, result={"approved": True} | receipt(heard))
        if said is None or said.result is None:
            return None
        return self._no(said.result, said, heard) if said.result else self._yes(said, heard)

    def _yes(self, said: Transaction, heard: Conversation) -> Ending:
        """Approved. Another sum than was asked for is nobody's decision but a person's."""
        asked = self.charge
        assert asked is not None
        result = {"amount": asked.amount} | said.result_fields() | receipt(heard) | {"approved": True}
        if said.amount not in (None, asked.amount):
            return Ending(Outcome.UNCERTAIN, ("payment.amount_differs",), result)
        return Ending(Outcome.DONE, result=result)

    def _no(self, code: int | None, said: Transaction | None, heard: Conversation) -> Ending:
        result: dict[str, Any] = (said.result_fields() if said else {}) | receipt(heard) | {"approved": False}
        if code is not None:
            result["code"] = code
        if heard.text:
            result.setdefault("text", heard.text)
        if code == codes.ALREADY_REVERSED and self.command.control == commands.reversal("000000", 0).control:
            return Ending(Outcome.DONE, ("payment.reversed",), result | {"approved": True})
        return Ending(Outcome.FAILED, self._causes(code), result)

    def _causes(self, code: int | None) -> tuple[str, ...]:
        """What is said of a customer's money is not said of a day that was not closed."""
        causes = codes.causes(code)
        if self.charge is not None:
            return causes
        return tuple(cause for cause in causes if cause not in codes.OF_A_CUSTOMER) or ("payment.day_not_closed",)

    async def _resolve(
        self, terminal: PaymentTerminal, before: Mark | None, heard: Conversation, report: Report
    ) -> Ending:
        """The answer was lost: wait for the terminal, ask it for its last transaction, compare."""
        if self.charge is None:
            return Ending(Outcome.UNCERTAIN, UNKNOWN, receipt(heard) or None)
        await report(Progress.WAITING, OFFLINE)
        deadline = terminal.clock() + terminal.config.timing.recover
        while (left := deadline - terminal.clock()) > 0:
            link = await terminal.reached(left)
            if link is None:
                break
            after = await terminal.look_up(link)
            if link.lost is None:
                return self._settled(self._found(before, after.transaction, heard.transaction), after, heard)
        return Ending(Outcome.UNCERTAIN, UNKNOWN)

    def _found(self, before: Mark | None, after: Transaction | None, said: Transaction | None) -> Found:
        """What it said before it was lost counts too: a yes that it repeats is one, a yes that is gone is nothing certain."""
        found = self.compare(before, after)
        if said is None or not said.approved:
            return found
        if after is not None and after.approved and mark(said) is not None and mark(said) == mark(after):
            return Found.APPROVED
        return Found.UNKNOWN if found is Found.ABSENT else found

    def _settled(self, found: Found, after: Conversation, heard: Conversation) -> Ending:
        """The slips are those that came with the answer; before it, lines may have been lost."""
        last = after.transaction
        whole = after if after.slips.told() else heard
        match found, last:
            case Found.APPROVED, Transaction():
                return self._yes(last, whole)
            case Found.DECLINED, Transaction():
                return self._no(last.result, last, whole)
            case Found.REVERSED, Transaction():
                result = last.result_fields() | receipt(whole) | {"approved": False}
                return Ending(Outcome.FAILED, ("payment.reversed",), result)
            case Found.ABSENT, _:
                return Ending(Outcome.FAILED, NOT_TAKEN, {"approved": False})
            case _:
                return Ending(Outcome.UNCERTAIN, UNKNOWN, {"last": last.result_fields()} if last else None)


def _of(charge: Charge) -> Compare:
    return lambda before, after: recall(before, after, charge)


def _of_reversal(reversal: Reversal) -> Compare:
    return lambda before, after: recall_reversal(before, after, reversal)


def receipt(heard: Conversation) -> dict[str, Any]:
    """The slips that the terminal wants printed, where it sent any."""
    slips = heard.slips.told()
    return {"slips": slips} if slips else {}
