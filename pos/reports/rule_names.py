"""What the things that rules name are called: products, categories, tiers, client categories, accounts."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts.model import Account, Person
from loyalty.pricing.model import ClientCategory, Tier
from pos.catalog.model import Category, Product

Json = Mapping[str, Any]
Named = Mapping[Any, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class NameBook:
    """Names by language; an account is called by its person, the same in every language."""

    products: Named
    categories: Named
    tiers: Named
    client_categories: Named
    accounts: Mapping[str, str]

    def name(self, kind: str, id: Any, language: str) -> str:
        """The name in that language, else in any, else the id itself."""
        if kind == "account":
            return self.accounts.get(str(id)) or str(id)[:8]
        by_kind: Mapping[str, Named] = {
            "product": self.products,
            "category": self.categories,
            "tier": self.tiers,
            "client_category": self.client_categories,
        }
        names = by_kind.get(kind, {}).get(id) or {}
        return names.get(language) or next((text for text in names.values() if text), str(id))


async def name_book(session: AsyncSession, rules: Iterable[Json]) -> NameBook:
    """The names of everything these rules are about, in five queries however many they are."""
    rules = list(rules)
    goods = [what for rule in rules for what in goods_forms(rule)]
    seqs = {seq for what in goods for name in ("products", "except_products") for seq in what.get(name) or ()}
    seqs |= {seq for rule in rules for seq in (rule.get("effect") or {}).get("choices") or ()}
    accounts = {text for rule in rules for text in (rule.get("who") or {}).get("accounts") or ()}
    return NameBook(
        products=await _names(session, select(Product.seq, Product.names).where(Product.seq.in_(whole(seqs)))),
        categories=await _names(session, select(Category.id, Category.names)),
        tiers=await _names(session, select(Tier.code, Tier.names)),
        client_categories=await _names(session, select(ClientCategory.code, ClientCategory.names)),
        accounts=await account_names(session, uuids(accounts)),
    )


def goods_forms(rule: Json) -> Iterator[Json]:
    """Every place of a rule that selects goods."""
    yield rule.get("what") or {}
    for part in (rule.get("effect") or {}).get("parts") or ():
        yield part.get("what") or {}


def whole(values: Iterable[Any]) -> list[int]:
    """Those that can be a product's or category's number."""
    return [value for value in values if isinstance(value, int) and 0 < value < 2**31]


def uuids(texts: Iterable[str]) -> list[UUID]:
    found: list[UUID] = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


async def account_names(session: AsyncSession, ids: Iterable[UUID]) -> dict[str, str]:
    """Each account by its first person's name; without persons by its number."""
    ids = list(ids)
    if not ids:
        return {}
    called = {
        str(id_): f"№ {seq}"
        for id_, seq in await session.execute(select(Account.id, Account.seq).where(Account.id.in_(ids)))
    }
    people = (
        select(Person.account, Person.given, Person.family).where(Person.account.in_(ids)).order_by(Person.id.desc())
    )
    for id_, given, family in await session.execute(people):
        if words := f"{given} {family}".strip():
            called[str(id_)] = words
    return called


async def _names(session: AsyncSession, query: Any) -> dict[Any, dict[str, str]]:
    rows: Any = (await session.execute(query)).all()
    return {row[0]: row[1] for row in rows}
