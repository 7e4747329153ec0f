"""Goods under a law at the till: when they are sold, to whom, and what does not come back. With a network or without."""

from typing import Any

import pytest

from tests.till import shop
from tests.till.loyal import offline, paid, scan
from tests.till.modules import Modules
from tests.till.page import Refused, Till
from tests.till.regulated_shop import (
    BEER_CODE,
    CIGARETTES,
    CIGARETTES_CODE,
    LAMP_CODE,
    ROCKETS_CODE,
    at,
)
from tests.till.server import ShopServer

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("laws")]


async def goods(till: Till) -> list[str]:
    return await till.do("till.basket.value.lines.map((line) => line.printed)")


async def asked(till: Till) -> int:
    return await till.do("till.age.value")


@pytest.mark.parametrize(
    ("clock", "code", "sold"),
    [
        ("07:59", BEER_CODE, False),
        ("08:00", BEER_CODE, True),
        ("22:59", BEER_CODE, True),
        ("23:00", BEER_CODE, False),
        ("21:59", LAMP_CODE, False),
        ("22:00", LAMP_CODE, True),
        ("00:00", LAMP_CODE, True),
        ("07:59", LAMP_CODE, True),
        ("08:00", LAMP_CODE, False),
    ],
)
async def test_goods_are_sold_from_the_first_minute_of_their_hours_and_not_in_the_last(
    loyal: Till, shop_server: ShopServer, clock: str, code: str, sold: bool
):
    await at(loyal, shop_server, clock, 1)

    result = await scan(loyal, shop.MILK_CODE, code)

    assert (result["kind"] == "product") is sold
    assert await goods(loyal) == ["Milk 1 l"] + ["Beer" if code == BEER_CODE else "Night lamp"] * sold


async def test_what_is_not_sold_now_is_refused_like_any_scan_and_names_the_class_and_its_hours(
    loyal: Till, shop_server: ShopServer
):
    await at(loyal, shop_server, "23:30", 1)
    await offline(loyal, shop_server)

    result = await scan(loyal, BEER_CODE)

    assert result["error"] == {
        "code": "regulation.not_now",
        "fields": {"regulation": "Alcohol", "from": "08:00", "until": "23:00", "goods": "Beer"},
    }
    assert "regulation.not_now" in [message["code"] for message in await loyal.do("till.messages.value")]
    assert (await goods(loyal), await asked(loyal)) == ([], 0)


async def test_nothing_more_of_a_line_after_the_hours_and_less_at_any_hour(loyal: Till, shop_server: ShopServer):
    await at(loyal, shop_server, "22:59", 1)
    line = (await scan(loyal, f"2*{BEER_CODE}"))["line"]["key"]
    await at(loyal, shop_server, "23:00", 2)

    with pytest.raises(Refused, match=r"regulation.not_now"):
        await loyal.do("till.setQuantity(given, 3000)", line)
    await loyal.do("till.setQuantity(given, 1000)", line)

    assert await loyal.do("till.basket.value.lines[0].quantity") == 1_000


async def test_payment_that_began_in_the_last_minute_is_finished_and_one_after_it_names_the_lines(
    loyal: Till, shop_server: ShopServer
):
    await at(loyal, shop_server, "22:59", 1)
    await scan(loyal, BEER_CODE, shop.MILK_CODE)
    await loyal.do("till.confirmAge(18)")
    await loyal.do("till.startPayment()")
    await at(loyal, shop_server, "23:00", 2)

    first = await paid(loyal)
    assert first["inputs"]["payment"]["minute"] == 22 * 60 + 59

    await at(loyal, shop_server, "22:59", 3)
    await scan(loyal, BEER_CODE, shop.MILK_CODE)
    await loyal.do("till.confirmAge(18)")
    await loyal.do("till.startPayment()")
    await at(loyal, shop_server, "23:00", 4)
    await loyal.do("till.leavePayment()")
    with pytest.raises(Refused, match=r"regulation.not_now") as late:
        await loyal.do("till.startPayment()")

    assert late.value.fields["goods"] == "Beer"
    assert await loyal.do("till.basket.value.state") == "open"
    await loyal.do("till.removeLine(till.basket.value.lines[0].key)")
    assert [line["name"] for line in (await paid(loyal))["lines"]] == ["Milk 1 l"]


async def test_a_basket_parked_before_closing_time_is_held_to_it_when_it_is_paid(loyal: Till, shop_server: ShopServer):
    await at(loyal, shop_server, "22:59", 1)
    await scan(loyal, BEER_CODE)
    await loyal.do("till.confirmAge(18)")
    await loyal.do("till.park()")
    await at(loyal, shop_server, "23:00", 2)
    await loyal.do("till.recall(till.parked.value[0].id)")

    with pytest.raises(Refused, match=r"regulation.not_now"):
        await loyal.do("till.startPayment()")

    await at(loyal, shop_server, "08:00", 3)
    assert (await paid(loyal))["age_confirmed"] == {"age": 18, "staff": shop.ANNA}


async def test_a_gift_under_a_law_is_given_in_its_hours_and_to_who_is_old_enough(loyal: Till, shop_server: ShopServer):
    shop_server.products[shop.BREAD - 1]["regulation"] = "alcohol"
    shop_server.changes = [{"cursor": "1.101", "products": [shop_server.products[shop.BREAD - 1]], "accounts": []}]
    await at(loyal, shop_server, "22:59", 1)
    await loyal.until("till.search('Bread').products.length === 1")
    await loyal.do(f"till.addProduct({shop.EGGS}, 8000)")

    await loyal.do(f"till.takeGift('treat', {shop.BREAD})")
    assert await asked(loyal) == 18
    await loyal.do("till.refuseAge(18)")
    await at(loyal, shop_server, "23:00", 2)
    with pytest.raises(Refused, match=r"regulation.not_now"):
        await loyal.do(f"till.takeGift('treat', {shop.BREAD})")

    assert await goods(loyal) == ["Eggs 10"]
    assert (await paid(loyal)).get("age_confirmed") is None


async def test_the_age_is_asked_once_a_receipt_and_again_only_for_a_higher_one(loyal: Till, shop_server: ShopServer):
    await offline(loyal, shop_server)
    await scan(loyal, shop.MILK_CODE)
    assert await asked(loyal) == 0
    await scan(loyal, CIGARETTES_CODE)
    assert await asked(loyal) == 18
    with pytest.raises(Refused, match=r"regulation.age_not_asked"):
        await loyal.do("till.startPayment()")
    await loyal.do("till.confirmAge(18)")
    await scan(loyal, f"3*{CIGARETTES_CODE}")
    assert await asked(loyal) == 0
    await scan(loyal, ROCKETS_CODE)
    assert await asked(loyal) == 21
    await loyal.do("till.confirmAge(21)")

    sale = await paid(loyal)
    await scan(loyal, CIGARETTES_CODE)

    assert sale["age_confirmed"] == {"age": 21, "staff": shop.ANNA}
    assert await asked(loyal) == 18  # the next buyer is another one


async def test_no_takes_out_what_needs_that_age_and_leaves_the_trace_of_a_removed_line(
    loyal: Till, shop_server: ShopServer
):
    await scan(loyal, shop.MILK_CODE, CIGARETTES_CODE, f"2*{ROCKETS_CODE}")
    assert await asked(loyal) == 21

    await loyal.do("till.refuseAge(21)")
    assert (await goods(loyal), await asked(loyal)) == (["Milk 1 l", "Cigarettes"], 18)
    await loyal.do("till.refuseAge(18)")
    assert (await goods(loyal), await asked(loyal)) == (["Milk 1 l"], 0)
    await loyal.do("till.undo()")
    assert (await goods(loyal), await asked(loyal)) == (["Milk 1 l", "Cigarettes"], 18)
    await loyal.do("till.refuseAge(18)")
    sale = await paid(loyal)
    await loyal.sent()

    traces = [each for each in shop_server.documents() if each.kind == "line_removed"]
    assert [(each.name, each.before, each.after, each.age_refused) for each in traces] == [
        ("Rockets", 2_000, 0, 21),
        ("Cigarettes", 1_000, 0, 18),
        ("Cigarettes", 1_000, 0, 18),
    ]
    assert "age_confirmed" not in sale


async def test_a_yes_to_a_lower_age_is_none_to_the_higher_that_came_meanwhile(loyal: Till):
    await scan(loyal, CIGARETTES_CODE)
    await scan(loyal, ROCKETS_CODE)  # behind the open question

    await loyal.do("till.confirmAge(18)")

    assert await asked(loyal) == 21


async def test_the_question_and_its_answer_are_there_after_a_restart_of_the_page(
    lasting: Till, shop_server: ShopServer
):
    await scan(lasting, CIGARETTES_CODE)
    await lasting.go()
    assert await asked(lasting) == 18

    await lasting.do("till.confirmAge(18)")
    await lasting.go()
    assert await asked(lasting) == 0
    await lasting.do("till.park()")
    await lasting.go()
    await lasting.do("till.signOut()")
    await lasting.do("till.signIn(given, '9876')", shop.MARO)
    await lasting.do("till.recall(till.parked.value[0].id)")
    sale = await paid(lasting)
    await lasting.sent()

    assert sale["age_confirmed"] == {"age": 18, "staff": shop.ANNA}  # who saw the proof, not who took the money
    assert shop_server.documents()[-1].age_confirmed.age == 18


async def sold(till: Till) -> dict[str, Any]:
    """Cigarettes and milk, paid by card, known to the server."""
    await scan(till, f"2*{CIGARETTES_CODE}", shop.MILK_CODE)
    await till.do("till.confirmAge(18)")
    sale = await paid(till)
    await till.sent()
    return sale


REFUND = """const back = await till.startRefund(given.receipt);
            if (given.approver !== undefined) await till.allowReturn(given.approver);
            const wish = { document: back.document, lines: given.lines, tender: 'cash', reason: 'Damaged' };
            return (await till.refund(wish)).document;"""


async def test_what_the_law_does_not_take_back_stays_and_the_rest_of_the_receipt_comes_back(
    loyal: Till, shop_server: ShopServer
):
    sale = await sold(loyal)
    shown = await loyal.do("till.startRefund(given)", sale["receipt"])
    assert [(line["name"], line["kept"]) for line in shown["lines"]] == [("Cigarettes", "Tobacco"), ("Milk 1 l", "")]

    with pytest.raises(Refused, match=r"refund.not_returnable") as kept:
        await loyal.do(REFUND, {"receipt": sale["receipt"], "lines": [{"line": 1, "quantity": 1_000}]})
    assert kept.value.fields == {"regulation": "Tobacco", "name": "Cigarettes"}
    refund = await loyal.do(REFUND, {"receipt": sale["receipt"], "lines": [{"line": 2, "quantity": 1_000}]})

    assert ([line["name"] for line in refund["lines"]], refund["approver"]) == (["Milk 1 l"], None)


async def test_a_manager_takes_faulty_goods_back_by_pin_for_this_receipt_alone(loyal: Till, shop_server: ShopServer):
    sale = await sold(loyal)
    await offline(loyal, shop_server)
    wish = {"receipt": sale["receipt"], "lines": [{"line": 1, "quantity": 1_000}], "approver": shop.MARO}
    with pytest.raises(Refused, match=r"approval.needed"):
        await loyal.do(REFUND, wish)

    await loyal.do("till.approve(given, '9876')", shop.MARO)
    refund = await loyal.do(REFUND, wish)
    with pytest.raises(Refused, match=r"refund.not_returnable"):
        await loyal.do(REFUND, {name: value for name, value in wish.items() if name != "approver"})

    assert (refund["approver"], refund["reason"], refund["totals"]["total"]) == (shop.MARO, "Damaged", -90_000)


async def test_a_manager_at_the_till_agrees_alone_but_has_to_say_so(loyal: Till):
    sale = await sold(loyal)
    await loyal.do("till.signOut()")
    await loyal.do("till.signIn(given, '9876')", shop.MARO)
    wish = {"receipt": sale["receipt"], "lines": [{"line": 1, "quantity": 2_000}]}

    with pytest.raises(Refused, match=r"refund.not_returnable"):
        await loyal.do(REFUND, wish)
    refund = await loyal.do(REFUND, wish | {"approver": None})

    assert (refund["staff"], refund["approver"]) == (shop.MARO, None)


async def test_goods_come_back_once_their_class_allows_it(loyal: Till, shop_server: ShopServer):
    sale = await sold(loyal)
    today = [each | {"not_returnable": False} for each in shop_server.snapshot["regulations"]]
    shop_server.changes = [{"cursor": "1.101", "products": [], "accounts": [], "regulations": today}]
    await loyal.do("dispatchEvent(new Event('online'))")
    await loyal.until(f"(await till.startRefund('{sale['receipt']}')).lines[0].kept === ''")

    refund = await loyal.do(REFUND, {"receipt": sale["receipt"], "lines": [{"line": 1, "quantity": 2_000}]})

    assert refund["lines"][0]["product"] == CIGARETTES


@pytest.mark.parametrize(
    ("today", "age", "born"),
    [
        ("2026-11-30", 18, [2008, 11, 30]),
        ("2028-02-29", 18, [2010, 2, 28]),
        ("2028-02-29", 20, [2008, 2, 29]),
        ("2026-02-28", 18, [2008, 2, 28]),
        ("2026-01-01", 120, [1906, 1, 1]),
    ],
)
def test_who_was_born_on_this_day_or_before_is_old_enough(today: str, age: int, born: list[int]):
    assert Modules("age.js").call("age.js", "latestBirth", today, age) == born
