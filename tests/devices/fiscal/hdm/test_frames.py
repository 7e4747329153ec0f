"""Frames and cipher of an HDM, against vectors that others made."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.fiscal.hdm.cipher import Key, WrongKey, password_key, session_key
from devices.fiscal.hdm.config import hdm_config
from devices.fiscal.hdm.frames import (
    ANSWER_HEAD,
    MARK,
    MOST_BODY,
    Answer,
    Decoder,
    Request,
    RequestDecoder,
    encode,
    encode_request,
)
from devices.fiscal.hdm.spec import CIPHER_TEXT, SIMULATED

BODIES = st.binary(max_size=40).map(lambda body: body[: len(body) // 8 * 8])
ANSWERS = st.builds(
    Answer,
    st.integers(3, 9),
    st.binary(min_size=3, max_size=3),
    st.integers(100, 599),
    BODIES,
    st.binary(min_size=2, max_size=2),
)
REQUESTS = st.builds(Request, st.sampled_from([5, 7]), st.integers(1, 16), BODIES)


def test_a_request_has_the_header_of_the_manual():
    """Section 4.4.1: operation 1, 0205 bytes."""
    assert encode_request(Request(5, 1, bytes(0x205)))[:12] == bytes.fromhex("D580D4B4D584000501000205")
    assert MARK.decode() == "ՀԴՄ"


def test_the_cipher_agrees_with_another_library():
    key = password_key("1234ABCD")

    assert key.seal(b'{"seq":1}') == CIPHER_TEXT
    assert key.unseal(CIPHER_TEXT) == b'{"seq":1}'


@given(st.lists(ANSWERS, max_size=5), st.integers(1, 64))
def test_answers_come_back_as_they_were_whatever_the_pieces(answers, size):
    data, decoder = b"".join(map(encode, answers)), Decoder()

    found = [answer for at in range(0, len(data), size) for answer in decoder.feed(data[at : at + size])]

    assert found == answers
    assert decoder.damaged == 0


@given(st.lists(REQUESTS, max_size=5), st.integers(1, 64))
def test_requests_come_back_as_they_were_whatever_the_pieces(requests, size):
    data, decoder = b"".join(map(encode_request, requests)), RequestDecoder()

    assert [found for at in range(0, len(data), size) for found in decoder.feed(data[at : at + size])] == requests


@given(st.binary(max_size=400))
def test_no_input_breaks_the_decoder(data):
    decoder = Decoder()
    for answer in decoder.feed(data):
        assert encode(answer) in data


def test_a_length_that_no_answer_has_is_not_waited_for():
    decoder = Decoder()
    huge = bytes.fromhex("00070101 0000C8") + (0xFFF8).to_bytes(2, "big") + bytes(2)
    assert MOST_BODY < 0xFFF8

    good = encode(Answer(7, b"abc", 200, bytes(8)))

    assert decoder.feed(huge + good) == [Answer(7, b"abc", 200, bytes(8))]
    assert decoder.damaged > 0
    assert len(good) == ANSWER_HEAD + 8


@given(st.binary(max_size=60))
def test_what_was_sealed_is_unsealed(plain):
    key = Key(hashlib.sha256(b"session").digest()[:24])

    assert key.unseal(key.seal(plain)) == plain


def test_another_key_opens_nothing():
    sealed = password_key("1234ABCD").seal(b'{"password":"1234ABCD"}')

    with pytest.raises(WrongKey):
        password_key("1234ABCE").unseal(sealed)


@pytest.mark.parametrize("body", [b"", b"1234567", CIPHER_TEXT[:-1], CIPHER_TEXT[:-1] + b"\x00"])
def test_a_damaged_body_opens_nothing(body):
    with pytest.raises(WrongKey):
        password_key("1234ABCD").unseal(body)


@pytest.mark.parametrize("text", ["", "not base64~", "AAAA", "Հ"])
def test_a_session_key_that_is_none_is_refused(text):
    with pytest.raises(WrongKey):
        session_key(text)


def test_secrets_are_in_no_text_of_the_set_up():
    config = hdm_config("fiscal", "tcp://127.0.0.1:1", SIMULATED | {"password": "S3CRET", "pin": "98761"})

    assert "S3CRET" not in f"{config} {config!r} {password_key('S3CRET')!r}"
    assert "98761" not in repr(config)
