"""Names that try to be commands: they print, and run nothing."""

import pytest

from devices.device import Ending, Outcome
from devices.receipt.decoder import decode
from devices.receipt.model import PAPER_58, PAPER_80
from tests.devices.receipt.builders import a_receipt, a_shop, figures, words

OURS = {"ESC @", "FS .", "ESC 3", "ESC t", "ESC E", "GS !", "text", "LF", "GS v", "ESC J", "GS V"}

RAW = [
    b"\x1bp\x00\x19\x19", b"\x1bp\x01\x32\xfa", b"\x1dV\x00", b"\x1dVB\x00", b"\x1b@", b"\x1bi", b"\x1bm",
    b"\x10\x14\x01\x00\x01", b"\x10\x04\x01", b"\x10\x05\x02", b"\x1dr\x01", b"\x1da\x00", b"\x1dI\x42",
    b"\x1c&", b"\x1bt\xff", b"\x1b=\x00", b"\x1dv0\x00\xff\xff\xff\xff", b"\x1d(k\xff\xff", b"\x1dk\x49\xff",
    b"\x07", b"\x1a", b"\x00" * 20, b"\x7f" * 8, b"\x1b", b"\x1d", b"\x10", b"\x1b\x1b\x1bp", b"\r\n\x1bp\x00\x01\x01",
    b"\x0c", b"\x18", b"\x1bB\x09\x09", b"\x9b2J", b"\x90\x1bp", b"\x1b*\x21\xff\xff", b"\x1d8L\xff\xff\xff\xff",
]  # fmt: skip
"""Commands of printers as they would stand in a name that was read as Latin-1."""

WRITTEN = [
    "ɛp\u001bp", "\u011b\u701b", "\u1b70\u0019", "\u2b1b\u001dV", "漢\u001b字", "<script>alert(1)</script>",
    "{{7*7}} ${jndi:ldap://x} %s%n '; DROP TABLE sale;--", "=HYPERLINK(\"x\")", "\u202eevil\u202c gnp.exe",
    "שלום עולם", "مرحبا بالعالم", "\u2028\u2029\u0085\u000b", "\ufeff\u200b\u200d\u2060", "🛒👨‍👩‍👧🏽",
    "\ud800\udc1b\ud81b", "a" * 1500, "Z̷̡͔a̶l̴g̵o̸" * 20, "\U000e0041\U000e007f", "??????", "\u2400\u241b ^[p ESC p \\x1bp",
]  # fmt: skip

PAYLOADS = [raw.decode("latin-1") for raw in RAW] + [raw.decode("cp866", "replace") for raw in RAW[:4]] + WRITTEN


def a_hostile_receipt(name):
    return a_receipt(
        words(name, align="center", bold=True, size=2),
        figures(name, "1.29"),
        words(f"Served by {name}"),
        figures("Total", "1.29 " + name[:10]),
    )


def test_there_are_at_least_fifty_of_them():
    assert len(set(PAYLOADS)) >= 50


@pytest.mark.parametrize("model", [PAPER_80, PAPER_58], ids=["80 mm", "58 mm"])
async def test_no_name_runs_a_command_opens_the_drawer_or_cuts_the_paper(model):
    async with a_shop(model=model, baud=2_000_000) as shop:
        for name in PAYLOADS:
            before = len(shop.simulator.received)

            assert await shop.print(a_hostile_receipt(name)) == Ending(Outcome.DONE), repr(name)

            assert len(shop.simulator.received) > before
        assert shop.simulator.kicks == []
        assert len(shop.simulator.receipts) == len(PAYLOADS)
        for name, receipt in zip(PAYLOADS, shop.simulator.receipts, strict=True):
            printed = decode(receipt.data, model)
            assert printed.errors == [], repr(name)
            assert printed.commands.keys() <= OURS, repr(name)
            assert printed.commands["GS V"] == 1, repr(name)
            assert "1.29" in printed.text or "[picture]" in printed.text, repr(name)
