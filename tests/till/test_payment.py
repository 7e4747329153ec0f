"""Money over the counter: notes people hand over, change, cash rounding on the cash part only."""

import random

import pytest

from tests.till.modules import Modules

DRAMS = {"cash_step": 1_000, "cash_rounding": "nearest"}


@pytest.fixture(scope="module")
def modules() -> Modules:
    return Modules("payment.js")


def paid(modules: Modules, to_pay: int, *tenders: tuple[str, int], settings: dict[str, object] = DRAMS) -> dict:
    steps = "".join(
        f"now = p.paying({to_pay}, p.withTender(now, {{ kind: '{kind}', amount: {amount} }}), settings);"
        for kind, amount in tenders
    )
    said = f"const p = modules['payment.js'], settings = {settings!r}; let now = p.paying({to_pay}, [], settings);"
    return modules.run(f"(() => {{ {said} {steps} return now; }})()")


@pytest.mark.parametrize(
    ("to_pay", "quick"),
    [
        (363_700, [363_700, 400_000, 500_000, 1_000_000, 2_000_000, 5_000_000]),
        (2_000_000, [2_000_000, 5_000_000, 10_000_000]),
        (95_000, [95_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000]),
    ],
)
def test_the_keys_are_exact_and_the_next_notes(modules: Modules, to_pay: int, quick: list[int]) -> None:
    notes = modules.call("payment.js", "notes", "AMD", 2)

    assert modules.call("payment.js", "quickAmounts", to_pay, notes) == quick


def test_a_note_gives_change(modules: Modules) -> None:
    now = paid(modules, 234_000, ("cash", 500_000))

    assert (now["left"], now["change"], now["rounding"]) == (0, 266_000, 0)


def test_cash_is_rounded_and_the_card_is_not(modules: Modules) -> None:
    cash, card = paid(modules, 234_400, ("cash", 234_000)), paid(modules, 234_400, ("card", 234_400))

    assert (cash["left"], cash["rounding"]) == (0, -400)
    assert (card["left"], card["rounding"]) == (0, 0)


def test_only_the_cash_that_settles_the_rest_is_rounded(modules: Modules) -> None:
    now = paid(modules, 234_400, ("card", 200_000), ("cash", 34_000))

    assert (now["left"], now["rounding"]) == (0, -400)


def test_a_card_never_pays_more_than_is_left(modules: Modules) -> None:
    assert paid(modules, 1_000, ("card", 1_001)) == {"error": "tender.more_than_left", "fields": {"left": 1_000}}


@pytest.mark.parametrize("direction", ["nearest", "down", "up"])
def test_any_tenders_add_up_to_what_is_paid(modules: Modules, direction: str) -> None:
    draw = random.Random(3)
    for _ in range(200):
        to_pay = draw.randint(1, 500_000)
        settings = {"cash_step": draw.choice([1, 100, 1_000, 5_000]), "cash_rounding": direction}
        tenders: list[tuple[str, int]] = []
        for _ in range(6):
            now = paid(modules, to_pay, *tenders, settings=settings)
            if now["left"] == 0:
                break
            cash = draw.random() < 0.6
            tenders.append(
                ("cash", draw.randint(1, now["left"] * 2)) if cash else ("card", draw.randint(1, now["left"]))
            )
        now = paid(modules, to_pay, *tenders, settings=settings)

        applied = sum(tender["applied"] for tender in now["tenders"])
        assert applied == to_pay + now["rounding"] - now["left"]
        assert all(tender["received"] == tender["applied"] + tender["change"] for tender in now["tenders"])
        assert abs(now["rounding"]) < settings["cash_step"]
        assert now["left"] >= 0 or now["rounding"] != 0
