"""What other pages, thieves of cookies and guessers of passwords get from the back office: nothing."""

import re
import threading
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import asyncpg
import httpx
import pytest
from playwright.async_api import async_playwright

from pos.core.ids import new_id
from pos.registers.service import pairing_code
from pos.staff.rules import Role
from pos.staff.service import add_staff
from tests.e2e.browser import opened
from tests.web.serving import served
from tests.web.signed_in import LOGIN, PASSWORD, PIN, Known, a_known_shop, signed_in
from tests.web.test_rights import address
from web.app import create_app
from web.auth import SESSION_COOKIE
from web.rights import REGISTER, RIGHTS
from web.settings import Settings

CHANGING = sorted(row for row, callers in RIGHTS.items() if row[0] != "GET" and callers != REGISTER)
FORMS = {
    "name": "Mallory",
    "role": "owner",
    "login": "mallory",
    "password": "long enough",
    "pin": "7193",
    "language": "ru",
}


@pytest.fixture
async def known(client, database) -> Known:
    known = await a_known_shop(database)
    await signed_in(client, known)
    return known


async def everything(addresses) -> dict[str, int]:
    """A digest of every table's content, the counter of tries aside."""
    connection = await asyncpg.connect(addresses.owner)
    try:
        names = await connection.fetch("SELECT relname FROM pg_stat_user_tables WHERE relname <> 'sign_in_tries'")
        return {
            row["relname"]: await connection.fetchval(
                f'SELECT coalesce(sum(hashtext(t::text)::bigint), 0) FROM "{row["relname"]}" t'
            )
            for row in names
        }
    finally:
        await connection.close()


def without_demo(rows):
    return [row for row in rows if not row[1].startswith("/demo/")]


@pytest.mark.parametrize("how", ["no token", "a made-up token", "a token without its cookie"])
async def test_nothing_is_changed_without_the_token_of_the_owners_own_pages(client, known, addresses, how):
    token = client.headers.pop("x-csrftoken")
    session = f"{SESSION_COOKIE}={known.session_token}"
    headers = {
        "no token": {"cookie": f"{session}; tillcard_csrf={token}"},
        "a made-up token": {"cookie": f"{session}; tillcard_csrf={'a' * 128}", "x-csrftoken": "a" * 128},
        "a token without its cookie": {"cookie": session, "x-csrftoken": token},
    }[how]
    before = await everything(addresses)

    rows = [row for row in without_demo(CHANGING) if not row[1].startswith(("/api/till/", "/api/agent/"))]
    answers = [
        await client.request(method, address(template), headers=headers, data=FORMS) for method, template in rows
    ]

    assert len(rows) > 35
    assert [
        (row, answer.status_code) for row, answer in zip(rows, answers, strict=True) if answer.status_code != 403
    ] == []
    assert {answer.json()["code"] for answer in answers} == {"request.refused"}
    assert await everything(addresses) == before


@pytest.mark.parametrize(
    "told",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://127.0.0.1:1"},
        {"origin": "null"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site"},
    ],
    ids=lambda told: "-".join(told.values()),
)
async def test_nothing_is_changed_for_another_origin_even_with_the_token(client, known, addresses, told):
    before = await everything(addresses)

    answers = {
        row: await client.request(row[0], address(row[1]), headers=told, data=FORMS) for row in without_demo(CHANGING)
    }

    assert {row: answer.status_code for row, answer in answers.items() if answer.status_code != 403} == {}
    assert {answer.json()["code"] for answer in answers.values()} == {"request.foreign"}
    assert await everything(addresses) == before


async def test_the_owners_own_pages_and_programs_without_a_browser_are_let_through(client, known):
    form = {"name": "Nare", "role": "cashier", "language": "hy"}
    own = {"origin": str(client.base_url).rstrip("/")}

    answers = [
        await client.post("/office/people", data=form, headers=headers)
        for headers in ({}, own, {"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "none"})
    ]

    assert [answer.status_code for answer in answers] == [303] * 4


TRICKS = """<!doctype html><title>prizes</title>
<iframe id=frame src="SHOP/office/people"></iframe>
<img src="SHOP/office/sign-out"><script src="SHOP/office/figures"></script>
<form id=form method=post target=other action="SHOP/office/people"><input name=name value=Mallory><input name=role value=owner>
<input name=language value=en><input name=pin value=7193><input name=_csrf_token value="TOKEN"></form>
<iframe name=other></iframe>
<script>
const shop = "SHOP", token = "TOKEN";
document.cookie = `tillcard_csrf=${token}; path=/`;
window.stolen = [];
async function attempt(what, path, options) {
  try {
    const answer = await fetch(shop + path, { credentials: "include", ...options });
    const text = await answer.text();
    if (text) window.stolen.push(what + ": " + text.slice(0, 80));
  } catch { /* refused by the browser */ }
}
async function everything() {
  const form = new URLSearchParams({ name: "Mallory", role: "owner", language: "en", _csrf_token: token });
  const json = JSON.stringify({ names: { en: "Free" }, category: 1, unit: "piece", tax_code: "vat20" });
  const product = "/api/v1/products/01900000-0000-7000-8000-00000000abcd";
  await attempt("read", "/office/people");
  await attempt("read api", "/api/v1/accounts");
  await attempt("blind form", "/office/people", { method: "POST", mode: "no-cors", body: form });
  await attempt("form", "/office/people", { method: "POST", body: form });
  await attempt("header", "/office/people", { method: "POST", body: form, headers: { "x-csrftoken": token } });
  await attempt("json", product, { method: "PUT", body: json, headers: { "content-type": "application/json" } });
  await attempt("pair", "/api/till/pair", { method: "POST", mode: "no-cors", body: JSON.stringify({ code: "AAAAAAAA" }) });
  await attempt("out", "/office/sign-out", { method: "POST", mode: "no-cors", body: form });
  document.getElementById("form").submit();
  try { window.stolen.push(document.getElementById("frame").contentDocument.body.innerHTML); } catch { /* another origin */ }
  if (document.cookie.includes("tillcard_session")) window.stolen.push(document.cookie);
  const opened = window.open(shop + "/office/people");
  await new Promise((done) => setTimeout(done, 1500));
  try { if (opened?.document.body.innerHTML) window.stolen.push(opened.document.body.innerHTML); } catch { /* another origin */ }
  return window.stolen;
}
</script>"""


class ForeignPage(BaseHTTPRequestHandler):
    """A page of somebody else; its owner may ask the shop himself, and so holds a valid token of his own."""

    page: ClassVar[bytes] = b""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(self.page)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def foreign() -> Iterator[tuple[type[ForeignPage], int]]:
    handler = type("Page", (ForeignPage,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield handler, server.server_port
    server.shutdown()
    server.server_close()


@pytest.mark.browser
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"], ids=["same site, another port", "another site"])
async def test_a_foreign_page_in_the_owners_browser_changes_and_reads_nothing(
    client, known, addresses, foreign, host, tmp_path
):
    page_class, port = foreign
    shop = str(client.base_url).rstrip("/")
    page_class.page = TRICKS.replace("SHOP", shop).replace("TOKEN", client.headers["x-csrftoken"]).encode()

    async with async_playwright() as playwright:
        browser = await opened(playwright, tmp_path / "profile")
        try:
            office = browser.pages[0]
            await office.goto(f"{shop}/office/sign-in")
            await office.fill("[name=login]", LOGIN)
            await office.fill("[name=password]", PASSWORD)
            await office.locator("main button.primary").click()
            await office.wait_for_url("**/office")
            session = await cookies(browser)
            before = await everything(addresses)

            page = await browser.new_page()
            await page.goto(f"http://{host}:{port}/")
            stolen = await page.evaluate("everything()")

            assert stolen == []
            assert await everything(addresses) == before
            await office.goto(f"{shop}/office/people")
            assert await office.get_by_role("cell", name="Owner", exact=True).count() > 0, (
                "signed out by a foreign page"
            )
            assert (await cookies(browser))[SESSION_COOKIE] == session[SESSION_COOKIE]
        finally:
            await browser.close()


async def cookies(browser) -> dict[str, str]:
    return {cookie["name"]: cookie["value"] for cookie in await browser.cookies()}


async def enter(client: httpx.AsyncClient, login: str, password: str, **headers: str) -> httpx.Response:
    """Sign in by the form, as a browser does."""
    shown = await client.get("/office/sign-in", headers=headers)
    token = client.cookies.get("tillcard_csrf") or re.search(r'name="_csrf_token" value="([^"]+)"', shown.text)[1]
    form = {"login": login, "password": password, "_csrf_token": token}
    return await client.post("/office/sign-in", data=form, headers=headers)


@pytest.fixture
async def stranger(client, known) -> AsyncIterator[httpx.AsyncClient]:
    """A browser of the same shop in which nobody is signed in."""
    async with httpx.AsyncClient(base_url=client.base_url, timeout=60) as browser:
        yield browser


async def test_cookies_are_out_of_reach_for_scripts_and_other_sites(stranger):
    plain = [*(await stranger.get("/office/sign-in")).headers.get_list("set-cookie")]
    plain += (await enter(stranger, LOGIN, PASSWORD)).headers.get_list("set-cookie")
    plain += (
        await stranger.post(
            "/office/language", data={"language": "hy", "_csrf_token": stranger.cookies["tillcard_csrf"]}
        )
    ).headers.get_list("set-cookie")

    assert {cookie.partition("=")[0] for cookie in plain} == {"tillcard_csrf", SESSION_COOKIE, "tillcard_language"}
    for cookie in plain:
        assert "httponly" in cookie.lower(), cookie
        assert "samesite=strict" in cookie.lower(), cookie
        assert "secure" not in cookie.lower(), cookie


async def test_over_https_every_cookie_is_secure(stranger):
    behind_tls = {"x-forwarded-proto": "https"}  # uvicorn believes a balancer on its own computer

    told = (await stranger.get("/office/sign-in", headers=behind_tls)).headers.get_list("set-cookie")
    token = re.match(r"tillcard_csrf=([^;]+)", told[0])[1]
    form = {"login": LOGIN, "password": PASSWORD, "_csrf_token": token}
    headers = behind_tls | {"cookie": f"tillcard_csrf={token}"}
    told += (await stranger.post("/office/sign-in", data=form, headers=headers)).headers.get_list("set-cookie")

    assert len(told) == 2
    assert all(re.search(r"; secure", cookie, re.IGNORECASE) for cookie in told), told


async def test_each_sign_in_has_a_session_of_its_own_and_none_outlives_its_sign_out(stranger):
    await enter(stranger, LOGIN, PASSWORD)
    first = stranger.cookies[SESSION_COOKIE]
    await stranger.post(
        "/office/sign-in", data={"login": LOGIN, "password": PASSWORD, "_csrf_token": stranger.cookies["tillcard_csrf"]}
    )
    second = stranger.cookies[SESSION_COOKIE]
    replaced = await stranger.get("/office", headers={"cookie": f"{SESSION_COOKIE}={first}"})

    inside = await stranger.get("/office/people")
    await stranger.post("/office/sign-out", data={"_csrf_token": stranger.cookies["tillcard_csrf"]})
    outside = await stranger.get("/office/people", headers={"cookie": f"{SESSION_COOKIE}={second}"})

    assert first != second
    assert (replaced.status_code, inside.status_code, outside.status_code) == (401, 200, 401)


async def test_a_lock_out_outlives_a_restart_and_locks_nobody_else(stranger, database, tmp_path):
    for _ in range(5):
        await enter(stranger, LOGIN, "a wrong password")

    settings = Settings(data=tmp_path, csrf_secret="another secret", agent_token="")
    async with served(create_app(settings, database)) as there, httpx.AsyncClient(base_url=there, timeout=60) as later:
        locked = await enter(later, LOGIN, PASSWORD)
        elsewhere = await enter(later, LOGIN, PASSWORD, **{"x-forwarded-for": "192.0.2.7"})

    assert (locked.status_code, elsewhere.status_code) == (401, 303)
    assert 'role="alert"' in locked.text
    assert re.search(r"Wait \d+ min", locked.text)


async def test_a_wrong_name_and_a_wrong_password_are_answered_alike(stranger, database):
    async with database.transaction() as session:
        await add_staff(session, new_id(), name="Nobody", role=Role.CASHIER)

    wrong = [await enter(stranger, login, "a wrong password") for login in (LOGIN, "gnome")]
    pages = [answer.text.replace(LOGIN, "?").replace("gnome", "?") for answer in wrong]

    assert [answer.status_code for answer in wrong] == [401, 401]
    assert pages[0] == pages[1]


async def test_a_planted_cookie_is_never_written_into_a_page(stranger):
    planted = '"><script>alert(1)</script><b x="'

    answer = await stranger.get("/office/sign-in", headers={"cookie": f"tillcard_csrf={planted}"})

    assert "<script>alert" not in answer.text


SECRET = "c4nary-pass-w0rd"


async def test_no_secret_stands_in_logs_or_answers(stranger, client, known, addresses, database, capfd):
    async with await asyncpg.create_pool(addresses.owner, min_size=1, max_size=1) as owner:
        token, key = known.session_token, known.register.rpartition(".")[2]
        said = [await enter(stranger, LOGIN, SECRET)]
        said += [
            await stranger.post("/api/till/pair", json={"code": SECRET, "more": PIN}),
            await stranger.post("/api/agent/pair", json={"code": SECRET}),
            await stranger.get(
                "/api/till/snapshot", headers={"authorization": f"Register {known.shop.register}.9.{key}"}
            ),
            await stranger.get("/api/till/changes?cursor=x", headers={"authorization": known.register}),
            await stranger.get("/api/agent/link", headers={"authorization": f"Bearer {SECRET}"}),
            await client.post("/office/people", data={"name": "N", "role": "king", "pin": PIN}),
            await client.post(f"/office/people/{known.owner}/pin", data={"pin": PIN * 3}),
            await client.post(f"/office/people/{known.owner}/password", data={"login": "x", "password": "c4nary"}),
        ]
        for table, ask in (
            ("staff_member", lambda: client.post(f"/office/people/{known.owner}/pin", data={"pin": PIN})),
            ("sign_in_tries", lambda: enter(stranger, LOGIN, SECRET)),
            (
                "register_epoch",
                lambda: stranger.get("/api/till/snapshot", headers={"authorization": known.register[:-1] + "x"}),
            ),
        ):
            await owner.execute(f"ALTER TABLE {table} RENAME TO gone")
            said.append(await ask())
            await owner.execute(f"ALTER TABLE gone RENAME TO {table}")
    logged = "".join(capfd.readouterr())

    assert [answer.status_code for answer in said[-3:]] == [500, 500, 500]
    assert "unexpected" in logged
    for secret in (SECRET, PIN, token, key, "c4nary", "a token of this test", "a secret of this test"):
        assert secret not in logged, secret
        assert [answer.text for answer in said if secret in answer.text] == [], secret


async def test_a_shop_pairs_many_tills_in_a_day_and_a_guesser_of_codes_waits(stranger, known, database):
    async def paired(code: str) -> int:
        return (await stranger.post("/api/till/pair", json={"code": code})).status_code

    async def fresh_code() -> str:
        async with database.transaction() as session:
            return await pairing_code(session, known.shop.register, at=datetime.now(UTC))

    many = [await paired(await fresh_code()) for _ in range(7)]
    guesses = [await paired("AAAABBB2") for _ in range(6)]
    waits = await paired(await fresh_code())

    assert many == [201] * 7
    assert 201 not in guesses
    assert waits == 403
