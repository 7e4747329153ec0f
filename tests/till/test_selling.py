"""A day at the till, in the browser: what it sells, what it writes, what the server then has."""

import json
from typing import Any

import pytest

from tests.e2e.browser import TillPage
from tests.till.page import Refused, Till
from tests.till.server import ShopServer
from tests.till.shop import (
    ANNA,
    BREAD_CODE,
    EGGS,
    GOLD,
    GOLD_CARD,
    MARO,
    MILK_CODE,
    PACK_CODE,
    SHARED_CODE,
    STOPPED_CARD,
    account,
)

STRANGER, STRANGERS_CARD = "0191c5de-0000-7000-8000-0000000000c9", "2900000000033"
APPLES_LABEL = "2200003005752"

pytestmark = pytest.mark.browser


async def test_a_gold_card_reprices_every_line_and_the_sale_says_why(selling: Till, shop_server: ShopServer) -> None:
    await selling.do(f"till.scan('{MILK_CODE}')")
    await selling.do(f"till.scan('6*{BREAD_CODE}')")
    before = await selling.do("till.quote.value.totals")

    card = await selling.do(f"till.scan('{GOLD_CARD}')")
    sale = await selling.sell(APPLES_LABEL)

    assert (before["net"], card["kind"], card["state"]) == (260_000, "card", "active")
    assert [(line["gross"], line["net"]) for line in sale["lines"]] == [
        (50_000, 45_000),
        (210_000, 189_000),
        (36_800, 33_120),
    ]
    assert {discount["rule"] for line in sale["lines"] for discount in line["discounts"]} == {"gold10"}
    assert sale["inputs"]["terms"]["account"] == GOLD
    assert sale["totals"] == {
        "gross": 296_800, "discount": 29_680, "net": 267_120, "tax": 44_520, "cash_rounding": -120, "total": 267_000,
    }  # fmt: skip
    await selling.sent()
    assert shop_server.kinds() == ["turn", "shift_opening", "card_attached", "sale"]


async def test_everything_a_till_can_do_is_a_valid_document_in_one_chain(
    selling: Till, shop_server: ShopServer
) -> None:
    await selling.do(
        """
        const { milk, bread, anna, maro, gold } = given;
        for (let at = 0; at < 5; at += 1) { try { await till.approve(maro, '0000'); } catch {} }
        await till.scan(milk); await till.scan(milk); await till.scan(bread);
        const [first, second] = till.basket.value.lines;
        await till.setQuantity(first.key, 1000);
        await till.removeLine(second.key);
        await till.attachAccount(gold); await till.detachAccount();
        await till.claim('pensioner');
        await till.park(); await till.recall(till.parked.value[0].id);
        await till.signOut(); await till.signIn(anna, '1234');
        await till.startPayment(); await till.addTender({ kind: 'card', amount: till.paying.value.left, reference: 'T1' });
        const sale = await till.finish();
        const back = await till.startRefund(sale.receipt);
        await till.refund({ document: back.document, lines: [{ line: 1, quantity: 1000 }], tender: 'card', reason: 'broken' });
        await till.scan(bread); await till.voidBasket('changed their mind');
        await till.cashIn({ amount: 500000, reason: 'coins' }); await till.cashOut({ amount: 100000, reason: 'bank' });
        await till.openDrawer('change'); await till.reprint(sale.document.id); await till.xReport();
        await till.closeShift({ counted: 4400000, counts: [{ value: 2000000, count: 2 }], reason: '' });
        """,
        {"milk": MILK_CODE, "bread": BREAD_CODE, "anna": ANNA, "maro": MARO, "gold": GOLD},
    )
    await selling.sent()

    assert shop_server.kinds() == [
        "turn", "shift_opening", "sign_in_locked", "line_reduced", "line_removed", "card_attached", "card_detached",
        "category_claimed", "basket_parked", "basket_recalled", "turn", "sale", "refund", "basket_voided", "cash_in",
        "cash_out", "drawer_opened", "reprint", "x_report", "shift_closing",
    ]  # fmt: skip
    assert shop_server.broken_links() == []
    closing = shop_server.documents()[-1]
    assert (closing.totals.expected, closing.difference, closing.unsent) == (4_400_000, 0, 0)


async def test_a_managers_price_needs_the_managers_pin_and_serves_once(selling: Till, shop_server: ShopServer) -> None:
    line = (await selling.do(f"till.scan('{MILK_CODE}')"))["line"]["key"]
    manual = {"kind": "price", "value": 40_000, "reason": "dented", "approver": MARO}

    with pytest.raises(Refused, match=r"approval.needed"):
        await selling.do("till.setManual(given.line, given.manual)", {"line": line, "manual": manual})
    await selling.do(f"till.approve('{MARO}', '9876')")
    await selling.do("till.setManual(given.line, given.manual)", {"line": line, "manual": manual})
    with pytest.raises(Refused, match=r"approval.needed"):
        await selling.do("till.setManual(given.line, given.manual)", {"line": line, "manual": manual})
    sale = await selling.sell()
    await selling.sent()

    override = next(document for document in shop_server.documents() if document.kind == "override")
    assert (override.before, override.after, str(override.manual.approver)) == (50_000, 40_000, MARO)
    assert sale["lines"][0]["net"] == 40_000


async def test_what_is_scanned_is_found_or_said_to_be_unknown(selling: Till) -> None:
    async def scanned(code: str) -> dict[str, Any]:
        return await selling.do("till.scan(given)", code)

    assert (await scanned(PACK_CODE))["line"]["quantity"] == 6_000
    assert (await scanned(APPLES_LABEL))["line"]["quantity"] == 575
    assert [each["quantity"] for each in (await scanned(SHARED_CODE))["candidates"]] == [1_000, 2_000]
    assert await scanned("4999999999990") == {"kind": "unknown", "code": "4999999999990", "what": "product"}
    assert "scan.unknown_product" in [message["code"] for message in await selling.do("till.messages.value")]
    assert (await scanned(STOPPED_CARD))["state"] == "blocked"
    assert (await selling.do("till.basket.value"))["account"] is None
    assert (await scanned("A1-1-77")) == {"kind": "receipt", "receipt": "A1-1-77"}


async def test_a_scanner_works_wherever_the_cursor_stands(selling: Till) -> None:
    assert selling.page
    field = selling.page.locator("#field")
    await field.fill("6 eg")
    await field.focus()

    await TillPage(selling.page, selling.server.address).scan(MILK_CODE)
    await selling.until("till.basket.value.lines.length === 1")

    assert await field.input_value() == "6 eg"


async def test_an_account_the_till_does_not_hold_is_asked_of_the_server(selling: Till, shop_server: ShopServer) -> None:
    shop_server.hidden = [account(9, STRANGER, "Vera K.", STRANGERS_CARD, "active")]
    await selling.sent()

    known = await selling.do(f"till.scan('{STRANGERS_CARD}')")
    nobody = await selling.do("till.scan('2900000000040')")

    assert (known["kind"], known["account"]["id"]) == ("card", STRANGER)
    assert (await selling.do("till.basket.value"))["account"]["id"] == STRANGER
    assert nobody == {"kind": "unknown", "code": "2900000000040", "what": "card"}


async def test_a_refund_gives_back_what_was_charged_to_the_coin(selling: Till, shop_server: ShopServer) -> None:
    await selling.do(f"till.scan('{GOLD_CARD}')")
    sale = await selling.sell(f"3*{MILK_CODE}", APPLES_LABEL, f"7*{BREAD_CODE}")
    await selling.sent()
    for line, quantity in ((1, 1_000), (3, 2_000), (2, 575), (3, 5_000), (1, 2_000)):
        await selling.do(
            """const back = await till.startRefund(given.receipt);
               await till.refund({ document: back.document, lines: [{ line: given.line, quantity: given.quantity }],
                                   tender: 'cash', reason: 'unwanted' });""",
            {"receipt": sale["receipt"], "line": line, "quantity": quantity},
        )
        await selling.sent()

    with pytest.raises(Refused, match=r"refund.too_much"):
        await selling.do(
            """const back = await till.startRefund(given);
               const lines = [{ line: 1, quantity: 1000 }];
               await till.refund({ document: back.document, lines, tender: 'cash', reason: '' });""",
            sale["receipt"],
        )
    refunds = [document for document in shop_server.documents() if document.kind == "refund"]
    for field in ("gross", "discount", "net", "tax", "total"):
        assert sum(getattr(refund.totals, field) for refund in refunds) == -sale["totals"][field], field
    assert (await selling.do("till.shiftTotals()"))["cash"] == 0


async def test_removed_and_undone_lines_leave_their_trace(selling: Till, shop_server: ShopServer) -> None:
    await selling.do(f"till.scan('{MILK_CODE}')")
    await selling.do(f"till.addProduct({EGGS}, 2000)")
    await selling.do("till.undo()")
    await selling.do("till.removeLine(till.basket.value.lines[0].key)")
    await selling.do("till.undo()")
    await selling.sent()

    traces = [document for document in shop_server.documents() if document.kind == "line_removed"]
    assert [(trace.product, trace.before, trace.after) for trace in traces] == [(EGGS, 2_000, 0), (1, 1_000, 0)]
    assert [line["product"] for line in (await selling.do("till.basket.value"))["lines"]] == [1]


async def test_a_sale_that_is_not_paid_is_not_a_sale(selling: Till, shop_server: ShopServer) -> None:
    await selling.do(f"till.scan('{MILK_CODE}')")
    await selling.do("till.startPayment()")
    await selling.do("till.addTender({ kind: 'cash', amount: 10000 })")

    with pytest.raises(Refused, match=r"sale.underpaid"):
        await selling.do("till.finish()")
    with pytest.raises(Refused, match=r"basket.paying"):
        await selling.do("till.removeLine(till.basket.value.lines[0].key)")
    await selling.sent()
    assert "sale" not in shop_server.kinds()


async def test_more_than_money_can_count_is_refused_and_the_basket_stays(selling: Till) -> None:
    milk = (await selling.do(f"till.scan('{MILK_CODE}')"))["line"]["key"]
    bread = (await selling.do(f"till.scan('{BREAD_CODE}')"))["line"]["key"]
    most = (2**53 - 1) // 50_000
    await selling.do("till.setQuantity(given.line, given.quantity)", {"line": milk, "quantity": most * 1_000})

    for quantity in (2_000, 2**53 - 2**53 % 1_000):
        with pytest.raises(Refused, match=r"amount.too_large"):
            await selling.do("till.setQuantity(given.line, given.quantity)", {"line": bread, "quantity": quantity})

    assert (await selling.do("till.quote.value.totals"))["net"] == most * 50_000 + 35_000


async def test_two_fingers_on_the_button_make_one_sale(selling: Till, shop_server: ShopServer) -> None:
    outcome = await selling.do(
        f"""await till.scan('{MILK_CODE}'); await till.startPayment();
            await till.addTender({{ kind: 'cash', amount: 100000 }});
            const both = await Promise.allSettled([till.finish(), till.finish()]);
            return both.map((each) => each.status);"""
    )
    await selling.sent()

    assert sorted(outcome) == ["fulfilled", "rejected"]
    assert shop_server.kinds().count("sale") == 1


async def test_numbers_in_a_document_are_whole_and_its_bytes_are_its_own(
    selling: Till, shop_server: ShopServer
) -> None:
    sale = await selling.sell(MILK_CODE)
    await selling.sent()
    stored = shop_server.stored[sale["id"]]

    assert json.loads(stored, parse_float=lambda text: pytest.fail(f"a float: {text}")) == sale
    assert stored == json.dumps(sale, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
