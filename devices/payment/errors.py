"""What can be wrong with a payment job before a byte is written."""

from typing import ClassVar


class PaymentError(Exception):
    """Nothing was sent. `code` is stable, `fields` say where and why."""

    code: ClassVar[str] = "payment.error"

    def __init__(self, **fields: str) -> None:
        self.fields = fields
        super().__init__(f"{self.code} {fields}")


class MalformedPayment(PaymentError):
    """The content is none of this job; `at` names the field, `why` what was expected."""

    code = "payment.malformed"
