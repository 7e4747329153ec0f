"""What can be wrong with labels before a byte of them is written."""

from typing import ClassVar


class LabelError(Exception):
    """Nothing was printed. `code` is stable, `fields` are plain values that a sentence may name."""

    code: ClassVar[str] = "label.error"

    def __init__(self, **fields: object) -> None:
        self.fields = fields
        super().__init__(f"{self.code} {fields}" if fields else self.code)


class MalformedLabels(LabelError):
    """The content is no labels; `at` says where ("labels[3].price"), `why` what was expected."""

    code = "label.malformed"


class LabelTooSmall(LabelError):
    """The figure or the bars in `text` do not fit this label even at the smallest size."""

    code = "label.too_small"
