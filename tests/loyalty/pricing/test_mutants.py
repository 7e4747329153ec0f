"""A fault in the shipped browser engine is found by comparing it with Python."""

from random import Random

from tests.loyalty.pricing.equivalent_mutants import EQUIVALENT
from tests.loyalty.pricing.mutants import Judge, mutants

MOST_UNFOUND = 4
"""Of twenty: faults that change nothing, or that only a rarer receipt shows than those tried here (a long run lists them)."""


def test_of_twenty_faults_put_into_the_shipped_engine_all_but_the_rarest_are_found():
    tried = [mutant for mutant in Random(2026).sample(list(mutants()), 20) if mutant.key not in EQUIVALENT]
    judge = Judge(750)

    unfound = [mutant.name for mutant in tried if not judge.finds(mutant)]

    assert len(unfound) <= MOST_UNFOUND, unfound


def test_every_fault_that_is_said_to_change_nothing_is_still_in_the_engine():
    assert set(EQUIVALENT) - {mutant.key for mutant in mutants()} == set()
