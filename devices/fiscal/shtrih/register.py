"""The register's commands, one call each, over whatever carries them."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from devices.fiscal.answers import Counter, Counters, RegisterState, Shift
from devices.fiscal.causes import SILENT
from devices.fiscal.content import Operation
from devices.fiscal.russia import local_text
from devices.fiscal.shtrih import answers
from devices.fiscal.shtrih import commands as c
from devices.fiscal.shtrih.answers import BadAnswer, LongState, ShiftNumber, State, Storage, Stored, Unsent
from devices.fiscal.shtrih.codes import OPENED_AS, TENDERS, Mode
from devices.fiscal.shtrih.config import ShtrihConfig
from devices.fiscal.shtrih.errors import LinkLost

T = TypeVar("T")
CASH, CASH_IN, CASH_OUT = 241, 242, 243
RECEIPTS = 144
"""Registers. Source: shtrih-m/javapos_shtrih."""


class Give(Protocol):
    """Carries a command to the register once, or as a question up to a few times; returns the answer's data."""

    async def __call__(self, command: bytes, *, question: bool) -> bytes:
        """Raises `Refusal`, `LinkLost`."""
        ...


class Register:
    """Raises `Refusal` where the register refuses and `LinkLost` where it does not answer or answers nonsense."""

    def __init__(self, give: Give, config: ShtrihConfig) -> None:
        self._give, self._password = give, config.password

    async def order(self, code: int, data: bytes = b"") -> bytes:
        """A command that changes something; it is given once. What a document's answers is asked for again, from the
        storage."""
        return await self._give(c.command(code, self._password, data), question=False)

    async def _ask(self, code: int, parse: Callable[[answers.Reader], T], data: bytes = b"") -> T:
        return understood(parse, await self._give(c.command(code, self._password, data), question=True))

    async def state(self) -> State:
        return await self._ask(c.SHORT_STATE, answers.short_state)

    async def long_state(self) -> LongState:
        return await self._ask(c.LONG_STATE, answers.long_state)

    async def storage(self) -> Storage:
        return await self._ask(c.STORAGE, answers.storage)

    async def stored(self, number: int) -> Stored:
        return await self._ask(c.FIND, answers.stored, number.to_bytes(4, "little"))

    async def unsent(self) -> Unsent:
        return await self._ask(c.UNSENT, answers.unsent)

    async def shift(self) -> ShiftNumber:
        return await self._ask(c.SHIFT, answers.shift_number)

    async def count(self, number: int) -> int:
        return await self._ask(c.COUNT, answers.count, bytes([number]))

    async def money(self, number: int) -> int:
        return await self._ask(c.MONEY, answers.money, number.to_bytes(1 if number <= 0xFF else 2, "little"))

    async def data_format(self) -> int:
        """Of the fiscal data, as `FORMATS` numbers it. Source: javapos_shtrih, which asks models on the cash core in
        another way."""
        return await self._ask(c.TABLE, answers.table_field, bytes([17]) + (1).to_bytes(2, "little") + bytes([17]))

    async def model(self) -> int:
        return understood(answers.device_model, await self._give(bytes([c.DEVICE]), question=True))

    async def counters(self) -> Counters:
        """What the register has counted in the shift, of the tenders that this driver uses."""
        return Counters(
            await self._counter(Operation.SALE),
            await self._counter(Operation.RETURN),
            await self.money(CASH_IN),
            await self.money(CASH_OUT),
            await self.money(CASH),
        )

    async def _counter(self, operation: Operation) -> Counter:
        opened_as = OPENED_AS[operation]
        sums = [await self.money(_paid_register(payment, opened_as)) for payment in TENDERS.values()]
        return Counter(await self.count(RECEIPTS + opened_as), sum(sums))

    async def summary(self) -> RegisterState:
        """The answer to the question `state`."""
        state, storage = await self.state(), await self.storage()
        shift, unsent = await self.shift(), await self.unsent()
        expired = state.mode is Mode.SHIFT_EXPIRED
        open_as = Shift.EXPIRED if expired else Shift.OPEN
        return RegisterState(
            open_as if storage.shift_open else Shift.CLOSED,
            shift.number,
            storage.last,
            unsent.count,
            local_text(unsent.since) if unsent.since else None,
            await self.counters(),
        )


def understood(parse: Callable[[answers.Reader], T], answer: bytes) -> T:
    """The answer as a value. Raises `LinkLost` where it is none."""
    try:
        return answers.read(parse, answer)
    except BadAnswer as error:
        raise LinkLost(SILENT) from error


def _paid_register(payment: int, opened_as: int) -> int:
    """The money register of one payment type (1 to 16) of one kind of receipt."""
    first, number = (193, payment - 1) if payment <= 4 else (4144, payment - 5)
    return first + 4 * number + opened_as
