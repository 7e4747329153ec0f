"""What a shop sees when its HDM works, over real sockets, with real 3DES."""

import json

import pytest

from devices.device import DeviceError, Outcome, Progress
from devices.fiscal.hdm.codes import Operation
from devices.fiscal.hdm.machine import CRN, SERIAL
from tests.devices.fiscal.builders import CASHIER, a_line
from tests.devices.fiscal.hdm.kit import IMPATIENT, a_sale, a_shop, bread

MARKED = "0104600494694875215!kT0dgqZ7dF"


async def test_a_sale_is_done_with_the_registers_proof_and_gated_texts():
    async with a_shop() as shop:
        shop.machine.first = 42

        ended = await shop.do("receipt", a_sale(bread(), tenders=[{"kind": "cash", "sum": 50_000}]))

        assert (ended.outcome, ended.causes) == (Outcome.DONE, ())
        assert ended.result == {
            "number": 42,
            "shift": 1,
            "at": "2026-11-22T12:00:00",
            "device": CRN,
            "sign": "68287042",
            "qr": f"TIN:00000019, CRN:{CRN}, FISCAL:68287042",
            "total": 25_000,
        }
        assert [(kept.total, kept.cash) for kept in shop.machine.receipts] == [(25_000, 25_000)]
        assert shop.told == [(Progress.SENDING, ()), (Progress.SENT, ())]
        assert SERIAL not in str(ended.result)


async def test_money_and_weight_travel_as_exact_decimals_and_a_discount_is_shown_if_it_can_be_exactly():
    async with a_shop(departments={"vat20": 2}) as shop:
        cheese = bread(100_010, 357, code="7", classifier="0406", unit="կգ")
        off = bread(20_000, 2_000, code="8", discount=10_000)
        odd = bread(10_000, 3_000, code="9", discount=1)

        await shop.do("receipt", a_sale(cheese, off, odd))

        sent = shop.documents[-1]
        assert (
            '"dep":2,"qty":0.357,"price":1000.10,"productCode":"7","productName":"Հաց","unit":"կգ","adgCode":"0406"'
            in sent
        )
        assert '"qty":2.000,"price":250.00' in sent
        assert '"discount":100.00,"discountType":4' in sent
        assert '"qty":3.000,"price":100.00,"productCode":"9"' in sent
        assert '"paidAmount":1057.04,"paidAmountCard":0.00,"partialAmount":0.00,"prePaymentAmount":0.00' in sent
        assert [kept.total for kept in shop.machine.receipts] == [35_704 + 40_000 + 30_000]


async def test_card_deposit_and_its_set_off():
    async with a_shop() as shop:
        deposit = a_line("Կանխավճար", 50_000, subject="advance", method="advance")
        first = await shop.do("receipt", a_sale(deposit, tenders=[{"kind": "card", "sum": 50_000}]))
        tenders = [{"kind": "prepaid", "sum": 50_000}, {"kind": "card", "sum": 20_000}, {"kind": "cash", "sum": 30_000}]
        second = await shop.do("receipt", a_sale(bread(100_000), tenders=tenders))

        assert (first.outcome, second.outcome) == (Outcome.DONE, Outcome.DONE)
        assert [(k.kind, k.total, k.cash, k.card, k.prepaid) for k in shop.machine.receipts] == [
            (3, 50_000, 0, 50_000, 0),
            (0, 100_000, 30_000, 20_000, 50_000),
        ]
        assert '"mode":3' in shop.documents[0]
        assert all('"useExtPOS":true' in body for body in shop.documents)


async def test_marking_codes_and_the_buyers_tax_number_reach_the_register():
    async with a_shop() as shop:
        line = bread(marking=MARKED + "\x1d91EE")

        ended = await shop.do("receipt", a_sale(line, customer={"tax_id": "00000019"}))

        assert ended.outcome is Outcome.DONE
        assert shop.machine.receipts[0].marks == [MARKED + "\x1d91EE"]
        assert json.loads(shop.documents[-1])["partnerTin"] == "00000019"


async def test_a_receipt_is_returned_as_a_whole_then_another_in_parts():
    async with a_shop() as shop:
        goods = (bread(25_000, 2_000), bread(60_000, 500, code="cheese"))
        one = (await shop.do("receipt", a_sale(*goods))).result["number"]
        two = (await shop.do("receipt", a_sale(*goods))).result["number"]

        origin = {"document": one, "device": CRN}
        whole = await shop.do("receipt", a_sale(*goods, operation="return", origin=origin))
        assert "returnItemList" not in shop.documents[-1]
        assert f'"crn":"{CRN}","returnTicketId":{one}}}' in shop.documents[-1]
        part = await shop.do("receipt", a_sale(bread(25_000), operation="return", origin={"document": two}))
        sent = shop.documents[-1]
        again = await shop.do("receipt", a_sale(*goods, operation="return", origin=origin))

        assert (whole.outcome, part.outcome) == (Outcome.DONE, Outcome.DONE)
        assert '"cashAmountForReturn":250.00' in sent
        assert '"returnItemList":[{"rpid":0,"quantity":1.000}]' in sent
        assert [(k.of, k.total) for k in shop.machine.receipts[2:]] == [(one, 80_000), (two, 25_000)]
        assert (again.outcome, again.result["error"]) == (Outcome.FAILED, 158)


async def test_what_was_paid_by_card_and_goes_back_in_cash_is_said_with_its_sums():
    async with a_shop() as shop:
        sold = await shop.do("receipt", a_sale(bread(), tenders=[{"kind": "card", "sum": 25_000}]))

        back = await shop.do("receipt", a_sale(bread(), operation="return", origin={"document": sold.result["number"]}))

        assert back.outcome is Outcome.DONE
        assert '"cashAmountForReturn":250.00,"cardAmountForReturn":0.00' in shop.documents[-1]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"origin": None}, "origin"),
        ({"lines": [bread(24_000)], "total": 24_000, "tenders": [{"kind": "cash", "sum": 24_000}]}, "lines[0]"),
        ({"lines": [bread(quantity=2_000)], "total": 50_000, "tenders": [{"kind": "cash", "sum": 50_000}]}, "lines[0]"),
    ],
)
async def test_a_return_of_what_was_not_sold_so_is_not_sent(more, field):
    async with a_shop() as shop:
        number = (await shop.do("receipt", a_sale(bread()))).result["number"]

        content = a_sale(bread(), operation="return", origin={"document": number}) | more
        ended = await shop.do("receipt", content)

        assert (ended.causes, ended.result["field"]) == (("fiscal.malformed",), field)
        assert len(shop.machine.receipts) == 1


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (a_sale(bread(), operation="buy"), "operation"),
        (a_sale(bread(), rounding=-1, tenders=[{"kind": "card", "sum": 24_999}]), "rounding"),
        (a_sale(bread(), tenders=[{"kind": "credit", "sum": 25_000}]), "tenders"),
        (a_sale(bread(method="credit")), "lines[0].method"),
        (
            a_sale(bread(tax_included=False), total=30_000, tenders=[{"kind": "cash", "sum": 30_000}]),
            "lines[0].tax_included",
        ),
        (a_sale(bread(), bread(subject="advance", method="advance")), "lines"),
        (a_sale(bread(tax="vat10")), "lines[0].tax"),
        (a_sale(bread(marking="short")), "lines[0].marking"),
        (a_sale(bread(), customer={"tax_id": "770123456789"}), "customer.tax_id"),
    ],
)
async def test_what_the_register_cannot_be_told_is_refused_before_a_byte(content, field):
    async with a_shop(department=None, departments={"vat20": 1}) as shop:
        await shop.until_state()
        before = len(shop.simulator.heard)

        ended = await shop.do("receipt", content)

        assert (ended.outcome, ended.causes, ended.result["field"]) == (Outcome.FAILED, ("fiscal.malformed",), field)
        assert len(shop.simulator.heard) == before


@pytest.mark.parametrize(("rounding", "handed"), [(-64, 8_000), (-64, 10_000), (36, 8_100)])
async def test_cash_rounding_stays_between_till_and_drawer_and_the_total_registered_is_told(rounding, handed):
    async with a_shop() as shop:
        apples, due = bread(64_000, 126), 8_064 + rounding
        sold = await shop.do("receipt", a_sale(apples, rounding=rounding, tenders=[{"kind": "cash", "sum": handed}]))
        origin = {"document": sold.result["number"]}
        paid_back = [{"kind": "cash", "sum": due}]
        back = a_sale(apples, operation="return", origin=origin, rounding=rounding, tenders=paid_back)

        returned = await shop.do("receipt", back)

        assert (sold.result["total"], returned.result["total"]) == (8_064, 8_064)
        assert [(kept.total, kept.cash) for kept in shop.machine.receipts] == [(8_064, 8_064)] * 2
        assert f'"paidAmount":{handed - rounding},' in shop.documents[0].replace(".", "")


async def test_a_day_from_its_first_receipt_to_z_with_the_sums_that_the_driver_kept():
    async with a_shop() as shop:
        closed = await shop.driver.ask("state", {})
        opened = await shop.do("open_shift")
        number = (await shop.do("receipt", a_sale(bread()))).result["number"]
        await shop.do("receipt", a_sale(bread(), operation="return", origin={"document": number}))
        await shop.do("receipt", a_sale(bread(90_000), tenders=[{"kind": "card", "sum": 90_000}]))
        await shop.do("cash_in", {"amount": 10_000, "cashier": CASHIER})
        await shop.do("cash_out", {"amount": 3_000, "cashier": CASHIER})
        x = await shop.do("x_report")
        state = await shop.driver.ask("state", {})
        z = await shop.do("z_report")
        after = await shop.driver.ask("state", {})

        sums = {
            "sales": {"count": 2, "sum": 115_000},
            "returns": {"count": 1, "sum": 25_000},
            "cash_in": 10_000,
            "cash_out": 3_000,
            "cash": 7_000,
        }
        assert (closed["shift"], opened.causes) == ("closed", ("fiscal.kept_here",))
        assert x.result["counters"] == z.result["counters"] == state["counters"] == sums
        assert (state["shift"], state["shift_number"], state["counted_by"]) == ("open", 1, "driver")
        assert (after["shift"], after["shift_number"], after["counters"]["sales"]["count"]) == ("closed", 2, 0)
        assert (shop.machine.reports, shop.machine.cash) == ([1, 2], 7_000)


async def test_departments_and_operators_are_listed():
    async with a_shop() as shop:
        found = await shop.driver.ask("departments", {})

        assert found["operators"] == [{"id": 3, "name": "Գայանե", "departments": [1, 2, 3]}]
        assert found["departments"][2] == {"id": 3, "name": "Մրգեր", "tax": 3}


@pytest.mark.parametrize("options", [{"password": "WRONG"}, {"operator": 4}, {"pin": "0"}])
async def test_a_register_that_lets_nobody_in_registers_nothing(options):
    async with a_shop(IMPATIENT, **options) as shop:
        ended = await shop.do("receipt", a_sale(bread()))

        assert (ended.outcome, ended.causes) == (Outcome.FAILED, ("fiscal.login_refused",))
        assert shop.machine.receipts == []
        assert "WRONG" not in str(ended)
        if "password" in options:
            await shop.until_state("fiscal.login_refused")


async def test_a_refusal_says_what_and_the_same_document_may_be_tried_again():
    async with a_shop() as shop:
        content = a_sale(bread(department=9))

        refused = await shop.do("receipt", content)
        content["lines"][0]["department"] = 1
        done = await shop.do("receipt", content)

        assert (refused.causes, refused.result["error"]) == (("fiscal.refused",), 151)
        assert done.outcome is Outcome.DONE
        assert len(shop.machine.receipts) == 1


async def test_a_register_that_wants_to_be_synchronised_is_and_the_next_try_finds_it_so():
    async with a_shop() as shop:
        shop.simulator.refuse_with[Operation.PRINT] = 155

        ended = await shop.do("receipt", a_sale(bread()))

        assert (ended.outcome, ended.causes) == (Outcome.FAILED, ("fiscal.sync_needed",))
        assert shop.machine.synchronised == 1
        assert (await shop.do("synchronise")).outcome is Outcome.DONE


async def test_kinds_and_questions_that_it_does_not_know_are_said_so():
    async with a_shop() as shop:
        assert (await shop.do("correction")).causes == ("job.kind_unknown",)
        with pytest.raises(DeviceError, match=r"device\.question_unknown"):
            await shop.driver.ask("weather", {})
