# pyright: strict
"""The JSON form of a basket (`docs/schema/basket-v1.json`) read into values."""

from datetime import date

from loyalty.pricing.basket import Basket, Line, LocalTime, Manual, Settings, Terms
from loyalty.pricing.form import Form, OutOfRange
from pos.core.errors import Malformed
from pos.core.money import MAX_AMOUNT

MOST_LINES = 10_000
LARGEST_STEP = 1_000_000_000


class WrongWeekday(Malformed):
    code = "pricing.wrong_weekday"


class ManualAboveList(Malformed):
    code = "pricing.manual_above_list"


def read_basket(value: object) -> Basket:
    """Raises a `Malformed` with the code and the path of the first field that does not fit."""
    form = Form(value, "")
    form.integer("schema", 1, 1)
    basket = Basket(
        settings=_settings(form.form("settings")),
        terms=_terms(form.form("terms")) if form.has("terms") else None,
        claimed=form.list_of_codes("claimed"),
        first_scan=_time(form.form("first_scan")),
        payment=_time(form.form("payment")),
        lines=tuple(_line(each) for each in form.forms("lines", MOST_LINES)),
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
    )
    form.end()
    return settings


def _terms(form: Form) -> Terms:
    terms = Terms(
        tier=form.code_or_none("tier"),
        categories=form.list_of_codes("categories"),
        personal=form.integer_or("personal", 0, 0, 10_000),
        version=form.integer_or("version", 0),
        account=form.code_or_none("account"),
        tags=form.list_of_codes("tags"),
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
    )
    form.end()
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
