"""A provider of QR payments on a loopback port, with customers and faults: real HTTP, everything else made up."""

import json
import threading
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, Literal

from devices.payment.qr.provider import QrPayment, QrState

Lost = Literal["before", "after"]


@dataclass(slots=True)
class QrBank:
    """What the provider knows of. `lose`: the next calls of a verb ("create", "find", "cancel", "refund") get no answer, either
    before anything happened or after it did."""

    payments: dict[str, QrPayment] = field(default_factory=dict[str, QrPayment])
    refunds: dict[str, int] = field(default_factory=dict[str, int])
    lose: dict[str, list[Lost]] = field(default_factory=dict[str, list[Lost]])
    calls: list[str] = field(default_factory=list[str])
    limit: int = 1_000_000_00
    pays_after: int | None = None
    """The customer pays when so many more questions were asked; None: only by `pay`."""

    def pay(self, reference: str) -> None:
        """The customer pays with a code that can still be paid."""
        if self.payments[reference].state is QrState.WAITING:
            self.payments[reference] = replace(self.payments[reference], state=QrState.PAID)

    def expire(self, reference: str) -> None:
        if self.payments[reference].state is QrState.WAITING:
            self.payments[reference] = replace(self.payments[reference], state=QrState.EXPIRED)

    @property
    def taken(self) -> int:
        """Money that customers paid and did not get back."""
        return sum(each.amount - each.refunded for each in self.payments.values() if each.state is QrState.PAID)

    def obey(self, verb: str, reference: str, refund: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Status and answer."""
        self.calls.append(verb)
        found = self.payments.get(reference)
        match verb:
            case "create" if found is None:
                if body["amount"] > self.limit:
                    return 422, {"message": "over the limit"}
                made = QrPayment(
                    QrState.WAITING,
                    body["amount"],
                    f"https://qr.bank.example/{reference}",
                    f"Q{len(self.payments) + 1:06d}",
                )
                self.payments[reference] = made
                return 201, told(made)
            case "create" if found is not None and found.amount != body["amount"]:
                return 409, {"message": "another payment has this reference"}
            case "refund" if found is not None:
                return self._refund(reference, found, refund, body["amount"])
            case _ if found is None:
                return 404, {"message": "no such payment"}
            case "cancel" if found.state is QrState.WAITING:
                self.payments[reference] = replace(found, state=QrState.CANCELLED)
            case "find" if self.pays_after is not None:
                self.pays_after -= 1
                if self.pays_after < 0:
                    self.pay(reference)
                    self.pays_after = None
            case _:
                pass
        return 200, told(self.payments[reference])

    def _refund(self, reference: str, found: QrPayment, refund: str, amount: int) -> tuple[int, dict[str, Any]]:
        if refund not in self.refunds:
            if found.state is not QrState.PAID or found.refunded + amount > found.amount:
                return 409, {"message": "nothing to give back"}
            self.refunds[refund] = amount
            self.payments[reference] = replace(found, refunded=found.refunded + amount)
        return 200, told(self.payments[reference])


def told(payment: QrPayment) -> dict[str, Any]:
    fields = {"amount": payment.amount, "qr": payment.qr, "id": payment.id, "refunded": payment.refunded}
    return {"state": payment.state.value} | fields


class QrSimulator:
    """Listens in a thread of its own; `bank` is its memory over restarts."""

    def __init__(self, bank: QrBank | None = None, *, token: str = "secret") -> None:  # noqa: S107  # a simulator's
        self.bank, self.token = bank or QrBank(), token
        self.port = 0
        self._server: ThreadingHTTPServer | None = None

    def start(self) -> str:
        """Answers its address."""
        handler = type("Handler", (_Handler,), {"simulator": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), handler)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return f"http://127.0.0.1:{self.port}/v1"

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


class _Handler(BaseHTTPRequestHandler):
    simulator: ClassVar[QrSimulator]
    lock: ClassVar[threading.Lock] = threading.Lock()

    def log_message(self, format: str, *args: Any) -> None:
        """The log of a simulator is its bank."""

    def _serve(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
        if self.headers.get("Authorization") != f"Bearer {self.simulator.token}":
            return self._answer(401, {"message": "who are you"})
        match self.path.split("/")[2:]:
            case ["health"]:
                return self._answer(200, {})
            case ["payments", reference]:
                return self._obey("create" if self.command == "PUT" else "find", reference, "", body)
            case ["payments", reference, "cancel"]:
                return self._obey("cancel", reference, "", body)
            case ["payments", reference, "refunds", refund]:
                return self._obey("refund", reference, refund, body)
            case _:
                return self._answer(404, {"message": "no such thing"})

    do_GET = do_PUT = do_POST = _serve

    def _obey(self, verb: str, reference: str, refund: str, body: dict[str, Any]) -> None:
        bank = self.simulator.bank
        with self.lock:
            lost = bank.lose[verb].pop(0) if bank.lose.get(verb) else None
            if lost == "before":
                return
            status, said = bank.obey(verb, reference, refund, body)
        if lost is None:
            self._answer(status, said)

    def _answer(self, status: int, said: dict[str, Any]) -> None:
        raw = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)
