"""What is wrong with a rule before it is kept: what the engine's reader refuses, and what only the database can tell."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts.model import Account
from loyalty.coupons.model import CouponBatch
from loyalty.drafts.service import SCHEMA
from loyalty.pricing.model import ClientCategory, PriceSettings, Tier
from loyalty.pricing.wire_rules import read_rule_set
from pos.catalog.model import Category, Price, Product
from pos.core.errors import Malformed
from pos.reports.rule_names import goods_forms, uuids, whole

Json = dict[str, Any]
AMONG_RULES = frozenset({"pricing.gift_cycle", "pricing.exclusives_overlap"})
"""Refused only because of another rule: told of the rule being saved, whichever the reader names."""


class RuleRefused(Malformed):
    """A rule of the set cannot be put in force. `rule`, `name`, `field`."""

    code = "rules.refused"


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is wrong: the field's path within the rule, the stable code, and what its sentence names."""

    field: str
    code: str
    fields: Mapping[str, object]


async def flaws_of(session: AsyncSession, body: Json, rule: Json) -> list[Flaw]:
    """What is wrong with `rule`, put into the rule set `body`: the reader's first objection, then all of the database's."""
    others = [each for each in body["rules"] if each["id"] != rule["id"]]
    refused = reader_flaw({**body, "rules": [rule, *others]}, rule)
    return [*([refused] if refused else []), *(await unknown_things(session, rule))]


def reader_flaw(body: Json, rule: Json) -> Flaw | None:
    """The first objection of the engine's reader, told as a field of `rule`, which stands first in `body`."""
    try:
        read_rule_set({**body, "schema": SCHEMA, "version": 1})
    except Malformed as error:
        path = str(error.fields.get("field", ""))
        own = re.sub(r"^rules\[\d+\]\.?" if error.code in AMONG_RULES else r"^rules\[0\]\.?", "", path)
        return Flaw(own, error.code, error.fields)
    return None


async def refuse_bad_rules(session: AsyncSession, body: Json) -> None:
    """Before a draft is put in force, as goods and clients may have changed since. Raises `RuleRefused`."""
    for rule in body["rules"]:
        for flaw in await flaws_of(session, body, rule):
            raise RuleRefused(rule=rule["id"], name=rule["name"], field=flaw.field, flaw=flaw.code)


async def unknown_things(session: AsyncSession, rule: Json) -> list[Flaw]:
    """Products, categories, tiers, accounts that are not there; gifts that cannot be given; prices that give nothing."""
    found = [flaw async for flaw in _goods_flaws(session, rule)]
    found += [flaw async for flaw in _who_flaws(session, rule.get("who") or {})]
    found += [flaw async for flaw in _gift_flaws(session, rule.get("effect") or {})]
    found += [flaw async for flaw in _price_flaws(session, rule)]
    return found


async def _goods_flaws(session: AsyncSession, rule: Json):
    for path, what in _goods_with_paths(rule):
        for name in ("products", "except_products"):
            asked = whole(what.get(name) or ())
            known = set(await session.scalars(select(Product.seq).where(Product.seq.in_(asked)))) if asked else set()
            for flaw in _unknown(f"{path}.{name}", "rules.unknown_product", asked, known):
                yield flaw
        for name in ("categories", "except_categories"):
            asked = whole(what.get(name) or ())
            known = set(await session.scalars(select(Category.id).where(Category.id.in_(asked)))) if asked else set()
            for flaw in _unknown(f"{path}.{name}", "rules.unknown_category", asked, known):
                yield flaw


def _goods_with_paths(rule: Json) -> Iterator[tuple[str, Json]]:
    paths = ["what", *(f"effect.parts[{at}].what" for at in range(len((rule.get("effect") or {}).get("parts") or ())))]
    for path, what in zip(paths, goods_forms(rule), strict=True):
        yield path, dict(what)


def _unknown(field: str, code: str, asked: Iterable[Any], known: set[Any]) -> list[Flaw]:
    missing = [value for value in asked if value not in known]
    return [Flaw(field, code, {"value": missing[0]})] if missing else []


async def _who_flaws(session: AsyncSession, who: Json):
    if asked := who.get("tiers"):
        for flaw in _unknown("who.tiers", "rules.unknown_tier", asked, set(await session.scalars(select(Tier.code)))):
            yield flaw
    if who.get("categories") or who.get("claimed"):
        rows = (await session.execute(select(ClientCategory.code, ClientCategory.claimable))).all()
        codes, claimable = {code for code, _ in rows}, {code for code, may in rows if may}
        for name in ("categories", "claimed"):
            for flaw in _unknown(f"who.{name}", "rules.unknown_client_category", who.get(name) or (), codes):
                yield flaw
        for flaw in _unknown(
            "who.claimed", "rules.not_claimable", [c for c in who.get("claimed") or () if c in codes], claimable
        ):
            yield flaw
    if asked := who.get("accounts"):
        ids = uuids(asked)
        query = select(Account.id).where(Account.id.in_(ids))
        known: set[Any] = {str(id_) for id_ in await session.scalars(query)}
        for flaw in _unknown("who.accounts", "rules.unknown_account", asked, known):
            yield flaw
    if asked := who.get("coupons"):
        known = set(await session.scalars(select(CouponBatch.code).where(CouponBatch.code.in_(asked))))
        for flaw in _unknown("who.coupons", "rules.unknown_batch", asked, known):
            yield flaw


async def _gift_flaws(session: AsyncSession, effect: Json):
    choices = whole(effect.get("choices") or ()) if effect.get("kind") == "gift" else []
    if not choices:
        return
    query = select(Product.seq, Product.archived).where(Product.seq.in_(choices))
    there = dict((await session.execute(query)).all())
    for flaw in _unknown("effect.choices", "rules.unknown_product", choices, set(there)):
        yield flaw
    if archived := [seq for seq in choices if there.get(seq)]:
        yield Flaw("effect.choices", "rules.gift_archived", {"value": archived[0]})
    priced = await _prices(session, choices)
    if without := [seq for seq in choices if seq in there and not there[seq] and seq not in priced]:
        yield Flaw("effect.choices", "rules.gift_without_price", {"value": without[0]})


async def _price_flaws(session: AsyncSession, rule: Json):
    effect, what = rule.get("effect") or {}, rule.get("what") or {}
    if effect.get("kind") != "price":
        return
    value = effect.get("value")
    if value == 0 or any(step.get("value") == 0 for step in (effect.get("scale") or {}).get("steps") or ()):
        yield Flaw("effect.value", "rules.price_zero", {})
    products = whole(what.get("products") or ())
    if isinstance(value, int) and value > 0 and products and not what.get("categories"):
        prices = await _prices(session, products)
        if prices and all(amount <= value for amount in prices.values()):
            yield Flaw("effect.value", "rules.price_not_lower", {})


async def _prices(session: AsyncSession, products: list[int]) -> dict[int, int]:
    """Today's list prices of those that have one."""
    query = (
        select(Price.product, Price.amount)
        .join(PriceSettings, PriceSettings.price_list == Price.price_list)
        .where(
            Price.product.in_(products),
            Price.valid_from <= func.now(),
            Price.valid_to.is_(None) | (Price.valid_to > func.now()),
        )
    )
    return dict((await session.execute(query)).all())
