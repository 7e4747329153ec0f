"""Points, coupons, gifts, gift cards, debts and limits at the till: what it promises, what it writes, what it does alone."""

from typing import Any

import pytest

from tests.till import shop
from tests.till.loyal import offline, paid, scan
from tests.till.loyalty_shop import (
    COUPON,
    DEBTOR,
    DEBTOR_CARD,
    GIFT_CARD,
    GIFT_CARD_ID,
    NEW_GIFT_CARD,
    NEW_GIFT_CARD_ID,
    OFF,
    OPEN_COUPON,
    STAFF_CARD,
    USED_COUPON,
)
from tests.till.page import Refused, Till
from tests.till.server import ShopServer

pytestmark = pytest.mark.browser


async def test_a_coupon_is_looked_up_lowers_the_price_and_is_held_before_it_is_paid(
    loyal: Till, shop_server: ShopServer
):
    await scan(loyal, shop.MILK_CODE)

    result = await scan(loyal, COUPON)
    assert (result["kind"], result["coupon"]) == ("coupon", {"code": COUPON, "batch": "spring"})
    sale = await paid(loyal)

    assert sale["lines"][0]["net"] == 40_000
    assert {each["source"] for each in sale["lines"][0]["discounts"]} == {"coupon"}
    assert sale["inputs"]["coupons"] == [{"code": COUPON, "batch": "spring"}]
    assert shop_server.promises.asked[-1]["coupons"] == [COUPON]
    assert sale["inputs"]["reservation"] in shop_server.promises.held


async def test_a_coupon_that_does_not_count_is_refused_with_its_reason(loyal: Till):
    await scan(loyal, shop.MILK_CODE)

    used = await scan(loyal, USED_COUPON)
    wrong = await scan(loyal, COUPON[:-1] + ("2" if COUPON[-1] != "2" else "3"))
    await scan(loyal, COUPON)
    again = await scan(loyal, COUPON)

    assert [each["error"]["code"] for each in (used, wrong, again)] == [
        "coupon.used",
        "coupon.unknown",
        "coupon.already",
    ]
    assert [each["code"] for each in (await loyal.do("till.basket.value"))["coupons"]] == [COUPON]


async def test_a_coupon_that_another_till_used_meanwhile_falls_away_before_payment(
    loyal: Till, shop_server: ShopServer
):
    await scan(loyal, shop.MILK_CODE, COUPON)
    shop_server.promises.coupons[COUPON] = ("spring", "used")

    await loyal.do("till.startPayment()")

    assert await loyal.do("till.refused.value") == [{"code": "coupon.used", "fields": {"code": COUPON}}]
    assert (await loyal.do("till.paying.value"))["toPay"] == 50_000
    sale = await paid(loyal)
    assert (sale["inputs"]["coupons"], sale["totals"]["net"]) == ([], 50_000)


async def test_without_the_server_a_coupon_counts_only_where_its_batch_allows(loyal: Till, shop_server: ShopServer):
    await scan(loyal, shop.MILK_CODE)
    await offline(loyal, shop_server)

    assert (await scan(loyal, COUPON))["error"]["code"] == "coupon.offline"
    assert (await scan(loyal, OPEN_COUPON))["coupon"]["batch"] == "open"
    sale = await paid(loyal)

    assert (sale["totals"]["net"], sale["inputs"]["reservation"]) == (40_000, None)


async def test_points_pay_and_no_more_than_the_receipt_may_take(loyal: Till, shop_server: ShopServer):
    await scan(loyal, shop.MILK_CODE, shop.GOLD_CARD)
    await loyal.do("till.spendPoints(500)")

    sale = await paid(loyal)

    assert sale["points"]["spent"] == 225
    assert sale["totals"]["net"] == 22_500
    assert shop_server.promises.asked[-1]["points"] == 225
    assert sum(line["points"] for line in sale["lines"]) == sale["points"]["earned"] == 2


async def test_fewer_points_than_asked_are_said_and_the_rest_is_paid(loyal: Till, shop_server: ShopServer):
    shop_server.promises.points[shop.GOLD] = 100
    await scan(loyal, shop.MILK_CODE, shop.GOLD_CARD)
    await loyal.do("till.spendPoints(200)")

    await loyal.do("till.startPayment()")

    assert await loyal.do("till.refused.value") == [{"code": "points.fewer", "fields": {"n": 100}}]
    sale = await paid(loyal)
    assert (sale["points"]["spent"], sale["totals"]["net"]) == (100, 35_000)


async def test_more_points_are_never_spent_than_are_held_though_a_coupon_fell_away(
    loyal: Till, shop_server: ShopServer
):
    await scan(loyal, shop.MILK_CODE, shop.GOLD_CARD, COUPON)
    await loyal.do("till.spendPoints(500)")
    shop_server.promises.coupons[COUPON] = ("spring", "used")

    sale = await paid(loyal)

    assert sale["points"]["spent"] <= shop_server.promises.held[sale["inputs"]["reservation"]]["points"]
    assert sale["totals"]["net"] == 22_500


async def test_offline_points_go_up_to_the_cap_and_the_sale_is_flagged(loyal: Till, shop_server: ShopServer):
    await scan(loyal, shop.MILK_CODE, shop.GOLD_CARD)
    await offline(loyal, shop_server)
    await loyal.do("till.spendPoints(200)")

    sale = await paid(loyal)

    assert (sale["points"]["spent"], sale["inputs"]["reservation"]) == (50, None)
    assert [flag["code"] for flag in sale["flags"]] == ["points_offline"]


async def test_a_gift_is_offered_chosen_and_costs_nothing(loyal: Till):
    await scan(loyal, f"7*{shop.MILK_CODE}")
    offered = (await loyal.do("till.quote.value"))["gifts"]
    assert (offered[0]["rule"], offered[0]["choices"], offered[0]["taken"]) == ("treat", [shop.BREAD, shop.EGGS], 0)

    await loyal.do(f"till.takeGift('treat', {shop.BREAD})")
    with pytest.raises(Refused, match=r"gift.not_offered"):
        await loyal.do(f"till.takeGift('treat', {shop.BREAD})")
    sale = await paid(loyal)

    assert [(line["product"], line["gift"], line["net"]) for line in sale["lines"]] == [
        (1, None, 350_000),
        (2, "treat", 0),
    ]


async def test_a_budget_that_another_till_took_is_priced_anew_before_payment(loyal: Till, shop_server: ShopServer):
    await loyal.do(f"till.addProduct({shop.EGGS}, 1000)")
    assert (await loyal.do("till.quote.value.totals"))["net"] == 39_000
    shop_server.promises.rules = {"budget": {"times": 9, "sum": 10_000, "pieces": 9}}

    started = await loyal.do("till.startPayment()")

    assert started["toPay"] == 68_000
    assert [each["code"] for each in await loyal.do("till.refused.value")] == ["price.changed"]
    sale = await paid(loyal)
    assert sale["uses"] == [{"rule": "budget", "times": 1, "sum": 10_000, "pieces": 1_000}]


async def test_what_this_till_used_of_a_budget_counts_until_the_server_knows(loyal: Till, shop_server: ShopServer):
    await offline(loyal, shop_server)
    nets = []
    for _ in range(3):
        await loyal.do(f"till.addProduct({shop.EGGS}, 14000)")
        nets.append((await paid(loyal))["totals"]["net"])

    full = 14 * 78_000
    assert nets == [full // 2, full - (1_000_000 - full // 2), full]


async def test_a_gift_card_pays_its_part_and_never_more_than_is_on_it(loyal: Till, shop_server: ShopServer):
    await scan(loyal, shop.MILK_CODE)
    card = await loyal.do("till.giftCard(given)", GIFT_CARD)
    assert card == {"id": GIFT_CARD_ID, "available": 30_000, "balance": 30_000}
    await loyal.do("till.startPayment()")

    with pytest.raises(Refused, match=r"gift_card.short") as short:
        await loyal.do("till.addTender({ kind: 'gift_card', amount: 40000, reference: given })", GIFT_CARD_ID)
    await loyal.do("till.addTender({ kind: 'gift_card', amount: 30000, reference: given })", GIFT_CARD_ID)
    sale = await paid(loyal)

    assert short.value.fields == {"left_amount": 30_000}
    assert [(each["kind"], each["applied"], each["reference"]) for each in sale["tenders"]] == [
        ("gift_card", 30_000, GIFT_CARD_ID),
        ("card", 20_000, None),
    ]
    assert shop_server.promises.asked[-1]["gift_cards"] == [{"id": GIFT_CARD_ID, "amount": 30_000}]
    assert sale["inputs"]["reservation"] is not None


async def test_a_gift_card_taken_off_the_payment_is_let_go(loyal: Till, shop_server: ShopServer):
    await scan(loyal, shop.MILK_CODE)
    await loyal.do("till.startPayment()")
    await loyal.do("till.addTender({ kind: 'gift_card', amount: 30000, reference: given })", GIFT_CARD_ID)

    await loyal.do("till.removeTender(0)")

    assert shop_server.promises.asked[-1]["gift_cards"] == []


async def test_offline_a_gift_card_pays_up_to_the_shops_cap(loyal: Till, shop_server: ShopServer):
    await scan(loyal, shop.MILK_CODE)
    await offline(loyal, shop_server)

    card = await loyal.do("till.giftCard(given)", GIFT_CARD)
    assert (card["available"], card["balance"]) == (20_000, None)
    await loyal.do("till.startPayment()")
    with pytest.raises(Refused, match=r"gift_card.short"):
        await loyal.do(
            "till.addTender({ kind: 'gift_card', amount: 20001, reference: given, most: 20000 })", GIFT_CARD_ID
        )
    await loyal.do("till.addTender({ kind: 'gift_card', amount: 20000, reference: given, most: 20000 })", GIFT_CARD_ID)
    assert [each["kind"] for each in (await paid(loyal))["tenders"]] == ["gift_card", "card"]


async def test_a_gift_card_is_sold_as_an_advance(loyal: Till):
    await scan(loyal, shop.MILK_CODE, shop.GOLD_CARD)
    assert await scan(loyal, NEW_GIFT_CARD) == {"kind": "gift_card", "code": NEW_GIFT_CARD}

    await loyal.do("till.sellGiftCard(given, 1000000, 'Gift card')", NEW_GIFT_CARD)
    sale = await paid(loyal)

    milk, advance = sale["lines"]
    assert (advance["item"], advance["code"], advance["net"], advance["tax_amount"]) == (
        "gift_card",
        NEW_GIFT_CARD_ID,
        1_000_000,
        0,
    )
    assert (advance["discounts"], advance["points"], milk["net"], sale["points"]["earned"]) == ([], 0, 45_000, 4)


async def test_on_account_goes_up_to_the_limit_and_a_debt_is_paid(loyal: Till, shop_server: ShopServer):
    await scan(loyal, f"2*{shop.MILK_CODE}", DEBTOR_CARD)
    await loyal.do("till.startPayment()")

    with pytest.raises(Refused, match=r"debt.over_limit") as over:
        await loyal.do("till.addTender({ kind: 'on_account', amount: 100000 })")
    await loyal.do("till.addTender({ kind: 'on_account', amount: 50000 })")
    sale = await paid(loyal)
    await loyal.do("till.payDebt({ account: given, amount: 150000, tender: 'cash' })", DEBTOR)
    await loyal.sent()

    assert over.value.fields == {"left_amount": 50_000}
    assert [(each["kind"], each["applied"]) for each in sale["tenders"]] == [("on_account", 50_000), ("card", 50_000)]
    payment = shop_server.documents()[-1]
    assert (payment.kind, str(payment.account), payment.amount) == ("debt_payment", DEBTOR, 150_000)
    assert (await loyal.do("till.shiftTotals()"))["cash"] == 150_000


async def test_offline_on_account_goes_by_the_row_and_by_what_was_sold_since(loyal: Till, shop_server: ShopServer):
    await offline(loyal, shop_server)
    await scan(loyal, shop.MILK_CODE, DEBTOR_CARD)
    await loyal.do("till.startPayment()")
    await loyal.do("till.addTender({ kind: 'on_account', amount: 50000 })")
    await paid(loyal)
    await scan(loyal, shop.MILK_CODE, DEBTOR_CARD)
    await loyal.do("till.startPayment()")

    with pytest.raises(Refused, match=r"debt.over_limit"):
        await loyal.do("till.addTender({ kind: 'on_account', amount: 50000 })")


@pytest.mark.parametrize(
    ("limits", "codes", "flag"),
    [
        ({"own_card": "flag"}, [STAFF_CARD], "abuse.own_card"),
        ({"sum": {"most": 40_000, "mode": "flag"}}, [shop.GOLD_CARD], "abuse.sum_a_day"),
    ],
)
async def test_an_unusual_use_of_a_card_is_flagged_in_the_sale(
    loyal: Till, shop_server: ShopServer, limits: dict[str, Any], codes: list[str], flag: str
):
    await told(loyal, shop_server, limits)
    await scan(loyal, shop.MILK_CODE, *codes)

    sale = await paid(loyal)

    assert [each["code"] for each in sale["flags"]] == [flag]


async def test_a_card_that_was_used_a_moment_ago_needs_the_managers_pin(loyal: Till, shop_server: ShopServer):
    await told(loyal, shop_server, {"interval": {"minutes": 10, "mode": "pin"}})
    await scan(loyal, shop.MILK_CODE, shop.GOLD_CARD)
    first = await paid(loyal)
    await scan(loyal, shop.MILK_CODE, shop.GOLD_CARD)

    with pytest.raises(Refused, match=r"limit.needs_pin") as needed:
        await loyal.do("till.startPayment()")
    await loyal.do(f"till.approve('{shop.MARO}', '9876').then((id) => till.passLimit('interval', id))")
    second = await paid(loyal)
    await loyal.sent()

    assert (needed.value.fields, first["flags"], second["flags"]) == ({"limit": "interval"}, [], [])
    passed = next(document for document in shop_server.documents() if document.kind == "limit_passed")
    assert (passed.limit, str(passed.account), str(passed.approver)) == ("interval", shop.GOLD, shop.MARO)


async def test_a_card_shown_at_payment_is_priced_held_and_kept_to_the_limits(loyal: Till, shop_server: ShopServer):
    await told(loyal, shop_server, {"after_pay": "pin"})
    await scan(loyal, shop.MILK_CODE)
    await loyal.do("till.startPayment()")

    await scan(loyal, shop.GOLD_CARD)

    assert await loyal.do("till.paying.value") is None
    with pytest.raises(Refused, match=r"limit.needs_pin"):
        await loyal.do("till.startPayment()")
    await loyal.do("till.detachAccount()")
    sale = await paid(loyal)
    assert (sale["totals"]["net"], sale["inputs"]["terms"], sale["flags"]) == (50_000, None, [])


async def told(till: Till, server: ShopServer, limits: dict[str, Any]) -> None:
    """The shop sets its limits on cards; the till has taken them in once it asks what came after them."""
    limited = {"cursor": "1.101", "products": [], "accounts": [], "abuse_limits": {**OFF, **limits}}
    for change in (limited, {"cursor": "1.102", "products": [], "accounts": []}):
        server.changes = [change]
        for _ in range(200):
            if not server.changes:
                break
            await till.do("dispatchEvent(new Event('online'))")
            await till.do("new Promise((resume) => setTimeout(resume, 20))")
    await till.until("till.sync.value.online")
