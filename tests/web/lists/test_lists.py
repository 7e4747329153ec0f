"""A shop's own lists: kinds of clients and taxes are added by the owner and reach tills; codes and rates stay."""

import pytest

from tests.web.signed_in import a_known_shop, signed_in


@pytest.fixture
async def known(database):
    return await a_known_shop(database)


@pytest.fixture
async def office(client, known):
    await signed_in(client, known)
    return client


NAMES = {"en": "Student", "ru": "Студент", "hy": ""}


async def snapshot(office, known):
    return (await office.get("/api/till/snapshot", headers={"authorization": known.register})).json()


async def test_a_kind_of_client_is_added_changed_and_known_to_tills(office, known):
    added = await office.post("/office/lists/client-categories", data={"code": "Student", "claimable": "true"} | NAMES)
    first = (await snapshot(office, known))["names"]["categories"]
    changed = await office.post("/office/lists/client-categories/student", data={"en": "Students", "ru": "", "hy": ""})
    second = (await snapshot(office, known))["names"]["categories"]
    shown = (await office.get("/office/lists")).text

    assert (added.status_code, changed.status_code) == (303, 303)
    mine = [next(each for each in told if each["code"] == "student") for told in (first, second)]
    assert [(each["names"], each["claimable"]) for each in mine] == [
        ({"en": "Student", "ru": "Студент"}, True),
        ({"en": "Students"}, False),
    ]
    assert 'value="Students"' in shown


async def test_a_tax_is_added_for_goods_and_keeps_its_rate(office, known):
    added = await office.post("/office/lists/tax-rates", data={"code": "vat16", "rate": "16,67"} | NAMES)
    again = await office.post("/office/lists/tax-rates", data={"code": "vat16", "rate": "20"} | NAMES)
    renamed = await office.post("/office/lists/tax-rates/vat16", data={"en": "VAT"})
    told = next(each for each in (await snapshot(office, known))["tax_rates"] if each["code"] == "vat16")

    assert (added.status_code, renamed.status_code) == (303, 303)
    assert (again.status_code, again.json()["code"]) == (409, "tax_rate.taken")
    assert (told["names"], told["rate"]) == ({"en": "VAT"}, 1_667)


@pytest.mark.parametrize(
    ("address", "data", "code"),
    [
        ("client-categories", {"code": "a b", "en": "x"}, "client_category.code_malformed"),
        ("client-categories", {"code": "pensioner", "en": "x"}, "client_category.taken"),
        ("client-categories", {"code": "new", "en": " "}, "client_category.name_missing"),
        ("client-categories/none", {"en": "x"}, "client_category.not_found"),
        ("tax-rates", {"code": "новый", "en": "x", "rate": "20"}, "tax_rate.code_malformed"),
        ("tax-rates", {"code": "new", "en": "x", "rate": "20.123"}, "tax_rate.malformed"),
        ("tax-rates", {"code": "new", "en": "x", "rate": "-1"}, "tax_rate.malformed"),
        ("tax-rates", {"code": "new", "en": " ", "rate": "20"}, "catalog.no_name"),
        ("tax-rates/none", {"en": "x"}, "tax_rate.not_found"),
    ],
)
async def test_what_cannot_be_is_said_and_nothing_is_written(office, known, address, data, code):
    before = await snapshot(office, known)

    refused = await office.post(f"/office/lists/{address}", data=data)

    assert refused.json()["code"] == code
    after = await snapshot(office, known)
    assert (after["names"], after["tax_rates"]) == (before["names"], before["tax_rates"])
