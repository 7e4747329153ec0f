"""What a simulated register does with marking codes: FF61, FF69, FF67, and the codes that wait for their line.

After the same sources as `marks`. Unconfirmed, and so on the strict side: which errors it answers, that a line that says
it is marked cannot be registered without its code.
"""

from dataclasses import dataclass, field

from devices.fiscal.content import Operation
from devices.fiscal.mark_system import MarkSystem, signed, whole
from devices.fiscal.russia import EXCISE_MARKED, GOODS_MARKED
from devices.fiscal.shtrih.marks import ASKED, CHECKED, FITS, FORGET, GENUINE, REJECT, STATUS, TAKE
from devices.fiscal.shtrih.questions import Refused

OPERATIONS = {status: operation for operation, status in STATUS.items()}
MARKED = (GOODS_MARKED, EXCISE_MARKED)
NO_ANSWER = 0xFF
OUT_OF_ORDER, MISSING, NOT_ALLOWED, FALSE, WRONG = 0xA1, 0xAA, 0xA0, 0xD4, 0x33


@dataclass(slots=True)
class Checking:
    """`keys`: the storage has the keys to check signed codes with. `awaits`: the code that was checked and neither taken
    nor rejected, with its result; `taken`: by code."""

    system: MarkSystem = field(default_factory=MarkSystem)
    keys: bool = True
    awaits: tuple[str, int] | None = None
    taken: dict[str, int] = field(default_factory=dict[str, int])

    def forget(self) -> None:
        self.awaits = None
        self.taken.clear()

    def check(self, body: bytes) -> bytes:
        """FF61."""
        status, mode, size, more = body[:4]
        code = body[4 : 4 + size].decode("ascii")
        if mode or len(body) != 4 + size + more or not code:
            raise Refused(WRONG)
        if self.awaits:
            raise Refused(OUT_OF_ORDER)
        answer, result = self._checked(code, OPERATIONS[status])
        self.awaits = code, result
        return answer

    def _checked(self, code: str, operation: Operation) -> tuple[bytes, int]:
        """The answer, and the result (tag 2106) that is kept with the code."""
        genuine = self.system.genuine(code)
        local, reason = (CHECKED | (GENUINE if genuine else 0), 0) if signed(code) else (0, 1)
        if not whole(code):
            local, reason = 0, 3
        elif signed(code) and not self.keys:
            local, reason = 0, 2
        head = bytes([local, reason, 0])
        if not self.system.answering:
            return head + bytes([1, NO_ANSWER]), local
        result = CHECKED | (GENUINE if genuine else 0) | ASKED
        result |= FITS if self.system.fits(code, operation) else 0
        return head + bytes([2, 0, result]), result

    def decide(self, body: bytes) -> bytes:
        """FF69."""
        if body == FORGET:
            self.forget()
            return b"\0"
        if self.awaits is None or body not in (TAKE, REJECT):
            raise Refused(OUT_OF_ORDER)
        (code, result), self.awaits = self.awaits, None
        if body == TAKE:
            self.taken[code] = result
        return bytes([result])

    def bind(self, body: bytes, operation: Operation) -> tuple[str, bytes]:
        """FF67: the code, and what is answered. One that was not checked is checked and taken now, whatever comes of it."""
        code = body[1 : 1 + body[0]].decode("ascii")
        if len(body) != 1 + body[0] or not code:
            raise Refused(WRONG)
        answer = b"DM\0"
        if code not in self.taken:
            checked, self.taken[code] = self._checked(code, operation)
            answer += checked
        if not self.system.genuine(code):
            raise Refused(FALSE)
        return code, answer
