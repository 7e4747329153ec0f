"""An owner's way with a rule, in a real Chromium: draft, summary, a mistake, trying it, putting it in force."""

import asyncio

import pytest
from playwright.async_api import Page, Route, expect

from tests.e2e.office import NARROW, SIZES, WIDE, clean, clean_in_sizes, office_of, speak

PAGES = (
    "/rules",
    "/rules/calendar",
    "/rules/versions",
    "/rules/versions/1",
    "/rules/draft",
    "/rules/draft/new",
    "/rules/draft/new?like=quantity",
    "/rules/draft/new?like=meal",
    "/rules/draft/new?like=gift",
    "/rules/draft/rules/happy-hours",
    "/rules/off/happy-hours",
    "/rules/try",
    "/discounts",
    "/discounts?by=account",
    "/discounts?by=cashier",
)
PROCESSING = 240_000


@pytest.fixture(scope="module")
async def office(playwright, tmp_path_factory):
    """The demo shop's back office, the owner signed in."""
    async with office_of(playwright, tmp_path_factory.mktemp("rules")) as page:
        yield page


async def pick(page: Page, field: str, typed: str) -> None:
    """Search a picker and take the first that is called so."""
    picker = page.locator(f"#f-{field}")
    await picker.locator("input[type=search]").fill(typed)
    await picker.locator(".found-one", has_text=typed).first.click()
    await expect(picker.locator(".picked-one")).to_have_count(1)


@pytest.mark.timeout(600)
async def test_an_owner_makes_a_rule_tries_it_and_puts_it_in_force(office):
    page, shop = office, office.shop.address
    summary = page.locator("#summary")
    await page.goto(f"{shop}/office/rules")
    await page.get_by_role("button", name="New rule").click()
    await page.locator("a[href$='like=n_for_m']").click()
    for language, name in (("en", "Sweet three"), ("ru", "Сладкая тройка"), ("hy", "Քաղցր եռյակ")):
        await page.fill(f"[name='name.{language}']", name)
    await pick(page, "what-categories", "Sweet")
    await expect(summary.locator("[data-part=gives]")).to_contain_text("3 for the price of 2: Sweets")
    await expect(summary.locator("[lang=ru] .said")).to_contain_text("3 по цене 2: Сладости")
    await expect(summary.locator("[lang=hy] .said")).to_contain_text("3-ը 2-ի գնով")

    await page.fill("[name='effect.pay']", "3")  # takes three, pays for three
    await expect(summary.locator(".missing")).to_contain_text("must take more than is paid for")
    await page.get_by_role("button", name="Save in the draft").click()
    await expect(page.locator("[data-flaw='effect.pay']")).to_be_visible()
    await expect(page.locator("[name='effect.pay']")).to_have_attribute("aria-invalid", "true")
    await expect(page.locator("[name='name.hy']")).to_have_value("Քաղցր եռյակ")
    await clean(page, "a refused rule")

    await page.fill("[name='effect.pay']", "2")
    await page.get_by_role("button", name="Save in the draft").click()
    await expect(page.locator("[data-change=sweet-three] .tag.added")).to_be_visible()
    await clean(page, "the draft")

    await page.get_by_role("link", name="Try it", exact=True).last.click()
    await page.get_by_role("button", name="Start").click()
    await expect(page.locator("#run")).to_have_attribute("data-state", "done", timeout=PROCESSING)
    await expect(page.locator("[data-figure=changed]")).to_be_visible()
    await expect(page.locator("[data-table=rules]")).to_contain_text("3 % from 15 000")
    await clean(page, "what a run found")

    await page.goto(f"{shop}/office/rules/draft")
    await page.get_by_role("button", name="Put in force").click()
    await expect(page.locator("[data-rule=sweet-three] .tag.in_force")).to_be_visible()
    await page.goto(f"{shop}/office/rules/versions/2")
    await expect(page.locator("[data-change=sweet-three]")).to_contain_text("3 for the price of 2")
    await clean(page, "a version")
    rule_set = await rule_set_of_a_till(page)
    assert rule_set["version"] == 2
    assert "sweet-three" in {rule["id"] for rule in rule_set["body"]["rules"]}
    assert rule_set["names"]["Sweet three"]["ru"] == "Сладкая тройка"

    await page.goto(f"{shop}/office/rules/off/sweet-three")
    await page.get_by_role("button", name="Switch off now").click()
    await expect(page.locator("[data-rule=sweet-three]")).to_have_count(0)
    await page.goto(f"{shop}/office/rules?only=off")
    await expect(page.locator("[data-rule=sweet-three]")).to_be_visible()
    assert (await rule_set_of_a_till(page))["version"] == 3


async def rule_set_of_a_till(page: Page) -> dict:
    """The rules that a till paired now is sent."""
    await page.goto(f"{page.shop.address}/office/registers")
    await page.get_by_role("button", name="Pairing code").first.click()
    code = await page.locator("[data-code]").text_content()
    paired = await (await page.request.post(f"{page.shop.address}/api/till/pair", data={"code": code})).json()
    key = f"Register {paired['register']}.{paired['epoch']}.{paired['key']}"
    answer = await page.request.get(f"{page.shop.address}/api/till/snapshot", headers={"authorization": key})
    return (await answer.json())["rule_set"]


async def test_what_is_typed_before_the_scripts_are_here_counts(office):
    page = office
    here = asyncio.Event()

    async def held_back(route: Route) -> None:
        await here.wait()
        await route.continue_()

    await page.route("**/htmx.min.js", held_back)
    await page.goto(f"{office.shop.address}/office/rules/draft/new?like=n_for_m", wait_until="commit")
    await page.locator("[name='name.en']").fill("Sweet three")
    await page.locator("#f-what-categories input[type=search]").fill("Sweet")
    assert not await page.evaluate("'htmx' in window")

    here.set()

    await expect(page.locator("#f-what-categories .found-one", has_text="Sweet").first).to_be_visible()
    await expect(page.locator("#summary")).to_contain_text("Sweet three")
    await page.unroute("**/htmx.min.js")


@pytest.mark.parametrize(("language", "sizes"), [("ru", (WIDE, NARROW)), ("hy", (WIDE, NARROW)), ("en", SIZES)])
async def test_each_page_of_the_rules_is_seen_and_keeps_nobody_out(office, language, sizes):
    page, shop = office, office.shop.address
    await page.goto(f"{shop}/office/rules/draft/new")  # so that there is a draft
    await speak(page, shop, language)

    for path in PAGES:
        await page.goto(f"{shop}/office{path}")
        await clean_in_sizes(page, f"{path} {language}", sizes)
