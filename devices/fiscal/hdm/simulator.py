"""An HDM made of software: real frames, real 3DES, a session for each login; receipts stay over connections."""

import asyncio
import base64
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from devices.fiscal.armenia.values import BadAnswer, object_of, whole
from devices.fiscal.hdm.cipher import Key, WrongKey, password_key
from devices.fiscal.hdm.codes import HANGS_UP, OK, Operation
from devices.fiscal.hdm.frames import Answer, Request, RequestDecoder, encode
from devices.fiscal.hdm.machine import OPERATOR, PASSWORD, PIN, Machine, No
from devices.fiscal.numbers import written
from devices.simulation.callers import CalledAnew

SOFTWARE = b"\x01\x01\x00"


class HdmSimulator(CalledAnew):
    """`lose_answer_to`: an operation that is carried out and whose answer never leaves; `lose`: one that is not even
    carried out; after either the connection drops. `refuse_with`: code answered to an operation that is not carried out."""

    def __init__(
        self,
        *,
        now: Callable[[], float] | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        super().__init__(baud=0, sleep=sleep)
        self.machine = Machine(now) if now else Machine()
        self.lose_answer_to: Operation | None = None
        self.lose: Operation | None = None
        self.refuse_with: dict[int, int] = {}
        self.operations: list[int] = []
        """Those that arrived whole."""
        self.bodies: list[str] = []
        """What was in them, deciphered."""
        self._sessions = 0
        self._forget()

    def connected(self) -> None:
        self._forget()

    def _forget(self) -> None:
        self._decoder = RequestDecoder()
        self._key = password_key(PASSWORD)
        self._session: Key | None = None
        self._seq: int | None = None

    def verbs(self) -> Mapping[str, Callable[..., object]]:
        return {"paper_out": self.remove_paper, "load_paper": self.load_paper}

    def remove_paper(self) -> None:
        """No paper."""
        self.machine.paper = False

    def load_paper(self) -> None:
        """A new roll."""
        self.machine.paper = True

    def hear(self, data: bytes) -> None:
        for request in self._decoder.feed(data):
            self._obey(request)

    def _obey(self, request: Request) -> None:
        if self.faults.refuse:
            return self._say(403)
        key = self._key if request.operation in (Operation.OPERATORS, Operation.LOGIN) else self._session
        if key is None:
            return self._say(102)
        try:
            plain = key.unseal(request.body)
            body = object_of(plain)
        except WrongKey:
            return self._say(101 if key is self._key else 102)
        except BadAnswer:
            return self._say(105)
        self.operations.append(request.operation)
        self.bodies.append(plain.decode())
        return self._carry_out(request.operation, body, key)

    def _carry_out(self, operation: int, body: Mapping[str, Any], key: Key) -> None:
        if operation == self.lose:
            self.lose = None
            return self.disconnect()
        try:
            answer = self._answer(operation, body)
        except No as no:
            return self._say(no.code)
        if operation == self.lose_answer_to:
            self.lose_answer_to = None
            return self.disconnect()
        return self._say(OK, key.seal(written(answer).encode()) if answer else b"")

    def _answer(self, operation: int, body: Mapping[str, Any]) -> dict[str, Any]:
        if code := self.refuse_with.get(operation):
            raise No(code)
        if operation in (Operation.OPERATORS, Operation.LOGIN):
            if body.get("password") != PASSWORD:
                raise No(101)
            return self.machine.operators() if operation == Operation.OPERATORS else self._log_in(body)
        seq = whole(body.get("seq"))
        if seq is None or (self._seq is not None and seq <= self._seq):
            raise No(104)
        self._seq = seq
        return self.machine.obey(operation, body)

    def _log_in(self, body: Mapping[str, Any]) -> dict[str, Any]:
        if body.get("cashier") != OPERATOR:
            raise No(112)
        if body.get("pin") != PIN:
            raise No(111)
        self._sessions += 1
        key = hashlib.sha256(f"session {self._sessions}".encode()).digest()[:24]
        self._session = Key(key)
        return {"key": base64.b64encode(key).decode()}

    def _say(self, code: int, body: bytes = b"") -> None:
        self.say(encode(Answer(7, SOFTWARE, code, body)))
        if code in HANGS_UP:
            self.spawn(self._hang_up())

    async def _hang_up(self) -> None:
        """Once what was said has left."""
        await asyncio.sleep(0.005)
        self.disconnect()
