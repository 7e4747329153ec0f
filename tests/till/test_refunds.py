"""Goods come back that were paid with points, gift cards and debts: each gets back what it gave, whatever the order."""

import random
from typing import Any

import pytest

from tests.till import shop
from tests.till.loyal import offline, paid, scan
from tests.till.loyalty_shop import COUPON, DEBTOR_CARD, GIFT_CARD_ID
from tests.till.page import Refused, Till
from tests.till.server import ShopServer
from tests.waiting import eventually

pytestmark = pytest.mark.browser
BACK = """const back = await till.startRefund(given.receipt);
          const foreseen = till.refundPreview(given.lines, given.tender);
          const { lines, tender } = given;
          const { document } = await till.refund({ document: back.document, lines, tender, reason: 'unwanted' });
          return { foreseen, document };"""


async def give_back(till: Till, receipt: str, tender: str, *lines: tuple[int, int]) -> dict[str, Any]:
    """The refund's document; the preview must have said the same."""
    wish = [{"line": line, "quantity": quantity} for line, quantity in lines]
    answer = await till.do(BACK, {"receipt": receipt, "lines": wish, "tender": tender})
    refund, foreseen = answer["document"], answer["foreseen"]
    assert foreseen["total"] == -refund["totals"]["total"]
    assert [part["amount"] for part in foreseen["parts"]] == [
        -each["applied"] for each in refund["tenders"]
    ] or tender == "card"
    return refund


def applied(documents: list[dict[str, Any]]) -> dict[tuple[str, str | None], int]:
    sums: dict[tuple[str, str | None], int] = {}
    for document in documents:
        for tender in document["tenders"]:
            purse = (tender["kind"], tender["reference"])
            sums[purse] = sums.get(purse, 0) + tender["applied"]
    return sums


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_any_sequence_of_returns_adds_up_to_what_was_paid_and_spent(
    loyal: Till, shop_server: ShopServer, seed: int
):
    draw = random.Random(seed)
    await scan(loyal, f"3*{shop.MILK_CODE}", f"5*{shop.BREAD_CODE}", shop.GOLD_CARD)
    await loyal.do(f"till.addProduct({shop.EGGS}, 2000)")
    await loyal.do("till.spendPoints(333)")
    await loyal.do("till.startPayment()")
    await loyal.do("till.addTender({ kind: 'gift_card', amount: 30000, reference: given })", GIFT_CARD_ID)
    await loyal.do("till.addTender({ kind: 'cash', amount: 5000000 })")
    sale = await loyal.do("till.finish().then((sale) => sale.document)")
    await loyal.sent()
    pieces = [line["line"] for line in sale["lines"] for _ in range(line["quantity"] // 1000)]
    draw.shuffle(pieces)

    refunds = []
    while pieces:
        taken, pieces = pieces[: (count := draw.randint(1, 4))], pieces[count:]
        lines = [(line, taken.count(line) * 1000) for line in sorted(set(taken))]
        refunds.append(await give_back(loyal, sale["receipt"], "cash", *lines))
        if draw.random() < 0.5:
            await loyal.sent()

    for field in ("gross", "discount", "net", "tax", "total"):
        assert sum(refund["totals"][field] for refund in refunds) == -sale["totals"][field], field
    for kind in ("earned", "spent"):
        assert sum(refund["points"][kind] for refund in refunds) == -sale["points"][kind], kind
    assert applied(refunds) == {purse: -amount for purse, amount in applied([sale]).items()}
    used = [use for refund in refunds for use in refund["uses"]]
    (before,) = sale["uses"]
    assert {what: sum(use[what] for use in used) for what in ("times", "sum", "pieces")} == {
        what: -before[what] for what in ("times", "sum", "pieces")
    }
    assert all(flag == [] for flag in (refund["flags"] for refund in refunds if "flags" in refund))


async def test_what_was_bought_on_account_is_owed_no_more_and_the_rest_is_cash(loyal: Till, shop_server: ShopServer):
    await scan(loyal, f"2*{shop.MILK_CODE}", DEBTOR_CARD)
    await loyal.do("till.startPayment()")
    await loyal.do("till.addTender({ kind: 'on_account', amount: 50000 })")
    sale = await paid(loyal)
    await loyal.sent()

    half = await give_back(loyal, sale["receipt"], "cash", (1, 1_000))
    await loyal.sent()
    rest = await give_back(loyal, sale["receipt"], "cash", (1, 1_000))

    for refund in (half, rest):
        assert [(each["kind"], each["applied"]) for each in refund["tenders"]] == [
            ("on_account", -25_000),
            ("cash", -25_000),
        ]
        assert refund["inputs"]["reservation"] != sale["inputs"]["reservation"]
        assert refund["inputs"]["reservation"] in shop_server.promises.held


async def test_what_another_till_is_returning_cannot_be_returned_here(loyal: Till, shop_server: ShopServer):
    await scan(loyal, f"2*{shop.MILK_CODE}")
    sale = await paid(loyal)
    await loyal.sent()
    shop_server.promises.back[(sale["id"], 1)] = 1_000

    with pytest.raises(Refused, match=r"refund.held"):
        await give_back(loyal, sale["receipt"], "cash", (1, 2_000))
    await eventually(lambda: len(shop_server.promises.released) == 1)  # the till does not wait for that answer
    await loyal.sent()
    assert "refund" not in shop_server.kinds()


async def test_without_the_server_goods_come_back_too_and_the_coupon_stays_with_the_server(
    loyal: Till, shop_server: ShopServer
):
    await scan(loyal, shop.MILK_CODE, COUPON)
    sale = await paid(loyal)
    await loyal.sent()
    await offline(loyal, shop_server)

    refund = await give_back(loyal, sale["receipt"], "card", (1, 1_000))

    assert (refund["totals"]["total"], refund["inputs"]["reservation"]) == (-40_000, None)
    assert refund["inputs"]["coupons"] == sale["inputs"]["coupons"]


async def test_a_sale_the_server_has_not_got_yet_is_not_held_there(loyal: Till, shop_server: ShopServer):
    shop_server.poisoned = {"sale"}
    await scan(loyal, shop.MILK_CODE)
    sale = await paid(loyal)
    asked = len(shop_server.promises.asked)

    await give_back(loyal, sale["receipt"], "cash", (1, 1_000))

    assert len(shop_server.promises.asked) == asked
    shop_server.poisoned = set()
