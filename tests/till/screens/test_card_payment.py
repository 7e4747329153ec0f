"""A card payment on the screen: pressed, followed, found again and decided, at every size and in every language."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.till import shop
from tests.till.screens.conftest import Opener
from tests.till.screens.server import PageServer
from tests.till.screens.test_screens import SIZES, Walk
from tests.till.screens.till_page import TillPage
from tests.till.terminal import Counter

pytestmark = pytest.mark.browser


@pytest.fixture
def counter(server: PageServer, tmp_path: Path) -> Iterator[Counter]:
    found = Counter(tmp_path, shop.REGISTER, server.address)
    server.agent = found.start()
    yield found
    found.stop()


def pay_by_card(till: TillPage) -> None:
    till.until("till.devices.value.all[0]?.state.health === 'ok'")
    till.scan(shop.MILK_CODE)
    till.page.keyboard.press("F10")
    expect(till.at("pay-screen")).to_be_visible()
    till.page.keyboard.press("F3")
    expect(till.at("dialog-card-payment")).to_be_visible()


def test_a_card_payment_is_one_key_and_the_sale_is_done_when_the_terminal_says_so(open_till: Opener, counter: Counter):
    counter.simulator.customer_seconds = 0.5
    till = open_till().selling()

    pay_by_card(till)
    expect(till.at("card-status")).to_have_text("The bank is being asked…")
    expect(till.at("dialog-card-payment")).to_have_count(0)
    expect(till.at("sell")).to_be_visible()

    assert len(counter.bank.charged) == 1
    assert till.faults == []


@pytest.mark.parametrize(
    ("size", "language"), list(zip(SIZES, ["en", "ru", "hy", "hy"], strict=True)), ids=lambda each: str(each)
)
def test_every_turn_of_a_card_payment_is_seen_and_can_be_acted_on(
    open_till: Opener, counter: Counter, size: tuple[int, int], language: str
):
    counter.simulator.customer_seconds = 10
    till = open_till(size).selling()
    till.page.evaluate("async (code) => (await import('/till/core/till.js')).till.setLanguage(code)", language)
    walk = Walk(till)

    pay_by_card(till)
    walk.look("dialog-card-payment")
    till.page.keyboard.press("Escape")  # it stays: the money is on its way
    till.at("card-abort").click()
    expect(till.at("card-cause")).to_be_visible()
    walk.look("card-close")
    till.at("card-close").click()
    expect(till.at("dialog-card-payment")).to_have_count(0)
    counter.simulator.customer_seconds, counter.simulator.lose_at, counter.simulator.repeats = 0.0, "booked", False
    till.page.keyboard.press("F3")
    expect(till.at("card-unclear")).to_be_visible()
    till.page.locator("details summary").click()
    expect(till.at("card-was-taken")).to_be_visible()
    walk.look("card-ask")
    till.page.fill("#card-code", "611804")
    till.page.fill("#card-pin", "9876")
    till.at("card-was-taken").click()
    expect(till.at("dialog-card-payment")).to_have_count(0)

    assert walk.wrong == []
    assert till.faults == []
    assert len(counter.bank.charged) == 1


def test_a_qr_code_is_seen_paid_and_gone(open_till: Opener, counter: Counter):
    till = open_till((360, 740)).selling()
    walk = Walk(till)
    till.until(
        "till.devices.value.all.length === 2 && till.devices.value.all.every(({ state }) => state.health === 'ok')"
    )

    till.scan(shop.MILK_CODE)
    till.page.keyboard.press("F10")
    till.at("pay-qr").click()
    expect(till.at("card-qr")).to_be_visible()
    walk.look("dialog-card-payment")
    text = read_qr(till.at("card-qr").screenshot())
    counter.provider.bank.pay(text.rsplit("/", 1)[1])
    expect(till.at("dialog-card-payment")).to_have_count(0)

    assert walk.wrong == []
    assert counter.provider.bank.taken > 0


def read_qr(picture: bytes) -> str:
    """What a program that is not ours reads in the picture."""
    import zxingcpp
    from PIL import Image

    return zxingcpp.read_barcodes(Image.open(BytesIO(picture)))[0].text
