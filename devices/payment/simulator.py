"""A simulated ZVT terminal with a customer and a small bank behind it, over TCP or a serial line.

Which answers real terminals give to a wrong password (here 06 1E 83), while they are at work (84 9C), and to "repeat
receipt" with nothing to repeat (06 1E 83) is unconfirmed: the specification was not at hand. That some answer "repeat
receipt" with a bare 06 0F (`repeats` False) was reported for one (Portalum.Zvt, issue 26).
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Literal

from devices.payment.bank import Bank, Booking
from devices.payment.zvt import apdu as kinds
from devices.payment.zvt import fields as f
from devices.payment.zvt.apdu import ACCEPTED, Apdu, ApduDecoder
from devices.payment.zvt.codes import BUSY
from devices.payment.zvt.commands import WITHOUT_PAPER
from devices.payment.zvt.serial_frame import Acknowledged, SerialDecoder, frame
from devices.payment.zvt.slips import ATTRIBUTE, CENTRED, CHARACTERS, TEXT, TEXTS, Kind
from devices.simulation.simulator import Simulator

Step = Literal["command", "taken", "state", "booked", "status", "receipt", "completion"]
STEPS: Final[tuple[Step, ...]] = ("command", "taken", "state", "booked", "status", "receipt", "completion")
"""Where a payment can lose its till: heard and not begun, begun, customer asked, booked and not told, told and not printed,
printed and not ended, ended."""
TERMINAL_ID: Final = bytes.fromhex("28004869")
CARD: Final = bytes.fromhex("EEEEEEEEEEEE4771")
IMPOSSIBLE, BY_KEY, CLOSING = 0x83, 0x6C, 0x17
PAYMENTS, ADMINISTRATION = 0x02, 0x04
"""Whose receipts the till prints, of the configuration it registers with."""
Slips = Literal["blocks", "lines", "bare lines"]
ANSWER_SECONDS: Final = 2.0


class TerminalSimulator(Simulator):
    """`serial` chooses the framing. What is booked stays in `bank` over all connections, as in a real one."""

    def __init__(
        self,
        bank: Bank | None = None,
        *,
        serial: bool = False,
        baud: int = 0,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        super().__init__(baud=baud, bits_a_byte=11, sleep=sleep)
        self.bank = bank or Bank()
        self.serial = serial
        self.password = "000000"  # noqa: S105  # the makers'
        self.customer_seconds = 0.0
        self.lose_at: Step | None = None
        self.busy = False
        self.repeats = True
        self.takes_blocks = True
        self.slips: Slips = "blocks"
        """How it sends what the till prints: text blocks, if the till takes them; lines that say whose they are, or do not."""
        self.repeats_slips = True
        """Asked to repeat a receipt, it sends the paper's text too."""
        self.config = 0
        """The byte the till registered with."""
        self.days = 0
        """How often its day was closed."""
        self.papers: list[str] = []
        """The first lines of what it printed itself."""
        self.refuse_frames = 0
        """How many of the next frames on a serial line are asked for again (NAK)."""
        self.commands: list[int] = []
        """The control field of every command heard."""
        self._decoder = SerialDecoder() if serial else ApduDecoder()
        self._at_work = 0
        self._works = 0
        self._ending = False
        self._deaf = False
        self._offered_blocks = False
        self._aborted = asyncio.Event()
        self._answered = asyncio.Event()

    def connected(self) -> None:
        self._answered.set()  # the one before will not answer any more
        self._decoder = SerialDecoder() if self.serial else ApduDecoder()

    def hear(self, data: bytes) -> None:
        before = self._decoder.damaged
        for said in self._decoder.feed(data):
            if isinstance(said, Apdu):
                self._hear_frame(said)
        if self.serial and self._decoder.damaged > before:
            self.say(Acknowledged(good=False).encode())

    def _hear_frame(self, said: Apdu) -> None:
        if self.serial and (self.faults.refuse or self.refuse_frames):
            self.refuse_frames = max(0, self.refuse_frames - 1)
            return self.say(Acknowledged(good=False).encode())
        if self._deaf and said.control != kinds.REGISTRATION:
            return None
        self._deaf = False
        if self.serial:
            self.say(Acknowledged(good=True).encode())
        return self._take_answer() if said.control >> 8 in (0x80, 0x84) else self._obey(said)

    def _take_answer(self) -> None:
        """The answer to the last word gives the word back: the till may say something new in the same breath."""
        if self._ending:
            self._at_work, self._ending = 0, False
        self._answered.set()

    def _obey(self, said: Apdu) -> None:
        self.commands.append(said.control)
        if said.control == kinds.ABORT:
            self._send(ACCEPTED)
            self._aborted.set()
        elif self.busy or self._at_work or self.faults.refuse:
            self._send(Apdu(kinds.NEGATIVE << 8 | BUSY))
        elif said.control == kinds.REGISTRATION and b"\x26\x04" in said.data and not self.takes_blocks:
            self._send(Apdu(kinds.NEGATIVE << 8 | 0x9A))
        else:
            self._works += 1
            self._at_work, self._ending = self._works, False
            self._aborted.clear()
            self.spawn(self._work(said, self.connections, self._works))

    async def _work(self, said: Apdu, connection: int, number: int) -> None:
        """One command to its end, whether or not the till is still there to hear of it."""
        try:
            match said.control:
                case kinds.AUTHORISATION:
                    await self._pay("payment", f.fields(said.data), connection)
                case kinds.REFUND:
                    await self._pay("refund", f.fields(said.data[3:]), connection)
                case kinds.REVERSAL:
                    await self._reverse(f.number(f.fields(said.data[3:]).get(f.RECEIPT)), connection)
                case kinds.REPEAT_RECEIPT:
                    await self._repeat(connection, paper=not said.data[3:].endswith(WITHOUT_PAPER))
                case kinds.END_OF_DAY:
                    await self._close_day(connection)
                case kinds.REGISTRATION if said.data[:3].hex() != self.password:
                    await self._refuse(IMPOSSIBLE, connection)
                case kinds.REGISTRATION:
                    self.config, self._offered_blocks = said.data[3], b"\x26\x04" in said.data
                    self._send(ACCEPTED)
                    await self._tell(Apdu(kinds.COMPLETION), connection)
                case _:
                    self._send(ACCEPTED)
                    await self._tell(Apdu(kinds.COMPLETION), connection)
        finally:
            if self._at_work == number:
                self._at_work = 0

    async def _pay(self, kind: Literal["payment", "refund"], said: dict[int, bytes], connection: int) -> None:
        amount, currency = f.number(said.get(f.AMOUNT)) or 0, f.number(said.get(f.CURRENCY)) or 0
        if self._lost_at("command"):
            return
        self._send(ACCEPTED)
        self._lost_at("taken")
        for code in (0x0A, 0x04):
            await self._tell(Apdu(kinds.INTERMEDIATE_STATUS, bytes([code])), connection)
        self._lost_at("state")
        if self.customer_seconds:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.customer_seconds):
                    await self._aborted.wait()
        if self._aborted.is_set():
            await self._refuse(BY_KEY, connection, taken=True)
            return
        booking = self.bank.book(kind, amount, currency)
        self._lost_at("booked")
        await self._report(booking, connection)

    async def _reverse(self, receipt: int | None, connection: int) -> None:
        if self._lost_at("command"):
            return
        done = self.bank.reverse(-1 if receipt is None else receipt)
        self._send(ACCEPTED)
        self._lost_at("booked")
        if isinstance(done, int):
            await self._refuse(done, connection, taken=True)
        else:
            await self._report(done, connection)

    async def _close_day(self, connection: int) -> None:
        if self._lost_at("command"):
            return
        self._send(ACCEPTED)
        self._lost_at("taken")
        await self._tell(Apdu(kinds.INTERMEDIATE_STATUS, bytes([CLOSING])), connection)
        if self.customer_seconds:
            await asyncio.sleep(self.customer_seconds)
        self.days += 1
        self._lost_at("booked")
        sums = sum(each.amount for each in self.bank.charged)
        await self._print(
            [(Kind.REPORT, ["** KASSENSCHNITT **", "", f"GESAMT {sums // 100}.{sums % 100:02}"])], connection
        )
        self._lost_at("receipt")
        await self._tell(Apdu(kinds.COMPLETION), connection)

    async def _repeat(self, connection: int, *, paper: bool) -> None:
        if self.repeats and self.bank.last is None:
            await self._refuse(IMPOSSIBLE, connection)
            return
        self._send(ACCEPTED)
        if self.repeats and self.bank.last is not None:
            await self._tell(Apdu(kinds.STATUS_INFORMATION, status_of(self.bank.last)), connection)
            if paper and self.repeats_slips:
                await self._print(slips_of(self.bank.last), connection)
        await self._tell(Apdu(kinds.COMPLETION), connection)

    async def _report(self, booking: Booking, connection: int) -> None:
        """The result, the slips' text, the end."""
        await self._tell(Apdu(kinds.STATUS_INFORMATION, status_of(booking)), connection)
        self._lost_at("status")
        await self._print(slips_of(booking), connection)
        if booking.result:
            await self._tell(Apdu(kinds.ABORTED, bytes([booking.result])), connection)
            return
        self._lost_at("receipt")
        await self._tell(Apdu(kinds.COMPLETION), connection)
        self._lost_at("completion")

    async def _print(self, slips: Sequence[tuple[Kind, list[str]]], connection: int) -> None:
        """On its own paper, unless the till has said that it prints this."""
        for kind, lines in slips:
            if not self.config & (ADMINISTRATION if kind is Kind.REPORT else PAYMENTS):
                self.papers.append(lines[0])
            elif self.slips == "blocks" and self._offered_blocks:
                await self._tell(Apdu(kinds.PRINT_TEXT, block_of(kind, lines)), connection)
            else:
                named = Kind.UNNAMED if self.slips == "bare lines" else kind
                for line in lines_of(named, lines):
                    await self._tell(Apdu(kinds.PRINT_LINE, line), connection)

    async def _refuse(self, code: int, connection: int, *, taken: bool = False) -> None:
        if not taken:
            self._send(ACCEPTED)
        status = bytes([f.RESULT, code, f.TERMINAL]) + TERMINAL_ID
        if taken:
            await self._tell(Apdu(kinds.STATUS_INFORMATION, status), connection)
        await self._tell(Apdu(kinds.ABORTED, bytes([code])), connection)

    async def _tell(self, message: Apdu, connection: int) -> None:
        """Say it to the till that gave the command, and wait a little for its 80 00."""
        if self._deaf or connection != self.connections or (not self.serial and self._wire is None):
            return
        self._answered.clear()
        self._ending = message.control in (kinds.COMPLETION, kinds.ABORTED)
        self._send(message)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._answered.wait()

    def _lost_at(self, step: Step) -> bool:
        """Lose the till here, if that was wished for: hang up, or on a serial line hear nothing more until it registers anew."""
        if self.lose_at != step:
            return False
        self.lose_at = None
        if self.serial:
            self._deaf = True
        else:
            self.disconnect()
        return True

    def _send(self, message: Apdu) -> None:
        if not self._deaf:
            self.say(frame(message) if self.serial else message.encode())


def slips_of(booking: Booking) -> list[tuple[Kind, list[str]]]:
    """The merchant's paper, to be signed if it was approved, and the customer's."""
    title = {"payment": "Kartenzahlung", "refund": "Gutschrift", "reversal": "Storno"}[booking.kind]
    body = [
        title,
        f"Beleg-Nr:{booking.receipt:15}",
        "Nr:  **** **** **** 4771",
        f"{booking.amount // 100}.{booking.amount % 100:02}",
    ]
    body.append("Zahlung nicht möglich" if booking.result else "Genehmigt")
    signed = [] if booking.result else ["", "Unterschrift:", "", "________________________"]
    return [
        (Kind.MERCHANT, ["** HÄNDLERBELEG **", *body, *signed]),
        (Kind.CUSTOMER, ["** KUNDENBELEG **", *body]),
    ]


def block_of(kind: Kind, lines: Sequence[str]) -> bytes:
    """06 D3 as captured ones are (Portalum.Zvt): the type, the texts, behind the last one the attribute 81."""
    texts = b"".join(f.tlv([TEXT], line.encode(CHARACTERS)) for line in lines)
    inner = f.tlv([0x1F, 0x07], bytes([kind])) + f.tlv([TEXTS], texts + f.tlv([ATTRIBUTE], b"\x81"))
    return f.tlv([f.TLV], inner)


def lines_of(kind: Kind, lines: Sequence[str]) -> list[bytes]:
    """06 D1 as captured ones are (Portalum.Zvt): the heading centred, each with its type, at last an empty one with 81."""
    named = b"" if kind is Kind.UNNAMED else f.tlv([f.TLV], f.tlv([0x1F, 0x07], bytes([kind])))
    attributes = [CENTRED, *([0] * (len(lines) - 1)), 0x81]
    return [
        bytes([each]) + line.encode(CHARACTERS) + named for each, line in zip(attributes, [*lines, ""], strict=True)
    ]


def status_of(booking: Booking) -> bytes:
    """A status information as a terminal says it. The order of fields is that of a captured one (Portalum.Zvt)."""
    status = bytes([f.RESULT, booking.result, f.AMOUNT]) + f.packed(booking.amount, 6)
    status += bytes([f.TRACE]) + f.packed(booking.trace, 3) + bytes.fromhex("0C223953 0D1006")
    status += f.counted(f.CARD, CARD) + bytes([f.TERMINAL]) + TERMINAL_ID
    if booking.original is not None:
        status += bytes([f.ORIGINAL_TRACE]) + f.packed(booking.original, 3)
    if not booking.result:
        status += bytes([f.AUTHORISATION_CODE]) + b"611804\0\0"
    status += bytes([f.CURRENCY]) + f.packed(booking.currency, 2) + bytes([f.RECEIPT]) + f.packed(booking.receipt, 2)
    return status + f.counted(f.CARD_NAME, b"Debit Mastercard\0")
