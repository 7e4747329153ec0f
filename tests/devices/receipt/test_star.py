"""Star line mode: bytes, replies, and receipts on a simulated printer."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.device import Ending, Health, Outcome, Progress
from devices.receipt.content import receipt_from
from devices.receipt.dialect import printout
from devices.receipt.model import STAR_80
from devices.receipt.replies import Flow
from devices.receipt.star.decoder import decode
from devices.receipt.star.encoder import pulse
from devices.receipt.star.replies import StarReplyParser, StarStatus
from devices.receipt.status import PrinterStatus
from tests.devices.receipt.builders import CURT, a_receipt, a_shop, figures, words

WELL = bytes.fromhex("23 06 00 00 00 00 00 00 00")
STAR = replace(STAR_80, drawer_open="unknown")


def body(content, model=STAR_80):
    return b"".join(part.data for part in printout(receipt_from(content), model).parts)


START = b"\x1b@\x1b\x1ea\x00"
GOLDEN = {
    "text": (words("Milk"), b"\x1b\x1dt\x01Milk\n"),
    "bold and large": (words("Milk", bold=True, size=2), b"\x1b\x1dt\x01\x1bE\x1bi\x01\x01Milk\n"),
    "Cyrillic": (words("Чай"), b"\x1b\x1dt\x0a" + "Чай".encode("cp866") + b"\n"),
    "EAN-13": (
        {"kind": "barcode", "symbology": "ean13", "data": "4006381333931"},
        b"\x1b\x1da\x01\x1bb\x03\x02\x03\x404006381333931\x1e\x1b\x1da\x00",
    ),
    "QR": (
        {"kind": "qr", "data": "hi"},
        b"\x1b\x1da\x01\x1b\x1dyS0\x02\x1b\x1dyS1\x01\x1b\x1dyS2\x06\x1b\x1dyD1\x00\x02\x00hi\x1b\x1dyP\x1b\x1da\x00",
    ),
    "feed": ({"kind": "feed", "lines": 2}, b"\x1ba\x02"),
    "cut": ({"kind": "cut"}, b"\x1bd\x03"),
}


@pytest.mark.parametrize(("line", "expected"), GOLDEN.values(), ids=GOLDEN)
def test_each_line_is_these_bytes(line, expected):
    assert body({"lines": [line]}) == START + expected


def test_the_drawers_pulse_is_as_long_as_it_is_set():
    assert pulse(STAR_80) == b"\x1b\x07\x0a\x0a\x07"
    assert pulse(replace(STAR_80, drawer_pin=5, pulse_on_ms=200)) == b"\x1b\x07\x14\x0a\x1a"


@settings(deadline=None)
@given(st.lists(st.builds(words, st.text(max_size=40), size=st.sampled_from([1, 2]), bold=st.booleans()), max_size=5))
def test_any_words_print_as_text_and_nothing_else(lines):
    printed = decode(body(a_receipt(*lines)))

    assert printed.errors == []
    assert printed.pulses == 0
    assert printed.commands.keys() <= {
        "ESC @", "ESC RS a", "ESC GS t", "ESC E", "ESC F", "ESC i", "text", "LF", "ESC GS S", "ESC d",
    }  # fmt: skip


@settings(deadline=None)
@given(st.text(st.characters(codec="cp866", exclude_categories=["Cc", "Zs"]), min_size=1, max_size=100))
def test_russian_words_come_back_letter_by_letter(text):
    assert decode(body({"lines": [words(text)]})).text.replace("\n", "").replace(" ", "") == text.replace(" ", "")


HOPELESS = PrinterStatus(offline=True, mechanical=True, unrecoverable=True, recoverable=True, drawer_high=False)


@pytest.mark.parametrize(
    ("wire", "state", "counter"),
    [
        ("23 06 00 00 00 00 00 00 00", PrinterStatus(drawer_high=False), None),
        ("23 06 04 00 00 00 00 00 00", PrinterStatus(drawer_high=True), None),
        ("23 06 28 00 00 00 00 00 00", PrinterStatus(offline=True, cover_open=True, drawer_high=False), None),
        ("23 06 08 00 00 0c 00 00 00", PrinterStatus(offline=True, paper_out=True, paper_near_end=True, drawer_high=False), None),
        ("23 06 08 08 00 00 00 00 00", PrinterStatus(offline=True, cutter=True, drawer_high=False), None),
        ("23 06 08 64 00 00 00 00 00", HOPELESS, None),
        ("23 06 02 00 00 00 00 02 00", PrinterStatus(drawer_high=False), 1),
        ("23 06 02 00 00 00 00 6e 00", PrinterStatus(drawer_high=False), 31),
        ("0f 06 02 00 00 00 00", PrinterStatus(drawer_high=False), None),
        ("23 86 00 00 00 00 00 00 00 00 00", PrinterStatus(drawer_high=False), None),
    ],
)  # fmt: skip
def test_the_bits_of_a_status(wire, state, counter):
    (status,) = StarReplyParser().feed(bytes.fromhex(wire))

    assert (status.state, status.counter) == (state, counter)


LOW = st.sampled_from([byte for byte in range(256) if byte & 0x91 == 0])
STATUSES = st.tuples(LOW, LOW, LOW, LOW, LOW, LOW, LOW).map(lambda rest: StarStatus(b"\x23\x06" + bytes(rest)))


@settings(deadline=None)
@given(st.lists(STATUSES | st.sampled_from([Flow(go=True), Flow(go=False)]), max_size=8), st.lists(st.integers(0, 99)))
def test_statuses_and_flow_control_come_back_from_any_portions(replies, cuts):
    wire = b"".join(
        reply.data if isinstance(reply, StarStatus) else bytes([0x11 if reply.go else 0x13]) for reply in replies
    )
    parser = StarReplyParser()
    heard = []
    for a, b in zip([0, *sorted(cuts)], [*sorted(cuts), len(wire)], strict=True):
        heard += parser.feed(wire[a:b])

    assert heard == replies
    assert parser.damaged == 0


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_after_any_noise_the_second_whole_status_is_heard(noise):
    parser = StarReplyParser()
    parser.feed(noise)

    assert StarStatus(WELL) in parser.feed(WELL * 4)


@pytest.mark.parametrize("wire", ["tcp", "pty"])
async def test_a_star_receipt_is_done_when_each_part_was_counted(wire):
    async with a_shop(wire, model=STAR) as shop:
        ended = await shop.print(a_receipt(*[figures(f"Item {n}", "1.00") for n in range(40)], drawer=True))

        assert ended == Ending(Outcome.DONE)
        assert shop.told == [(Progress.SENDING, ()), (Progress.SENT, ())]
        printed = decode(shop.simulator.receipts[0].data)
        assert printed.text.count("Item") == 40
        assert printed.errors == []
        assert [kick.bytes for kick in shop.simulator.kicks] == [0]
        assert shop.simulator.counter >= 4
        assert shop.printer.statistics.counts["lines_printed"] == 40


async def test_a_star_printer_without_paper_in_the_middle_goes_on_and_prints_once():
    async with a_shop(model=STAR) as shop:
        shop.simulator.paper_out_after(5)
        printing = shop.start(a_receipt(*[words(f"line {n}") for n in range(30)]))
        await shop.until_told(Progress.WAITING, ("printer.paper_out",))

        shop.simulator.set_paper("ok")

        assert await printing == Ending(Outcome.DONE, ("printer.resumed",))
        assert decode(shop.simulator.receipts[0].data).text.count("line") == 30


@pytest.mark.parametrize("wire", ["tcp", "pty"])
async def test_a_star_printer_that_was_switched_off_and_on_leaves_the_receipt_uncertain(wire):
    async with a_shop(wire, model=STAR, timing=CURT, line_seconds=0.02) as shop:
        await shop.print(a_receipt())
        printing = shop.start(a_receipt(*[words(f"line {n}") for n in range(30)]))
        await shop.simulator.until(lambda printer: b"line 14" in printer.unfinished)

        shop.simulator.power_off()
        shop.simulator.power_on()

        assert (await printing).outcome is Outcome.UNCERTAIN
        await shop.until_ready()
        assert await shop.print(a_receipt(words("next"))) == Ending(Outcome.DONE)
        assert "next" in decode(shop.simulator.receipts[-1].data).text


async def test_a_star_cutter_that_jams_is_told_and_cleared():
    async with a_shop(model=STAR, timing=CURT, line_seconds=0.02) as shop:
        printing = shop.start(a_receipt(*[words(f"line {n}") for n in range(20)]))
        await shop.simulator.until(lambda printer: b"line 2" in printer.unfinished)
        shop.simulator.set_error("cutter", present=True)

        assert await printing == Ending(Outcome.UNCERTAIN, ("printer.cutter",))
        await shop.until_ready()
        assert await shop.print(a_receipt()) == Ending(Outcome.DONE)


async def test_change_is_given_from_a_star_drawer_while_paper_is_out():
    async with a_shop(model=STAR) as shop:
        shop.simulator.set_paper("out")
        await shop.until_state(Health.CANNOT_WORK, "printer.paper_out")

        assert await shop.open_drawer() == Ending(Outcome.DONE)
        assert len(shop.simulator.kicks) == 1
