"""The back office says everything in three languages."""

import re
from pathlib import Path

import pytest

from web.texts import FOLDER, LANGUAGES, catalogue, money, percent, text

ROOT = Path(__file__).parents[2]
USED = re.compile(r"""\bt\(["']([a-z_.]+)["'][,)]""")


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_every_text(language):
    assert set(catalogue(language)) == set(catalogue("en"))


def test_every_text_a_page_names_is_there():
    pages = "".join(path.read_text("utf-8") for path in (ROOT / "web").glob("*/templates/*.html"))
    used = set(USED.findall(pages))

    assert len(used) > 60
    assert used - set(catalogue("en")) == set()


def test_every_error_that_people_meet_has_a_sentence():
    codes = {
        match
        for folder in ("pos", "loyalty", "web")
        for path in ROOT.glob(f"{folder}/**/*.py")
        for match in re.findall(
            r'^    code(?:: ClassVar\[str\])? = "([a-z_.]+)"', path.read_text("utf-8"), re.MULTILINE
        )
        if "SaidInEnglish" not in path.read_text("utf-8")
    }

    assert len(codes) > 60
    assert {code for code in codes if f"error.{code}" not in catalogue("en")} == set()


def test_everything_that_needs_attention_has_a_sentence():
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "pos" / "documents").glob("*.py"))
    alarms = re.findall(r"'((?:chain|refund|document)\.[a-z_]+)', true", sources)
    alarms += re.findall(r'"(audit\.[a-z_]+)", True', sources)
    flaws = re.findall(r'Flaw\(\s*"([a-z_.]+)"', sources)
    ledgers = "".join(path.read_text("utf-8") for path in (ROOT / "loyalty").glob("*/*.py"))
    alarms += re.findall(r'"((?:limit|coupon|referral|gift_card|debt)\.[a-z_]+)", \{', ledgers)
    alarms += re.findall(r'"(gift_card\.[a-z_]+)" (?:if|else)', ledgers)
    alarms += re.findall(r'_over\("(limit\.[a-z_]+)"', ledgers)

    assert len(alarms) >= 4
    assert len(flaws) >= 5
    assert {code for code in [*alarms, *flaws] if f"attention.{code}" not in catalogue("en")} == set()


@pytest.mark.parametrize(
    ("n", "sentence"), [(1, "и 1 возврат"), (3, "и 3 возврата"), (5, "и 5 возвратов"), (21, "и 21 возврат")]
)
def test_russian_plurals_follow_their_numbers(n, sentence):
    assert text("ru", "today.refunds", n=n) == sentence


@pytest.mark.parametrize(
    ("language", "shown"), [("ru", "1\xa0234\xa0567"), ("hy", "1\xa0234\xa0567"), ("en", "1,234,567")]
)
def test_drams_without_coins_show_none(language, shown):
    assert shown in money(123_456_700, "AMD", 2, language)
    assert percent(1_234, language).startswith("12")


def test_catalogues_are_sorted_files_of_texts():
    assert sorted(path.name for path in FOLDER.glob("office.*.json")) == [
        "office.en.json",
        "office.hy.json",
        "office.ru.json",
    ]
