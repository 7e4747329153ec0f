"""Marked goods at an ATOL register: the server checks the codes with the receipt, in one task, or nothing is registered."""

import base64
import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.device import Outcome
from devices.fiscal.atol.config import AtolConfig
from devices.fiscal.atol.results import Standing, result_of
from devices.fiscal.atol.tasks import task_of
from devices.fiscal.content import Operation
from devices.fiscal.http import HttpAnswer
from devices.fiscal.numbers import written
from tests.devices.fiscal.atol.test_atol import JOB, REGISTERED, a_shop
from tests.devices.fiscal.builders import CHEESE, DOCUMENT, PACK, SHOES, a_line, a_receipt, cigarettes, shoes

MARKED = a_receipt(cigarettes(), a_line(), shoes())
PASSED = {"imcCheckFlag": True, "imcCheckResult": True, "imcStatusInfo": True, "imcEstimatedStatusCorrect": True}


def document(number: int, *lines, **more):
    return a_receipt(*lines, document=f"{DOCUMENT[:-1]}{number:x}", **more)


@pytest.mark.parametrize(
    ("operation", "kind", "status"), [("sale", "sell", "itemPieceSold"), ("return", "sellReturn", "itemPieceReturn")]
)
def test_a_marked_line_is_told_as_the_makers_scripts_read_it(operation, kind, status):
    task = task_of("fiscal.receipt", a_receipt(shoes(), operation=operation), JOB, AtolConfig("fiscal", "", 0, ""))

    assert task is not None
    request = json.loads(written(task.request))
    [item] = request["items"]
    assert (request["type"], request["validateMarkingCodes"]) == (kind, True)
    assert (item["paymentObject"], item["measurementUnit"], item["quantity"]) == ("commodityWithMarking", "piece", 1)
    assert item["imcParams"] == {
        "imcType": "auto",
        "imc": base64.b64encode(SHOES.encode()).decode(),
        "itemEstimatedStatus": status,
        "imcModeProcessing": 0,
    }


def test_only_a_receipt_with_codes_is_checked_and_a_pack_of_tobacco_is_excisable():
    config = AtolConfig("fiscal", "", 0, "")
    plain = task_of("fiscal.receipt", a_receipt(), JOB, config)
    marked = task_of("fiscal.receipt", MARKED, JOB, config)

    assert plain is not None
    assert marked is not None
    assert "validateMarkingCodes" not in plain.request
    assert [item["paymentObject"] for item in marked.request["items"]] == [
        "exciseWithMarking",
        "commodity",
        "commodityWithMarking",
    ]


@pytest.mark.parametrize(
    ("checked", "code", "text", "mark"),
    [
        ([{"onlineValidation": {"itemInfoCheckResult": PASSED | {"imcCheckResult": False}}}], 0, "is false", 0),
        (
            [
                {"onlineValidation": {"itemInfoCheckResult": PASSED}},
                {"driverError": {"code": 421, "description": "late"}},
            ],
            421,
            "late",
            1,
        ),
        ([{}], 0, "could not be checked", 0),
        ([], 0, "not taken", 0),
    ],
    ids=["false", "too late", "nothing said", "no codes"],
)
@pytest.mark.parametrize("status", ["ready", "error"])
def test_codes_that_did_not_pass_are_a_failed_task_whatever_state_it_has(status, checked, code, text, mark):
    body = json.dumps({"results": [{"status": status, "error": {"code": 0}, "result": {"validateMarks": checked}}]})

    result = result_of(HttpAnswer(200, body.encode(), b""))

    assert (result.standing, result.code, result.mark) == (Standing.ERROR, code, mark)
    assert result.text.endswith(text)
    assert result.cause == "fiscal.mark_refused"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["onlineValidation", "itemInfoCheckResult", "driverError", *PASSED]), inner)
    ),
    max_leaves=12,
)


@given(st.lists(JSON, max_size=3))
def test_whatever_is_said_of_the_codes_without_a_document_is_never_a_sale(checked):
    body = json.dumps({"results": [{"status": "ready", "result": {"validateMarks": checked}}]})

    assert result_of(HttpAnswer(200, body.encode(), b"")).standing is Standing.ERROR


async def test_marked_goods_are_sold_with_their_codes_byte_for_byte_and_may_come_back():
    async with a_shop() as shop:
        sold = await shop.do("fiscal.receipt", MARKED)
        back = await shop.do("fiscal.receipt", document(2, shoes(), operation="return"))
        again = await shop.do("fiscal.receipt", document(3, shoes()))

        assert [each.outcome for each in (sold, back, again)] == [Outcome.DONE] * 3
        assert [(d.operation, d.lines, d.marks) for d in shop.storage.registered] == [
            (Operation.SALE, ("Cigarettes", "Milk", "Shoes"), (PACK, "", SHOES)),
            (Operation.RETURN, ("Shoes",), (SHOES,)),
            (Operation.SALE, ("Shoes",), (SHOES,)),
        ]


@pytest.mark.parametrize("state", ["ready", "error"])
async def test_a_false_code_refuses_the_receipt_says_which_and_it_may_be_tried_again(state):
    async with a_shop() as shop:
        shop.simulator.register.codes_fail_as = state
        shop.simulator.register.marks.false.add(SHOES)

        refused = await shop.do("fiscal.receipt", MARKED)
        shop.simulator.register.marks.false.clear()
        again = await shop.do("fiscal.receipt", MARKED)

        assert (refused.outcome, refused.causes) == (Outcome.FAILED, ("fiscal.mark_refused",))
        assert refused.result == {"text": "Shoes: the marking code is false"}
        assert (again.outcome, len(shop.storage.registered)) == (Outcome.DONE, 1)


@pytest.mark.parametrize("code", [SHOES.replace("\x1d", ""), PACK[:21], "4623091234503"])
async def test_a_code_that_is_not_whole_is_refused(code):
    async with a_shop() as shop:
        ended = await shop.do("fiscal.receipt", a_receipt(shoes(marking=code)))

        assert (ended.outcome, ended.causes) == (Outcome.FAILED, ("fiscal.mark_refused",))
        assert shop.storage.registered == []


async def test_a_pack_that_was_sold_before_is_not_sold_again():
    async with a_shop() as shop:
        await shop.do("fiscal.receipt", document(1, cigarettes()))

        again = await shop.do("fiscal.receipt", document(2, cigarettes()))

        assert again.result["text"] == "Cigarettes: the goods must not be sold or taken back now"
        assert len(shop.storage.registered) == 1


@pytest.mark.parametrize("code", [SHOES, PACK, CHEESE], ids=["signed", "tobacco", "checked"])
async def test_without_the_systems_answer_nothing_marked_is_sold(code):
    async with a_shop() as shop:
        shop.simulator.register.marks.answering = False

        ended = await shop.do("fiscal.receipt", a_receipt(shoes(marking=code)))

        assert (ended.outcome, ended.causes) == (Outcome.FAILED, ("fiscal.mark_refused",))
        assert shop.storage.registered == []


@pytest.mark.parametrize("old", ["1.05", "1.1"])
async def test_a_register_of_an_older_format_is_not_given_the_receipt(old):
    async with a_shop() as shop:
        shop.simulator.register.data_format = old

        ended = await shop.do("fiscal.receipt", MARKED)

        assert (ended.outcome, ended.causes, ended.result) == (
            Outcome.FAILED,
            ("fiscal.marking_unsupported",),
            {"ffd": old},
        )
        assert "sell" not in shop.simulator.posted
        assert (await shop.do("fiscal.receipt", document(2))).outcome is Outcome.DONE


async def test_one_that_does_not_say_its_format_refuses_by_itself():
    async with a_shop() as shop:
        shop.simulator.register.data_format = "of another time"

        ended = await shop.do("fiscal.receipt", MARKED)

        assert (ended.outcome, ended.causes) == (Outcome.FAILED, ("fiscal.marking_unsupported",))
        assert ended.result["error"] == 413


async def test_an_answer_lost_after_the_registration_is_found_again_with_its_codes():
    async with a_shop() as shop:
        shop.simulator.lose_answer_to = "sell"

        ended = await shop.do("fiscal.receipt", MARKED)

        assert (ended.outcome, ended.causes) == (Outcome.DONE, ("fiscal.found_registered",))
        assert [each.marks for each in shop.storage.registered] == [(PACK, "", SHOES)]


async def test_the_connection_may_be_lost_at_any_byte_of_a_marked_receipt():
    told: Counter[Outcome] = Counter()
    async with a_shop() as shop:
        heard = len(shop.simulator.heard)
        await shop.do("fiscal.receipt", MARKED)
        sent = len(shop.simulator.heard) - heard
        for number, byte in enumerate(range(1, sent, 61)):
            shop.simulator.register.marks.sold.clear()
            before = len(shop.storage.registered)
            shop.simulator.faults.disconnect_after = byte
            ended = await shop.do("fiscal.receipt", MARKED | {"document": f"{DOCUMENT[:-4]}{0x1000 + number:04x}"})
            shop.simulator.faults.disconnect_after = None
            told[ended.outcome] += 1
            assert len(shop.storage.registered) - before == REGISTERED[ended.outcome], (byte, ended)

    assert told[Outcome.DONE] > 0
    assert told[Outcome.FAILED] > 0


async def test_a_task_that_is_done_and_shows_no_document_is_not_taken_for_a_registered_sale():
    async with a_shop() as shop:
        shop.simulator.register.shows_documents = False

        ended = await shop.do("fiscal.receipt", a_receipt())

        assert (ended.outcome, ended.causes) == (Outcome.UNCERTAIN, ("fiscal.unknown",))
