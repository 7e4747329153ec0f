"""What can be wrong with a receipt before a byte of it is written."""

from typing import ClassVar


class ReceiptError(Exception):
    """Nothing was printed. `code` is stable, `fields` are plain values that a sentence may name."""

    code: ClassVar[str] = "receipt.error"

    def __init__(self, **fields: object) -> None:
        self.fields = fields
        super().__init__(f"{self.code} {fields}" if fields else self.code)


class MalformedContent(ReceiptError):
    """The content is not a receipt; `at` says where ("lines[3].align"), `why` what was expected."""

    code = "receipt.malformed"


class TextNotPrintable(ReceiptError):
    """No code page of the printer holds `text` and it may not be sent as a picture."""

    code = "receipt.text_not_printable"


class BarcodeTooWide(ReceiptError):
    """The bars of `data` do not fit the paper even at the finest width."""

    code = "receipt.barcode_too_wide"


class ReasonMissing(ReceiptError):
    """The drawer is to be opened and nobody says why."""

    code = "drawer.reason_missing"


class DrawerNotSeen(ReceiptError):
    """The level of the drawer's pin is the same whether it is open or closed."""

    code = "drawer.not_seen"
