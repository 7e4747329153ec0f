"""Card numbers, digests, masks, phones."""

import hashlib

import pytest

from loyalty.accounts.errors import BadCardNumber, BadPhone
from loyalty.accounts.rules import (
    card_digest,
    card_number,
    card_numbers,
    checked_card_number,
    checked_phone,
    luhn_digit,
    masked,
    phone_tail,
)


@pytest.mark.parametrize(("body", "digit"), [("7992739871", "3"), ("453914880343646", "7"), ("0", "0")])
def test_the_check_digit_is_that_of_iso_7812(body, digit):
    assert luhn_digit(body) == digit


def test_a_drawn_number_has_its_prefix_length_and_check_digit():
    number = card_number("77", 16, 42)

    assert (number[:2], len(number)) == ("77", 16)
    assert checked_card_number(number) == number


def test_every_number_of_the_scheme_can_be_drawn():
    last = card_numbers("77", 12) - 1

    assert card_number("77", 12, last)[2:-1] == "9" * 9


@pytest.mark.parametrize("place", range(16))
def test_any_one_wrong_digit_of_a_card_is_found(place):
    number = card_number("77", 16, 123_456_789)
    wrong = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]

    with pytest.raises(BadCardNumber):
        checked_card_number(wrong)


def test_a_number_is_read_with_its_spaces():
    number = card_number("77", 16, 5)

    assert checked_card_number(f"{number[:4]} {number[4:8]}-{number[8:]}") == number


def test_the_digest_needs_salt_and_number():
    assert card_digest(b"salt", "77").hex() == hashlib.sha256(b"salt77").hexdigest()[:32]
    assert card_digest(b"salt", "77") != card_digest(b"tlas", "77")


def test_a_masked_card_shows_no_more_than_six_digits():
    assert masked("7700000000000016") == "77…0016"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("+374 00 123-456", "+37400123456"), ("00374(00)123456", "+37400123456"), ("+7 900 000.00.00", "+79000000000")],
)
def test_a_phone_is_kept_in_one_form(typed, kept):
    assert checked_phone(typed) == kept


@pytest.mark.parametrize("typed", ["", "123", "+0123456789", "+3740012345678901", "phone", "+374001234५६"])
def test_what_is_no_phone_is_refused(typed):
    with pytest.raises(BadPhone):
        checked_phone(typed)


def test_a_tail_is_turned_round_for_its_index():
    assert phone_tail("43-12") == "2134"


@pytest.mark.parametrize("typed", ["432", "", "abc", "1" * 16])
def test_a_tail_too_short_or_too_long_is_refused(typed):
    with pytest.raises(BadPhone):
        phone_tail(typed)
