"""What the web server answers, as values: the state of a task, the proof of a document, the register's own state.

Source: sir-go/atol-client (states of tasks), results of tasks as open clients in TypeScript, C# and PHP declare them,
the maker's own scripts (`validateMarks`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, cast

from devices.fiscal.answers import Counter, Counters, Registered, Shift
from devices.fiscal.atol.tasks import Task
from devices.fiscal.causes import COVER_OPEN, MARK_REFUSED, MARKING, PAPER_OUT, REFUSED, SHIFT_EXPIRED
from devices.fiscal.http import HttpAnswer
from devices.fiscal.numbers import minor, parsed
from devices.fiscal.russia import local_text, qr_text

CAUSES = {
    44: PAPER_OUT,
    45: COVER_OPEN,
    68: SHIFT_EXPIRED,
    **dict.fromkeys(range(401, 500), MARK_REFUSED),
    413: MARKING,
}
"""Error codes of the driver, version 10. Unconfirmed: no register was asked. 401 to 499 are those of marked goods, 413
that the format of fiscal data knows none (two lists of the driver's constants, in Java and C#)."""

CHECKS = {
    "imcCheckFlag": "the marking code could not be checked",
    "imcCheckResult": "the marking code is false",
    "imcStatusInfo": "the system of marked goods did not answer",
    "imcEstimatedStatusCorrect": "the goods must not be sold or taken back now",
}
"""What the server demands of each code, and what it means where it has it not."""


class Standing(StrEnum):
    """Where a task stands. All but the last three may still happen."""

    WAITS = "wait"
    WORKS = "inProgress"
    BLOCKED = "blocked"
    """Somebody is needed: paper, cover."""
    READY = "ready"
    ERROR = "error"
    INTERRUPTED = "interrupted"
    CANCELED = "canceled"


OVER = (Standing.ERROR, Standing.INTERRUPTED, Standing.CANCELED)


class BadResult(Exception):
    """The server said something that is no answer to a task."""


@dataclass(frozen=True, slots=True)
class Result:
    """`code` 0 is no error. `mark`: which of the receipt's marking codes kept it from being made."""

    standing: Standing
    code: int = 0
    text: str = ""
    value: Mapping[str, Any] | None = None
    mark: int | None = None

    @property
    def cause(self) -> str:
        return CAUSES.get(self.code, REFUSED if self.mark is None else MARK_REFUSED)


def result_of(answer: HttpAnswer) -> Result:
    """The first result in the answer to a GET. Raises `BadResult`."""
    match _value(answer):
        case {"results": [{"status": str() as status} as result, *_]}:
            fields = cast(Mapping[str, Any], result)
        case _:
            raise BadResult("no results")
    try:
        standing = Standing(status)
    except ValueError as error:
        raise BadResult(status) from error
    code, text = _error(fields)
    match fields.get("result"):
        case {"validateMarks": [*checked], **rest} if "fiscalParams" not in rest:
            return _refused_for_marks(checked)
        case {**value}:
            return Result(standing, code, text, value)
        case _:
            return Result(standing, code, text)


def _refused_for_marks(checked: Sequence[Any]) -> Result:
    """Marking codes that did not all pass: the receipt was never opened, whatever state and error the task has (the
    script ends with the error of its last call, which may be none)."""
    for at, each in enumerate(checked):
        flags = part(each, "onlineValidation", "itemInfoCheckResult")
        lacking = [text for name, text in CHECKS.items() if part(flags, name) is not True]
        if lacking:
            code, text = _error({"error": part(each, "driverError")})
            return Result(Standing.ERROR, code, text if code and text else lacking[0], mark=at)
    return Result(Standing.ERROR, text="the marking codes were not taken", mark=len(checked))


def _error(fields: Mapping[str, Any]) -> tuple[int, str]:
    match fields.get("error"):
        case {"code": int() as code, **more}:
            return code, str(more.get("description", ""))
        case _:
            return 0, str(fields.get("errorDescription", ""))


def refusal_of(answer: HttpAnswer) -> tuple[int, str]:
    """Number and text of a request that was not taken (400)."""
    try:
        value = _value(answer)
    except BadResult:
        return answer.status, ""
    return _error(value) if "error" in value else (answer.status, "")


def _value(answer: HttpAnswer) -> Mapping[str, Any]:
    try:
        value = parsed(answer.body)
    except ValueError as error:
        raise BadResult("no JSON") from error
    if not isinstance(value, Mapping):
        raise BadResult("no object")
    return cast(Mapping[str, Any], value)


def registered(value: Mapping[str, Any], device: str, task: Task) -> Registered | None:
    """The proof in `fiscalParams`; None where the task makes no fiscal document. Raises `BadResult`."""
    match value.get("fiscalParams"):
        case {
            "fiscalDocumentNumber": int() as document,
            "fiscalDocumentDateTime": str() as made,
            "fiscalDocumentSign": str() | int() as sign,
            "fnNumber": str() as storage,
            "shiftNumber": int() as shift_number,
        }:
            at = moment(made)
            qr = None
            if task.total is not None and task.settled_as is not None:
                qr = qr_text(at, task.total, storage, document, str(sign), task.settled_as)
            return Registered(document, shift_number, local_text(at), device, str(sign), storage, qr)
        case None:
            return None
        case _:
            raise BadResult("fiscalParams")


def moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise BadResult(text) from error


def part(value: Mapping[str, Any] | None, *path: str) -> Any:
    """What stands at the path, None where something on the way is missing."""
    found: Any = value
    for name in path:
        found = cast(Mapping[str, Any], found).get(name) if isinstance(found, Mapping) else None
    return found


def number(value: Mapping[str, Any] | None, *path: str) -> int:
    """A whole number at the path. Raises `BadResult`."""
    found = part(value, *path)
    if type(found) is not int:
        raise BadResult(".".join(path))
    return found


def money(value: Mapping[str, Any] | None, *path: str) -> int:
    """Kopecks at the path. Raises `BadResult`."""
    found = minor(part(value, *path))
    if found is None:
        raise BadResult(".".join(path))
    return found


def counters(value: Mapping[str, Any] | None) -> Counters:
    """Of `getShiftTotals`. Raises `BadResult`."""
    return Counters(
        _counter(value, "sell"),
        _counter(value, "sellReturn"),
        money(value, "shiftTotals", "income", "sum"),
        money(value, "shiftTotals", "outcome", "sum"),
        money(value, "shiftTotals", "cashDrawer", "sum"),
    )


def _counter(value: Mapping[str, Any] | None, kind: str) -> Counter:
    path = ("shiftTotals", "receipts", kind)
    return Counter(number(value, *path, "count"), money(value, *path, "sum"))


SHIFTS = {"closed": Shift.CLOSED, "opened": Shift.OPEN, "expired": Shift.EXPIRED}


def shift(value: Mapping[str, Any] | None) -> Shift:
    """Of `getShiftStatus`. Raises `BadResult`."""
    state = part(value, "shiftStatus", "state")
    if not isinstance(state, str) or state not in SHIFTS:
        raise BadResult("shiftStatus.state")
    return SHIFTS[state]
