"""What a simulated server does with the marking codes of a receipt: as the maker's scripts check them, before all else."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any

from devices.fiscal.atol.results import CHECKS, part
from devices.fiscal.atol.tasks import PIECE, STATUSES, SUBJECTS_MARKED
from devices.fiscal.content import Operation
from devices.fiscal.mark_system import MarkSystem

WRONG_UNIT, OLD_FORMAT, UNCHECKED, NO_CODE, BROKEN_TASK = 412, 413, 420, 422, 501
"""Errors of the driver. That it answers these where this server does is unconfirmed."""


class CodeRefused(Exception):
    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text


class CodesFailed(Exception):
    """The codes were checked and not all taken: nothing else was done. `found`: what was found of each."""

    def __init__(self, found: list[dict[str, Any]]) -> None:
        super().__init__("marking codes")
        self.found = found


def codes_of(request: Mapping[str, Any], operation: Operation, system: MarkSystem, data_format: str) -> tuple[str, ...]:
    """The marking code of each item, "" where it has none, all checked and taken. Raises `CodeRefused`,
    `CodesFailed`."""
    items: Sequence[Mapping[str, Any]] = request["items"]
    codes = tuple(_code(item) for item in items)
    marked = [(code, item) for code, item in zip(codes, items, strict=True) if code]
    if marked and data_format != "1.2":
        raise CodeRefused(OLD_FORMAT, "not in this format of fiscal data")
    if marked and request.get("validateMarkingCodes") is not True:
        raise CodeRefused(UNCHECKED, "the marking code was not checked")
    found = [_checked(code, part(item, "imcParams", "itemEstimatedStatus"), operation, system) for code, item in marked]
    if not all(each["onlineValidation"]["itemInfoCheckResult"][name] for each in found for name in CHECKS):
        raise CodesFailed(found)
    return codes


def _code(item: Mapping[str, Any]) -> str:
    params = item.get("imcParams")
    if params is None:
        if item.get("paymentObject") in SUBJECTS_MARKED.values():
            raise CodeRefused(NO_CODE, "no marking code")
        return ""
    if item.get("measurementUnit") != PIECE or item["quantity"] != 1:
        raise CodeRefused(WRONG_UNIT, "wrong unit of a marked position")
    try:
        return base64.b64decode(params["imc"], validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise CodeRefused(BROKEN_TASK, "imcParams.imc") from error


def _checked(code: str, status: object, operation: Operation, system: MarkSystem) -> dict[str, Any]:
    asked = system.answering
    fits = status == STATUSES[operation] and system.fits(code, operation)
    flags = dict(zip(CHECKS, (asked, asked and system.genuine(code), asked, asked and fits), strict=True))
    return {
        "onlineValidation": {"itemInfoCheckResult": flags | {"ecrStandAloneFlag": False}},
        "driverError": {"code": 0, "description": "", "error": ""},
    }
