"""Every cause and every state that a card terminal tells has a sentence on the till, in three languages."""

import json
import re
from pathlib import Path

import pytest

from devices.payment.zvt import codes

ROOT = Path(__file__).parents[3]
SOURCES = "".join(path.read_text("utf-8") for path in (ROOT / "devices" / "payment").rglob("*.py"))
TOLD = set(re.findall(r'"(payment\.[a-z_]+)"', SOURCES)) - {
    "payment.authorise", "payment.reverse", "payment.refund", "payment.end_of_day",  # jobs
    "payment.error",
}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "ru", "hy"])
def test_what_a_terminal_tells_has_a_sentence(language: str):
    texts = json.loads((ROOT / "web" / "i18n" / f"till.{language}.json").read_text("utf-8"))
    states = {f"payment.status.{codes.state(code)}" for code in range(256)}

    assert len(TOLD) > 15
    assert {code for code in TOLD | states if not texts.get(code)} == set()


def test_every_result_code_has_a_cause_and_only_zero_is_good():
    assert all(codes.causes(code) for code in range(1, 256))
    assert codes.causes(0x05) == ("payment.declined",)
    assert codes.causes(0x6C) == ("payment.aborted",)
    assert codes.causes(0xFF) == ("payment.declined", "payment.terminal_fault")
