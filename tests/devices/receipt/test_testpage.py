"""The pages to look at, and what a person's look at them teaches."""

import pytest

from devices.device import Ending, Outcome
from devices.options import BadOption
from devices.receipt.armscii import NAME
from devices.receipt.config import printer_config
from devices.receipt.decoder import Bars, QrCode, decode
from devices.receipt.model import PAPER_58, PAPER_80, STAR_80
from devices.receipt.star.decoder import decode as decode_star
from devices.receipt.testpage import NUMBERS, SAMPLES, pages_seen
from tests.devices.receipt.builders import a_receipt, a_shop, words


@pytest.mark.parametrize("model", [PAPER_80, PAPER_58, STAR_80], ids=["80 mm", "58 mm", "Star"])
async def test_the_ordinary_page_shows_words_looks_and_codes(model):
    async with a_shop(model=model) as shop:
        assert await shop.print({}, kind="test-page") == Ending(Outcome.DONE)

        printed = (decode_star if model is STAR_80 else decode)(shop.simulator.receipts[0].data, model)
        assert printed.errors == []
        assert "Молоко" in printed.text
        assert "open: unknown" in printed.text
        assert any(isinstance(item, Bars) for item in printed.items)
        assert any(isinstance(item, QrCode) for item in printed.items)


@pytest.mark.parametrize("model", [PAPER_80, PAPER_58], ids=["80 mm", "58 mm"])
async def test_each_number_shows_the_letters_of_its_page_where_its_page_is(model):
    async with a_shop(model=model, baud=0) as shop:
        assert await shop.print({"of": "code-pages"}, kind="test-page") == Ending(Outcome.DONE)

        lines = [
            line
            for line in decode(shop.simulator.receipts[0].data, model).text.splitlines()
            if line[:3].strip().isdigit()
        ]
        assert {int(line[:3]) for line in lines} == set(NUMBERS)
        assert all(len(line) <= model.columns for line in lines)
        for name, number in model.pages:
            letter = next((letter for letter, (page, _) in SAMPLES.items() if page == name), None)
            if letter is not None:
                assert any(f"{letter}{SAMPLES[letter][1]}" in line for line in lines if int(line[:3]) == number)


async def test_some_numbers_alone_may_be_tried():
    async with a_shop() as shop:
        await shop.print({"of": "code-pages", "numbers": [17, 46]}, kind="test-page")

        text = decode(shop.simulator.receipts[0].data).text
        assert " 17 AЖы" in text
        assert " 46 " in text
        assert " 18 " not in text


@pytest.mark.parametrize(
    "content", [{"of": "video"}, {"of": "code-pages", "numbers": [300]}, {"of": "code-pages", "numbers": "17"}]
)
async def test_a_page_that_is_none_is_refused(content):
    async with a_shop() as shop:
        assert await shop.print(content, kind="test-page") == Ending(Outcome.FAILED, ("receipt.malformed",))


def test_what_a_person_saw_right_is_the_option_of_the_device():
    assert pages_seen("17A, 46b 0E") == [("cp437", 0), ("cp866", 17), ("cp1251", 46)]
    assert pages_seen("59A 60A") == [("cp866", 59)]


@pytest.mark.parametrize("answer", ["", "A17", "17Z", "999A", "17A and 46B"])
def test_an_answer_that_is_none_is_refused(answer):
    with pytest.raises(BadOption):
        pages_seen(answer)


async def test_a_printer_with_an_armenian_page_prints_armenian_as_text():
    pages = [list(page) for page in pages_seen("0E 17A 77J")]
    model = printer_config("front", "tcp://10.0.0.1", {"pages": pages}).model
    async with a_shop(model=model) as shop:
        await shop.print(a_receipt(words("Կաթ 3,2 %, «Արագած»։")))

        printed = decode(shop.simulator.receipts[0].data, model)
        assert printed.text.splitlines()[0] == "Կաթ 3,2 %, «Արագած»։"
        assert "GS v" not in printed.commands


def test_every_letter_of_the_armenian_page_comes_back():
    letters = "".join(chr(code) for code in (*range(0x531, 0x557), *range(0x561, 0x588), 0x589, 0x55D))

    assert letters.encode(NAME).decode(NAME) == letters
    assert "Ա".encode(NAME) == b"\xb2"
    with pytest.raises(UnicodeEncodeError):
        "Ж".encode(NAME)
