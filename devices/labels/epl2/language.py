"""EPL2 for the driver."""

from devices.labels.content import Labels
from devices.labels.epl2.encode import encode
from devices.labels.epl2.status import ErrorReportDecoder
from devices.labels.language import Quiet


class Epl2:
    """Usually no way back: sent, unconfirmed. With `answers = true`, done when it was seen at work and then three times idle."""

    name, title = "epl2", "EPL2 label printers"
    answers = False
    question = b"^ee\n"

    def decoder(self) -> ErrorReportDecoder:
        return ErrorReportDecoder()

    def encode(self, job: Labels, *, pictures: bool, answers: bool) -> bytes:
        return encode(job, pictures=pictures)

    def proof(self, job: Labels) -> Quiet:
        return Quiet(3, busy_first=True)
