"""The editor's fields say the rule and nothing else, and what cannot be read stays marked where it stands."""

import pytest

from loyalty.pricing.queries import Currency
from pos.reports.rule_check import reader_flaw
from pos.reports.rule_names import NameBook
from tests.loyalty.pricing.every_rule import GROUPS, RULES
from web import texts
from web.rules.forms import STARTERS, fields_of, rule_of
from web.rules.words import Words

BOOK = NameBook(
    products={11: {"en": "Milk", "ru": "Молоко", "hy": "Կաթ"}},
    categories={2: {"en": "Sweets", "ru": "Сладости", "hy": "Քաղցրավենիք"}},
    tiers={"gold": {"en": "Gold", "ru": "Золото", "hy": "Ոսկի"}},
    client_categories={},
    accounts={},
)


def words(language: str, exponent: int = 2, code: str = "AMD") -> Words:
    return Words(language, Currency(code, exponent), BOOK)


@pytest.mark.parametrize("exponent", [0, 2, 3])
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["id"])
def test_a_rule_shown_in_the_editor_and_saved_again_is_the_same_rule(rule, exponent):
    fields = fields_of(rule, {"en": rule["name"]}, exponent)

    again, flaws = rule_of(fields, rule["id"], exponent)

    assert flaws == []
    assert again == rule


@pytest.mark.parametrize("starter", STARTERS)
def test_what_a_new_rule_begins_with_can_be_read(starter):
    rule, flaws = rule_of(STARTERS[starter], "new", 2)

    assert [flaw.code for flaw in flaws] == ["rules.nameless"]
    assert rule["effect"]["kind"]


@pytest.mark.parametrize(
    ("typed", "value"), [("7,5", 750), ("7.25", 725), ("10 %", 1_000), ("1 0", 1_000), ("0.01", 1)]
)
def test_percents_are_read_as_people_type_them(typed, value):
    rule, flaws = rule_of({"name.en": ["x"], "effect.kind": ["percent"], "effect.value": [typed]}, "x", 2)

    assert flaws == []
    assert rule["effect"]["value"] == value


@pytest.mark.parametrize("typed", ["abc", "1.234", "1e5x", "NaN", "Infinity", "--1"])
def test_what_is_no_such_number_is_marked_at_its_field(typed):
    _, flaws = rule_of({"name.en": ["x"], "effect.kind": ["percent"], "effect.value": [typed]}, "x", 2)

    assert [(flaw.field, flaw.code) for flaw in flaws] == [("effect.value", "rules.not_a_number")]


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"effect.value": ["101"]}, "effect.value", "pricing.out_of_range"),
        ({"effect.value": [""]}, "effect.value", "pricing.missing_field"),
        ({"when.from": ["2026-03-05"], "when.until": ["2026-03-01"]}, "when.until", "pricing.window_never_opens"),
        ({"hours.from": ["10:00"], "hours.until": ["10:00"]}, "when.hours[0].until", "pricing.window_never_opens"),
        ({"group": ["none-such"]}, "group", "pricing.unknown_group"),
        (
            {"effect.kind": ["n_for_m"], "effect.take": ["2"], "effect.pay": ["2"]},
            "effect.pay",
            "pricing.take_not_above_pay",
        ),
        (
            {"effect.by": ["quantity"], "step.from": ["3", "2"], "step.value": ["5", "6"]},
            "effect.scale.steps",
            "pricing.steps_not_rising",
        ),
        ({"limits.receipt.times": ["2"]}, "limits.receipt.times", "pricing.limit_impossible"),
    ],
)
def test_what_the_engine_refuses_is_told_at_the_field_as_it_is_typed(change, field, code):
    rule, _ = rule_of({"name.en": ["x"], "effect.kind": ["percent"], "effect.value": ["5"], **change}, "x", 2)

    flaw = reader_flaw({"groups": GROUPS, "rules": [rule]}, rule)

    assert flaw is not None
    assert (flaw.field, flaw.code) == (field, code)
    for language in texts.LANGUAGES:
        assert f"flaw.{code}" in texts.catalogue(language)


def test_the_same_rule_is_said_in_three_languages():
    rule = next(each for each in RULES if each["id"] == "3-for-2")

    assert words("en").parts(rule)["gives"] == "3 for the price of 2: Sweets. The cheapest of all of them are reduced."
    assert words("ru").parts(rule)["gives"].startswith("3 по цене 2: Сладости.")
    assert words("hy").parts(rule)["gives"].startswith("3-ը 2-ի գնով՝ Քաղցրավենիք։")


@pytest.mark.parametrize(
    ("n", "russian", "armenian"),
    [(1, "1 день", "1 օր"), (3, "3 дня", "3 օր"), (5, "5 дней", "5 օր"), (21, "21 день", "21 օր")],
)
def test_days_around_a_birthday_are_counted_in_the_languages_own_plural(n, russian, armenian):
    rule = {"effect": {"kind": "personal"}, "when": {"birthday": {"before": n, "after": 2}}}

    assert f"за {russian} до" in words("ru").parts(rule)["when"]
    assert f"{armenian} առաջ" in words("hy").parts(rule)["when"]


def test_amounts_and_dates_are_exact_and_written_as_the_language_does():
    rule = {
        "effect": {"kind": "amount_line", "value": 1_234_550},
        "when": {"from": "2026-03-01", "until": "2026-04-01"},
    }

    assert "12,345.50" in words("en", 2, "EUR").parts(rule)["gives"]
    assert "12\xa0345,50" in words("ru", 2, "EUR").parts(rule)["gives"]
    assert "1,234.550" in words("en", 3, "KWD").parts(rule)["gives"]
    assert words("en").parts(rule)["when"] == "From Mar 1, 2026 to Mar 31, 2026, inclusive."
    assert "по 31 мар" in words("ru").parts(rule)["when"]


def test_every_sentence_of_every_rule_is_there_in_every_language():
    for language in texts.LANGUAGES:
        for rule in RULES:
            for sentence in words(language).parts(rule).values():
                assert "sum." not in sentence, (language, rule["id"], sentence)
                assert "{" not in sentence, (language, rule["id"], sentence)
