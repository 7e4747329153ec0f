"""TSPL for the driver."""

from devices.labels.content import Labels
from devices.labels.language import Quiet
from devices.labels.tspl.encode import encode
from devices.labels.tspl.status import StatusByteDecoder


class Tspl:
    """Done: seen at work, then three times in a row with nothing to do. One that nobody saw at work is not known to be done."""

    name, title = "tspl", "TSPL label printers"
    answers = True
    question = b"\x1b!?"

    def decoder(self) -> StatusByteDecoder:
        return StatusByteDecoder()

    def encode(self, job: Labels, *, pictures: bool, answers: bool) -> bytes:
        return encode(job, pictures=pictures)

    def proof(self, job: Labels) -> Quiet:
        return Quiet(3, busy_first=True)
