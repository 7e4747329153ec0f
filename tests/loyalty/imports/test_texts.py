"""Everything an import says of rows and columns has a sentence in three languages."""

from typing import get_args

import pytest

from loyalty.imports.layouts import FIELDS
from loyalty.imports.model import RowState, State
from loyalty.imports.values import ProblemCode
from web.texts import LANGUAGES, catalogue

USED = ("used_ledger", "used_card", "used_person", "used_account")


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_reason_column_and_state_has_a_sentence(language):
    keys = {f"imports.problem.{code}" for code in (*get_args(ProblemCode), *USED)}
    keys |= {f"imports.field.{field}" for field in FIELDS} | {f"imports.state.{state}" for state in get_args(State)}
    keys |= {f"imports.rows.{state}" for state in get_args(RowState) if state not in ("above", "read")}

    assert keys - set(catalogue(language)) == set()
