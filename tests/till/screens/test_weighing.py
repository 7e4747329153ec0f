"""Goods sold by weight: what the scale says stands on the screen, and only what it answers when asked is sold."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.till import shop
from tests.till.agent import ONLINE, Complaint, TillAgent
from tests.till.screens import shop as shelves
from tests.till.screens.conftest import Opener
from tests.till.screens.server import PageServer
from tests.till.screens.till_page import TillPage

pytestmark = pytest.mark.browser
APPLES_CODE = shelves.code(shop.APPLES)
SCALE = {"id": "front", "kind": "scale", "state": ONLINE}
GRAMS = {"unit": "kg", "decimals": 3, "stable": True, "net": False, "zero": False, "over": False, "under": False}
SIZES = [(1280, 800), (1024, 768), (800, 1280), (360, 740)]


def reading(grams: int, cause: str | None = None, **more: Any) -> dict[str, Any]:
    shown = f"{grams / 1000:.3f} kg"
    return {**GRAMS, "grams": grams, "digits": grams, "shown": shown, "sellable": cause is None, "cause": cause, **more}


class Pan:
    """What the scale answers: a weight, or why not."""

    def __init__(self) -> None:
        self.grams: int | None = None
        self.cause = "scale.empty"
        self.asked: list[str] = []

    def answer(self, question: str, content: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(question)
        if question == "zero":
            return {}
        if self.grams is None:
            raise Complaint(self.cause, shown="0.000 kg")
        return reading(self.grams)


@pytest.fixture
def pan() -> Pan:
    return Pan()


@pytest.fixture
def agent(server: PageServer, pan: Pan) -> Iterator[TillAgent]:
    agent = TillAgent([SCALE], {"front": pan.answer})
    server.agent = agent.start()
    yield agent
    agent.stop()


def weighing(till: TillPage, agent: TillAgent) -> None:
    """The shift is open and apples were scanned."""
    till.selling()
    agent.wait({"type": "documents"})
    till.scan(APPLES_CODE)
    expect(till.at("dialog-weight")).to_be_visible()
    agent.wait({"type": "watch", "device": "front", "watched": True})


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_live_weight_is_seen_and_what_the_scale_answers_is_sold(
    open_till: Opener, agent: TillAgent, pan: Pan, size: tuple[int, int]
):
    till = open_till(size)
    weighing(till, agent)
    agent.say("front", reading(1240))
    expect(till.at("live-weight")).to_have_text("1.240 kg")
    expect(till.at("weight-words")).to_contain_text("may be sold")
    expect(till.at("take-weight")).to_be_in_viewport(ratio=1)
    assert till.axe() == []
    assert till.too_small() == []
    assert not till.scrolls_sideways()

    pan.grams = 1251
    till.at("take-weight").click()

    expect(till.at("dialog-weight")).to_have_count(0)
    agent.wait({"type": "watch", "device": "front", "watched": False})
    [line] = till.basket()["lines"]
    assert (line["quantity"], line["entry"], line["code"]) == (1251, "scan", APPLES_CODE)
    assert till.faults == []


def test_enter_takes_the_weight_and_a_typed_one_goes_before_it(open_till: Opener, agent: TillAgent, pan: Pan):
    till = open_till()
    weighing(till, agent)
    pan.grams = 480

    till.page.keyboard.press("Enter")
    expect(till.at("dialog-weight")).to_have_count(0)
    till.page.click(f"[data-product='{shop.APPLES}']")
    expect(till.at("weighing")).to_be_visible()
    till.page.keyboard.type("0.25", delay=120)
    till.page.keyboard.press("Enter")
    expect(till.at("dialog-weight")).to_have_count(0)

    assert [line["quantity"] for line in till.basket()["lines"]] == [480, 250]
    assert pan.asked == ["weight"]


CAUSES = {
    "scale.unstable": "moves",
    "scale.over": "Too heavy",
    "scale.under": "less than zero",
    "scale.empty": "Nothing lies on the pan",
    "scale.same": "already taken",
    "scale.silent": "does not answer",
    "scale.unit": "unit",
}


def test_what_speaks_against_a_weight_is_said_in_words_and_nothing_is_sold(
    open_till: Opener, agent: TillAgent, pan: Pan
):
    till = open_till()
    weighing(till, agent)

    for cause, words in CAUSES.items():
        agent.say("front", reading(700, cause))
        expect(till.at("weight-words")).to_contain_text(words)
        pan.cause = cause
        till.at("take-weight").click()
        expect(till.at("weighing").get_by_role("alert")).to_contain_text(words)

    assert till.basket()["lines"] == []
    till.at("zero").click()
    expect(till.at("weighing").get_by_role("alert")).to_be_empty()
    assert pan.asked == ["weight"] * len(CAUSES) + ["zero"]


def test_a_weight_that_is_no_longer_said_goes_from_the_screen(open_till: Opener, agent: TillAgent):
    till = open_till()
    weighing(till, agent)
    agent.say("front", reading(1240))
    expect(till.at("live-weight")).to_have_text("1.240 kg")

    expect(till.at("live-weight")).to_have_text("–")

    expect(till.at("weight-words")).to_contain_text("does not answer")


def test_a_scale_that_fails_never_blocks_the_sale(open_till: Opener, agent: TillAgent):
    till = open_till()
    weighing(till, agent)
    agent.stop()
    expect(till.at("weight-words")).to_contain_text("device program")
    till.at("take-weight").click()
    expect(till.at("weighing").get_by_role("alert")).to_contain_text("device program")

    till.page.fill("#weight", "1.5")
    till.page.keyboard.press("Enter")

    expect(till.at("dialog-weight")).to_have_count(0)
    assert [line["quantity"] for line in till.basket()["lines"]] == [1500]


def test_without_a_scale_a_code_counts_one_kilogram_and_a_tile_asks(open_till: Opener):
    till = open_till().selling()

    till.scan(APPLES_CODE)
    till.page.click(f"[data-product='{shop.APPLES}']")

    expect(till.at("dialog-weight")).to_be_visible()
    expect(till.at("weighing")).to_have_count(0)
    assert [line["quantity"] for line in till.basket()["lines"]] == [1000]
