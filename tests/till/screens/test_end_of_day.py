"""The end of a card terminal's day on the screen: wished for, followed and read, at every size and in every language."""

from collections.abc import Iterator
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
READY = "till.devices.value.all.length === 3 && till.devices.value.all.every(({ state }) => state.health === 'ok')"
SLIP = "till.devices.value.jobs.some(({{ says, state, waiting }}) => says === 'slip' && {0})"
TERMINAL_DAY = "[data-menu=terminal-day]"


@pytest.fixture
def counter(server: PageServer, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Counter]:
    found = Counter(tmp_path, shop.REGISTER, server.address, printer=True, **getattr(request, "param", {}))
    server.agent = found.start()
    yield found
    found.stop()


def ready(till: TillPage) -> TillPage:
    till.until(READY)
    return till


def printed(till: TillPage, counter: Counter, word: str, number: int) -> list[str]:
    """The papers with that word, waited for until there are so many."""
    while len(found := [paper for paper in counter.papers if word in paper]) < number:
        till.page.wait_for_timeout(20)
    return found


def wish(till: TillPage) -> None:
    """From the menu to the dialog that says what it is."""
    till.page.keyboard.press("F9")
    expect(till.at("dialog-menu")).to_be_visible()
    till.page.click(TERMINAL_DAY)
    expect(till.at("dialog-end-of-day")).to_be_visible()


@pytest.mark.parametrize(
    ("size", "language"), list(zip(SIZES, ["en", "ru", "hy", "hy"], strict=True)), ids=lambda each: str(each)
)
def test_every_turn_of_the_end_of_the_day_is_seen_and_can_be_acted_on(
    open_till: Opener, counter: Counter, size: tuple[int, int], language: str
):
    till = ready(open_till(size).selling())
    till.page.evaluate("async (code) => (await import('/till/core/till.js')).till.setLanguage(code)", language)
    walk = Walk(till)

    wish(till)
    walk.look("day-begin")
    till.page.keyboard.press("Escape")
    expect(till.at("dialog-end-of-day")).to_have_count(0)
    assert counter.simulator.days == 0
    counter.simulator.customer_seconds = 1.5
    wish(till)
    till.at("day-begin").click()
    expect(till.at("day-status")).to_be_visible()
    walk.look("day-status")
    till.page.keyboard.press("Escape")  # it stays: the terminal is at work
    expect(till.at("day-closed")).to_be_visible()
    walk.look("day-closed")
    till.at("day-close").click()
    expect(till.at("dialog-end-of-day")).to_have_count(0)
    counter.simulator.customer_seconds, counter.simulator.lose_at = 0.0, "booked"
    wish(till)
    till.at("day-begin").click()
    expect(till.at("card-cause")).to_have_attribute("data-cause", "payment.day_unknown")
    walk.look("card-cause")
    till.page.keyboard.press("Escape")
    expect(till.at("dialog-end-of-day")).to_have_count(0)

    assert walk.wrong == []
    assert till.faults == []
    assert counter.simulator.days == 2


def test_the_day_is_closed_by_the_keyboard_alone_and_its_report_printed(open_till: Opener, counter: Counter):
    till = ready(open_till().selling())
    page = till.page
    till.taps()

    page.keyboard.press("F9")
    expect(till.at("dialog-menu")).to_be_visible()
    for _ in range(20):
        if page.evaluate("document.activeElement.dataset.menu ?? ''") == "terminal-day":
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(till.at("day-begin")).to_be_visible()
    expect(till.at("day-begin")).to_be_focused()
    page.keyboard.press("Enter")
    expect(till.at("day-closed")).to_have_text("The terminal's day is closed. Its report is being printed.")
    page.keyboard.press("Escape")
    expect(till.at("sell")).to_be_visible()
    till.until(SLIP.format("state === 'done'"))

    assert len(printed(till, counter, "KASSENSCHNITT", 1)) == 1
    assert till.taps() == 0


def test_the_menu_brings_nothing_of_the_terminal_and_asks_it_nothing(open_till: Opener, counter: Counter):
    till = ready(open_till().selling())
    before = list(counter.simulator.commands)

    till.page.keyboard.press("F9")
    expect(till.page.locator(TERMINAL_DAY)).to_be_visible()

    loaded = "() => performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => name.includes('payment'))"
    assert [name for name in till.page.evaluate(loaded) if name.endswith("/parts/payment.js")] == []
    assert counter.simulator.commands == before


@pytest.mark.parametrize("counter", [{"typed": True}], indirect=True)
def test_a_terminal_without_a_wire_has_no_end_of_day_in_the_menu(open_till: Opener, counter: Counter):
    till = ready(open_till().selling())

    till.page.keyboard.press("F9")
    expect(till.at("dialog-menu")).to_be_visible()

    expect(till.page.locator("[data-menu=close]")).to_be_visible()
    expect(till.page.locator(TERMINAL_DAY)).to_have_count(0)


def test_a_terminal_that_is_away_says_so_and_nothing_is_begun(open_till: Opener, counter: Counter):
    till = ready(open_till().selling())
    counter.call(counter.simulator.stop())

    wish(till)
    till.at("day-begin").click()

    expect(till.at("dialog-end-of-day").get_by_role("alert")).to_contain_text("card terminal")
    assert till.axe() == []
    assert counter.simulator.days == 0


@pytest.mark.parametrize("size", [SIZES[0], SIZES[-1]], ids=str)
def test_closing_a_shift_in_which_cards_were_taken_reminds_of_the_terminals_day(
    open_till: Opener, counter: Counter, size: tuple[int, int]
):
    till = ready(open_till(size).selling())
    walk = Walk(till)
    till.narrow("goods")
    till.at("menu").click()
    till.page.click("[data-menu=close]")
    expect(till.at("dialog-shift-close")).to_be_visible()
    expect(till.at("terminal-day")).to_have_count(0)
    till.page.keyboard.press("Escape")

    till.scan(shop.MILK_CODE)
    till.page.keyboard.press("F10")
    expect(till.at("pay-screen")).to_be_visible()
    till.page.keyboard.press("F3")
    expect(till.at("done")).to_be_visible()
    till.narrow("goods")
    till.at("menu").click()
    till.page.click("[data-menu=close]")
    walk.look("terminal-day")

    assert walk.wrong == []
    assert till.faults == []


@pytest.mark.parametrize("size", [SIZES[0], SIZES[-1]], ids=str)
def test_a_slip_that_is_not_printed_stands_in_the_status_dialog_and_can_be_printed_again(
    open_till: Opener, counter: Counter, size: tuple[int, int]
):
    assert counter.printer
    till = ready(open_till(size).selling())
    walk = Walk(till)
    counter.call(lambda: counter.printer.paper_out_after(4))  # type: ignore[union-attr]
    till.scan(shop.MILK_CODE)
    till.page.keyboard.press("F10")
    expect(till.at("pay-screen")).to_be_visible()
    till.page.keyboard.press("F3")
    expect(till.at("done")).to_be_visible()
    till.until(SLIP.format("waiting && state !== 'queued'"))
    counter.call(counter.printer.power_off)
    till.until(SLIP.format("state === 'uncertain'"))
    counter.call(lambda: counter.printer.set_paper("ok"))  # type: ignore[union-attr]
    counter.call(counter.printer.power_on)

    till.narrow("goods")
    till.at("menu").click()
    till.page.click("[data-menu=status]")
    walk.look("dialog-status")
    expect(till.at("dialog-status")).to_contain_text("The card terminal's slip: look at the paper")
    till.at("dialog-status").get_by_role("button", name="Print again").click()
    till.until(SLIP.format("state === 'done'"))
    slips = printed(till, counter, "BELEG", 2)

    assert walk.wrong == []
    assert "COPY" in slips[0]
