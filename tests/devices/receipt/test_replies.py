"""Replies of all kinds woven together come back as what they were; printers as the closed list of protocols has them."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.device import Health
from devices.protocols import PROTOCOLS
from devices.receipt.replies import Automatic, Block, Flow, Queued, RealTime, ReplyParser

STARTS = (0x35, 0x37, 0x3B, 0x3D, 0x5F)
LOW = st.sampled_from([byte for byte in range(256) if byte & 0x90 == 0 and byte not in STARTS])
REAL_TIME = st.sampled_from([RealTime(byte) for byte in range(256) if byte & 0x93 == 0x12])
FLOW = st.sampled_from([Flow(go=True), Flow(go=False)])
FIRST = st.sampled_from([byte for byte in range(256) if byte & 0x93 == 0x10])
AUTOMATIC = st.tuples(FIRST, LOW, LOW, LOW).map(lambda data: Automatic(bytes(data)))
TEXT = st.binary(max_size=20).map(lambda data: bytes(byte for byte in data if 0x20 <= byte < 0x7F))
BLOCK = st.tuples(st.sampled_from([b"_", b'7"', b"7r@", b"="]), TEXT).map(lambda parts: Block(parts[0] + parts[1]))


def on_the_wire(reply):
    match reply:
        case RealTime(byte) | Queued(byte):
            return bytes([byte])
        case Automatic(data):
            return data
        case Block(data):
            return data + b"\0"
        case Flow(go):
            return b"\x11" if go else b"\x13"


@settings(deadline=None)
@given(
    st.lists(st.one_of(LOW.map(Queued), REAL_TIME, FLOW, AUTOMATIC, BLOCK), max_size=12),
    st.lists(st.integers(0, 200), max_size=5),
)
def test_any_row_of_replies_in_any_portions_is_read_as_it_was_said(replies, cuts):
    wire = b"".join(map(on_the_wire, replies))
    parser, heard = ReplyParser(), []
    for a, b in zip([0, *sorted(cuts)], [*sorted(cuts), len(wire)], strict=True):
        heard += parser.feed(wire[a:b])

    assert heard == replies
    assert parser.damaged == 0


@settings(deadline=None)
@given(AUTOMATIC, st.lists(st.tuples(st.integers(1, 3), st.one_of(REAL_TIME, FLOW)), max_size=4))
def test_what_comes_in_the_middle_of_an_automatic_status_is_heard_and_the_status_too(status, inside):
    wire = b""
    for at, byte in enumerate(status.data):
        wire += b"".join(on_the_wire(reply) for place, reply in inside if place == at) + bytes([byte])

    heard = ReplyParser().feed(wire)

    ordered = [reply for _, reply in sorted(inside, key=lambda pair: pair[0])]
    assert heard == [*ordered, status]


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_after_any_noise_the_printer_is_understood_again(noise):
    parser = ReplyParser()
    parser.feed(noise)

    heard = parser.feed(b"\x10\x00\x00\x00" * 2 + b"\x12")

    assert heard[-2:] == [Automatic(b"\x10\0\0\0"), RealTime(0x12)]


def test_noise_is_counted_and_a_block_without_an_end_is_let_go():
    parser = ReplyParser()

    assert parser.feed(b"\xff\x95") == []
    assert parser.feed(b"_" + b"x" * 400)[:1] != [Block(b"_" + b"x" * 255)]
    assert parser.damaged >= 258


@pytest.mark.parametrize("name", ["printer:escpos", "printer:star"])
@pytest.mark.parametrize("number", range(18))
def test_golden_replies_split_at_any_byte(name, number):
    golden = PROTOCOLS[name].golden[number % len(PROTOCOLS[name].golden)]

    for cut in range(len(golden.frame) + 1):
        parser = PROTOCOLS[name].decoder()
        assert (*parser.feed(golden.frame[:cut]), *parser.feed(golden.frame[cut:])) == golden.values
        assert parser.damaged == 0


@pytest.mark.parametrize("name", ["printer:escpos", "printer:star"])
async def test_a_printer_is_verified_by_a_page(name):
    spec = PROTOCOLS[name]
    simulator = spec.simulator()
    device = spec.device("front", await simulator.start_tcp(), {})
    running = asyncio.create_task(device.run(lambda state: None, lambda said: None))
    asked = []

    checks = await spec.verify(device, asked.append)

    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await simulator.stop()
    assert [check.name for check in checks if not check.passed] == []
    assert len(checks) == 3
    assert asked
    assert device.state.health is Health.OK
    assert len(simulator.receipts) == 1


@pytest.mark.parametrize("name", ["printer:escpos", "printer:star"])
async def test_a_person_at_a_simulated_printer_can_do_what_the_verbs_say(name):
    simulator = PROTOCOLS[name].simulator()
    verbs = simulator.verbs()

    verbs["paper"]("out")
    verbs["cover"]("open")
    verbs["jam"]("on")
    verbs["drawer"]("open")
    verbs["power"]("off")

    assert (simulator.paper, simulator.cover_open, simulator.errors) == ("out", True, {"cutter"})
    assert simulator.drawer_open
    assert not simulator.answering
    assert all(verb.__doc__ for verb in verbs.values())
