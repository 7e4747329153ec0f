"""The logo: stored in the printer once, printed by its key, stored anew when it is another picture."""

from dataclasses import replace

import pytest
from PIL import Image, ImageDraw

from devices.device import Ending, Outcome
from devices.options import BadOption
from devices.receipt.config import printer_config
from devices.receipt.decoder import Picture, decode
from devices.receipt.escpos import REAL_TIME_LEAD, packed
from devices.receipt.logo import logo_from
from devices.receipt.model import PAPER_80, STAR_80
from devices.receipt.star.decoder import decode as decode_star
from tests.devices.receipt.builders import CURT, a_receipt, a_shop


@pytest.fixture
def logo(tmp_path):
    return a_logo(tmp_path / "logo.png", 60)


def a_logo(path, width):
    image = Image.new("RGBA", (width, 24), (255, 255, 255, 0))
    ImageDraw.Draw(image).rectangle((4, 4, width - 8, 20), fill=(0, 0, 0, 255))
    image.save(path)
    return logo_from(str(path), 576)


def pictures(receipt):
    return [item for item in decode(receipt.data).items if isinstance(item, Picture)]


async def test_a_logo_is_stored_once_and_printed_on_every_receipt_by_its_key(logo):
    async with a_shop(model=replace(PAPER_80, logo=logo)) as shop:
        assert await shop.print(a_receipt()) == Ending(Outcome.DONE)
        first = len(shop.simulator.received)
        assert await shop.print(a_receipt()) == Ending(Outcome.DONE)

        assert shop.simulator.stores == 1
        assert len(shop.simulator.received) - first < first - len(logo.dots)
        for receipt in shop.simulator.receipts:
            (picture,) = pictures(receipt)
            assert b"".join(picture.rows) == logo.dots
            assert picture.align == "center"


async def test_after_a_power_cut_it_is_still_there_and_another_picture_is_stored_beside_it(logo, tmp_path):
    async with a_shop(model=replace(PAPER_80, logo=logo)) as shop:
        await shop.print(a_receipt())
        shop.simulator.power_off()
        await shop.until_state(shop.printer.gone.health, "printer.offline")
        shop.simulator.power_on()
        await shop.until_ready()
        await shop.print(a_receipt())
        assert shop.simulator.stores == 1

    other = a_logo(tmp_path / "other.png", 96)
    async with a_shop(model=replace(PAPER_80, logo=other)) as shop:
        shop.simulator.stored[logo.key] = b""
        await shop.print(a_receipt())

        assert shop.simulator.stored.keys() == {logo.key, other.key}


async def test_a_printer_without_such_memory_is_sent_the_dots_each_time(logo):
    async with a_shop(model=replace(PAPER_80, logo=logo), timing=CURT) as shop:
        shop.simulator.can_store = False
        assert await shop.print(a_receipt()) == Ending(Outcome.DONE)
        assert await shop.print(a_receipt()) == Ending(Outcome.DONE)

        assert shop.simulator.stores == 0
        assert [len(pictures(receipt)) for receipt in shop.simulator.receipts] == [1, 1]


async def test_a_printer_that_must_not_be_asked_about_its_memory_is_not(logo):
    async with a_shop(model=replace(PAPER_80, logo=logo, store_logo=False)) as shop:
        await shop.print(a_receipt())

        assert b"\x1d(L" not in shop.simulator.received
        assert len(pictures(shop.simulator.receipts[0])) == 1


async def test_a_star_printer_is_sent_the_dots_too(logo):
    async with a_shop(model=replace(STAR_80, logo=logo)) as shop:
        assert await shop.print(a_receipt()) == Ending(Outcome.DONE)

        seven_bytes, dots = packed(logo.image, REAL_TIME_LEAD, b"")
        (picture,) = (item for item in decode_star(shop.simulator.receipts[0].data).items if isinstance(item, Picture))
        assert (picture.across, b"".join(picture.rows)) == (seven_bytes * 8, dots)


async def test_a_receipt_may_do_without_the_logo(logo):
    async with a_shop(model=replace(PAPER_80, logo=logo)) as shop:
        await shop.print(a_receipt(logo=False))

        assert pictures(shop.simulator.receipts[0]) == []


def test_a_large_picture_is_made_to_fit_and_a_file_that_is_none_is_refused(tmp_path):
    Image.new("RGB", (2000, 100), "black").save(tmp_path / "wide.png")
    (tmp_path / "text.png").write_text("hello")

    assert logo_from(str(tmp_path / "wide.png"), 384).across * 8 == 384
    for path in ("text.png", "absent.png"):
        with pytest.raises(BadOption):
            printer_config("front", "tcp://10.0.0.1", {"logo": str(tmp_path / path)})
