"""Every dialect reads what its documents show, and nothing that did not stand on the wire as a whole frame."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.device import DeviceError
from devices.scales import (
    adam,
    cas_enq,
    cas_text,
    dialog06,
    massa_100,
    massa_k_e,
    massa_k_j,
    mt_sics,
    nci,
    shtrih_pos2,
    sma,
    toledo8217,
    usb_hid,
)
from devices.scales.frames import Frames, Part
from devices.scales.reading import Reading, Unit
from devices.scales.specs import SPECS
from devices.scales.toledo8217 import Flags

GOLDENS = [(spec, golden) for spec in SPECS for golden in spec.golden]


NEVER = st.just(False)


def kilograms(most, *, net=NEVER):
    made = st.builds(lambda digits, net: (digits, net), st.integers(0, most), net)
    return made.map(lambda it: Reading(it[0], 3, Unit.KILOGRAM, stable=True, net=it[1], zero=it[0] == 0 and not it[1]))


def pounds(most):
    return st.integers(0, most).map(lambda digits: Reading(digits, 2, Unit.POUND, stable=True, zero=digits == 0))


FLAGS = st.integers(0, 0x7F).map(Flags)
STATUS = st.builds(
    lambda first, rest: bytes([0x30 | first, *(0x70 | byte for byte in rest[:-1]), 0x30 | rest[-1]]),
    st.integers(0, 15),
    st.lists(st.integers(0, 15), min_size=1, max_size=3),
)
TEXTS = st.from_regex(rb"[ -]{1,3}[0-9]{1,4}\.[0-9]{1,3}(kg|LB|oz| g)", fullmatch=True)
VALUES = {
    "scale:toledo8217": kilograms(99_999, net=st.booleans()) | pounds(9_999) | FLAGS,
    "scale:cas-pd2": kilograms(99_999) | FLAGS,
    "scale:nci": st.builds(nci.NciAnswer, st.sampled_from(nci.Layout), TEXTS, STATUS)
    | st.builds(nci.NciAnswer, st.sampled_from(list(nci.ALONE)), st.none(), STATUS)
    | st.just(nci.NciAnswer(nci.Layout.SCP_01, None, b"")),
    "scale:cas-enq": st.sampled_from(cas_enq.Control)
    | st.builds(
        cas_enq.CasBlock,
        st.sampled_from([b"S", b"U"]),
        st.sampled_from([b" ", b"-", b"F"]),
        st.from_regex(rb"[0-9]{2}\.[0-9]{3}|[0-9]{3}\.[0-9]{2}|      ", fullmatch=True),
        st.sampled_from([b"kg", b"LB", b" g", b"oz"]),
    ),
    "scale:cas-text": st.builds(
        cas_text.CasLine,
        st.sampled_from([b"ST", b"US", b"OL"]),
        st.sampled_from([b"GS", b"NT", b"TR"]),
        st.sampled_from([b"+", b"-", b" "]),
        st.from_regex(rb" {1,2}[0-9]{2,4}\.[0-9]{2,3}", fullmatch=True),
        st.sampled_from([b"kg", b" kg", b"g", b"lb"]),
    ),
    "scale:shtrih-pos2": st.sampled_from(shtrih_pos2.Control)
    | (st.binary(min_size=2, max_size=2) | st.binary(min_size=11, max_size=11)).map(shtrih_pos2.Answer),
    "scale:massa-k-e": st.integers(0, 0x7D).map(lambda byte: massa_k_e.Thrice(byte << 8 | byte)),
    "scale:massa-k-j": st.builds(
        massa_k_j.JAnswer, st.sampled_from([0x80, 0xC0, 0x40]), st.integers(0, 0x7FFF).map(lambda weight: weight | 1)
    ),
    "scale:massa-100": st.binary(min_size=1, max_size=32).map(massa_100.Answer),
    "scale:mt-sics": st.builds(
        mt_sics.SicsLine,
        st.just(b"S"),
        st.sampled_from([b"S", b"D"]),
        st.from_regex(rb" {1,6}-?[0-9]{1,5}\.[0-9]{1,4} (kg|g|lb|oz)", fullmatch=True),
    )
    | st.builds(mt_sics.SicsLine, st.sampled_from([b"S", b"T", b"Z"]), st.sampled_from([b"I", b"+", b"-"]))
    | st.builds(mt_sics.SicsLine, st.just(b"E"), st.sampled_from([b"S", b"L", b"T"])),
    "scale:sma": st.just(sma.SmaAnswer())
    | st.builds(
        sma.SmaAnswer,
        *(st.sampled_from([bytes([byte]) for byte in of]) for of in (b" ZOUEIT", b" 123", b"GNTgn ", b" M", b" ")),
        st.from_regex(rb" {3}[0-9]{3}\.[0-9]{3}|-{10}", fullmatch=True),
        st.sampled_from([b"kg ", b"g  ", b"lb ", b" oz"]),
    ),
    "scale:dialog06": st.sampled_from(dialog06.Control)
    | st.builds(
        dialog06.Record,
        st.just(b"02"),
        st.tuples(*(st.from_regex(rb"[0-9]{%d}" % places, fullmatch=True) for places in (1, 5, 6, 6))),
    )
    | st.builds(dialog06.Record, st.just(b"09"), st.tuples(st.from_regex(rb"[0-9]{2}", fullmatch=True))),
    "scale:adam": st.builds(
        adam.AdamLine,
        st.sampled_from([b" ", b"  ", b" -"]),
        st.from_regex(rb"[0-9]{1,3}\.[0-9]{1,3}", fullmatch=True),
        st.sampled_from([b"kg", b" kg", b"g", b" lb"]),
    ),
    "scale:usb-hid": st.builds(
        usb_hid.Report, st.sampled_from(usb_hid.Status), st.integers(1, 12), st.integers(-6, 3), st.integers(0, 0xFFFF)
    ),
}
NOISE = st.binary(max_size=12).map(lambda noise: bytes(byte for byte in noise if byte in b"\xff\xfe\x00\x7f~#"))
BEGIN_WITH_ZERO = {"scale:massa-k-j"}
"""Has neither mark nor check: zeros and an answer make another one."""


@pytest.mark.parametrize(("spec", "golden"), GOLDENS, ids=[f"{s.name}-{g.frame.hex()}" for s, g in GOLDENS])
def test_a_frame_from_a_document_says_what_the_document_says(spec, golden):
    assert tuple(spec.decoder().feed(golden.frame)) == golden.values
    assert b"".join(spec.encode(value) for value in golden.values) == golden.frame


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_what_is_said_is_heard_whatever_the_pieces_and_the_noise_between(spec, data):
    values = data.draw(st.lists(VALUES[spec.name], min_size=1, max_size=4))
    noise = NOISE.map(lambda drawn: drawn.replace(b"\x00", b"")) if spec.name in BEGIN_WITH_ZERO else NOISE
    wire = b"".join(data.draw(noise) + spec.encode(value) for value in values)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(wire)), max_size=4)))
    decoder = spec.decoder()
    heard = [value for a, b in zip([0, *cuts], [*cuts, len(wire)], strict=True) for value in decoder.feed(wire[a:b])]

    assert heard == values


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_everything_heard_of_a_mutilated_line_stood_in_it_as_a_whole_frame(spec, data):
    whole = b"".join(spec.encode(value) for value in data.draw(st.lists(VALUES[spec.name], min_size=1, max_size=4)))
    wire = bytearray(whole)
    for at, byte in data.draw(st.lists(st.tuples(st.integers(0, len(whole) - 1), st.integers(0, 255)), max_size=4)):
        wire[at] = byte
    at = data.draw(st.integers(0, len(wire)))
    del wire[at : at + data.draw(st.integers(0, 3))]
    rest = bytes(wire)

    for value in spec.decoder().feed(rest):
        frame = spec.encode(value)
        assert frame in rest
        rest = rest[rest.index(frame) + len(frame) :]


def test_flags_that_look_like_a_beginning_or_an_end_are_found_by_their_place():
    decoder = Frames(toledo8217.read, toledo8217.LONGEST)

    assert decoder.feed(b"\x02?\x02\r\x02?\x0d\r\x0201.250\r") == [
        Flags.OVER,
        Flags(0x0D),
        Reading(1_250, 3, Unit.KILOGRAM, stable=True),
    ]


def test_every_status_of_8217_is_read_and_none_of_them_is_a_weight():
    for byte in range(0x80):
        reading = toledo8217.no_weight(Flags(byte))
        assert reading.micrograms is None


@pytest.mark.parametrize("byte", range(0x20, 0x7F))
def test_a_cas_block_whose_check_does_not_hold_is_no_weight(byte):
    frame = bytearray(b"\x01\x02S 01.250kg\x67\x03\x04")
    if frame[5] == byte:
        return
    frame[5] = byte

    assert Frames(lambda held: cas_enq.read(held, soh=False), cas_enq.LENGTH).feed(bytes(frame)) == []


def test_the_two_readings_of_the_cas_check_rule_never_accept_each_others_frames():
    block = cas_enq.CasBlock(b"S", b" ", b"01.250", b"kg")
    for soh in (False, True):
        own, other = cas_enq.encode(block, soh=soh), cas_enq.encode(block, soh=not soh)
        decoder = cas_enq.CasEnq(check_soh=soh).decoder()
        assert (decoder.feed(own), decoder.feed(other)) == ([block], [])


def test_any_changed_bit_of_a_shtrih_answer_makes_it_no_answer():
    frame = shtrih_pos2.frame(bytes.fromhex("3a001500e20400000000 00".replace(" ", "")))
    for bit in range(8, 8 * len(frame)):
        wrong = bytearray(frame)
        wrong[bit // 8] ^= 1 << bit % 8
        heard = shtrih_pos2.ShtrihPos2().decoder().feed(bytes(wrong))
        assert [value for value in heard if isinstance(value, shtrih_pos2.Answer)] == []


@pytest.mark.parametrize(
    ("text", "digits", "decimals", "unit"),
    [
        (b"  1.250kg", 1_250, 3, Unit.KILOGRAM),
        (b" -0.050KG", -50, 3, Unit.KILOGRAM),
        (b"0001.25lb", 125, 2, Unit.POUND),
        (b"   850 g", 850, 0, Unit.GRAM),
        (b"-------kg", None, 3, Unit.KILOGRAM),
        (b"1lb 4.5oz", None, 3, Unit.KILOGRAM),
    ],
)
def test_nci_text_is_a_weight_only_where_it_is_one_number_and_one_unit(text, digits, decimals, unit):
    reading = nci.NciAnswer(nci.Layout.SCP_01, text, b"00").reading()

    assert (reading.digits, reading.decimals, reading.unit) == (digits, decimals, unit)


@pytest.mark.parametrize(
    ("status", "code"),
    [(b"40", "scale.fault"), (b"04", "scale.fault"), (b"0p8", "scale.fault"), (b"", "scale.refused")],
)
def test_nci_faults_and_refusals_are_no_weights(status, code):
    answer = nci.NciAnswer(nci.Layout.SCP_01, b"  1.250kg", status)

    with pytest.raises(DeviceError) as raised:
        answer.reading()
    assert raised.value.code == code


def test_a_weight_in_a_unit_that_nobody_knows_is_refused():
    with pytest.raises(DeviceError) as raised:
        nci.NciAnswer(nci.Layout.SCP_01, b"  1.250pc", b"00").reading()
    assert (raised.value.code, raised.value.fields) == ("scale.unit", {"unit": "pc"})


def test_a_decoder_holds_no_more_than_its_longest_frame():
    decoder = Frames(lambda held: Part.MORE, 9)
    decoder.feed(b"x" * 10_000)

    assert len(decoder._held) < 9
