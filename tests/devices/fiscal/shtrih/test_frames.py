"""Frames of both versions: captured ones, round trips, and whatever a line may do to them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.fiscal.shtrih import frames1, frames2
from devices.fiscal.shtrih.frames1 import Control, Message
from devices.fiscal.shtrih.frames2 import Frame
from devices.fiscal.shtrih.spec import SHTRIH_M1, SHTRIH_M2

GOLDEN = [(spec, golden) for spec in (SHTRIH_M1, SHTRIH_M2) for golden in spec.golden]
VALUES1 = st.sampled_from(list(Control)) | st.binary(min_size=1, max_size=255).map(Message)
VALUES2 = st.builds(Frame, st.integers(0, 0xFFFF), st.binary(max_size=300)) | st.just(Frame(None))


@pytest.mark.parametrize(("spec", "golden"), GOLDEN, ids=[golden.frame.hex() for _, golden in GOLDEN])
def test_golden_frames_decode_whole_and_split_at_every_byte(spec, golden):
    for at in range(len(golden.frame) + 1):
        decoder = spec.decoder()
        found = [*decoder.feed(golden.frame[:at]), *decoder.feed(golden.frame[at:])]

        assert (tuple(found), decoder.damaged) == (golden.values, 0)
    assert b"".join(map(spec.encode, golden.values)) == golden.frame


@given(st.lists(VALUES1, max_size=6), st.integers(1, 7))
def test_version_1_reads_what_it_writes_in_any_pieces(values, size):
    assert _decoded(frames1.Decoder(), b"".join(map(frames1.encode, values)), size) == values


@given(st.lists(VALUES2, max_size=6), st.integers(1, 7))
def test_version_2_reads_what_it_writes_in_any_pieces(values, size):
    assert _decoded(frames2.Decoder(), b"".join(map(frames2.encode, values)), size) == values


def _decoded(decoder, data, size):
    return [value for at in range(0, len(data), size) for value in decoder.feed(data[at : at + size])]


@given(st.binary(min_size=1, max_size=60), st.data())
def test_one_wrong_byte_of_a_frame_is_never_taken_for_another_message(data, draw):
    for decoder, frame in (
        (frames1.Decoder(), frames1.encode(Message(data))),
        (frames2.Decoder(), frames2.encode(Frame(7, data))),
    ):
        at = draw.draw(st.integers(0, len(frame) - 1))
        turned = frame[:at] + bytes([frame[at] ^ 1 << draw.draw(st.integers(0, 7))]) + frame[at + 1 :]

        for value in decoder.feed(turned):
            assert not isinstance(value, Message) or len(value.data) != len(data)
            assert not isinstance(value, Frame)


@pytest.mark.parametrize("decoder", [frames1.Decoder, frames2.Decoder])
@given(data=st.binary(max_size=400))
def test_any_bytes_are_taken_in_and_the_next_whole_frame_after_silence_is_read(decoder, data):
    heard = decoder()
    heard.feed(data)

    assert heard.damaged >= 0
    assert len(getattr(heard, "_held", b"") or getattr(heard, "_body", b"") or b"") <= frames2.LONGEST + 8


def test_a_lone_8f_before_a_frame_is_no_damage():
    decoder = frames2.Decoder()

    assert decoder.feed(b"\x8f" + frames2.encode(Frame(5, b"\x10\0"))) == [Frame(5, b"\x10\0")]
    assert decoder.damaged == 0


def test_bytes_that_mean_something_are_escaped():
    frame = Frame(0x9F8F, b"\x8f\x9f")

    wire = frames2.encode(frame)

    assert wire.count(0x8F) == 1
    assert b"\x9f\x81\x9f\x83" * 2 in wire
    assert frames2.Decoder().feed(wire) == [frame]
