"""A TSPL printer made of software."""

from devices.labels.simulator import LabelSimulator
from devices.labels.tspl.commands import LONGEST_LINE, first

QUESTION = b"\x1b!?"
MOST_HELD = 1 << 20


class TsplSimulator(LabelSimulator):
    """`ESC ! ?` is answered at once, whatever it stands in; a label is what came between CLS and PRINT."""

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
                self.say(bytes([self.flags]))
        while (found := first(self._text)) is not None:
            self._obey(self._text[: found[1]], found[0].name, found[0].line)
            self._text = self._text[found[1] :]
        if len(self._text) > MOST_HELD or (len(self._text) > LONGEST_LINE and not self._text.startswith(b"BITMAP ")):
            self.forget()

    def _obey(self, raw: bytes, name: str, line: bytes) -> None:
        if name == "CLS":
            self._label = b""
        elif name == "PRINT":
            copies = line.rsplit(b",", 1)[-1]
            self.take(self._label, int(copies) if copies.isdigit() else 1)
        else:
            self._label += raw

    @property
    def flags(self) -> int:
        if self.broken:
            return 0x80
        working = bool(self.batches) and not self.stopped
        flags = (self.head_open, False, self.paper_out, self.ribbon_out, self.paused, working)
        return sum(on << at for at, on in enumerate(flags))
