"""Everything the till says is said in three languages, and nothing is said that has no text."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.till import shop
from tests.till.screens import shop as shelves
from tests.till.screens.conftest import Opener

ROOT = Path(__file__).parents[3]
TILL = ROOT / "web" / "till"
LANGUAGES = ("en", "ru", "hy")


def texts(language: str) -> dict[str, Any]:
    return json.loads((ROOT / "web" / "i18n" / f"till.{language}.json").read_text("utf-8"))


def sources(*folders: str) -> str:
    files = [path for folder in folders for path in sorted((TILL / folder).glob("*.js"))]
    return "\n".join(path.read_text("utf-8") for path in files)


def fields(entry: Any) -> set[str]:
    forms = [entry] if isinstance(entry, str) else list(entry.values())
    return {name for form in forms for name in re.findall(r"\{(\w+)\}", form)}


def test_the_three_languages_have_the_same_texts_with_the_same_fields():
    english = texts("en")
    for language in LANGUAGES:
        other = texts(language)
        assert other.keys() == english.keys()
        assert [key for key in english if fields(english[key]) != fields(other[key])] == []
        assert [key for key, entry in other.items() if not entry] == []


def test_russian_and_armenian_are_written_in_their_own_letters():
    own = {"ru": re.compile(r"[а-яё]", re.I), "hy": re.compile(r"[\u0531-\u0587]")}
    same_everywhere = {"percent"}
    for language, letters in own.items():
        foreign = [key for key, entry in texts(language).items() if not letters.search(str(entry))]
        assert set(foreign) <= same_everywhere


def test_every_text_that_a_screen_asks_for_exists():
    code = sources("screens", "devices")
    known = texts("en") | json.loads((ROOT / "web" / "i18n" / "till.receipt.en.json").read_text("utf-8"))
    asked = set(re.findall(r'\bt\(\s*"([^"]+)"', code)) | set(re.findall(r'code: "([^"]+)"', code))

    assert sorted(asked - known.keys()) == []


def test_every_text_that_is_put_together_by_a_screen_has_its_variants():
    known = texts("en")
    for template in set(re.findall(r"\bt\(`([^`]+)`", sources("screens", "devices"))):
        pattern = re.compile(re.sub(r"\\\$\\\{.*?\\\}", "[^.]+", re.escape(re.sub(r"\$\{.*\}", "${x}", template))))
        assert [key for key in known if pattern.match(key)], template


def test_every_failure_of_the_core_and_every_cause_of_a_device_says_what_to_do():
    core = set(re.findall(r'TillError\("([^"]+)"', sources("core", "devices")))
    core |= set(re.findall(r'say\([^,]+, "\w+", "([^"]+)"', sources("core")))
    causes = {
        cause
        for path in (ROOT / "devices").rglob("*.py")
        for cause in re.findall(
            r'"((?:printer|job|agent|driver|scanner|label|display)\.[a-z_]+)"', path.read_text("utf-8")
        )
    }
    never_shown = {"printer.resumed", "printer.bad_option", "label.error"}

    assert sorted((core | causes) - never_shown - texts("en").keys()) == []


@pytest.mark.browser
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_screen_shows_a_key_in_place_of_a_text(open_till: Opener, language: str):
    till = open_till((1024, 768))
    for person in till.server.snapshot["staff"]:
        person["language"] = language
    till.selling()
    page = till.page
    key = re.compile(r"(?<![\w@/.])[a-z_]+\.[a-z_]{3,}(?![\w/])")
    shown: list[str] = []

    def look() -> None:
        shown.extend(key.findall(page.locator("body").inner_text()))

    expect(page.locator("html")).to_have_attribute("lang", language)
    till.scan(shop.MILK_CODE, shelves.code(shelves.COFFEE), shop.GOLD_CARD)
    look()
    page.locator("[data-line]").first.click()
    till.at("line-why").click()
    look()
    page.keyboard.press("Escape")
    till.at("line-price").click()
    look()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    for item in ("x", "cash-in", "drawer", "void", "status"):
        till.at("menu").click()
        look()
        page.click(f"[data-menu={item}]")
        look()
        page.keyboard.press("Escape")
    till.scan("4859999999998")
    look()
    till.scan(shelves.code(shelves.CIGARETTES))
    expect(till.at("dialog-age")).to_be_visible()
    look()
    page.keyboard.press("F2")
    till.at("pay").click()
    look()
    till.at("exact").click()
    expect(till.at("done")).to_be_visible()
    look()
    till.scan("A1-1-1")
    expect(till.at("dialog-return")).to_be_visible()
    look()

    assert shown == []
    assert till.faults == []
