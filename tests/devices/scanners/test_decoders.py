"""Bytes to scans: whatever pieces they come in, whatever stands between them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.scanners.framing import MOST_BYTES, ScanDecoder
from devices.scanners.hid_pos import STANDARD, Layout, ReportDecoder, layout_in, reports_of
from devices.scanners.scan import Scan, scan_in
from devices.scanners.spec import HID_POS, SERIAL

MILK = Scan("]E0", b"4006381333931")
SHOES = Scan("]d2", b"0104623091234503215G+mgsHw<DiLN\x1d91EE05\x1d92" + b"A" * 44)
HONEYWELL = bytes.fromhex(
    "058c0902a1010912a1028502150026ff00750895010501093b81029503058c09fb09fc09fd810295380 9fe820201"
    "0666ff950209040900810205 8c2501750195080 9ff8102c0c0".replace(" ", "")
)
codes = st.binary(min_size=1, max_size=80).map(scan_in).filter(lambda scan: scan is not None)
plain = codes.filter(lambda scan: not set(b"\r\n") & set(scan.sent))


@pytest.mark.parametrize("spec", [SERIAL, HID_POS], ids=lambda spec: spec.name)
def test_golden_frames(spec):
    for golden in spec.golden:
        decoder = spec.decoder()
        assert (tuple(decoder.feed(golden.frame)), decoder.damaged) == (golden.values, 0)


@pytest.mark.parametrize(
    ("suffix", "end"),
    [("any", b"\r"), ("any", b"\n"), ("any", b"\r\n"), ("cr", b"\r"), ("lf", b"\n"), ("crlf", b"\r\n")],
)
def test_a_code_ends_at_its_suffix_in_whatever_pieces_it_comes(suffix, end):
    wire = (MILK.sent + end + SHOES.sent + end) * 2
    for cut in range(len(wire)):
        decoder = ScanDecoder(suffix)
        assert [*decoder.feed(wire[:cut]), *decoder.feed(wire[cut:])] == [MILK, SHOES] * 2
        assert (decoder.damaged, decoder.unfinished) == (0, False)


def test_without_a_suffix_silence_ends_a_code():
    decoder = ScanDecoder("none")

    assert [*decoder.feed(MILK.sent[:5]), *decoder.feed(MILK.sent[5:])] == []
    assert list(decoder.silence()) == [MILK]
    assert list(decoder.silence()) == []


def test_with_a_suffix_silence_drops_what_was_cut_short():
    decoder = ScanDecoder()
    decoder.feed(b"4006381")

    assert (list(decoder.silence()), decoder.damaged) == ([], 1)
    assert list(decoder.feed(MILK.sent + b"\r")) == [MILK]


@pytest.mark.parametrize("sent", [b"#4006381333931", b"#]E04006381333931", b"]E0#4006381333931"])
def test_a_prefix_is_taken_off_wherever_the_maker_puts_it(sent):
    assert [scan.data for scan in ScanDecoder(prefix=b"#").feed(sent + b"\r")] == [b"4006381333931"]


def test_a_scanner_gone_mad_fills_no_memory_and_is_heard_again():
    decoder = ScanDecoder()
    for _ in range(1_000):
        assert list(decoder.feed(b"8" * 1_000)) == []
        assert len(decoder._held) <= MOST_BYTES

    assert list(decoder.feed(b"\r" + MILK.sent + b"\r")) == [MILK]
    assert decoder.damaged == 1


@given(st.lists(plain, max_size=5), st.data())
def test_any_codes_in_any_pieces_round_trip(scans, data):
    wire = b"".join(scan.sent + b"\r" for scan in scans)
    decoder = ScanDecoder("cr")
    found: list[Scan] = []
    while wire:
        cut = data.draw(st.integers(1, len(wire)))
        found += decoder.feed(wire[:cut])
        wire = wire[cut:]

    assert found == scans


@given(st.lists(st.binary(max_size=100), max_size=10), st.sampled_from(["any", "cr", "lf", "crlf", "none"]))
def test_any_bytes_are_heard_without_an_exception(pieces, suffix):
    for decoder in (ScanDecoder(suffix), ReportDecoder()):
        for piece in pieces:
            for scan in [*decoder.feed(piece), *decoder.silence()]:
                assert scan_in(scan.sent) == scan


def test_a_descriptor_says_where_the_fields_are():
    assert layout_in(HONEYWELL) == STANDARD


@pytest.mark.parametrize(
    "descriptor",
    [b"", b"\xfe", bytes.fromhex("05010906a1018101c0"), HONEYWELL[:20], b"\x95\xff\x75\xff\x05\x8c\x09\xfe\x81\x02"],
    ids=["none", "cut long item", "keyboard", "cut", "not whole bytes"],
)
def test_other_descriptors_are_no_scanners(descriptor):
    assert layout_in(descriptor) is None


@given(st.binary(max_size=120))
def test_any_descriptor_is_read_without_an_exception(descriptor):
    layout = layout_in(descriptor)

    assert layout is None or layout.data_at + layout.data_size <= layout.size


LAYOUTS = [STANDARD, Layout(report=0, size=40, count_at=None, aim_at=0, data_at=3, data_size=36, continued_at=39)]


@pytest.mark.parametrize("layout", LAYOUTS, ids=["with a count", "to the first NUL"])
@pytest.mark.parametrize("length", [1, 36, 56, 57, 112, 300])
def test_a_long_code_comes_in_several_reports_in_whatever_pieces(layout, length):
    scan = Scan("]Q1", b"7" * length)
    wire = reports_of(scan, layout) + reports_of(MILK, layout)
    for cut in range(len(wire)):
        decoder = ReportDecoder(layout)
        assert [*decoder.feed(wire[:cut]), *decoder.feed(wire[cut:])] == [scan, MILK]
        assert (decoder.damaged, decoder.unfinished) == (0, False)


def test_a_lost_byte_costs_one_report_not_the_next():
    decoder = ReportDecoder()
    wire = reports_of(MILK)

    assert list(decoder.feed(wire[1:] + wire + wire)) == [MILK, MILK]
    assert decoder.damaged >= 1


def test_a_code_that_never_ends_fills_no_memory():
    decoder = ReportDecoder()
    piece = bytearray(reports_of(Scan(None, b"7" * 56)))
    piece[63] = 1
    for _ in range(1_000):
        decoder.feed(bytes(piece))
        assert len(decoder._code) <= MOST_BYTES

    assert decoder.damaged > 0
