"""Replies byte by byte, as the printers' manuals give them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.receipt.replies import Automatic, Block, Flow, Queued, RealTime, ReplyParser
from devices.receipt.status import PrinterStatus, automatic_status, with_real_time

GOLDEN = {
    "paper fine, in real time": ("12", [RealTime(0x12)]),
    "cover open, offline": ("1a 16", [RealTime(0x1A), RealTime(0x16)]),
    "paper out, in real time": ("7e", [RealTime(0x7E)]),
    "all well, by itself": ("10 00 00 00", [Automatic(bytes([0x10, 0, 0, 0]))]),
    "paper out, by itself": ("18 00 0f 00", [Automatic(bytes([0x18, 0, 0x0F, 0]))]),
    "the fence, paper fine": ("00", [Queued(0)]),
    "the fence, near end": ("03", [Queued(3)]),
    "flow control": ("13 11", [Flow(go=False), Flow(go=True)]),
    "the model's name": ("5f 54 4d 2d 54 32 30 00", [Block(b"_TM-T20")]),
    "a process id": ("37 22 30 30 34 32 00", [Block(b'7"0042')]),
    "a fence right behind an automatic status": ("10 00 00 00 00", [Automatic(bytes([0x10, 0, 0, 0])), Queued(0)]),
    "a real-time answer inside an automatic status": (
        "10 00 12 00 00",
        [RealTime(0x12), Automatic(bytes([0x10, 0, 0, 0]))],
    ),
    "an automatic status cut short by the next": (
        "10 00 18 00 0f 00",
        [Automatic(bytes([0x18, 0, 0x0F, 0]))],
    ),
    "noise": ("ff", []),
}


@pytest.mark.parametrize(("wire", "replies"), GOLDEN.values(), ids=GOLDEN)
def test_each_reply_is_told_from_the_others(wire, replies):
    assert ReplyParser().feed(bytes.fromhex(wire)) == replies


@pytest.mark.parametrize(("wire", "replies"), GOLDEN.values(), ids=GOLDEN)
def test_a_reply_split_at_any_byte_is_the_same_reply(wire, replies):
    data = bytes.fromhex(wire)
    for cut in range(len(data) + 1):
        parser = ReplyParser()
        assert parser.feed(data[:cut]) + parser.feed(data[cut:]) == replies


@settings(deadline=None)
@given(st.binary(max_size=400), st.lists(st.integers(0, 400), max_size=5))
def test_any_noise_is_read_to_the_end_in_any_portions(data, cuts):
    whole, parts = ReplyParser(), ReplyParser()
    split = [parts.feed(data[a:b]) for a, b in zip([0, *sorted(cuts)], [*sorted(cuts), len(data)], strict=True)]

    assert [reply for portion in split for reply in portion] == whole.feed(data)


@pytest.mark.parametrize(
    ("wire", "status"),
    [
        ("10 00 00 00", PrinterStatus(drawer_high=False)),
        ("14 00 00 00", PrinterStatus(drawer_high=True)),
        ("18 00 0c 00", PrinterStatus(offline=True, paper_out=True, drawer_high=False)),
        ("10 00 03 00", PrinterStatus(paper_near_end=True, drawer_high=False)),
        ("38 00 00 00", PrinterStatus(offline=True, cover_open=True, drawer_high=False)),
        ("18 08 00 00", PrinterStatus(offline=True, cutter=True, drawer_high=False)),
        ("18 20 00 00", PrinterStatus(offline=True, unrecoverable=True, drawer_high=False)),
        ("18 40 00 00", PrinterStatus(offline=True, recoverable=True, drawer_high=False)),
    ],
)
def test_the_bits_of_an_automatic_status(wire, status):
    assert automatic_status(bytes.fromhex(wire)) == status


@pytest.mark.parametrize(
    ("number", "byte", "causes"),
    [
        (1, 0x12, ()),
        (1, 0x1A, ("printer.offline",)),
        (2, 0x16, ("printer.cover_open",)),
        (3, 0x1A, ("printer.cutter",)),
        (3, 0x32, ("printer.broken",)),
        (3, 0x52, ("printer.overheated",)),
        (4, 0x1E, ("printer.paper_near_end",)),
        (4, 0x7E, ("printer.paper_out",)),
    ],
)
def test_the_bits_of_each_real_time_answer(number, byte, causes):
    assert with_real_time(PrinterStatus(), number, byte).causes == causes


def test_the_worst_cause_stands_first_and_offline_is_named_only_when_nothing_explains_it():
    everything = PrinterStatus(offline=True, cover_open=True, paper_out=True, paper_near_end=True, cutter=True)

    assert everything.causes == ("printer.cutter", "printer.paper_out", "printer.cover_open")
