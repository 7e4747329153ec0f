"""The browser of the tests: what Playwright turns off for it stays off beside what we turn off."""

import psutil
from playwright.async_api import async_playwright

from deploy.chromium import ARGUMENTS, FEATURES_OFF, chromium_path

OFF = "--disable-features="


async def test_every_feature_that_any_list_turns_off_is_in_the_last_one():
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        started = [words for each in psutil.Process().children(recursive=True) if (words := off(each))]
        await browser.close()

    assert len(started) >= 1
    for lists in started:
        assert len(lists) >= 2, "Playwright's own list was looked for beside ours"
        assert lists[-1] == set(FEATURES_OFF)
        assert set().union(*lists) == lists[-1]


def off(process: psutil.Process) -> list[set[str]]:
    """The lists of features that a browser was started without, in their order; [] of any other program."""
    words = process.cmdline()
    if any(word.startswith("--type=") for word in words):
        return []
    return [set(word.removeprefix(OFF).split(",")) for word in words if word.startswith(OFF)]
