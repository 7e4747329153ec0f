"""ZPL II for the driver."""

from devices.labels.content import Labels
from devices.labels.language import Quiet
from devices.labels.zpl.encode import encode
from devices.labels.zpl.status import StatusDecoder


class Zpl:
    """Done: no format in the buffer, none half read, no label left and nothing in the way, in two answers in a row.

    One would do if the printer took what it was sent in no time; between a format read and the first label of its batch
    some say for a moment that there is nothing to do.
    """

    name, title = "zpl", "ZPL II label printers"
    answers = True
    question = b"~HS\r\n"

    def decoder(self) -> StatusDecoder:
        return StatusDecoder()

    def encode(self, job: Labels, *, pictures: bool, answers: bool) -> bytes:
        return encode(job, pictures=pictures)

    def proof(self, job: Labels) -> Quiet:
        return Quiet(2)
