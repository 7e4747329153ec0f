"""The web server of an ATOL register made of software: real HTTP, a queue of tasks, a fiscal storage behind it.

It takes each UUID once (409 after that), keeps what became of it (404 if it never was), and stands still where paper
is out. Tasks and documents stay over connections.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from devices.fiscal.atol.checking import CodeRefused, CodesFailed, codes_of
from devices.fiscal.atol.tasks import CORRECTIONS, PAID, TYPES
from devices.fiscal.content import Operation, Tender
from devices.fiscal.mark_system import MarkSystem
from devices.fiscal.numbers import Fixed, minor, parsed
from devices.fiscal.storage import DocumentKind, FiscalStorage, StorageRefused, StoredDocument
from devices.fiscal.web_simulator import WebSimulator

OPERATIONS = {name: operation for operation, name in (*TYPES.items(), *CORRECTIONS.items())}
TENDERS = {name: tender for tender, name in PAID.items()}
NO_PAPER, SHIFT_EXPIRED, WRONG_TASK, SHIFT_CLOSED, NO_CASH, STORAGE = 44, 68, 41, 73, 163, 235
"""Numbers of errors; their values in a real driver are unconfirmed."""


class TaskFailed(Exception):
    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text


@dataclass(slots=True)
class SimulatedTask:
    request: Mapping[str, Any]
    looks_left: int
    standing: str = "wait"
    code: int = 0
    text: str = ""
    result: dict[str, Any] | None = None


@dataclass(slots=True)
class Register:
    """`cash` in kopecks; `paper_ends_with`: paper ends while a document of this type is printed, after it was
    registered. `data_format`: of the fiscal data; `codes_fail_as`: state of a task whose marking codes are not taken.
    `shows_documents`: it says what it registered, not only that it did."""

    storage: FiscalStorage
    paper: bool = True
    cover_open: bool = False
    paper_ends_with: str = ""
    cash: int = 0
    data_format: str = "1.2"
    marks: MarkSystem = field(default_factory=MarkSystem)
    codes_fail_as: str = "ready"
    shows_documents: bool = True
    moved: dict[str, list[int]] = field(default_factory=lambda: {"cashIn": [], "cashOut": []})


class AtolSimulator(WebSimulator):
    """`looks`: how often a task still says that it waits. `lose_answer_to`: type of a task that is taken and carried
    out while the connection drops without an answer."""

    def __init__(
        self,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        super().__init__(sleep=sleep)
        self.register = Register(FiscalStorage(now=lambda: now().replace(tzinfo=None)))
        self.tasks: dict[str, SimulatedTask] = {}
        self.posted: list[str] = []
        """Types of the tasks that were taken."""
        self.looks = 0
        self.lose_answer_to = ""

    @property
    def storage(self) -> FiscalStorage:
        return self.register.storage

    def verbs(self) -> Mapping[str, Callable[..., object]]:
        return {
            "paper_out": self.remove_paper,
            "load_paper": self.load_paper,
            "operator_takes_all": self.storage.send,
        }

    def remove_paper(self) -> None:
        """No paper, while nothing is printed."""
        self.register.paper = False

    def load_paper(self) -> None:
        """A new roll: a task that stood still may be told to go on."""
        self.register.paper = True

    def forget_tasks(self) -> None:
        """As a server whose own records were lost."""
        self.tasks.clear()

    def asked(self, method: str, path: str, body: bytes) -> None:
        if method == "POST":
            self._post(body)
        else:
            self._get(path.rsplit("/", 1)[-1])

    # tasks

    def _post(self, body: bytes) -> None:
        try:
            match parsed(body):
                case {"uuid": str() as id, "request": {"type": str()} as request}:
                    task = SimulatedTask(cast(Mapping[str, Any], request), self.looks)
                case _:
                    raise ValueError
        except ValueError:
            return self.reply(400, {"error": {"code": WRONG_TASK, "description": "wrong task"}})
        if id in self.tasks:
            return self.reply(409, {"error": {"code": 0, "description": "this uuid is taken"}})
        self.tasks[id] = task
        self.posted.append(task.request["type"])
        if task.request["type"] == self.lose_answer_to:
            self.lose_answer_to = ""
            self._work_on(task)
            return self.disconnect()
        return self.reply(201, {"number": len(self.tasks), "uuid": id, "isBlocked": False})

    def _get(self, id: str) -> None:
        task = self.tasks.get(id)
        if task is None:
            return self.reply(404, {"error": {"code": 0, "description": "no such task"}})
        self._work_on(task)
        error = {"code": task.code, "description": task.text}
        return self.reply(200, {"results": [{"status": task.standing, "error": error, "result": task.result}]})

    def _work_on(self, task: SimulatedTask) -> None:
        if task.standing == "wait":
            if task.looks_left > 0:
                task.looks_left -= 1
                return
            self._carry_out(task)

    def _carry_out(self, task: SimulatedTask) -> None:
        kind = task.request["type"]
        try:
            task.result, task.standing = ACTIONS[kind](self.register, task.request), "ready"
        except KeyError:
            task.standing, task.code, task.text = "error", WRONG_TASK, f"unknown or incomplete: {kind}"
        except StorageRefused as refused:
            task.standing, task.code, task.text = "error", STORAGE, str(refused)
        except CodesFailed as failed:
            task.standing, task.result = self.register.codes_fail_as, {"validateMarks": failed.found}
        except (TaskFailed, CodeRefused) as failed:
            task.standing, task.code, task.text = "error", failed.code, failed.text
        else:
            if kind == "continuePrint":
                self._unblock()
            if kind == self.register.paper_ends_with:
                self.register.paper, self.register.paper_ends_with = False, ""
                task.standing, task.code, task.text = "blocked", NO_PAPER, "no paper"

    def _unblock(self) -> None:
        for task in self.tasks.values():
            if task.standing == "blocked":
                task.standing, task.code, task.text = "ready", 0, ""


def _stamp(at: datetime) -> str:
    return at.isoformat(timespec="seconds") + "+03:00"


def _proof(register: Register, document: StoredDocument) -> dict[str, Any]:
    return {
        "fiscalParams": {
            "fiscalDocumentDateTime": _stamp(document.at),
            "fiscalDocumentNumber": document.number,
            "fiscalDocumentSign": str(document.sign),
            "fnNumber": register.storage.serial,
            "registrationNumber": "0000000001002292",
            "shiftNumber": document.shift,
            "fnsUrl": "www.nalog.gov.ru",
        },
        "warnings": None,
    }


def _must_print(register: Register) -> None:
    if not register.paper:
        raise TaskFailed(NO_PAPER, "no paper")


def _in_time(register: Register) -> None:
    _must_print(register)
    if register.storage.shift_expired:
        raise TaskFailed(SHIFT_EXPIRED, "the shift is older than 24 hours")


def _document(register: Register, request: Mapping[str, Any]) -> dict[str, Any]:
    _in_time(register)
    if not register.storage.shift_open:
        _begin(register)
    kind = request["type"]
    correction = kind in CORRECTIONS.values()
    paid = {TENDERS[payment["type"]]: _kopecks(payment["sum"]) for payment in request["payments"]}
    given = sum(paid.values())
    total = given if correction else _kopecks(request["total"])
    if given < total:
        raise TaskFailed(NO_CASH, "paid less than the total")
    if Tender.CASH in paid:
        paid[Tender.CASH] -= given - total
    operation = OPERATIONS[kind]
    names = () if correction else tuple(item["name"] for item in request["items"])
    codes = () if correction else codes_of(request, operation, register.marks, register.data_format)
    cash = paid.get(Tender.CASH, 0)
    income = operation in (Operation.SALE, Operation.BUY_RETURN)
    if not income and cash > register.cash:
        raise TaskFailed(NO_CASH, "not enough cash in the drawer")
    form = DocumentKind.CORRECTION if correction else DocumentKind.RECEIPT
    document = register.storage.register(form, operation, total, tuple(paid.items()), names, codes)
    register.marks.moved(codes, operation)
    register.cash += 0 if correction else cash if income else -cash
    return _proof(register, document) if register.shows_documents else {}


def _kopecks(value: object) -> int:
    found = minor(value)
    if found is None:
        raise TaskFailed(WRONG_TASK, "an amount that is none")
    return found


def _begin(register: Register) -> StoredDocument:
    register.moved = {"cashIn": [], "cashOut": []}
    return register.storage.open_shift()


def _open_shift(register: Register, request: Mapping[str, Any]) -> dict[str, Any]:
    _must_print(register)
    if register.storage.shift_open:
        raise TaskFailed(SHIFT_CLOSED, "the shift is open")
    return _proof(register, _begin(register))


def _close_shift(register: Register, request: Mapping[str, Any]) -> dict[str, Any]:
    _must_print(register)
    if not register.storage.shift_open:
        raise TaskFailed(SHIFT_CLOSED, "the shift is closed")
    document = register.storage.close_shift()
    register.moved = {"cashIn": [], "cashOut": []}
    return _proof(register, document)


def _move_cash(register: Register, request: Mapping[str, Any]) -> dict[str, Any]:
    _in_time(register)
    amount, kind = _kopecks(request["cashSum"]), request["type"]
    if kind == "cashOut" and amount > register.cash:
        raise TaskFailed(NO_CASH, "not enough cash in the drawer")
    register.moved[kind].append(amount)
    register.cash += amount if kind == "cashIn" else -amount
    return {"counters": {"cashSum": Fixed(register.cash)}}


def _report_x(register: Register, request: Mapping[str, Any]) -> dict[str, Any]:
    _must_print(register)
    return {}


def _device_status(register: Register, request: Mapping[str, Any]) -> dict[str, Any]:
    status = {"paperPresent": register.paper, "coverOpened": register.cover_open, "blocked": False}
    return {"deviceStatus": status | {"currentDateTime": _stamp(register.storage.now()), "fiscal": True}}


def _device_info(register: Register, request: Mapping[str, Any]) -> dict[str, Any]:
    return {"deviceInfo": {"serial": "00106709876543", "modelName": "TILLCARD-SIMULATED", "model": 0}}


def _registration(register: Register, request: Mapping[str, Any]) -> dict[str, Any]:
    return {"device": {"ffdVersion": register.data_format, "registrationNumber": "0000000001002292"}}


def _shift_status(register: Register, request: Mapping[str, Any]) -> dict[str, Any]:
    storage = register.storage
    state = "closed" if not storage.shift_open else "expired" if storage.shift_expired else "opened"
    return {"shiftStatus": {"state": state, "number": storage.shift, "documentsCount": storage.receipts}}


def _storage_status(register: Register, request: Mapping[str, Any]) -> dict[str, Any]:
    numbers = {"fiscalDocumentNumber": register.storage.last, "fiscalReceiptNumber": register.storage.receipts}
    return {"fnStatus": numbers | {"warnings": {"ofdTimeout": False, "needReplacement": False}}}


def _exchange_status(register: Register, request: Mapping[str, Any]) -> dict[str, Any]:
    unsent = register.storage.unsent
    first = _stamp(unsent[0].at) if unsent else "1970-01-01T00:00:00+03:00"
    number = unsent[0].number if unsent else 0
    return {
        "status": {
            "notSentCount": len(unsent),
            "notSentFirstDocDateTime": first,
            "notSentFirstDocNumber": number,
        }
    }


def _totals(register: Register, request: Mapping[str, Any]) -> dict[str, Any]:
    storage = register.storage
    receipts = [d for d in storage.documents if d.kind is DocumentKind.RECEIPT and d.shift == storage.shift]
    receipts = receipts if storage.shift_open else []

    def of(operation: Operation) -> dict[str, Any]:
        found = [document.total for document in receipts if document.operation is operation]
        return {"count": len(found), "sum": Fixed(sum(found))}

    moved = {name: {"count": len(sums), "sum": Fixed(sum(sums))} for name, sums in register.moved.items()}
    return {
        "shiftTotals": {
            "shiftNumber": storage.shift,
            "cashDrawer": {"sum": Fixed(register.cash)},
            "income": moved["cashIn"],
            "outcome": moved["cashOut"],
            "receipts": {name: of(operation) for operation, name in TYPES.items()},
        }
    }


def _continue(register: Register, request: Mapping[str, Any]) -> dict[str, Any]:
    _must_print(register)
    return {}


ACTIONS: dict[str, Callable[[Register, Mapping[str, Any]], dict[str, Any]]] = {
    **dict.fromkeys(OPERATIONS, _document),
    "openShift": _open_shift,
    "closeShift": _close_shift,
    "cashIn": _move_cash,
    "cashOut": _move_cash,
    "reportX": _report_x,
    "continuePrint": _continue,
    "getDeviceStatus": _device_status,
    "getDeviceInfo": _device_info,
    "getRegistrationInfo": _registration,
    "getShiftStatus": _shift_status,
    "getFnStatus": _storage_status,
    "ofdExchangeStatus": _exchange_status,
    "getShiftTotals": _totals,
}
