"""What can be wrong with a fiscal job or with a register's set-up before a byte is sent."""

from typing import ClassVar


class FiscalError(Exception):
    """Nothing was registered. `code` is stable, `fields` are plain values that a sentence may name."""

    code: ClassVar[str] = "fiscal.error"

    def __init__(self, **fields: str | int) -> None:
        self.fields = fields
        super().__init__(f"{self.code} {fields}" if fields else self.code)


class MalformedContent(FiscalError):
    """The content does not say what the job needs, or its sums do not agree; `field` says where
    ("lines[3].sum"), `why` what was expected."""

    code = "fiscal.malformed"


class MarkingUnsupported(FiscalError):
    """A line has a marking code and the register's fiscal data are of a format (`ffd`) before 1.2."""

    code = "fiscal.marking_unsupported"
