"""Causes in the words of UnifiedPOS."""

import re
from pathlib import Path

import pytest

from devices.device import DeviceState, Health, Power
from devices.unified_pos import BY_CAUSE, BY_ENDING, ResultCode, result_code, state_code

PAGE = (Path(__file__).parents[2] / "docs" / "devices.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("cause", "code"),
    [
        ("printer.paper_out", (ResultCode.EXTENDED, 203)),
        ("scale.offline", (ResultCode.OFFLINE, 0)),
        ("terminal.silent", (ResultCode.TIMEOUT, 0)),
        ("printer.cutter", (ResultCode.FAILURE, 0)),
    ],
)
def test_a_cause_has_one_result_code(cause, code):
    assert result_code(cause) == code


def test_a_state_is_answered_by_its_worst_cause():
    out = DeviceState(Power.ONLINE, Health.CANNOT_WORK, ("printer.cover_open", "printer.paper_out"))

    assert state_code(out) == (ResultCode.EXTENDED, 201)
    assert state_code(DeviceState(Power.ONLINE, Health.ATTENTION, ("printer.paper_near_end",)))[0] is ResultCode.SUCCESS
    assert state_code(DeviceState(Power.OFFLINE, Health.CANNOT_WORK))[0] is ResultCode.OFFLINE


def test_the_page_lists_every_cause_that_has_a_code_of_its_own():
    listed = dict(re.findall(r"^\| `([a-z_.*]+)` \| (\d+(?: / \d+)?) \|", PAGE, re.M))

    written = {
        cause: f"{code.value}" + (f" / {extended}" if extended else "") for cause, (code, extended) in BY_CAUSE.items()
    }
    written |= {f"*.{ending}": str(code.value) for ending, code in BY_ENDING.items()}
    assert listed == written
