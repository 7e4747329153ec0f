"""What every page of the back office shares: who looks, in which language, how money is written."""

from datetime import date, datetime
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from litestar import Request
from litestar.contrib.jinja import JinjaTemplateEngine
from litestar.response import Template

from web import texts
from web.office.codes import qr
from web.office.sections import groups_for


def page(request: Request[Any, Any, Any], name: str, *, status: int = 200, **context: Any) -> Template:
    """The template `name` in the asker's language."""
    shared = {
        "person": request.scope.get("user"),
        "language": texts.language_of(request),
        "path": request.url.path,
        "settings": request.app.state.settings,
    }
    return Template(template_name=name, context={**shared, **context}, status_code=status)


def template_callables(engine: JinjaTemplateEngine) -> None:
    """What templates may call; blocks are trimmed so that the pages stay readable."""
    environment = engine.engine
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.autoescape = True
    environment.globals.update(
        t=_text,
        cause=_cause,
        money=_money,
        count=_count,
        day=_day,
        day_text=_day,
        moment=_moment,
        quantity=_quantity,
        percent=_percent,
        groups_for=groups_for,
        qr_drawing=qr,
        LANGUAGES=texts.LANGUAGES,
    )


@pass_context
def _text(context: Context, key: str, **fields: object) -> str:
    return texts.text(context["language"], key, **fields)


@pass_context
def _cause(context: Context, code: str) -> str:
    """What a device's cause means and what to do about it, as the till says it; one without a sentence shows itself."""
    return texts.text(context["language"], code)


@pass_context
def _money(context: Context, minor: int) -> str:
    currency = context["currency"]
    return texts.money(minor, currency.code, currency.exponent, context["language"])


@pass_context
def _count(context: Context, value: int) -> str:
    return texts.count(value, context["language"])


@pass_context
def _day(context: Context, value: date) -> str:
    return texts.day(value, context["language"])


@pass_context
def _moment(context: Context, value: datetime, zone: str) -> str:
    return texts.moment(value, zone, context["language"])


@pass_context
def _quantity(context: Context, thousandths: int) -> str:
    whole, rest = divmod(abs(thousandths), 1000)
    sign = "-" if thousandths < 0 else ""
    text = texts.count(whole, context["language"])
    return f"{sign}{text}" + (f".{rest:03d}" if rest else "")


@pass_context
def _percent(context: Context, basis_points: int) -> str:
    return texts.percent(basis_points, context["language"])
