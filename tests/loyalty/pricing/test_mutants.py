"""A fault in the shipped browser engine is found by comparing it with Python."""

from random import Random

from tests.loyalty.pricing.equivalent_mutants import EQUIVALENT
from tests.loyalty.pricing.mutants import Judge, mutants


def test_each_of_forty_faults_put_into_the_shipped_engine_is_found():
    tried = Random(2026).sample([mutant for mutant in mutants() if mutant.key not in EQUIVALENT], 40)
    judge = Judge(1_500)

    assert [mutant.name for mutant in tried if not judge.finds(mutant)] == []


def test_every_fault_that_is_said_to_change_nothing_is_still_in_the_engine():
    assert set(EQUIVALENT) - {mutant.key for mutant in mutants()} == set()
