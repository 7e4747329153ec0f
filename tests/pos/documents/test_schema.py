"""The published JSON Schema and the models say the same about the same bytes."""

import copy
import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from pos.core.ids import new_id
from pos.documents.published import published
from pos.documents.schema import documents
from tests.documents import Made, Till

PUBLISHED = Path(__file__).parents[3] / "docs" / "schema" / "document-v1.json"
VALIDATOR = Draft202012Validator(json.loads(published()))
WRONG = ("", "A" * 600, -1, 2**53, 1.5, True, None, [], {}, "1", "2026-13-01", "URN:UUID:" + "0" * 32, ["x"], [1.5])


def one_of_each_kind() -> list[Made]:
    till = Till()
    sale = till.sell(1, account=new_id(), tender="card")
    proof = {"age": 18, "staff": str(new_id())}
    to_an_adult = till.sell(1, change=lambda data: data.update(age_confirmed=proof))
    return [till.open_shift(), sale, to_an_adult, till.refund(sale), *till.events(), till.close_shift()]


def places(data: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of every value inside `data`."""
    steps = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for step, value in steps:
        yield (*path, step)
        yield from places(value, (*path, step))


def changed(data: Any, path: tuple[str | int, ...], value: Any) -> Any:
    spoiled = copy.deepcopy(data)
    at = spoiled
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    return spoiled


def without(data: Any, path: tuple[str | int, ...]) -> Any:
    spoiled = copy.deepcopy(data)
    at = spoiled
    for step in path[:-1]:
        at = at[step]
    del at[path[-1]]
    return spoiled


def next_three(turn: "count[int]") -> list[int]:
    """Each place gets three wrong values, the next place the next three: all of them in turn are too slow."""
    return [next(turn) for _ in range(3)]


def models_accept(data: Any) -> bool:
    try:
        documents.validate_json(json.dumps(data))
    except ValidationError:
        return False
    return True


def test_the_published_schema_is_the_one_the_models_give():
    assert PUBLISHED.read_text(encoding="utf-8") == published()


@pytest.mark.parametrize("made", one_of_each_kind(), ids=lambda made: made.data["kind"])
def test_every_kind_of_document_is_accepted_by_both(made):
    data = json.loads(made.body)

    assert VALIDATOR.is_valid(data)
    assert models_accept(data)


@pytest.mark.parametrize("made", one_of_each_kind(), ids=lambda made: made.data["kind"])
def test_schema_and_models_refuse_the_same_spoiled_documents(made):
    data = json.loads(made.body)
    turn = count()
    spoiled = [without(data, path) for path in places(data) if isinstance(path[-1], str)]
    spoiled += [changed(data, path, WRONG[n % len(WRONG)]) for path in places(data) for n in next_three(turn)]
    spoiled += [{**data, "surplus": 1}, {**data, "kind": "gift"}, [data], "sale", None]

    disagreements = [row for row in spoiled if VALIDATOR.is_valid(row) != models_accept(row)]

    assert disagreements == []
    assert sum(models_accept(row) for row in spoiled) < len(spoiled) / 4


def test_a_whole_number_written_with_a_fraction_is_refused():
    body = Till().sell(1).body.replace(b'"seq":1', b'"seq":1.0')

    with pytest.raises(ValidationError):
        documents.validate_json(body)
