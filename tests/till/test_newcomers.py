"""New customers at the till: a blank card, the form, and what the server makes of both, now or later."""

import pytest

from tests.till import shop
from tests.till.loyal import offline, paid, scan
from tests.till.loyalty_shop import BLANK_CARD, STRANGE_CARD
from tests.till.page import Refused, Till
from tests.till.server import ShopServer

pytestmark = pytest.mark.browser
FORM = {
    "given": "Lilit", "family": "Petrosyan", "phone": "+374 00 551122", "born_on": "1990-02-28", "language": "hy",
    "consents": [{"purpose": "sms", "text_version": "till-1"}],
}  # fmt: skip
SETTLED = "new Promise((resume) => setTimeout(resume, 50))"


async def settled(till: Till, server: ShopServer, what: str, count: int) -> None:
    for _ in range(200):
        if len(getattr(server.promises, what)) >= count:
            break
        await till.do(SETTLED)
    await till.do(SETTLED)


async def again(till: Till, server: ShopServer) -> None:
    server.away = False
    await till.do("dispatchEvent(new Event('online'))")
    await till.until("till.sync.value.online")


async def test_a_blank_card_is_handed_out_and_sold_to_at_once(loyal: Till, shop_server: ShopServer):
    await scan(loyal, shop.MILK_CODE)

    card = await scan(loyal, BLANK_CARD)
    assert (card["kind"], card["state"]) == ("card", "new")
    assert [
        (each["code"], each["actions"]) for each in await loyal.do("till.messages.value") if each["code"] == "card.new"
    ] == [("card.new", ["form"])]
    sale = await paid(loyal)
    await settled(loyal, shop_server, "opened", 1)

    account = sale["inputs"]["terms"]["account"]
    assert shop_server.promises.opened == {account: {"card": BLANK_CARD, "staff": shop.ANNA}}
    assert (await scan(loyal, BLANK_CARD))["state"] == "active"
    assert (await loyal.do("till.basket.value"))["account"]["id"] == account


async def test_an_unknown_card_of_the_chains_form_is_opened_offline_and_settled_later_also_after_a_restart(
    loyal: Till, shop_server: ShopServer
):
    await offline(loyal, shop_server)
    await scan(loyal, shop.MILK_CODE)
    assert (await scan(loyal, STRANGE_CARD))["state"] == "new"
    account = (await loyal.do("till.basket.value"))["account"]["id"]
    await loyal.do("till.fillIn(given.account, given.form)", {"account": account, "form": FORM})
    assert (await loyal.do("till.basket.value"))["account"]["name"] == "Lilit P."
    await paid(loyal)

    await loyal.go()
    assert (await scan(loyal, STRANGE_CARD))["account"]["name"] == "Lilit P."
    assert shop_server.promises.opened == {}
    await again(loyal, shop_server)
    await settled(loyal, shop_server, "persons", 1)

    assert shop_server.promises.opened == {account: {"card": STRANGE_CARD, "staff": shop.ANNA}}
    assert list(shop_server.promises.persons.values()) == [{"account": account, **FORM, "staff": shop.ANNA}]


async def test_a_card_that_was_somebodys_goes_on_as_theirs(loyal: Till, shop_server: ShopServer):
    await offline(loyal, shop_server)
    await scan(loyal, shop.MILK_CODE, STRANGE_CARD)
    own = (await loyal.do("till.basket.value"))["account"]["id"]
    theirs = "0191c5de-0000-7000-8000-0000000000d7"
    shop_server.promises.owners[STRANGE_CARD] = shop.account(77, theirs, "Vera K.", STRANGE_CARD, "active")

    await again(loyal, shop_server)
    await loyal.until(f"till.basket.value.account?.id === '{theirs}'")

    assert await loyal.do("till.search('Vera').accounts.map((each) => each.id)") == [theirs]
    assert (await loyal.do("till.quote.value.totals"))["net"] == 45_000
    sale = await paid(loyal)
    assert (sale["inputs"]["terms"]["account"], own in shop_server.promises.opened) == (theirs, True)


async def test_a_number_that_nobody_issued_is_blocked_and_the_reason_is_said(loyal: Till, shop_server: ShopServer):
    await offline(loyal, shop_server)
    await scan(loyal, shop.MILK_CODE, STRANGE_CARD)

    await again(loyal, shop_server)
    await loyal.until("till.basket.value.account === null")

    said = [each for each in await loyal.do("till.messages.value") if each["code"] == "account.blocked.why"]
    assert said[0]["fields"] == {"reason": "card_unknown"}
    assert (await scan(loyal, STRANGE_CARD))["state"] == "blocked"


async def test_a_number_that_is_not_of_the_chains_form_is_refused_for_good(loyal: Till, shop_server: ShopServer):
    shop_server.promises.refused_cards.add(STRANGE_CARD)
    await offline(loyal, shop_server)
    await scan(loyal, shop.MILK_CODE, STRANGE_CARD)

    await again(loyal, shop_server)
    await loyal.until("till.messages.value.some((each) => each.code === 'newcomer.card_refused')")

    with pytest.raises(Refused, match=r"card.unknown"):
        await loyal.do("till.openAccount('1234567890')")


async def test_a_shop_that_takes_no_unknown_cards_says_so_offline(loyal: Till, shop_server: ShopServer):
    settings = {**shop_server.snapshot["settings"], "unknown_cards": "refuse"}
    shop_server.snapshot = {**shop_server.snapshot, "settings": settings}
    shop_server.start_again = True
    await again(loyal, shop_server)
    await loyal.until("till.settings.value.unknown_cards === 'refuse'")
    await offline(loyal, shop_server)

    assert await scan(loyal, STRANGE_CARD) == {"kind": "unknown", "code": STRANGE_CARD, "what": "card"}


async def test_who_has_the_phone_already_is_found_by_the_server_and_alone(loyal: Till, shop_server: ShopServer):
    row = {"account": shop.GOLD, "person": shop.GOLD, "name": "Anahit P.", "phone": "…4312", "whole": True}
    shop_server.promises.same_phone = [row]

    assert await loyal.do("till.samePhone('+37400004312')") == [
        {"account": shop.GOLD, "name": "Anahit P.", "phone": "…4312", "whole": True}
    ]
    assert await loyal.do("till.samePhone('+374')") == []
    await offline(loyal, shop_server)
    alone = await loyal.do("till.samePhone('+37400004312')")
    assert (shop.GOLD, False) in [(each["account"], each["whole"]) for each in alone]


async def test_a_form_without_a_name_is_refused(loyal: Till):
    await scan(loyal, BLANK_CARD)
    account = (await loyal.do("till.basket.value"))["account"]["id"]

    with pytest.raises(Refused, match=r"newcomer.no_name"):
        await loyal.do("till.fillIn(given.account, given.form)", {"account": account, "form": {**FORM, "given": "  "}})
