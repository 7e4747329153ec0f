"""A ZPL printer made of software."""

import re

from devices.labels.simulator import LabelSimulator
from devices.labels.zpl.commands import CARETS, MOST_HELD
from devices.labels.zpl.status import HostStatus, encode

QUANTITY = re.compile(rb"\^PQ(\d{1,8})")


class ZplSimulator(LabelSimulator):
    """Formats stand between ^XA and ^XZ, `~HS` is answered at once, in whatever it stands."""

    def __init__(self, *, baud: int = 9600, label_seconds: float = 0.02) -> None:
        super().__init__(baud=baud, label_seconds=label_seconds)
        self._text = bytearray()

    def connected(self) -> None:
        self.forget()

    def forget(self) -> None:
        self._text.clear()

    def hear(self, data: bytes) -> None:
        self._text += data
        while (at := self._text.find(b"~HS")) >= 0:
            del self._text[at : at + 3]
            if not self.mute:
                self.say(encode(self.host_status()))
        while (end := self._text.find(b"^XZ")) >= 0:
            start = self._text.rfind(b"^XA", 0, end)
            if start >= 0:
                self._format(bytes(self._text[start : end + 3]))
            del self._text[: end + 3]
        if not any(caret in self._text for caret in CARETS) or len(self._text) > MOST_HELD:
            self.forget()

    def _format(self, data: bytes) -> None:
        quantity = QUANTITY.search(data)
        self.take(data, int(quantity[1]) if quantity else 1)

    def host_status(self) -> HostStatus:
        waiting, left = len(self.batches), self.batches[0].left if self.batches else 0
        partial = self._text.rfind(b"^XA") > self._text.rfind(b"^XZ")
        return HostStatus(
            b"030,%d,%d,0320,%03d,0,0,%d,000,%d,0,0"
            % (self.paper_out, self.paused, max(0, waiting - 1), partial, self.broken),
            b"000,0,%d,%d,0,2,4,0,%08d,1,000" % (self.head_open, self.ribbon_out, left),
            b"1234,0",
        )
