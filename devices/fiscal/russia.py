"""What all registers with a fiscal storage (FN) share: the text of the QR code, times as the storage keeps them, marked
goods."""

from dataclasses import dataclass
from datetime import datetime

from devices.fiscal.content import THOUSANDTHS, Line, Operation, Subject
from devices.fiscal.errors import MalformedContent

SETTLED_AS = {Operation.SALE: 1, Operation.RETURN: 2, Operation.BUY: 3, Operation.BUY_RETURN: 4}
"""`n` of the QR code, the "sign of settlement" (tag 1054)."""

GOODS_MARKED, EXCISE_MARKED = 33, 31
"""Tag 1212 of goods with a marking code, and of excisable ones. Source: the list of values in ATOL's own task scripts."""

TOBACCO_PACK, GS = 29, "\x1d"
"""The code of a pack of tobacco has so many characters and no separator."""


@dataclass(frozen=True, slots=True)
class Mark:
    """The marking code of one line as format 1.2 of fiscal data wants it told.

    `code` is byte for byte what was scanned. `subject`: tag 1212. `name` is the line's and `field` where it stands, for
    sentences about it.
    """

    code: bytes
    subject: int
    name: str
    field: str


def mark_of(line: Line, operation: Operation, at: str, most: int) -> Mark | None:
    """None for a line without a code. One code is one piece, sold or taken back; it has at most `most` bytes.

    Only packs of tobacco are known to be excisable: a code of any other form does not say it. Raises
    `MalformedContent`.
    """
    if not line.marking:
        return None
    if line.quantity != THOUSANDTHS:
        raise MalformedContent(field=at + "quantity", why=f"{THOUSANDTHS}: a marking code is one piece")
    if line.subject is not Subject.GOODS:
        raise MalformedContent(field=at + "subject", why="goods: nothing else has a marking code")
    if operation not in (Operation.SALE, Operation.RETURN):
        raise MalformedContent(field=at + "marking", why="none: marked goods are only sold and taken back")
    if len(line.marking) > most:
        raise MalformedContent(field=at + "marking", why=f"at most {most} characters")
    tobacco = len(line.marking) == TOBACCO_PACK and GS not in line.marking
    subject = EXCISE_MARKED if tobacco else GOODS_MARKED
    return Mark(line.marking.encode("ascii"), subject, line.name, at + "marking")


def qr_text(at: datetime, total: int, storage: str, number: int, sign: str, settled_as: int) -> str:
    """The text of a fiscal document's QR code; `at` is the storage's local time, `total` in kopecks.

    Source: printed receipts and open parsers of them (`t`, `s`, `fn`, `i`, `fp`, `n`); the fields and their order are
    public, whether seconds stand in `t` differs between makers.
    """
    rubles, kopecks = divmod(total, 100)
    return f"t={at:%Y%m%dT%H%M}&s={rubles}.{kopecks:02}&fn={storage}&i={number}&fp={sign}&n={settled_as}"


def local_text(at: datetime) -> str:
    """A time of the storage as answers carry it: local, without a zone."""
    return at.replace(tzinfo=None).isoformat(timespec="seconds")
