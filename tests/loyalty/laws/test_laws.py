"""The laws of receipts and of the choice of rules hold, 2,000 examples each; `make laws` tries them with more."""

from tests.loyalty.laws.run import Tally, of_choices, of_points, of_receipts

EXAMPLES = 2_000


def test_two_thousand_receipts_and_their_returns_obey_every_law():
    tally = Tally()
    of_receipts(EXAMPLES, tally)

    assert tally.broken == {}
    assert set(tally.tried.values()) == {EXAMPLES}
    assert len(tally.tried) >= 20


def test_the_choice_of_rules_is_the_best_for_the_client_in_two_thousand_receipts():
    tally = Tally()
    of_choices(EXAMPLES, tally)

    assert tally.broken == {}
    assert sum(tally.tried.values()) >= 3 * EXAMPLES


def test_balance_ledger_and_open_lots_agree_after_each_of_two_thousand_operations():
    tally = Tally()
    of_points(EXAMPLES, tally)

    assert tally.broken == {}


def test_a_broken_law_is_counted_with_the_seed_that_shows_it():
    tally = Tally()
    tally.count("no_gift")
    tally.fail("no_gift", "seed 7: AssertionError")

    assert tally.answer == {"laws": 1, "examples": 1, "failures": 1}
