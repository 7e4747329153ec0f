"""Whatever is sent to the published HTTP API, it is never answered by a mistake of ours: no status of 500 and above.

Requests are made by schemathesis from `/schema/openapi.json`; half of them name things that are there. The number of
requests per operation and caller is small by default; `TILLCARD_API_EXAMPLES=100` makes a long run of it.
"""

import asyncio
import multiprocessing
import os
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from typing import Any

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode

from tests.web.signed_in import a_known_shop, signed_in
from web.auth import SESSION_COOKIE

EXAMPLES = int(os.environ.get("TILLCARD_API_EXAMPLES", "3"))
"""Per operation, caller and mode (input as published, and input that is not)."""
STRANGE: list[Any] = [
    *(
        "\x00",
        "a\x00b",
        "\x1bp",
        "\x85",
        "\ufffe",
        "١٢٣",
        "a" * 9_000,
        "9" * 40,
        "-1",
        "0001-01-01",
        "%00",
        "', --",
        "(",
    ),
    *(2**31, 2**53, 2**63, 2**64, -(2**63) - 1, -1, 0, 0.5, None, True, [], {}),
]
"""What stands in each place of a valid request in turn: databases and parsers stumble over these."""


def with_strange(value: Any, strange: Any, place: int) -> tuple[Any, int]:
    """`value` with its leaf number `place` replaced, and how many leaves are left to count."""
    if isinstance(value, dict):
        changed = {}
        for name, each in value.items():
            changed[name], place = with_strange(each, strange, place)
        return changed, place
    if isinstance(value, list):
        items = []
        for each in value:
            item, place = with_strange(each, strange, place)
            items.append(item)
        return items, place
    return (strange if place == 0 else value), place - 1


def ask_everything(base: str, given_ids: dict[str, object], headers: dict[str, str]) -> tuple[Counter[int], list[str]]:
    """Statuses counted, and each answer of 500 and above with the request that led to it.

    In a process of its own: in Python 3.11 two threads that parse source at once may fail each other (CPython issue 106905).
    """
    schema = schemathesis.openapi.from_url(f"{base}/schema/openapi.json")
    statuses: Counter[int] = Counter()
    faults: list[str] = []

    def ask(case: Any, replaced: dict[str, Any], strange: Any, place: int) -> None:
        for name in case.path_parameters or {}:
            if name in replaced:
                case.path_parameters[name] = replaced[name]
        if place >= 0 and isinstance(case.query, dict) and case.query:
            case.query, place = with_strange(case.query, str(strange), place)
        if place >= 0 and isinstance(case.body, dict):
            case.body, _ = with_strange(case.body, strange, place)
        answer = case.call(base_url=base, headers=headers, timeout=30)
        statuses[answer.status_code] += 1
        if answer.status_code >= 500:
            faults.append(f"{answer.status_code} {case.as_curl_command()[:600]}")

    for result in schema.get_all_operations():
        operation = result.ok()
        for mode in GenerationMode:
            try:
                cases = operation.as_strategy(generation_mode=mode)
            except schemathesis.errors.InvalidSchema:
                continue

            @hypothesis.seed(20261122)
            @settings(
                max_examples=EXAMPLES,
                deadline=timedelta(seconds=60),
                database=None,
                phases=[Phase.explicit, Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(cases, st.sampled_from([given_ids, {}]), st.sampled_from(STRANGE), st.integers(-1, 3))
            def asking(case: Any, replaced: dict[str, Any], strange: Any, place: int) -> None:
                ask(case, replaced, strange, place)

            try:
                asking()
            except hypothesis.errors.Unsatisfiable:
                continue  # nothing malformed can be sent where nothing is asked for
    return statuses, faults


@pytest.mark.parametrize("caller", ["owner", "register"])
async def test_no_input_is_answered_by_a_fault_of_ours(client, database, caller):
    known = await a_known_shop(database)
    await signed_in(client, known)
    proof = {
        "owner": {
            "cookie": f"{SESSION_COOKIE}={known.session_token}; tillcard_csrf={client.headers['x-csrftoken']}",
            "x-csrftoken": client.headers["x-csrftoken"],
        },
        "register": {"authorization": known.register},
    }[caller]

    base = str(client.base_url).rstrip("/")
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as caller_process:
        asking = asyncio.get_running_loop().run_in_executor(caller_process, ask_everything, base, known.ids, proof)
        statuses, faults = await asking

    assert faults == [], "\n".join(faults)
    assert sum(statuses.values()) >= 150
    assert statuses[200] + statuses[201] + statuses[204] > 0, statuses
