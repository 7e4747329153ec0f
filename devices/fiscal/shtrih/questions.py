"""What a simulated register tells of itself: states, registers, the fiscal storage."""

from datetime import datetime
from typing import TYPE_CHECKING

from devices.fiscal.russia import SETTLED_AS
from devices.fiscal.shtrih import commands as c
from devices.fiscal.shtrih.answers import COVER_FLAG, NO_PAPER_FLAG, OPERATOR_LATE
from devices.fiscal.shtrih.codes import OPENED_AS, TENDERS, Kind, SubMode
from devices.fiscal.storage import DocumentKind, StoredDocument

if TYPE_CHECKING:
    from devices.fiscal.shtrih.machine import Machine

OPENED = {code: operation for operation, code in OPENED_AS.items()}
SETTLED = {code: operation for operation, code in SETTLED_AS.items()}
PAID = {number: tender for tender, number in TENDERS.items()}
KINDS = {
    DocumentKind.SHIFT_OPENING: Kind.SHIFT_OPENING,
    DocumentKind.RECEIPT: Kind.RECEIPT,
    DocumentKind.CORRECTION: Kind.CORRECTION,
    DocumentKind.SHIFT_CLOSING: Kind.SHIFT_CLOSING,
}


class Refused(Exception):
    """The machine answers with this error code."""

    def __init__(self, code: int) -> None:
        super().__init__(f"{code:02X}")
        self.code = code


def _flags(machine: "Machine") -> int:
    paper = machine.submode not in (SubMode.NO_PAPER, SubMode.STOPPED)
    return (NO_PAPER_FLAG if paper else 0) | (COVER_FLAG if machine.cover_open else 0) | 0x0212


def short_state(machine: "Machine", password: int, body: bytes) -> bytes:
    lines = len(machine.receipt.lines) if machine.receipt else 0
    state = bytes([machine.mode, machine.shown_submode(), lines & 0xFF, 0x9F, 0xF8, 0, 0, lines >> 8, 0, 0, 0])
    return bytes([password]) + _flags(machine).to_bytes(2, "little") + state


def long_state(machine: "Machine", password: int, body: bytes) -> bytes:
    now = machine.storage.now()
    day = bytes([now.day, now.month, now.year - 2000])
    clock = bytes([now.hour, now.minute, now.second])
    head = bytes([password]) + b"A0" + (1).to_bytes(2, "little") + day + b"\1" + machine.printed.to_bytes(2, "little")
    state = _flags(machine).to_bytes(2, "little") + bytes([machine.mode, machine.shown_submode(), 0])
    return (
        head
        + state
        + b"10"
        + (1).to_bytes(2, "little")
        + day * 2
        + clock
        + b"\0"
        + (1234).to_bytes(4, "little")
        + _last_closed(machine).to_bytes(2, "little")
        + (2_000).to_bytes(2, "little")
        + b"\1\x0f"
        + bytes(6)
    )


def _last_closed(machine: "Machine") -> int:
    return machine.storage.shift - 1 if machine.storage.shift_open else machine.storage.shift


def money_register(machine: "Machine", password: int, body: bytes) -> bytes:
    number = int.from_bytes(body, "little")
    return bytes([password]) + _money(machine, number).to_bytes(6, "little")


def _money(machine: "Machine", number: int) -> int:
    match number:
        case 241:
            return machine.cash
        case 242:
            return machine.moved[c.CASH_IN]
        case 243:
            return machine.moved[c.CASH_OUT]
        case _ if 193 <= number <= 208:
            return _paid(machine, (number - 193) // 4 + 1, (number - 193) % 4)
        case _ if 4144 <= number <= 4191:
            return _paid(machine, (number - 4144) // 4 + 5, (number - 4144) % 4)
        case _:
            return 0


def _paid(machine: "Machine", payment: int, opened_as: int) -> int:
    tender = PAID.get(payment)
    return sum(
        amount
        for document in _of_the_shift(machine, opened_as)
        for paid_as, amount in document.paid
        if paid_as is tender
    )


def _of_the_shift(machine: "Machine", opened_as: int) -> list[StoredDocument]:
    storage = machine.storage
    if not storage.shift_open:
        return []
    operation = OPENED[opened_as]
    return [
        d
        for d in storage.documents
        if d.shift == storage.shift and d.operation is operation and d.kind is DocumentKind.RECEIPT
    ]


def count_register(machine: "Machine", password: int, body: bytes) -> bytes:
    number = body[0]
    match number:
        case _ if 144 <= number <= 147:
            value = len(_of_the_shift(machine, number - 144))
        case 155:
            value = machine.times[c.CASH_IN]
        case 156:
            value = machine.times[c.CASH_OUT]
        case 158:
            value = machine.times[c.X_REPORT]
        case _:
            value = 0
    return bytes([password]) + value.to_bytes(2, "little")


def storage_state(machine: "Machine", password: int, body: bytes) -> bytes:
    storage, now = machine.storage, machine.storage.now()
    document = 4 if machine.receipt else 0x14 if machine.correcting else 0
    warnings = OPERATOR_LATE if storage.unsent and (now - storage.unsent[0].at).days >= 1 else 0
    head = bytes([0b0011, document, 0, storage.shift_open, warnings])
    return head + stamp(now) + storage.serial.encode() + storage.last.to_bytes(4, "little")


def find(machine: "Machine", password: int, body: bytes) -> bytes:
    document = machine.storage.document(int.from_bytes(body[:4], "little"))
    if document is None:
        raise Refused(0x08)
    head = bytes([KINDS[document.kind], document not in machine.storage.unsent]) + stamp(document.at)
    head += document.number.to_bytes(4, "little") + document.sign.to_bytes(4, "little")
    if document.operation is None:
        return head + document.shift.to_bytes(2, "little")
    return head + bytes([SETTLED_AS[document.operation]]) + document.total.to_bytes(5, "little")


def exchange_state(machine: "Machine", password: int, body: bytes) -> bytes:
    unsent = machine.storage.unsent
    if not unsent:
        return bytes(13)
    first = unsent[0]
    return bytes([2, 0]) + len(unsent).to_bytes(2, "little") + first.number.to_bytes(4, "little") + stamp(first.at)


def unconfirmed(machine: "Machine", password: int, body: bytes) -> bytes:
    return len(machine.storage.unsent).to_bytes(2, "little")


def shift_parameters(machine: "Machine", password: int, body: bytes) -> bytes:
    storage = machine.storage
    return bytes([storage.shift_open]) + storage.shift.to_bytes(2, "little") + storage.receipts.to_bytes(2, "little")


def stamp(at: datetime) -> bytes:
    return bytes([at.year - 2000, at.month, at.day, at.hour, at.minute])
