"""What the register answers to questions, as values. Data without command and error code; integers little-endian.

Source: pyshtrih (layouts of 10, 11, 1A, 1B, 1F, FC, FF01, FF0A, FF39, FF40) and shtrih-m/javapos_shtrih (the same, and the data
of a stored document).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from devices.fiscal.shtrih.codes import Mode, SubMode

T = TypeVar("T")
NO_PAPER_FLAG, COVER_FLAG = 1 << 7, 1 << 10
URGENT, SOON, FULL, OPERATOR_LATE = 1, 2, 4, 8
"""Warnings of the storage: replace within 3 days, within 30, memory 90 % full, the operator has not answered."""


class BadAnswer(Exception):
    """The answer is shorter than it must be, or says what cannot be."""


@dataclass(frozen=True, slots=True)
class State:
    """`operation`: of the open document (mode 8), else 0."""

    mode: Mode
    submode: SubMode
    operation: int
    paper: bool
    cover_open: bool


@dataclass(frozen=True, slots=True)
class LongState:
    state: State
    serial: int
    document: int
    """Number of the last printed document, fiscal or not."""
    now: datetime


@dataclass(frozen=True, slots=True)
class Storage:
    """The state of the fiscal storage. `open_document`: it holds the beginning of one."""

    fiscal: bool
    open_document: bool
    shift_open: bool
    warnings: int
    serial: str
    last: int


@dataclass(frozen=True, slots=True)
class Stored:
    """A document in the storage; `operation` (1 to 4) and `total` only of receipts and corrections."""

    kind: int
    number: int
    sign: int
    at: datetime
    operation: int | None = None
    total: int | None = None
    shift: int | None = None


@dataclass(frozen=True, slots=True)
class Unsent:
    """`since`: when the first document that still waits was made."""

    count: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class ShiftNumber:
    number: int
    receipt: int


class Reader:
    """Takes one field after the other. Raises `BadAnswer` where there are too few bytes."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def skip(self, size: int) -> None:
        self.bytes(size)

    def bytes(self, size: int) -> bytes:
        piece = self._data[self._at : self._at + size]
        if len(piece) < size:
            raise BadAnswer(f"{len(self._data)} bytes are too few")
        self._at += size
        return piece

    def number(self, size: int) -> int:
        return int.from_bytes(self.bytes(size), "little")

    @property
    def left(self) -> int:
        return len(self._data) - self._at

    def year_first(self) -> datetime:
        year, month, day, hour, minute = self.bytes(5)
        return datetime(2000 + year, month, day, hour, minute)  # noqa: DTZ001 - the register's own local time


def read(parse: Callable[[Reader], T], data: bytes) -> T:
    """The answer's data as a value. Raises `BadAnswer`."""
    try:
        return parse(Reader(data))
    except ValueError as error:
        raise BadAnswer(str(error)) from error


def short_state(reader: Reader) -> State:
    """10h."""
    reader.skip(1)
    return _state(reader)


def _state(reader: Reader) -> State:
    flags, mode, submode = reader.number(2), reader.number(1), reader.number(1)
    return State(Mode(mode & 0x0F), SubMode(submode), mode >> 4, bool(flags & NO_PAPER_FLAG), bool(flags & COVER_FLAG))


def long_state(reader: Reader) -> LongState:
    """11h."""
    reader.skip(9)
    document = reader.number(2)
    state = _state(reader)
    reader.skip(8)
    day, month, year, hour, minute, second = reader.bytes(6)
    reader.skip(1)
    now = datetime(2000 + year, month, day, hour, minute, second)  # noqa: DTZ001
    return LongState(state, reader.number(4), document, now)


def storage(reader: Reader) -> Storage:
    """FF01h."""
    life, document = reader.number(1), reader.number(1)
    reader.skip(1)
    shift_open, warnings = reader.number(1) != 0, reader.number(1)
    reader.skip(5)
    serial = reader.bytes(16).decode("ascii", "replace").strip("\0 ")
    return Storage(life & 0b0111 == 0b0011, document != 0, shift_open, warnings, serial, reader.number(4))


def stored(reader: Reader) -> Stored:
    """FF0Ah: a receipt has 6 bytes behind its sign, a report on a shift 2."""
    kind = reader.number(1)
    reader.skip(1)
    at, number, sign = reader.year_first(), reader.number(4), reader.number(4)
    if reader.left >= 6:
        return Stored(kind, number, sign, at, operation=reader.number(1), total=reader.number(5))
    return Stored(kind, number, sign, at, shift=reader.number(2) if reader.left >= 2 else None)


def unsent(reader: Reader) -> Unsent:
    """FF39h."""
    reader.skip(2)
    count = reader.number(2)
    reader.skip(4)
    return Unsent(count, reader.year_first() if count else None)


def shift_number(reader: Reader) -> ShiftNumber:
    """FF40h."""
    reader.skip(1)
    return ShiftNumber(reader.number(2), reader.number(2))


def money(reader: Reader) -> int:
    """1Ah."""
    reader.skip(1)
    return reader.number(6)


def count(reader: Reader) -> int:
    """1Bh."""
    reader.skip(1)
    return reader.number(2)


def table_field(reader: Reader) -> int:
    """1Fh, of a field that is a number."""
    return reader.number(reader.left)


def device_model(reader: Reader) -> int:
    """FCh: type, two bytes each of version, the model."""
    reader.skip(4)
    return reader.number(1)
