"""An owner brings clients from an Excel file: chooses it, corrects a column, sees bad rows, writes the rest, takes it back."""

import pytest
from playwright.async_api import expect

from loyalty.accounts.rules import card_number
from tests.e2e.office import clean, clean_in_sizes, office_of
from tests.loyalty.imports.shop import workbook

ROWS = [("Номер карты", "Клиент", "Тел", "?")]
ROWS += [
    (card_number("29", 13, 500_000 + n), f"Петросян{n} Ани", f"+37410{200_000 + n}", f"{n},50") for n in range(6_000)
]
ROWS += [("2.9E+12", "Иванов Иван", "", "5"), ("", "<b>Итого</b>", "12", "5")]


@pytest.fixture(scope="module")
async def office(playwright, tmp_path_factory):
    """The demo shop's back office, the owner signed in."""
    async with office_of(playwright, tmp_path_factory.mktemp("imports")) as page:
        yield page


async def test_a_file_is_chosen_corrected_written_and_taken_back(office, tmp_path):
    page = office
    file = tmp_path / "clients.xlsx"
    file.write_bytes(workbook(ROWS))
    await page.goto(f"{page.shop.address}/office/imports")
    await clean_in_sizes(page, "imports")
    await page.set_input_files("[name=file]", file)
    await page.get_by_role("button", name="Try the file").click()

    await expect(page.locator("[data-state=checked]")).to_be_visible()
    await expect(page.locator("[data-figure=good]")).to_have_text("6,000")
    await expect(page.locator("[data-code=digits_lost]")).to_have_count(1)
    await expect(page.locator("[data-code=phone_length]")).to_have_count(1)
    await clean_in_sizes(page, "tried")

    await page.select_option("[name=column_3]", "turnover")
    await page.get_by_role("button", name="Try the rows again").click()
    await expect(page.locator("[data-state=checked]")).to_be_visible()
    await expect(page.locator("[name=column_3]")).to_have_value("turnover")

    await page.get_by_label("Leave 2 bad rows out").check()
    await page.get_by_role("button", name="Write 6000 rows").click()
    await expect(page.locator("[data-state=written]")).to_be_visible()
    await expect(page.locator("[data-figure=written]")).to_have_text("6,000")

    for language in ("ru", "hy", "en"):
        await page.locator(f"button[value={language}]").click()
        await clean(page, f"written {language}")
    await page.get_by_text("Take this import back").click()
    await page.get_by_role("button", name="Take 6000 rows back").click()
    await expect(page.locator("[data-state=undone]")).to_be_visible()
    await expect(page.locator("[data-figure=undone]")).to_have_text("6,000")
    await clean_in_sizes(page, "taken back")
