"""An EPL2 printer made of software."""

from devices.labels.epl2.commands import LONGEST_LINE, first
from devices.labels.simulator import LabelSimulator

QUESTION = b"^ee\n"
MOST_HELD = 1 << 20


class Epl2Simulator(LabelSimulator):
    """`^ee` is answered at once; a label is what came between N and P."""

    def __init__(self, *, baud: int = 9600, label_seconds: float = 0.3) -> None:
        super().__init__(baud=baud, label_seconds=label_seconds)
        self._text = b""
        self._label = b""

    def connected(self) -> None:
        self.forget()

    def forget(self) -> None:
        self._text = self._label = b""

    def hear(self, data: bytes) -> None:
        self._text += data
        while (at := self._text.find(QUESTION)) >= 0:
            self._text = self._text[:at] + self._text[at + len(QUESTION) :]
            if not self.mute:
                self.say(self.report() + b"\r\n")
        while (found := first(self._text)) is not None:
            self._obey(self._text[: found[1]], found[0].line)
            self._text = self._text[found[1] :]
        if len(self._text) > MOST_HELD or (len(self._text) > LONGEST_LINE and not self._text.startswith(b"GW")):
            self.forget()

    def _obey(self, raw: bytes, line: bytes) -> None:
        if line == b"N":
            self._label = b""
        elif line[:1] == b"P" and line[1:].isdigit():
            self.take(self._label, int(line[1:]))
        else:
            self._label += raw

    def report(self) -> bytes:
        """The codes of what is wrong, or of what it does."""
        wrong = {
            b"07": self.paper_out,
            b"08": self.ribbon_out,
            b"11": self.head_open,
            b"12": self.paused,
            b"09": self.broken,
        }
        codes = [code for code, on in wrong.items() if on]
        return b",".join(codes) or (b"50" if self.batches else b"00")
