"""Every route has a row in the table of rights, and every caller gets exactly what its row says."""

import re
from datetime import UTC, datetime
from uuid import UUID

import pytest
from litestar.routes import HTTPRoute, WebSocketRoute

from pos.core.ids import new_id
from pos.registers.service import add_register, open_outlet, pair, pairing_code
from pos.staff.rules import Role
from pos.staff.service import add_staff
from tests.web.signed_in import token_of
from web.app import create_app
from web.auth import SESSION_COOKIE
from web.rights import RIGHTS, Caller
from web.settings import Settings

NOW = datetime.now(UTC)
SOMEONE = UUID("01900000-0000-7000-8000-000000000001")
DEMO = "/demo/"


def routes(database):
    """(method, path template) of every route of the application, the demo's too."""
    app = create_app(Settings(demo=True, csrf_secret="x" * 8), database)
    for route in app.routes:
        if isinstance(route, WebSocketRoute):
            yield "GET", route.path_format
        elif isinstance(route, HTTPRoute):
            yield from ((method, route.path_format) for method in route.methods if method not in {"OPTIONS", "HEAD"})


async def test_every_route_has_a_row_and_every_row_a_route(database):
    assert set(routes(database)) == set(RIGHTS)


async def credentials(database) -> dict[Caller, dict[str, str]]:
    """Headers that prove each kind of caller."""
    given: dict[Caller, dict[str, str]] = {Caller.ANYONE: {}}
    async with database.transaction() as session:
        for role in Role:
            person = await add_staff(session, new_id(), name=role, role=role)
            token = await token_of(session, person, role, at=NOW)
            given[Caller(role)] = {"cookie": f"{SESSION_COOKIE}={token}"}
        outlet = await open_outlet(session, new_id(), name="Corner shop", zone="Asia/Yerevan")
        register = await add_register(session, new_id(), outlet_id=outlet.id, name="Till", prefix="A1")
        paired = await pair(session, await pairing_code(session, register.id, at=NOW), at=NOW)
    key = f"Register {register.id}.{paired.epoch}.{paired.key}"
    given[Caller.REGISTER] = {"authorization": key}
    return given


def address(template: str) -> str:
    """The template with something in every place."""
    numbers = re.sub(r"\{(chunk|place|price_id|category_id|route_id|version|number)\}", "0", template)
    return re.sub(
        r"\{[a-z_]+_id\}", str(SOMEONE), re.sub(r"\{(file_path|receipt|code|category|purpose|tier)\}", "none", numbers)
    )


SOCKETS = {"/api/till/agent", "/api/agent/link"}
CALLS = sorted(row for row in RIGHTS if not row[1].startswith(DEMO) and row[1] not in SOCKETS | {"/", "/office/live"})
CALLS.sort(key=lambda row: row == ("POST", "/office/sign-out"))  # last: it ends the callers' sessions


async def test_each_caller_gets_exactly_what_the_row_says(client, database):
    given = await credentials(database)
    await client.get("/office/sign-in")  # its answer brings the cookie that forms repeat
    wrong = []

    for method, template in CALLS:
        for caller, headers in given.items():
            csrf = {"x-csrftoken": client.cookies.get("tillcard_csrf", "")} if method != "GET" else {}
            own = dict(headers)
            if csrf:
                own["cookie"] = "; ".join(filter(None, (headers.get("cookie"), f"tillcard_csrf={csrf['x-csrftoken']}")))
            answer = await client.request(
                method, address(template), headers={**own, **csrf}, follow_redirects=False, json={}
            )
            row = RIGHTS[method, template]
            let_in = answer.status_code not in {401, 403}
            if template == "/office/sign-in" and method == "POST":
                continue  # answers 401 to a wrong password
            if let_in != (Caller.ANYONE in row or caller in row):
                wrong.append((method, template, str(caller), answer.status_code))

    assert wrong == []


@pytest.mark.parametrize("path", ["/office/nothing", "/api/till/nothing", "/office/people/1/../../x"])
async def test_an_address_that_is_not_there_says_so_in_a_problem_document(client, path):
    answer = await client.get(path)

    assert answer.status_code == 404
    assert answer.json()["code"] == "address.unknown"
    assert answer.headers["content-security-policy"].startswith("default-src 'self'")
