"""Prices a basket as a till of the shop would: what the request leaves out comes from the catalogue, the account, the rules.

A request is a basket (`docs/schema/basket-v2.json`) in which nearly everything may be left out. What it says itself is taken
as it stands, so that other rules, terms, prices and times can be tried.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts.errors import AccountNotFound
from loyalty.pricing.engine import price
from loyalty.pricing.prepare import prepare
from loyalty.pricing.quote import Quote
from loyalty.pricing.store import rule_set_at, rule_set_version
from loyalty.pricing.wire_basket import read_basket
from loyalty.pricing.wire_rules import read_rule_set
from pos.core.errors import Conflict, Malformed, NotFound
from pos.exchange.errors import NotSetUp
from pos.exchange.feed import viewpoint
from pos.exchange.rows import these_accounts, these_products
from pos.exchange.sections import section_texts
from pos.registers.model import Outlet

Json = dict[str, Any]
NO_RULES: Json = {"schema": 2, "version": 0, "rules": []}
OF_SETTINGS = (
    "currency",
    "exponent",
    "price_step",
    "cash_step",
    "cash_rounding",
    "prices_include_tax",
    "grace_minutes",
    "cap_percent",
)
OF_POINTS = ("value", "share", "least", "earn_while_spending")
OF_TERMS = ("tier", "categories", "personal", "version", "tags")


class ProductUnknown(NotFound):
    """A line names a product that the shop does not have; `field` says which line."""

    code = "quote.product_unknown"


class ProductWithoutPrice(Conflict):
    """The product has no price now, and the line gives none."""

    code = "quote.no_price"


class RuleSetUnknown(NotFound):
    """There is no rule set of that number."""

    code = "quote.rule_set_unknown"


class OneOfTwo(Malformed):
    """Two fields say the same thing; one of them is left out."""

    code = "quote.one_of_two"


@dataclass(frozen=True, slots=True)
class Asked:
    """`lines`: basket lines of which product and quantity are enough. `rules`: a rule set in place of the shop's; or the
    number of one of the shop's. `terms` in place of the account's."""

    lines: list[Json]
    at: datetime
    outlet: UUID | None = None
    account: UUID | None = None
    terms: Json | None = None
    rules: Json | None = None
    rule_set: int | None = None
    settings: Json | None = None
    first_scan: Json | None = None
    payment: Json | None = None
    more: Json | None = None
    """`claimed`, `coupons`, `spend`, `left`, `stock` of the basket."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """The quote, and the whole basket it is of."""

    quote: Quote
    basket: Json


async def quote_of(session: AsyncSession, asked: Asked) -> Quoted:
    """Raises `ProductUnknown`, `ProductWithoutPrice`, `AccountNotFound`, `RuleSetUnknown`, `OneOfTwo`, and what the engine's
    readers raise: each names the field."""
    if asked.rules is not None and asked.rule_set is not None:
        raise OneOfTwo(field="rules", other="rule_set")
    if asked.terms is not None and asked.account is not None:
        raise OneOfTwo(field="terms", other="account")
    outlet = asked.outlet or await _first_outlet(session)
    view = await viewpoint(session, outlet, at=asked.at)
    told = json.loads((await section_texts(session, frozenset({"settings"}), outlet, at=asked.at))["settings"])
    now = _local(asked.at, told["zone"])
    basket: Json = {
        "schema": 2,
        "settings": {**_settings(told), **(asked.settings or {})},
        "first_scan": asked.first_scan or asked.payment or now,
        "payment": asked.payment or now,
        "lines": await _lines(session, asked, view.price_list),
        **(asked.more or {}),
    }
    terms = asked.terms
    if asked.account is not None:
        rows = json.loads(await these_accounts(session, [asked.account], today=view.today))
        if not rows:
            raise AccountNotFound(account=str(asked.account))
        terms = _terms(rows[0], basket["payment"]["date"])
    if terms is not None:
        basket["terms"] = terms
    rule_set = prepare(read_rule_set(await _rules(session, asked)))
    return Quoted(price(rule_set, read_basket(basket)), basket)


async def _first_outlet(session: AsyncSession) -> UUID:
    found = await session.scalar(select(Outlet.id).order_by(Outlet.id).limit(1))
    if found is None:
        raise NotSetUp(what="outlet")
    return found


async def _rules(session: AsyncSession, asked: Asked) -> Json:
    if asked.rules is not None:
        return {"schema": 2, "version": 0, **asked.rules}
    if asked.rule_set is not None:
        found = await rule_set_version(session, asked.rule_set)
        if found is None:
            raise RuleSetUnknown(rule_set=asked.rule_set)
        return found.body
    found = await rule_set_at(session, asked.at)
    return found.body if found else NO_RULES


async def _lines(session: AsyncSession, asked: Asked, price_list: int) -> list[Json]:
    wanted = [line.get("product") for line in asked.lines]
    seqs = sorted({seq for seq in wanted if type(seq) is int and 0 < seq < 2**31})
    rows = json.loads(await these_products(session, seqs, price_list, at=asked.at)) if seqs else []
    known = {row["seq"]: row for row in rows}
    return [_line(line, known, f"lines[{at}]") for at, line in enumerate(asked.lines)]


def _line(line: Json, known: Mapping[int, Json], path: str) -> Json:
    """What the line leaves out as the catalogue has it; a line that says everything needs no product of the shop's."""
    row = known.get(line.get("product") or 0)
    if row is None:
        if "price" in line and "unit" in line:
            return line
        raise ProductUnknown(field=f"{path}.product")
    if row["price"] is None and "price" not in line:
        raise ProductWithoutPrice(field=f"{path}.price")
    from_catalogue = {name: row[name] for name in ("price", "unit", "category", "tax", "regulation", "minimum")}
    return {"quantity": 1_000, **from_catalogue, **line}


def _settings(told: Json) -> Json:
    points = told.get("points")
    return {
        **{name: told[name] for name in OF_SETTINGS},
        "cap_sum": told["cap_amount"],
        "points": points and {name: points[name] for name in OF_POINTS},
    }


def _terms(row: Json, today: str) -> Json:
    """The account's row as tills hold it, as the engine takes it."""
    terms = {name: row[name] for name in OF_TERMS if name in row}
    terms["account"] = row["id"]
    terms["prices"] = {
        str(product): own for product, own, until in row.get("prices", []) if until is None or until > today
    }
    return terms


def _local(at: datetime, zone: str) -> Json:
    local = at.astimezone(ZoneInfo(zone))
    return {"date": local.date().isoformat(), "minute": local.hour * 60 + local.minute, "weekday": local.isoweekday()}
