"""The papers that a terminal wants printed, from its print lines (06 D1) and text blocks (06 D3).

Attribute of a line: FF is so many line feeds, any other with its highest bit (but 80) ends the paper, 40 centres; 20 and 10
make it wide and high, which is not followed. Source: Portalum.Zvt (`PrintLineParser`) and zvtlib (`PrintLineApduResponse`),
which agree. A line may end in a TLV container that says whose it is, a block's attribute stands under tag 09: captured
(Portalum.Zvt).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Final

from devices.payment.zvt import fields as f

CHARACTERS: Final = "cp437"
MOST_CHARACTERS: Final = 120
MOST_LINES: Final = 400
COLUMNS: Final = 24
"""How wide terminals lay out lines that nobody gave a width (captured); a centred one stands in the middle of these."""
FEEDS, RESERVED, LAST, CENTRED = 0xFF, 0x80, 0x80, 0x40
RECEIPT_TYPE, TEXTS, TEXT, ATTRIBUTE = 0x1F07, 0x25, 0x07, 0x09


class Kind(IntEnum):
    """Tag 1F07 (Wireshark, Portalum.Zvt)."""

    UNNAMED = 0
    MERCHANT = 1
    CUSTOMER = 2
    REPORT = 3


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    centred: bool = False


@dataclass(frozen=True, slots=True)
class Printed:
    """What one message wants printed. `last`: nothing more comes on this paper."""

    kind: Kind
    lines: tuple[Line, ...]
    last: bool = False


def printed_line(data: bytes) -> Printed:
    """One 06 D1."""
    attribute, text = (data[0], data[1:]) if data else (0, b"")
    if attribute == FEEDS:
        return Printed(Kind.UNNAMED, (Line(""),) * (text[0] if text else 1))
    text, kind = _named(text)
    return Printed(kind, (Line(plain(text), bool(attribute & CENTRED)),), _ends(attribute))


def printed_block(data: bytes) -> Printed:
    """One 06 D3: tag 25 holds lines, each under tag 07 (Portalum.Zvt, captured)."""
    kind, lines, last = Kind.UNNAMED, list[Line](), False
    for tag, content in f.objects(f.fields(data).get(f.TLV, b"")):
        if tag == RECEIPT_TYPE:
            kind = _kind(content)
        elif tag == TEXTS:
            for inner, piece in f.objects(content):
                if inner == TEXT:
                    lines.append(Line(plain(piece)))
                elif inner == ATTRIBUTE and piece:
                    last = last or _ends(piece[0])
    return Printed(kind, tuple(lines), last)


def plain(text: bytes) -> str:
    """Text of one line without control characters; its indent is kept."""
    shown = "".join(char for char in text.decode(CHARACTERS, "replace") if char.isprintable())
    return shown.rstrip()[:MOST_CHARACTERS]


def _ends(attribute: int) -> bool:
    return bool(attribute & LAST) and attribute not in (RESERVED, FEEDS)


def _named(text: bytes) -> tuple[bytes, Kind]:
    """The text and whose it is, where a container that reaches the line's end says so."""
    at = text.find(f.TLV)
    size = f.tlv_length(text, at + 1) if at >= 0 else None
    if size is None or at + 1 + sum(size) != len(text):
        return text, Kind.UNNAMED
    said = dict(f.objects(text[at + 1 + size[0] :]))
    return text[:at], _kind(said.get(RECEIPT_TYPE, b""))


def _kind(content: bytes) -> Kind:
    return Kind(content[0]) if content and content[0] in list(Kind) else Kind.UNNAMED


@dataclass(slots=True)
class _Paper:
    kind: Kind
    lines: list[Line] = field(default_factory=list[Line])
    ended: bool = False

    def text(self) -> list[str]:
        width = max([COLUMNS, *(len(line.text) for line in self.lines)])
        return [line.text.center(width).rstrip() if line.centred else line.text for line in self.lines]


class Slips:
    """The papers of one conversation, put together as their lines come."""

    def __init__(self) -> None:
        self._papers: list[_Paper] = []
        self._room = MOST_LINES

    def add(self, printed: Printed) -> None:
        """To the paper of that kind which is not ended, or to a new one."""
        open_ones = [paper for paper in self._papers if paper.kind is printed.kind and not paper.ended]
        if open_ones:
            paper = open_ones[-1]
        else:
            self._papers.append(paper := _Paper(printed.kind))
        lines = printed.lines[: self._room]
        self._room -= len(lines)
        paper.lines += lines
        paper.ended = printed.last

    def told(self) -> Sequence[dict[str, Any]]:
        """As a job's result names them: the merchant's first, the others as they came; none without a letter on it."""
        papers = sorted(self._papers, key=lambda paper: paper.kind is not Kind.MERCHANT)
        told = [{"kind": paper.kind.name.lower(), "lines": paper.text()} for paper in papers]
        return [slip for slip in told if any(slip["lines"])]
