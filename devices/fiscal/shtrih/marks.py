"""Marked goods: the register checks each code once its receipt is open, takes or rejects it, and binds it to its line.

Source: the maker's own shtrih-m/javapos_shtrih: its list of commands (FF61, FF67, FF69), its outline of a receipt with
marked goods (open, check and take each code, then each line and its code, close), and `checkItemCode`, after which it is
decided here what refuses a sale. That 2 in FF69 clears what was taken rests on its code alone.
"""

from dataclasses import dataclass

from devices.fiscal.content import Operation
from devices.fiscal.russia import Mark
from devices.fiscal.shtrih.answers import Reader

REJECT, TAKE, FORGET = b"\0", b"\1", b"\2"
"""Data of FF69: the code that was checked last; FORGET: all that were taken."""

STATUS = {Operation.SALE: 1, Operation.RETURN: 3}
"""Tag 2003: a piece is sold, a piece is taken back."""

MOST_CODE = 245
"""Bytes that a frame of version 1 has room for beside the rest of FF61."""

CODES_FIRST = frozenset((16, 19, 20, 21, 45, 46))
"""Models (as FC numbers them) that want the code before its line: Shtrih-Mobile and those on the cash core. Source:
javapos_shtrih."""

FORMATS = {1: "1.0", 2: "1.05", 3: "1.1", 4: "1.2"}
"""Formats of fiscal data as table 17 numbers them. Source: javapos_shtrih."""
NEEDED = "1.2"

ANSWER_FAULTY = 0x20
CHECKED, GENUINE, ASKED, FITS = 1, 2, 4, 8
"""Bits of the result (tag 2106): the code was checked, and is genuine; the system was asked, and the goods' status
allows it. The first two are also those of the local check (tag 2004)."""

UNCHECKED = {
    2: "the storage has no key for such a code",
    3: "a part of the code is missing or damaged",
    4: "the storage could not check the code",
}
"""Why there was no local check. 1, a code of a kind that the storage does not check, is no obstacle."""


@dataclass(frozen=True, slots=True)
class Checked:
    """`local`: tag 2004. `online`: how asking the state's system went, None of a register that works without it, 0 well,
    FF without an answer; `result`: tag 2106, only where it went well."""

    local: int
    reason: int
    online: int | None = None
    result: int = 0

    @property
    def fault(self) -> str | None:
        """Why the goods are not to be sold, None where nothing says so."""
        if self.local & CHECKED and not self.local & GENUINE:
            return "the storage finds the code false"
        if not self.local & CHECKED and self.reason in UNCHECKED:
            return UNCHECKED[self.reason]
        if self.online == ANSWER_FAULTY:
            return "the system's answer about the code was damaged"
        return fault_of(self.result)


def fault_of(result: int) -> str | None:
    """What a result (tag 2106) has against the sale."""
    if result & CHECKED and not result & GENUINE:
        return "the code is false"
    if result & ASKED and not result & FITS:
        return "the goods must not be sold or taken back now"
    return None


def check(mark: Mark, operation: Operation) -> bytes:
    """FF61: status, mode 0, the lengths of the code and of a list that only parts of a piece need."""
    return bytes([STATUS[operation], 0, len(mark.code), 0]) + mark.code


def bind(mark: Mark) -> bytes:
    """FF67."""
    return bytes([len(mark.code)]) + mark.code


def checked(reader: Reader) -> Checked:
    """What FF61 answers."""
    local, reason = reader.number(1), reader.number(1)
    reader.skip(1)
    if not reader.number(1):
        return Checked(local, reason)
    online = reader.number(1)
    return Checked(local, reason, online, reader.number(1) if online == 0 else 0)


def taken(reader: Reader) -> int:
    """What FF69 answers: tag 2106 as it was kept."""
    return reader.number(1)
