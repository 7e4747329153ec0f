"""Coupon codes: read aloud, typed and scanned without being taken for another."""

import random
import re
from datetime import date

import pytest

from loyalty.coupons.rules import ALPHABET, code_of, grouped, is_whole, out_of_time, plain_code

DRAW = random.Random(7)
CODES = [code_of("CP", DRAW.randrange(len(ALPHABET) ** 10)) for _ in range(200)]


def test_a_code_has_no_sign_that_looks_like_another():
    assert re.fullmatch("[2-9A-HJKMNP-Z]{31}", ALPHABET)
    assert all(set(code) <= set(ALPHABET) for code in CODES)


def test_the_check_letter_finds_every_wrong_sign():
    for code in CODES[:20]:
        for place in range(2, len(code)):
            wrong = {code[:place] + sign + code[place + 1 :] for sign in ALPHABET if sign != code[place]}
            assert not any(is_whole(one) for one in wrong), (code, place)


def test_the_check_letter_finds_every_two_neighbours_swapped():
    for code in CODES:
        for place in range(2, len(code) - 1):
            swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
            assert swapped == code or not is_whole(swapped), (code, place)


def test_a_code_is_read_however_it_is_typed():
    code = CODES[0]

    assert plain_code(grouped(code).lower().replace(" ", "-")) == code
    assert is_whole(code)


@pytest.mark.parametrize(
    ("today", "reason"),
    [(date(2026, 2, 28), "not_yet"), (date(2026, 3, 1), None), (date(2026, 3, 31), None), (date(2026, 4, 1), "over")],
)
def test_a_batch_counts_from_its_first_day_to_its_last(today, reason):
    assert out_of_time(date(2026, 3, 1), date(2026, 4, 1), today) == reason
