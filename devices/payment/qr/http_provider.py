"""A provider over HTTP and JSON, as `docs/payment-terminals.md` describes it; a gateway to an acquirer can speak it."""

import asyncio
import json
import urllib.error
import urllib.request
from typing import Any, Final, cast
from urllib.parse import quote

from devices.payment.content import CURRENCIES, Charge
from devices.payment.qr.provider import ProviderRefused, ProviderUnreachable, QrPayment, QrState

LETTERS: Final = {number: letters for letters, number in CURRENCIES.items()}
MOST_BYTES: Final = 65_536
MOST_QR: Final = 800


class HttpProvider:
    """`url` "https://pay.example/v1"; `token` goes along as a bearer. Each call ends within `timeout` seconds."""

    def __init__(self, url: str, token: str, *, timeout: float = 5.0) -> None:
        self._url, self._token, self._timeout = url.rstrip("/"), token, timeout

    async def alive(self) -> None:
        await self._call("GET", "/health")

    async def create(self, charge: Charge, seconds: int) -> QrPayment:
        wish = {"amount": charge.amount, "currency": LETTERS[charge.currency], "expires_in": seconds}
        return payment_from(await self._call("PUT", f"/payments/{quote(charge.reference)}", wish))

    async def find(self, reference: str) -> QrPayment | None:
        found = await self._call("GET", f"/payments/{quote(reference)}", missing_is_none=True)
        return None if found is None else payment_from(found)

    async def cancel(self, reference: str) -> QrPayment:
        return payment_from(await self._call("POST", f"/payments/{quote(reference)}/cancel", {}))

    async def refund(self, reference: str, refund: str, amount: int) -> QrPayment:
        path = f"/payments/{quote(reference)}/refunds/{quote(refund)}"
        return payment_from(await self._call("PUT", path, {"amount": amount}))

    async def _call(self, method: str, path: str, body: Any = None, *, missing_is_none: bool = False) -> Any:
        try:
            async with asyncio.timeout(self._timeout + 1):
                status, said = await asyncio.to_thread(self._exchange, method, path, body)
        except (OSError, TimeoutError, ValueError) as error:  # urllib's own and broken JSON among them
            raise ProviderUnreachable(str(error) or "no answer") from error
        if status == 404 and missing_is_none:
            return None
        if 400 <= status < 500:
            raise ProviderRefused(str(cast("dict[str, Any]", said).get("message", status))[:120])
        if status >= 300:
            raise ProviderUnreachable(f"status {status}")
        return said

    def _exchange(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._url + path, data, headers, method=method)  # noqa: S310  # checked on building
        try:
            with urllib.request.urlopen(request, timeout=self._timeout) as answer:  # noqa: S310
                return answer.status, _object(answer.read(MOST_BYTES))
        except urllib.error.HTTPError as error:
            with error:
                return error.code, _object(error.read(MOST_BYTES)) if error.code < 500 else {}


def _object(data: bytes) -> dict[str, Any]:
    """Raises `ValueError` for anything but a JSON object."""
    value = json.loads(data or b"{}")
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return cast("dict[str, Any]", value)


def payment_from(said: Any) -> QrPayment:
    """Raises `ProviderUnreachable`: an answer that cannot be read says nothing of what happened."""
    match said:
        case {"state": str(state), "amount": int(amount), "qr": str(qr), "id": str(id), "refunded": int(refunded)}:
            if state in set(QrState) and amount > 0 and 0 <= refunded <= amount and 0 < len(qr.encode()) <= MOST_QR:
                return QrPayment(QrState(state), amount, qr, id[:60], refunded)
        case _:
            pass
    raise ProviderUnreachable("an answer that cannot be read")
