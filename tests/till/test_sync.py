"""Documents on their way to the server, and the shop's data on its way to the till."""

import pytest

from tests.till.page import Till
from tests.till.server import ShopServer
from tests.till.shop import ANNA, GOLD_CARD, MILK, MILK_CODE, product

pytestmark = pytest.mark.browser


async def test_sales_made_without_the_server_arrive_once_it_is_back(selling: Till, shop_server: ShopServer) -> None:
    await selling.sent()
    shop_server.stop()
    sales = [await selling.sell(MILK_CODE) for _ in range(3)]

    shop_server.start()
    await selling.do("dispatchEvent(new Event('online'))")
    await selling.sent()

    assert [document.number for document in shop_server.documents() if document.kind == "sale"] == [1, 2, 3]
    assert [sale["receipt"] for sale in sales] == ["A1-1-1", "A1-1-2", "A1-1-3"]
    assert shop_server.broken_links() == []


async def test_one_bad_document_does_not_hold_up_the_others(selling: Till, shop_server: ShopServer) -> None:
    shop_server.poisoned = {"x_report"}
    shop_server.quarantine = {"drawer_opened"}
    await selling.do("till.xReport()")
    await selling.do("till.openDrawer('change')")
    await selling.sell(MILK_CODE)
    await selling.until("till.sync.value.quarantined === 1 && till.sync.value.unsent === 1")

    assert shop_server.kinds()[-1] == "sale"
    assert "document.quarantined" in [message["code"] for message in await selling.do("till.messages.value")]
    shop_server.poisoned = set()
    await selling.sent()
    assert "x_report" in shop_server.kinds()
    assert "drawer_opened" not in shop_server.kinds()


async def test_another_document_under_the_same_id_is_an_alarm(selling: Till, shop_server: ShopServer) -> None:
    shop_server.away = True
    sale = await selling.sell(MILK_CODE)
    shop_server.stored[sale["id"]] = b"{}"
    shop_server.away = False
    await selling.do("dispatchEvent(new Event('online'))")
    await selling.until("till.sync.value.conflict === 1")
    shop_server.stored.pop(sale["id"])

    assert "document.differs" in [message["code"] for message in await selling.do("till.messages.value")]


async def test_a_revoked_key_keeps_the_documents_and_says_so(selling: Till, shop_server: ShopServer) -> None:
    await selling.sent()
    key, shop_server.key = shop_server.key, "another"
    await selling.sell(MILK_CODE)
    await selling.until("till.sync.value.refused !== null")
    unsent = await selling.do("till.sync.value.unsent")

    shop_server.key = key
    await selling.go()
    await selling.sent()

    assert unsent == 1
    assert shop_server.kinds()[-1] == "sale"


async def test_paired_again_the_till_opens_a_new_epoch_and_still_sends_the_old_one(
    selling: Till, shop_server: ShopServer
) -> None:
    await selling.do("till.closeShift({ counted: 4000000, counts: [], reason: '' })")
    await selling.sent()
    shop_server.poisoned = {"turn"}
    await selling.do(f"till.signIn('{ANNA}', '1234')")
    await selling.begin()
    shop_server.poisoned = set()
    sale = await selling.sell(MILK_CODE)
    await selling.go()
    await selling.sent()

    assert sale["receipt"] == "A1-2-1"
    assert {document.epoch for document in shop_server.documents()} == {1, 2}
    assert shop_server.broken_links() == []


async def test_a_changed_price_is_on_the_till_with_the_next_round(selling: Till, shop_server: ShopServer) -> None:
    cheaper = product(MILK, "Milk 1 l", 40_000, (MILK_CODE, 1000))
    shop_server.changes = [
        {"cursor": "1.101", "products": [cheaper], "accounts": []},
        {"cursor": "1.102", "products": [], "accounts": [{**shop_server.accounts[0], "tier": None, "version": 4}]},
    ]
    await selling.do("dispatchEvent(new Event('online'))")
    await selling.until("till.search('milk').products[0].price === 40000")

    await selling.do(f"till.scan('{GOLD_CARD}')")
    sale = await selling.sell(MILK_CODE)

    assert (sale["lines"][0]["price"], sale["lines"][0]["net"]) == (40_000, 40_000)
    assert (sale["inputs"]["cursor"], sale["inputs"]["terms"]["version"]) == ("1.102", 4)


async def test_rules_that_the_till_cannot_read_leave_the_last_ones_in_force(
    selling: Till, shop_server: ShopServer
) -> None:
    unknown = {"rules": [{"id": "new", "name": "New", "priority": 1, "effect": {"kind": "from_the_future"}}]}
    newer = {"version": 8, "active_from": 0, "body": unknown, "names": {}}
    shop_server.changes = [{"cursor": "1.101", "products": [], "accounts": [], "rule_set": newer}]

    await selling.do("dispatchEvent(new Event('online'))")
    await selling.until("till.messages.value.some(({code}) => code === 'rules.unreadable')")
    sale = await selling.sell(MILK_CODE)

    assert sale["inputs"]["rule_set"] == 7


async def test_a_restored_server_makes_the_till_copy_everything_again(selling: Till, shop_server: ShopServer) -> None:
    shop_server.products = [product(MILK, "Milk, new", 60_000, (MILK_CODE, 1000))]
    shop_server.snapshot = {**shop_server.snapshot, "cursor": "2.5", "product_chunks": [[0, 1]]}
    shop_server.start_again = True
    await selling.do("dispatchEvent(new Event('online'))")
    await selling.until("till.search('milk').products[0].name === 'Milk, new'")

    sale = await selling.sell(MILK_CODE)
    assert (sale["lines"][0]["price"], sale["inputs"]["cursor"]) == (60_000, "2.5")
    assert (await selling.do("till.search('bread')"))["products"] == []


async def test_a_wrong_clock_is_corrected_and_said(selling: Till, shop_server: ShopServer) -> None:
    shop_server.time_offset = 86_400_000
    await selling.go()
    await selling.until("till.storage.value.clockOffset > 86000000")
    sale = await selling.sell(MILK_CODE)

    assert sale["made_at"] - sale["device_at"] > 86_000_000
    assert "clock.off" in [message["code"] for message in await selling.do("till.messages.value")]
