"""An import over HTTP, and on the pages of the back office."""

import asyncio
import io

import pytest
from python_calamine import CalamineWorkbook

from loyalty.accounts.rules import card_number
from pos.core.ids import new_id
from tests.loyalty.imports.shop import HEADINGS, text_file, workbook, worker
from tests.web.signed_in import a_known_shop, signed_in

CARD_A, CARD_B = card_number("29", 13, 70), card_number("29", 13, 71)
FILE = workbook([HEADINGS, (CARD_A, "Петросян Ани", "091123456"), ("2.9E+12", "=1+1", "12"), (CARD_B, "Иванов Иван")])


@pytest.fixture
async def office(client, database):
    """The owner's browser, with a worker beside the server."""
    await signed_in(client, await a_known_shop(database))
    working = asyncio.create_task(worker(database).run())
    yield client
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)


async def until(office, address: str, state: str):
    for _ in range(300):
        found = (await office.get(address)).json()
        if found["state"] == state:
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(found)


async def sent(office, content: bytes = FILE, name: str = "clients.xlsx") -> str:
    address = f"/api/v1/imports/{new_id()}"
    answer = await office.put(address, files={"data": (name, content)})
    assert answer.status_code == 202, answer.text
    return address


async def test_a_file_is_tried_written_and_taken_back(office, database):
    address = await sent(office)
    found = await until(office, address, "checked")
    assert found["rows"] == {"good": 2, "bad": 1}
    assert [(column["column"], column["field"]) for column in found["columns"]][:3] == [
        ("A", "card"),
        ("B", "family_given"),
        ("C", "phone"),
    ]

    problems = (await office.get(f"{address}/problems")).json()
    told = [(row["line"], row["column"], row["heading"], row["value"], row["code"]) for row in problems["problems"]]
    assert told == [(3, "A", "Номер карты", "2.9E+12", "digits_lost"), (3, "C", "Телефон", "12", "phone_length")]
    assert all("imports." not in row["detail"] for row in problems["problems"])

    refused = await office.post(f"{address}/write", json={})
    assert (refused.status_code, refused.json()["code"], refused.json()["bad"]) == (409, "import.bad_rows", 1)
    assert (await office.post(f"{address}/write", json={"rest": True})).status_code == 202
    assert (await until(office, address, "written"))["rows"] == {"written": 2, "bad": 1}
    assert (await office.get("/api/v1/accounts/by-phone", params={"tail": "091123456"[1:]})).json()

    assert (await office.post(f"{address}/undo")).status_code == 202
    assert (await until(office, address, "undone"))["rows"] == {"undone": 2, "bad": 1}
    assert (await office.get("/api/v1/accounts/by-phone", params={"tail": "091123456"[1:]})).json() == []


async def test_bad_rows_come_back_as_an_excel_file_whose_texts_are_no_formulas(office):
    address = await sent(office)
    await until(office, address, "checked")

    answer = await office.get(f"{address}/problems.xlsx", headers={"accept-language": "ru"})

    assert answer.headers["content-type"].startswith("application/vnd.openxmlformats")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert rows[0][:4] == ["Line", "Why", "Номер карты", "ФИО"]
    assert rows[1][0] == 3
    assert "Номер карты: " in rows[1][1]
    assert rows[1][2:5] == ["2.9E+12", "=1+1", "12"]


async def test_columns_can_be_corrected(office):
    address = await sent(office, text_file([("aaa", "bbb"), (CARD_A, "Ani"), (CARD_B, "Aram")]), "x.csv")
    await until(office, address, "checked")

    wrong = await office.put(f"{address}/layout", json={"columns": {"A": "note"}})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "import.layout")
    right = await office.put(f"{address}/layout", json={"columns": {"A": "card", "B": "given"}})

    assert right.status_code == 202
    assert (await until(office, address, "checked"))["rows"] == {"good": 2}


async def test_a_file_that_cannot_be_read_says_why(office):
    address = f"/api/v1/imports/{new_id()}"
    answer = await office.put(address, files={"data": ("x.pdf", b"%PDF-1.7")})
    assert (answer.status_code, answer.json()["code"]) == (422, "import.file_kind")

    address = await sent(office, b"PK\x03\x04 nothing")
    assert (await until(office, address, "refused"))["problem"] == "import.file_damaged"
    page = await office.get(address.replace("/api/v1", "/office"), headers={"accept": "text/html"})
    assert "The file is damaged" in page.text


async def test_another_file_under_the_same_id_is_refused(office):
    address = await sent(office)

    assert (await office.put(address, files={"data": ("x.xlsx", FILE)})).status_code == 202
    answer = await office.put(address, files={"data": ("x.csv", b"a;b")})

    assert (answer.status_code, answer.json()["code"]) == (409, "import.differs")
