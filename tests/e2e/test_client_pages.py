"""A manager finds Anahit by the end of her phone, blocks her card with a reason, merges her second account and undoes it."""

import re

import pytest
from playwright.async_api import expect

from tests.e2e.office import clean_in_sizes, office_of


@pytest.fixture(scope="module")
async def office(playwright, tmp_path_factory):
    """The demo shop's back office, the owner signed in."""
    async with office_of(playwright, tmp_path_factory.mktemp("clients")) as page:
        yield page


async def phone_of(page, card: str) -> str:
    """The phone that stands on the page of the client with this card."""
    await page.goto(f"{page.shop.address}/office/clients?q={card}")
    await page.locator("[data-client] a").click()
    text = await page.locator("[data-person]").first.text_content()
    return re.search(r"\+\d{8,15}", text)[0]


async def test_a_client_is_found_her_card_blocked_and_her_second_account_merged_and_taken_apart(office):
    page = office
    phone = await phone_of(page, page.shop.code("Anahit"))
    await page.goto(f"{page.shop.address}/office/clients")
    await clean_in_sizes(page, "clients")

    await page.locator("#q").press_sequentially(phone[-8:], delay=30)
    await expect(page.locator("#found [data-client]")).not_to_have_count(50)
    await page.locator("#found a", has_text="Anahit Petrosyan").click()
    await expect(page.locator("h1")).to_contain_text("Anahit")
    await clean_in_sizes(page, "client")
    anahit = page.url

    cards = page.locator("[data-part=cards]")
    await cards.locator("summary", has_text="Block the card").click()
    await cards.locator("[name=reason]").first.fill("lost on the bus")
    await cards.get_by_role("button", name="Block the card").first.click()
    await expect(cards).to_contain_text("lost on the bus")
    await expect(cards.locator(".stopped")).to_have_text("blocked")

    own = page.locator("[data-part=own]")
    await own.locator("summary", has_text="Give an own percent").click()
    form = own.locator("[data-form=percent]")
    await form.locator("[name=percent]").fill("101")
    await form.locator("[name=reason]").fill("neighbour")
    await form.get_by_role("button").click()
    await expect(form.get_by_role("alert")).to_be_visible()
    await expect(form.locator("[name=percent]")).to_have_value("101")
    await clean_in_sizes(page, "a form refused")

    await page.goto(f"{page.shop.address}/office/clients/new")
    await page.locator("[name=phone]").press_sequentially(phone, delay=20)
    await expect(page.locator("[data-same]")).to_contain_text("Anahit")
    await clean_in_sizes(page, "new client")
    await page.fill("[name=given]", "Anahit the second")
    await page.get_by_role("button", name="Open the account").click()
    await expect(page.locator("h1")).to_contain_text("the second")

    await page.goto(f"{anahit}/merge")
    await page.locator("#q").press_sequentially(phone[-8:], delay=30)
    await page.locator("#found").get_by_text("the second").click()
    await expect(page.locator("[data-table=merge]")).to_be_visible()
    await clean_in_sizes(page, "merge")
    await page.get_by_role("button", name="Merge them").click()
    await expect(page.locator("[data-person]")).to_have_count(2)
    await page.get_by_role("button", name="Take the accounts apart").click()
    await expect(page.locator("[data-person]")).to_have_count(1)

    for tab in ("Purchases", "Discounts given", "Points", "Log"):
        await page.locator(".tabs a", has_text=tab).click()
        await expect(page.locator(".tabs [aria-current]")).to_have_text(tab)
        await clean_in_sizes(page, tab)
    await expect(page.locator("[data-event=card_blocked]")).to_contain_text("lost on the bus")
    await page.goto(f"{page.shop.address}/office/clients/misuse")
    await clean_in_sizes(page, "misuse")
