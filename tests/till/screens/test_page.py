"""The page as a program: small, of one version, there without the server, and strict about what may run."""

import hashlib
import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.till import shop
from tests.till.screens.conftest import Opener
from tests.till.screens.server import PageServer

ROOT = Path(__file__).parents[3]
TILL = ROOT / "web" / "till"


@pytest.mark.parametrize("folder", [TILL / "vendor", ROOT / "tests" / "vendor"], ids=["till", "tests"])
def test_files_of_others_are_the_released_ones(folder: Path):
    listed = dict(
        re.findall(r"^\| `([^`]+)` .*\| `([0-9a-f]{64})` \|$", (folder / "README.md").read_text("utf-8"), re.M)
    )

    assert listed
    assert {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in listed} == listed


def test_the_manifest_makes_the_till_installable():
    manifest = json.loads((TILL / "manifest.webmanifest").read_text("utf-8"))

    assert manifest["start_url"] == manifest["scope"] == manifest["id"] == "/till"
    assert manifest["display"] == "standalone"
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in manifest["icons"]}
    assert all((TILL / icon["src"].removeprefix("/till/")).is_file() for icon in manifest["icons"])


def test_no_script_or_style_stands_in_the_page_itself():
    page = (TILL / "index.html").read_text("utf-8")
    screens = "".join(path.read_text("utf-8") for path in (TILL / "screens").glob("*.js"))

    assert re.findall(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", page) == []
    assert re.findall(r"\bstyle=|innerHTML|\beval\(|new Function|insertAdjacentHTML", screens) == []


@pytest.mark.browser
def test_the_page_opens_and_sells_with_the_server_dead(open_till: Opener):
    till = open_till(whole=True).selling()
    till.prepared()
    till.server.stop()

    till.page.reload()
    expect(till.at("sell")).to_be_visible()
    till.scan(shop.MILK_CODE)
    till.at("pay").click()
    till.at("exact").click()

    expect(till.at("change")).to_have_text("֏0")
    assert [fault for fault in till.faults if "ERR_CONNECTION" not in fault] == []


@pytest.mark.browser
def test_a_new_version_waits_for_the_open_basket_and_then_takes_over(open_till: Opener):
    till = open_till(whole=True).selling()
    page = till.page
    till.prepared()
    till.scan(shop.MILK_CODE)

    till.server.version = "0.2.0-test"
    page.evaluate("async () => { await (await navigator.serviceWorker.ready).update(); }")
    expect(till.at("update-ready")).to_be_visible()
    expect(till.at("update-ready").get_by_role("button")).to_have_count(0)
    assert page.evaluate("caches.keys()") == ["till-0.1.0-test", "till-0.2.0-test"]

    till.at("pay").click()
    till.at("exact").click()
    expect(till.at("done")).to_be_visible()
    with page.expect_navigation():
        till.at("update-ready").get_by_role("button").click()
    expect(till.at("sell")).to_be_visible()

    assert page.evaluate("caches.keys()") == ["till-0.2.0-test"]


@pytest.mark.browser
def test_reset_takes_the_worker_away_and_leaves_the_tills_data(open_till: Opener):
    till = open_till(whole=True).selling()
    page = till.page
    till.prepared()

    page.goto(f"{till.server.address}/till/sw-reset")

    expect(till.at("sell")).to_be_visible()
    assert page.evaluate("async () => (await import('/till/core/till.js')).till.identity.value.prefix") == "A1"


@pytest.mark.browser
def test_the_basket_moves_to_the_other_hand(open_till: Opener):
    till = open_till().selling()

    def side() -> float:
        box = till.page.locator(".right").bounding_box()
        assert box
        return box["x"]

    assert side() > 600
    till.at("menu").click()
    till.page.get_by_role("button", name="Left-handed").click()
    till.page.keyboard.press("Escape")
    assert side() == 0


def test_a_message_on_a_phone_covers_nobodys_name(open_till: Opener, server: PageServer):
    server.missing.add("/till/sw.js")
    till = open_till((360, 740)).pair()

    expect(till.at("message")).to_have_attribute("data-code", "offline.not_prepared")
    assert till.axe() == []
    assert till.scrolls_sideways() == []
    till.sign_in()
    expect(till.at("shift-open")).to_be_visible()
