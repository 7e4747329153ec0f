"""What the driver needs to know of a printer's language, and how it finds out that labels were printed."""

from collections.abc import Sequence
from typing import Protocol

from devices.conformance.spec import Decoder
from devices.labels.content import Labels
from devices.labels.status import LabelStatus


class Answer(Protocol):
    """A decoded value that tells a state."""

    @property
    def status(self) -> LabelStatus: ...


class Proof(Protocol):
    """Is shown what a printer says once the last byte of a job is written."""

    def saw(self, value: object) -> None: ...

    @property
    def done(self) -> bool:
        """Every label of the job was printed."""
        ...


class Language(Protocol):
    """One language of label printers. `answers`: a printer that speaks it usually says how it is."""

    name: str
    title: str
    answers: bool
    question: bytes

    def decoder(self) -> Decoder: ...

    def encode(self, job: Labels, *, pictures: bool, answers: bool) -> bytes:
        """Raises `LabelError`."""
        ...

    def proof(self, job: Labels) -> Proof: ...


class Quiet:
    """Idle in so many answers, one after another; `busy_first`: only if it was seen at work before."""

    def __init__(self, looks: int, *, busy_first: bool = False) -> None:
        self._looks, self._idle = looks, 0
        self._worked = not busy_first

    def saw(self, value: object) -> None:
        status = status_of(value)
        if status is not None:
            self._worked = self._worked or status.busy or bool(status.causes)
            self._idle = self._idle + 1 if status.idle else 0

    @property
    def done(self) -> bool:
        return self._worked and self._idle >= self._looks


def status_of(value: object) -> LabelStatus | None:
    status = getattr(value, "status", None)
    return status if isinstance(status, LabelStatus) else None


def last_status(values: Sequence[object]) -> LabelStatus | None:
    found = [status for value in values if (status := status_of(value)) is not None]
    return found[-1] if found else None
