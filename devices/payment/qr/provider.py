"""What a QR payment provider must be able to do, whoever it is. An acquirer's own API is one class with these five verbs.

Every verb names the payment by the shop's own `reference` and may be said again: the same reference is the same payment, the
same refund id the same refund. So a lost answer costs a question and never money.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from devices.payment.content import Charge


class QrState(StrEnum):
    WAITING = "waiting"
    PAID = "paid"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class QrPayment:
    """`qr`: the text of the code. `id`: the provider's own number. `refunded`: what of it went back, in minor units."""

    state: QrState
    amount: int
    qr: str = ""
    id: str = ""
    refunded: int = 0


class ProviderUnreachable(Exception):
    """No answer, or none that can be read: it may or may not have happened."""


class ProviderRefused(Exception):
    """It certainly did not happen; `text` is the provider's own."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class Provider(Protocol):
    """All verbs raise `ProviderUnreachable` and `ProviderRefused`, at the latest after the provider's timeout."""

    async def alive(self) -> None: ...

    async def create(self, charge: Charge, seconds: int) -> QrPayment:
        """A payment that ends by itself after `seconds`; the one of this reference if there is one."""
        ...

    async def find(self, reference: str) -> QrPayment | None:
        """None if the provider never heard of it."""
        ...

    async def cancel(self, reference: str) -> QrPayment:
        """The payment as it is then: it may have been paid first."""
        ...

    async def refund(self, reference: str, refund: str, amount: int) -> QrPayment: ...
