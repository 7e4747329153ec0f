"""HTTP answers out of bytes in any pieces; amounts as exact decimals."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.fiscal.atol.results import BadResult, HttpAnswer, result_of
from devices.fiscal.atol.spec import ATOL
from devices.fiscal.http import MOST_BODY, Decoder
from devices.fiscal.numbers import Fixed, minor, parsed, written

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"


@pytest.mark.parametrize("golden", ATOL.golden, ids=lambda golden: str(golden.values[0].status))
def test_an_answer_is_read_whole_and_split_at_every_byte(golden):
    for at in range(len(golden.frame) + 1):
        decoder = Decoder()

        assert (*decoder.feed(golden.frame[:at]), *decoder.feed(golden.frame[at:])) == golden.values
        assert decoder.damaged == 0


def test_an_answer_in_chunks_and_one_that_ends_with_the_connection_are_read():
    assert [answer.body for answer in Decoder().feed(CHUNKED)] == [b"abc"]
    decoder = Decoder()
    assert decoder.feed(b"HTTP/1.1 200 OK\r\n\r\nab") == []
    assert [answer.body for answer in decoder.end()] == [b"ab"]


def test_an_endless_answer_is_dropped():
    decoder = Decoder()
    decoder.feed(b"HTTP/1.1 200 OK\r\n\r\n")

    found = [answer for _ in range(2 * MOST_BODY // 65_536) for answer in decoder.feed(b"x" * 65_536)]

    assert (found, decoder.damaged > 0) == ([], True)


@given(st.lists(st.binary(max_size=40) | st.just(CHUNKED), max_size=6))
def test_any_bytes_are_taken_in_and_an_answer_after_them_is_found(pieces):
    decoder = Decoder()
    for piece in pieces:
        decoder.feed(piece)
    decoder.end()

    assert [answer.body for answer in decoder.feed(CHUNKED + CHUNKED)][-1:] == [b"abc"]


@given(st.binary(max_size=80))
def test_any_body_is_a_result_or_refused(body):
    try:
        result_of(HttpAnswer(200, body))
    except BadResult:
        return


@given(st.integers(-(2**53), 2**53))
def test_an_amount_comes_back_to_the_kopeck(kopecks):
    assert minor(parsed(written({"sum": Fixed(kopecks)}).encode())["sum"]) == kopecks


@pytest.mark.parametrize("value", [Decimal("1.005"), Decimal("1E+30"), "1.00", None, True, 1.5])
def test_what_is_no_amount_is_none(value):
    assert minor(value) is None


@pytest.mark.parametrize("text", [b"NaN", b"[" * 100_000, b"\xff", b'{"a":Infinity}'])
def test_what_is_no_json_raises_one_error(text):
    with pytest.raises(ValueError):  # noqa: PT011 - one kind for all of it
        parsed(text)
