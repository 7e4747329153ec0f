"""Texts that want to be commands, a few thousand of the million that `make fuzz` tries."""

import random

import pytest

from devices.receipt.commands import scan_all
from devices.receipt.gate_check import foreign_commands, foreign_in
from devices.receipt.model import PAPER_58, PAPER_80, STAR_80
from tests.devices.receipt.test_hostile_names import PAYLOADS


@pytest.mark.parametrize("model", [PAPER_80, PAPER_58, STAR_80], ids=["80 mm", "58 mm", "Star"])
def test_no_text_becomes_a_command(model):
    chance = random.Random(4)
    pages = ("latin-1", "cp866", "cp1251", "cp437", "utf-16-le")
    noise = [chance.randbytes(chance.randrange(1, 40)).decode(chance.choice(pages), "replace") for _ in range(400)]

    assert [text for text in (*PAYLOADS, *noise) if foreign_commands(text, model)] == []


@pytest.mark.parametrize(
    "slipped",
    [b"\x1bp\x00\x19\x19", b"\x1bt\x63", b"\x07", b"\x7f", b"\x1dv0\x00\x02\x00\x01\x00\x10\x04", b"\x1b\x1bp"],
)
def test_one_that_did_would_be_seen(slipped):
    assert foreign_in(b"\x1b@Milk\n" + slipped, PAPER_80) == [
        command for command in scan_all(slipped) if command.name != "text"
    ]


def test_on_star_too():
    assert [command.name for command in foreign_in(b"\x1b@Milk\x07\x1bd\x02", STAR_80)] == ["BEL", "ESC d"]
