"""What a simulated register does with a command: modes, sub-modes, the open receipt, counters, the paper.

It knows both the commands of this project's driver and the older ones of foreign programs (80, 82, 85).
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from devices.fiscal.content import Operation, Tender, rounded
from devices.fiscal.shtrih import commands as c
from devices.fiscal.shtrih import questions
from devices.fiscal.shtrih.checking import MARKED, MISSING, NOT_ALLOWED, Checking
from devices.fiscal.shtrih.codes import OPENED_AS, Mode, SubMode
from devices.fiscal.shtrih.marks import CODES_FIRST, FORMATS, NEEDED
from devices.fiscal.storage import DocumentKind, FiscalStorage, StorageRefused, StoredDocument

ADMINISTRATOR, OPERATORS = 30, range(1, 31)
NAME = "ТИЛЛКАРД-01Ф".encode("cp1251")
OLD_SALE, OLD_RETURN, OLD_CLOSE, OLD_CORRECTION = 0x80, 0x82, 0x85, 0xFF36
USUAL_MODEL = 252
PRINTS = frozenset(
    {c.X_REPORT, c.Z_REPORT, c.CASH_IN, c.CASH_OUT, c.CANCEL, c.OPEN_RECEIPT, c.OPEN_SHIFT, c.CLOSE, c.OPERATION}
    | {c.CORRECTION, OLD_SALE, OLD_RETURN, OLD_CLOSE, OLD_CORRECTION}
)


@dataclass(slots=True)
class Line:
    name: str
    subject: int
    mark: str = ""


@dataclass(slots=True)
class OpenReceipt:
    """`mark`: a code that came before its line."""

    operation: Operation
    total: int = 0
    lines: list[Line] = field(default_factory=list[Line])
    mark: str = ""


class Machine:
    """`now` is its clock. `model` and `data_format` are what it says of itself. `busy`: how many questions after each
    printed command it still says that it prints; None: it never ends. `paper_ends_in`: that many printed commands
    from now."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.storage = FiscalStorage(now=lambda: now().replace(tzinfo=None))
        self.model = USUAL_MODEL
        self.data_format = NEEDED
        self.checking = Checking()
        self.receipt: OpenReceipt | None = None
        self.correcting = False
        self.locked = False
        self.cover_open = False
        self.busy: int | None = 0
        self.paper_ends_in: int | None = None
        self.requisites: list[bytes] = []
        self.done: Counter[int] = Counter()
        """Commands carried out, by code."""
        self.submode = SubMode.READY
        self.cash = 0
        self.printed = 0
        self.moved: Counter[int] = Counter()
        """Sums of the shift by code: cash in, cash out."""
        self._still_busy = 0
        self.times: Counter[int] = Counter()

    # what a person or the power does

    def load_paper(self) -> None:
        """A new roll: what was being printed waits for the command to go on."""
        self.submode = SubMode.WAITS_CONTINUE if self.submode is SubMode.STOPPED else SubMode.READY
        self.paper_ends_in = None

    def remove_paper(self) -> None:
        """No paper, while nothing is printed."""
        self.submode = SubMode.NO_PAPER

    def power_cycle(self) -> None:
        """Everything but the fiscal storage and the counters is forgotten: an open receipt is cancelled."""
        self.receipt, self.correcting, self._still_busy = None, False, 0
        self.checking.forget()

    # commands

    def answer(self, message: bytes) -> bytes:
        """The whole answer: code, error, data."""
        long = message[:1] == b"\xff"
        code = int.from_bytes(message[: 2 if long else 1], "big")
        head, body = message[: 2 if long else 1], message[2 if long else 1 :]
        try:
            data = self._carry_out(code, body)
        except questions.Refused as refused:
            return head + bytes([refused.code])
        except StorageRefused as refused:
            return head + bytes([refused.code])
        except (IndexError, KeyError, ValueError):
            return head + bytes([0x33])
        self.done[code] += 1
        return head + b"\0" + data

    def _carry_out(self, code: int, body: bytes) -> bytes:
        if code == c.DEVICE:
            return bytes([0, 0, 1, 14, self.model, 0]) + NAME
        password = int.from_bytes(body[:4], "little")
        if len(body) < 4 or password not in OPERATORS:
            raise questions.Refused(0x4F)
        action = ACTIONS.get(code)
        if action is None:
            raise questions.Refused(0x37)
        if code not in PRINTS:
            return action(self, password, body[4:])
        self._can_print()
        data = action(self, password, body[4:])
        self._printing()
        return data

    def _can_print(self) -> None:
        match self.submode:
            case SubMode.NO_PAPER | SubMode.STOPPED:
                raise questions.Refused(0x6B)
            case SubMode.WAITS_CONTINUE:
                raise questions.Refused(0x58)
            case SubMode.PRINTING:
                raise questions.Refused(0x50)
            case _:
                pass

    def _printing(self) -> None:
        self.printed += 1
        if self.paper_ends_in is not None:
            self.paper_ends_in -= 1
            if self.paper_ends_in <= 0:
                self.submode, self.paper_ends_in = SubMode.STOPPED, None
                return
        if self.busy is None or self.busy:
            self.submode, self._still_busy = SubMode.PRINTING, self.busy or 0

    def shown_submode(self) -> SubMode:
        """The sub-mode as a question is told it: each one asked brings the end of the printing nearer."""
        shown = self.submode
        if self.submode is SubMode.PRINTING and self.busy is not None:
            self._still_busy -= 1
            if self._still_busy <= 0:
                self.submode = SubMode.READY
        return shown

    @property
    def mode(self) -> int:
        if self.locked:
            return Mode.LOCKED
        if self.receipt is not None:
            return Mode.DOCUMENT_OPEN | OPENED_AS[self.receipt.operation] << 4
        if not self.storage.shift_open:
            return Mode.SHIFT_CLOSED
        return Mode.SHIFT_EXPIRED if self.storage.shift_expired else Mode.SHIFT_OPEN

    # documents

    def open_shift(self, password: int, body: bytes) -> bytes:
        if self.storage.shift_open:
            raise questions.Refused(0x73)
        self._new_shift()
        return bytes([password])

    def _new_shift(self) -> StoredDocument:
        self.moved.clear()
        return self.storage.open_shift()

    def open_receipt(self, password: int, body: bytes) -> bytes:
        if self.receipt is not None:
            raise questions.Refused(0x4A)
        if self.storage.shift_expired:
            raise questions.Refused(0x4E)
        self._open_as(questions.OPENED[body[0]])
        return bytes([password])

    def _open_as(self, operation: Operation) -> OpenReceipt:
        if not self.storage.shift_open:
            self._new_shift()
        self.receipt = OpenReceipt(operation)
        return self.receipt

    def operation(self, password: int, body: bytes) -> bytes:
        """FF46: a line with its own sum."""
        operation = questions.SETTLED[body[0]]
        quantity, price = int.from_bytes(body[1:7], "little"), int.from_bytes(body[7:12], "little")
        amount, meant = int.from_bytes(body[12:17], "little"), rounded(price * quantity, 1_000_000)
        if amount == c.NOT_GIVEN:
            amount = meant
        if abs(amount - meant) > 1:
            raise questions.Refused(0x33)
        self._add(operation, amount, body[26:], body[25])
        return b""

    def old_sale(self, password: int, body: bytes) -> bytes:
        return self._old_line(Operation.SALE, password, body)

    def old_return(self, password: int, body: bytes) -> bytes:
        return self._old_line(Operation.RETURN, password, body)

    def _old_line(self, operation: Operation, password: int, body: bytes) -> bytes:
        quantity, price = int.from_bytes(body[:5], "little"), int.from_bytes(body[5:10], "little")
        self._add(operation, rounded(price * quantity, 1_000), body[15:])
        return bytes([password])

    def _add(self, operation: Operation, amount: int, name: bytes, subject: int = 1) -> None:
        if self.storage.shift_expired:
            raise questions.Refused(0x4E)
        receipt = self.receipt or self._open_as(operation)
        if receipt.operation is not operation:
            raise questions.Refused(0x5E)
        receipt.total += amount
        receipt.lines.append(Line(name.rstrip(b"\0").decode("cp1251", "replace"), subject, receipt.mark))
        receipt.mark = ""

    def check_mark(self, password: int, body: bytes) -> bytes:
        self._must_know_marks()
        return self.checking.check(body)

    def decide_mark(self, password: int, body: bytes) -> bytes:
        self._must_know_marks()
        return self.checking.decide(body)

    def bind_mark(self, password: int, body: bytes) -> bytes:
        self._must_know_marks()
        if self.receipt is None:
            raise questions.Refused(0x55)
        before = self.model in CODES_FIRST
        last = self.receipt.lines[-1] if self.receipt.lines else None
        if self.receipt.mark if before else last is None or last.mark:
            raise questions.Refused(0x5E)
        code, answer = self.checking.bind(body, self.receipt.operation)
        if before:
            self.receipt.mark = code
        elif last:
            last.mark = code
        return answer

    def _must_know_marks(self) -> None:
        if self.data_format != NEEDED:
            raise questions.Refused(NOT_ALLOWED)

    def table(self, password: int, body: bytes) -> bytes:
        """1F: of all tables the field alone that says the format of fiscal data."""
        if body != bytes([17, 1, 0, 17]) or self.model in CODES_FIRST:
            raise questions.Refused(0x33)
        return bytes([number for number, known in FORMATS.items() if known == self.data_format])

    def close(self, password: int, body: bytes) -> bytes:
        """FF45."""
        sums = [int.from_bytes(body[i * 5 : i * 5 + 5], "little") for i in range(c.PAYMENT_TYPES)]
        paid = [(questions.PAID[i + 1], amount) for i, amount in enumerate(sums) if amount]
        change, document = self._close(paid, body[80])
        proof = (
            document.number.to_bytes(4, "little") + document.sign.to_bytes(4, "little") + questions.stamp(document.at)
        )
        return change.to_bytes(5, "little") + proof

    def old_close(self, password: int, body: bytes) -> bytes:
        """85: cash and three other types."""
        sums = [int.from_bytes(body[i * 5 : i * 5 + 5], "little") for i in range(4)]
        tenders = (Tender.CASH, Tender.CARD, Tender.CARD, Tender.CARD)
        change, _ = self._close([(tender, amount) for tender, amount in zip(tenders, sums, strict=True) if amount], 0)
        return bytes([password]) + change.to_bytes(5, "little")

    def _close(self, paid: list[tuple[Tender, int]], rounding: int) -> tuple[int, StoredDocument]:
        receipt = self.receipt
        if receipt is None:
            raise questions.Refused(0x55)
        total = receipt.total - rounding
        change = sum(amount for _, amount in paid) - total
        cash = sum(amount for tender, amount in paid if tender is Tender.CASH)
        if change < 0:
            raise questions.Refused(0x45)
        if change > cash:
            raise questions.Refused(0x4D)
        kept = tuple((tender, amount) for tender, amount in paid if tender is not Tender.CASH)
        kept += ((Tender.CASH, cash - change),) if cash > change else ()
        income = receipt.operation in (Operation.SALE, Operation.BUY_RETURN)
        if not income and cash > self.cash:
            raise questions.Refused(0x46)
        if any(line.subject in MARKED and not line.mark for line in receipt.lines):
            raise questions.Refused(MISSING)
        names, codes = tuple(line.name for line in receipt.lines), tuple(line.mark for line in receipt.lines)
        document = self.storage.register(DocumentKind.RECEIPT, receipt.operation, total, kept, names, codes)
        self.checking.forget()
        self.checking.system.moved(codes, receipt.operation)
        self.cash += (cash - change) if income else -cash
        self.receipt = None
        return change, document

    def cancel(self, password: int, body: bytes) -> bytes:
        if self.receipt is None:
            raise questions.Refused(0x55)
        self.receipt = None
        return bytes([password])

    def cancel_stored(self, password: int, body: bytes) -> bytes:
        self.correcting = False
        return b""

    def requisite(self, password: int, body: bytes) -> bytes:
        if self.receipt is None and not self.correcting:
            raise questions.Refused(0x73)
        self.requisites.append(body)
        return b""

    def begin_correction(self, password: int, body: bytes) -> bytes:
        if self.receipt is not None or not self.storage.shift_open:
            raise questions.Refused(0x73)
        self.correcting = True
        return b""

    def correction(self, password: int, body: bytes) -> bytes:
        """FF4A."""
        total = int.from_bytes(body[2:7], "little")
        tenders = (Tender.CASH, Tender.CARD, Tender.PREPAID, Tender.CREDIT)
        sums = [int.from_bytes(body[7 + i * 5 : 12 + i * 5], "little") for i in range(4)]
        paid = tuple((tender, amount) for tender, amount in zip(tenders, sums, strict=True) if amount)
        return self._correct(questions.SETTLED[body[1]], total, paid)

    def old_correction(self, password: int, body: bytes) -> bytes:
        """FF36: sum and operation."""
        total = int.from_bytes(body[:5], "little")
        return self._correct(questions.SETTLED[body[5]], total, ((Tender.CASH, total),))

    def _correct(self, operation: Operation, total: int, paid: tuple[tuple[Tender, int], ...]) -> bytes:
        if not self.correcting:
            raise questions.Refused(0x02)
        if sum(amount for _, amount in paid) != total:
            raise questions.Refused(0x45)
        document = self.storage.register(DocumentKind.CORRECTION, operation, total, paid)
        self.correcting = False
        numbers = document.receipt.to_bytes(2, "little") + document.number.to_bytes(4, "little")
        return numbers + document.sign.to_bytes(4, "little")

    def x_report(self, password: int, body: bytes) -> bytes:
        self.times[c.X_REPORT] += 1
        return bytes([password])

    def z_report(self, password: int, body: bytes) -> bytes:
        if self.receipt is not None:
            raise questions.Refused(0x4A)
        self.storage.close_shift()
        self.moved.clear()
        return bytes([password])

    def cash_in(self, password: int, body: bytes) -> bytes:
        return self._move_cash(c.CASH_IN, password, int.from_bytes(body[:5], "little"))

    def cash_out(self, password: int, body: bytes) -> bytes:
        amount = int.from_bytes(body[:5], "little")
        if amount > self.cash:
            raise questions.Refused(0x46)
        return self._move_cash(c.CASH_OUT, password, amount)

    def _move_cash(self, code: int, password: int, amount: int) -> bytes:
        if self.storage.shift_expired:
            raise questions.Refused(0x4E)
        self.times[code] += 1
        self.moved[code] += amount
        self.cash += amount if code == c.CASH_IN else -amount
        return bytes([password]) + (self.printed + 1).to_bytes(2, "little")

    def go_on(self, password: int, body: bytes) -> bytes:
        if self.submode in (SubMode.NO_PAPER, SubMode.STOPPED):
            raise questions.Refused(0x6B)
        if self.submode is SubMode.WAITS_CONTINUE:
            self.submode = SubMode.READY
        return bytes([password])


ACTIONS: dict[int, Callable[[Machine, int, bytes], bytes]] = {
    c.SHORT_STATE: questions.short_state,
    c.LONG_STATE: questions.long_state,
    c.MONEY: questions.money_register,
    c.COUNT: questions.count_register,
    c.STORAGE: questions.storage_state,
    c.FIND: questions.find,
    c.UNSENT: questions.exchange_state,
    0xFF3F: questions.unconfirmed,
    c.SHIFT: questions.shift_parameters,
    c.OPEN_SHIFT: Machine.open_shift,
    c.OPEN_RECEIPT: Machine.open_receipt,
    c.OPERATION: Machine.operation,
    OLD_SALE: Machine.old_sale,
    OLD_RETURN: Machine.old_return,
    c.CHECK_MARK: Machine.check_mark,
    c.DECIDE_MARK: Machine.decide_mark,
    c.BIND_MARK: Machine.bind_mark,
    c.TABLE: Machine.table,
    c.CLOSE: Machine.close,
    OLD_CLOSE: Machine.old_close,
    c.CANCEL: Machine.cancel,
    c.CANCEL_STORED: Machine.cancel_stored,
    c.TLV: Machine.requisite,
    c.BEGIN_CORRECTION: Machine.begin_correction,
    c.CORRECTION: Machine.correction,
    OLD_CORRECTION: Machine.old_correction,
    c.X_REPORT: Machine.x_report,
    c.Z_REPORT: Machine.z_report,
    c.CASH_IN: Machine.cash_in,
    c.CASH_OUT: Machine.cash_out,
    c.CONTINUE: Machine.go_on,
}
