# pyright: strict
"""The JSON form of a basket (`docs/schema/basket-v2.json`) read into values."""

import re
from datetime import date

from loyalty.pricing.basket import Basket, Left, Line, LocalTime, Manual, PointsSettings, Settings, Terms
from loyalty.pricing.form import BadCode, Form, OutOfRange, integer_at
from pos.core.errors import Malformed
from pos.core.money import MAX_AMOUNT

MOST_LINES = 10_000
LARGEST_STEP = 1_000_000_000
PRODUCT = re.compile(r"[1-9][0-9]{0,15}")


class WrongWeekday(Malformed):
    code = "pricing.wrong_weekday"


class GiftCardAtItsValue(Malformed):
    code = "pricing.gift_card_at_its_value"


class ManualAboveList(Malformed):
    code = "pricing.manual_above_list"


def read_basket(value: object) -> Basket:
    """Raises a `Malformed` with the code and the path of the first field that does not fit."""
    form = Form(value, "")
    form.integer("schema", 1, 2)
    basket = Basket(
        settings=_settings(form.form("settings")),
        terms=_terms(form.form("terms")) if form.has("terms") else None,
        claimed=form.list_of_codes("claimed"),
        first_scan=_time(form.form("first_scan")),
        payment=_time(form.form("payment")),
        lines=tuple(_line(each) for each in form.forms("lines", MOST_LINES)),
        coupons=form.list_of_codes("coupons"),
        spend=form.integer_or("spend", 0),
        left={key: _left(Form(value, path)) for key, value, path in form.entries("left")},
        stock=_by_product(form, "stock"),
    )
    form.end()
    return basket


def _settings(form: Form) -> Settings:
    settings = Settings(
        currency=form.code("currency"),
        exponent=form.integer("exponent", 0, 4),
        price_step=form.integer("price_step", 1, LARGEST_STEP),
        cash_step=form.integer("cash_step", 1, LARGEST_STEP),
        cash_rounding=form.choice("cash_rounding", ("nearest", "down", "up"), "nearest"),
        prices_include_tax=form.flag("prices_include_tax", True),
        grace_minutes=form.integer_or("grace_minutes", 0, 0, 1_440),
        cap_percent=form.integer_or("cap_percent", None, 0, 10_000),
        cap_sum=form.integer_or("cap_sum", None),
        points=_points(form.form("points")) if form.has("points") else None,
    )
    form.end()
    return settings


def _points(form: Form) -> PointsSettings:
    points = PointsSettings(
        value=form.integer("value", 1),
        share=form.integer_or("share", 10_000, 0, 10_000),
        least=form.integer_or("least", 1, 1),
        earn_while_spending=form.flag("earn_while_spending", True),
    )
    form.end()
    return points


def _left(form: Form) -> Left:
    left = Left(form.integer_or("times", None), form.integer_or("sum", None), form.integer_or("pieces", None))
    form.end()
    return left


def _by_product(form: Form, name: str) -> dict[int, int]:
    """A table of amounts by product; JSON has the product as text."""
    table: dict[int, int] = {}
    for key, value, path in form.entries(name):
        if not PRODUCT.fullmatch(key) or int(key) > MAX_AMOUNT:
            raise BadCode(field=form.at(name))
        table[int(key)] = integer_at(value, path, 0, MAX_AMOUNT)
    return table


def _terms(form: Form) -> Terms:
    terms = Terms(
        tier=form.code_or_none("tier"),
        categories=form.list_of_codes("categories"),
        personal=form.integer_or("personal", 0, 0, 10_000),
        version=form.integer_or("version", 0),
        account=form.code_or_none("account"),
        tags=form.list_of_codes("tags"),
        prices=_by_product(form, "prices"),
        birthday=form.integer_or("birthday", None, -366, 366),
    )
    form.end()
    return terms


def _time(form: Form) -> LocalTime:
    time = LocalTime(form.date("date"), form.integer("minute", 0, 1_439), form.integer("weekday", 1, 7))
    form.end()
    if date.fromisoformat(time.date).isoweekday() != time.weekday:
        raise WrongWeekday(field=form.at("weekday"))
    return time


def _line(form: Form) -> Line:
    price = form.integer("price")
    line = Line(
        product=form.integer("product", 1),
        quantity=form.integer("quantity", 1),
        price=price,
        unit=form.choice("unit", ("piece", "kg")),
        category=form.list_of_integers("category", 1, MAX_AMOUNT),
        tax=form.integer_or("tax", 0, 0, 100_000),
        regulation=form.code_or_none("regulation"),
        minimum=form.integer_or("minimum", 0),
        manual=_manual(form.form("manual"), price) if form.has("manual") else None,
        item=form.choice("item", ("goods", "gift_card"), "goods"),
        gift=form.code_or_none("gift"),
    )
    form.end()
    if line.item == "gift_card" and (line.manual is not None or line.gift is not None):
        raise GiftCardAtItsValue(field=form.at("item"))
    return line


def _manual(form: Form, price: int) -> Manual:
    kind = form.choice("kind", ("price", "percent", "amount"))
    value = form.integer("value")
    manual = Manual(kind, value, form.text("reason"), form.code_or_none("approver"))
    form.end()
    if kind == "price" and value > price:
        raise ManualAboveList(field=form.at("value"))
    if kind == "percent" and value > 10_000:
        raise OutOfRange(field=form.at("value"))
    return manual
