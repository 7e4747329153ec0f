"""The driver's book: durable, and not trusted when it is damaged."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.fiscal.armenia.book import MOST_ATTEMPTS, Attempt, Book, Standing
from devices.fiscal.armenia.settling import candidates, proven_absent
from devices.fiscal.armenia.values import BadAnswer, local_time, money, object_of, quantity, text, whole
from devices.options import BadOption


def an_attempt(number: int) -> Attempt:
    return Attempt(f"document {number}", False, 0, 100, 100, 0, 0, (("a", 1_000),))


async def test_what_was_written_is_there_after_a_restart(tmp_path):
    book = Book(tmp_path / "book")
    first = await book.begin(an_attempt(1))
    await book.registered(first, 7, {"number": 7, "sign": "ա"}, 1_000)
    await book.begin(an_attempt(2))
    await book.moved(-30, 1_000)
    await book.took(9)

    again = Book(tmp_path / "book")

    assert (again.last, again.seq, again.opened_at) == (7, 9, 1_000)
    assert again.attempt("document 1").result == {"number": 7, "sign": "ա"}
    assert again.attempt("document 1").rows == (("a", 1_000),)
    assert (again.attempt("document 2").standing, again.attempt("document 2").before) == (Standing.SENT, 7)
    assert again.counters == book.counters
    assert again.counters.cash == 70


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"since": "x", "sums": {}, "attempts": []}', b"\xff", b"{}"])
def test_a_damaged_book_stops_the_agent_before_anything_is_sold(tmp_path, damage):
    (tmp_path / "book").write_bytes(damage)

    with pytest.raises(BadOption):
        Book(tmp_path / "book")


async def test_a_document_that_may_have_been_forgotten_is_not_called_unsent():
    book = Book(None)
    began = datetime.now(UTC)
    assert not book.covers(began - timedelta(hours=1))
    for number in range(MOST_ATTEMPTS + 1):
        await book.begin(an_attempt(number))

    assert book.attempt("document 0") is None
    assert not book.covers(began)
    assert book.covers(datetime.now(UTC))


async def test_a_number_that_a_later_document_took_proves_that_an_earlier_one_has_none():
    book = Book(None)
    await book.registered(await book.begin(an_attempt(1)), 100, {}, 1)
    lost = await book.begin(an_attempt(2))
    assert candidates(book, lost)[:2] == [101, 102]
    assert not proven_absent(book, lost)

    await book.registered(await book.begin(an_attempt(3)), 102, {}, 1)
    assert candidates(book, lost) == [101]

    await book.registered(await book.begin(an_attempt(4)), 101, {}, 1)
    assert proven_absent(book, lost)


def test_the_same_field_is_read_as_a_number_and_as_a_text():
    answer = object_of(
        b'{"a": 179, "b": "179", "c": 1490190340000.0, "d": "40.00", "e": 0.1, "f": true, "g": "x", "h": 1e400}'
    )

    assert [whole(answer[name]) for name in "abcfgh"] == [179, 179, 1_490_190_340_000, None, None, None]
    assert [money(answer[name]) for name in "ade"] == [17_900, 4_000, 10]
    assert quantity(answer["e"]) == 100
    assert local_time(answer["c"]) == "2017-03-22T17:45:40"
    assert local_time("4109851456000000000") is None


def test_texts_of_an_answer_pass_the_gate():
    assert text("«ԼՈՒՍԱՐԹ»\x1b@\x00 ՍՊԸ\u202e\n") == "«ԼՈՒՍԱՐԹ»@ ՍՊԸ"
    assert text({"no": "text"}) == ""
    assert len(text("ա" * 5_000)) == 700


@given(st.binary(max_size=200))
def test_no_answer_breaks_the_reading(data):
    try:
        answer = object_of(data)
    except BadAnswer:
        return
    for value in answer.values():
        whole(value), money(value), quantity(value), text(value), local_time(value)
