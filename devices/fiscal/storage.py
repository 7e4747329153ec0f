"""A fiscal storage (FN) made of software: documents numbered and signed, shifts, documents not yet sent.

The simulators of Shtrih-M and ATOL registers keep their documents in it, so a test can see that none is doubled.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from zlib import crc32

from devices.fiscal.content import Operation, Tender

LONGEST_SHIFT = timedelta(hours=24)
SERIAL = "9999078900000961"


class DocumentKind(StrEnum):
    SHIFT_OPENING = "shift opening"
    RECEIPT = "receipt"
    CORRECTION = "correction"
    SHIFT_CLOSING = "shift closing"


class StorageRefused(Exception):
    """The storage takes no such document now; `code` is the storage's own error code."""

    def __init__(self, code: int) -> None:
        super().__init__(f"storage error {code:02X}")
        self.code = code


@dataclass(frozen=True, slots=True)
class StoredDocument:
    number: int
    kind: DocumentKind
    sign: int
    at: datetime
    shift: int
    receipt: int = 0
    """Number within the shift, of receipts and corrections."""
    operation: Operation | None = None
    total: int = 0
    paid: tuple[tuple[Tender, int], ...] = ()
    lines: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    """The marking code of each line, "" where it has none."""


@dataclass(slots=True)
class FiscalStorage:
    """`now` is the register's clock (local time). `connected`: the operator takes each document at once."""

    now: Callable[[], datetime]
    serial: str = SERIAL
    connected: bool = True
    broken: bool = False
    documents: list[StoredDocument] = field(default_factory=list[StoredDocument])
    unsent: list[StoredDocument] = field(default_factory=list[StoredDocument])
    shift: int = 0
    shift_opened_at: datetime | None = None
    receipts: int = 0

    @property
    def shift_open(self) -> bool:
        return self.shift_opened_at is not None

    @property
    def shift_expired(self) -> bool:
        return self.shift_opened_at is not None and self.now() - self.shift_opened_at > LONGEST_SHIFT

    @property
    def last(self) -> int:
        return len(self.documents)

    @property
    def registered(self) -> list[StoredDocument]:
        """The receipts and corrections: what a sale may be in only once."""
        return [document for document in self.documents if document.operation is not None]

    def document(self, number: int) -> StoredDocument | None:
        return self.documents[number - 1] if 1 <= number <= len(self.documents) else None

    def open_shift(self) -> StoredDocument:
        if self.shift_open:
            raise StorageRefused(0x02)
        self.shift, self.receipts, self.shift_opened_at = self.shift + 1, 0, self.now()
        return self._store(DocumentKind.SHIFT_OPENING)

    def close_shift(self) -> StoredDocument:
        if not self.shift_open:
            raise StorageRefused(0x02)
        self.shift_opened_at = None
        return self._store(DocumentKind.SHIFT_CLOSING)

    def register(
        self,
        kind: DocumentKind,
        operation: Operation,
        total: int,
        paid: tuple[tuple[Tender, int], ...],
        lines: tuple[str, ...] = (),
        marks: tuple[str, ...] = (),
    ) -> StoredDocument:
        if not self.shift_open:
            raise StorageRefused(0x02)
        if self.shift_expired:
            raise StorageRefused(0x16)
        self.receipts += 1
        return self._store(kind, operation, total, paid, lines, marks)

    def send(self) -> None:
        """The operator takes everything."""
        self.unsent.clear()

    def _store(
        self,
        kind: DocumentKind,
        operation: Operation | None = None,
        total: int = 0,
        paid: tuple[tuple[Tender, int], ...] = (),
        lines: tuple[str, ...] = (),
        marks: tuple[str, ...] = (),
    ) -> StoredDocument:
        if self.broken:
            raise StorageRefused(0x03)
        number, at = len(self.documents) + 1, self.now()
        sign = crc32(f"{self.serial} {number} {at:%Y%m%d%H%M} {total}".encode())
        receipt = self.receipts if operation else 0
        stored = StoredDocument(number, kind, sign, at, self.shift, receipt, operation, total, paid, lines, marks)
        self.documents.append(stored)
        if not self.connected:
            self.unsent.append(stored)
        return stored
