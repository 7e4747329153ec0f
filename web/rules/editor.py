"""The editor of one rule: fields of every kind of rule, the summary as one types, what is wrong where it is wrong."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from litestar import MediaType, Router, get, post
from litestar.params import Parameter
from litestar.response import Redirect, Template
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts.queries import accounts_by_card, accounts_by_phone
from loyalty.drafts import service
from loyalty.drafts.errors import NoDraft, RuleNotFound
from loyalty.drafts.model import RuleDraft
from loyalty.drafts.queries import client_categories, current_draft, ids_ever_used, tiers
from loyalty.pricing.model import PriceSettings
from loyalty.pricing.queries import currency_of
from pos.catalog.queries import categories, product_page
from pos.reports.rule_check import Flaw, flaws_of, reader_flaw
from pos.reports.rule_names import NameBook, account_names, name_book
from web import texts
from web.office.pages import page
from web.rules.forms import KINDS, ROUNDINGS, STARTERS, VALUED, fields_of, marks, names_of, rule_of
from web.rules.shop import Asker
from web.rules.words import Words
from web.texts import language_of

MOST_FOUND = 20
PART_OF = {
    "name": "name",
    "who": "who",
    "when": "when",
    "needs_quantity": "needs",
    "needs_sum": "needs",
    "needs_coverage": "needs",
    "limits": "limits",
    "group": "together",
    "priority": "together",
    "rounding": "together",
    "stackable": "together",
}
"""Under which heading a field of the form stands; all others under what the rule gives."""
Json = dict[str, Any]
Short = Annotated[str, Parameter(max_length=100)]


@dataclass(frozen=True, slots=True)
class Editor:
    """What the template asks about a field: what stands in it, whether it is chosen, what is wrong with it."""

    fields: Mapping[str, Sequence[str]]
    flaws: Sequence[Flaw]
    book: NameBook
    language: str
    more: str = ""
    """Which list gets another empty row."""

    def val(self, name: str, default: str = "") -> str:
        return next(iter(self.fields.get(name) or [default]), default)

    def many(self, name: str) -> Sequence[str]:
        return [value for value in self.fields.get(name) or () if value]

    def chosen(self, name: str, value: object) -> bool:
        return str(value) in {code.strip() for text in self.many(name) for code in text.split(",")}

    def rows(self, name: str, least: int, more: str) -> int:
        """How many rows a list shows: those filled in, one more where asked, `least` at any rate."""
        return max(len(self.fields.get(name) or ()) + (self.more == more), least)

    def at(self, name: str, row: int) -> str:
        values = self.fields.get(name) or ()
        return values[row] if row < len(values) else ""

    def mark(self, path: str) -> str:
        """The sentence of what is wrong with that field; empty where nothing is."""
        flaw = marks(self.flaws).get(path)
        return self.sentence(flaw) if flaw else ""

    def sentence(self, flaw: Flaw) -> str:
        return flaw_sentence(flaw, self.language, self.book)

    def part(self, flaw: Flaw) -> str:
        """The heading under which the field stands."""
        return texts.text(self.language, f"part.{PART_OF.get(re.split(r'[.[]', flaw.field)[0], 'gives')}")

    def called(self, kind: str, id: str) -> str:
        return self.book.name(kind, id if kind == "account" else int(id), self.language)


def flaw_sentence(flaw: Flaw, language: str, book: NameBook) -> str:
    """What is wrong, in that language."""
    named = {**flaw.fields, "field": flaw.field}
    if flaw.code in ("rules.gift_archived", "rules.gift_without_price"):
        named["value"] = book.name("product", flaw.fields.get("value"), language)
    key = f"flaw.{flaw.code}" if f"flaw.{flaw.code}" in texts.catalogue("en") else f"error.{flaw.code}"
    return texts.text(language, key, **named)


@get("/draft/new", include_in_schema=False, media_type=MediaType.HTML)
async def new_rule(request: Asker, session: AsyncSession, now: datetime, like: Short = "") -> Any:
    """What kinds of rules there are; with one chosen, its editor."""
    draft = await service.open_draft(session, by=request.scope["user"].id, at=now)
    if like not in STARTERS:
        return page(request, "rules_new.html", starters=list(STARTERS))
    return await show(request, session, draft, STARTERS[like], rule_id="", was="")


@get("/draft/rules/{rule_id:str}", include_in_schema=False)
async def edit_rule(request: Asker, session: AsyncSession, rule_id: str) -> Template:
    """A rule of the draft in the editor. Raises `RuleNotFound`, `NoDraft`."""
    draft = await the_draft(session)
    rule = next((rule for rule in draft.body["rules"] if rule["id"] == rule_id), None)
    if rule is None:
        raise RuleNotFound(rule=rule_id)
    currency = await currency_of(session)
    fields = fields_of(rule, draft.names.get(rule["name"]) or {}, currency.exponent)
    return await show(request, session, draft, fields, rule_id=rule_id, was=service.fingerprint(rule))


@post("/draft/rules", status_code=200, include_in_schema=False, media_type=MediaType.HTML)
async def save(request: Asker, session: AsyncSession, now: datetime) -> Any:
    """Keep the rule in the draft, or show what is wrong with it, each field marked."""
    draft = await service.locked(session)
    fields = await typed(request)
    known, was = first(fields, "rule_id"), first(fields, "was")
    rule, names, flaws = await read(session, draft, fields, known)
    found = await flaws_of(session, draft.body, with_a_name(rule))
    flaws += [flaw for flaw in found if not same_place(flaw, flaws)]
    if flaws:
        return await show(request, session, draft, fields, rule_id=known, was=was, flaws=flaws)
    await service.save_rule(session, rule, names, was=was or None, by=request.scope["user"].id, at=now)
    return Redirect("/office/rules/draft", status_code=303)


def with_a_name(rule: Json) -> Json:
    """The rule with some name, so that a missing one does not hide what else is wrong."""
    return {"name": rule["id"], **rule}


def same_place(flaw: Flaw, others: Sequence[Flaw]) -> bool:
    """Whether the reader only says that a field is missing which could not be read."""
    return any(other.field == flaw.field or other.field.startswith(f"{flaw.field}.") for other in others)


async def read(
    session: AsyncSession, draft: RuleDraft, fields: Mapping[str, Sequence[str]], known: str
) -> tuple[Json, dict[str, str], list[Flaw]]:
    """The typed rule under its id (a new one for a new rule), its names, and what could not be read."""
    currency = await currency_of(session)
    names = names_of(fields)
    rule_id = known
    if not known:
        taken = await ids_ever_used(session) | {rule["id"] for rule in draft.body["rules"]}
        rule_id = service.fresh_id(names.get("en", ""), first(fields, "effect.kind"), taken)
    rule, flaws = rule_of(fields, rule_id, currency.exponent)
    return rule, names, flaws


@post("/draft/rules/{rule_id:str}/remove", status_code=303, include_in_schema=False)
async def remove(request: Asker, session: AsyncSession, now: datetime, rule_id: str) -> Redirect:
    """Take the rule out of the draft."""
    await service.remove_rule(session, rule_id, by=request.scope["user"].id, at=now)
    return Redirect("/office/rules/draft", status_code=303)


@post("/draft/summary", status_code=200, include_in_schema=False)
async def summary_as_typed(request: Asker, session: AsyncSession) -> Template:
    """What the fields say so far, in the page's language and the others; and what is still missing."""
    fields = await typed(request)
    draft = await current_draft(session)
    return page(request, "_rule_summary.html", **await said(session, draft, fields, language_of(request)))


async def said(
    session: AsyncSession, draft: RuleDraft | None, fields: Mapping[str, Sequence[str]], language: str
) -> dict[str, Any]:
    currency = await currency_of(session)
    rule, flaws = rule_of(fields, first(fields, "rule_id") or "new", currency.exponent)
    book = await name_book(session, [rule])
    by_language = {
        each: Words(each, currency, book).parts(rule)
        for each in (language, *(x for x in texts.LANGUAGES if x != language))
    }
    names = names_of(fields)
    others = [each for each in (draft.body["rules"] if draft else ()) if each["id"] != rule["id"]]
    named = with_a_name(rule)
    refused = reader_flaw({**(draft.body if draft else {}), "rules": [named, *others]}, named)
    if refused and not same_place(refused, flaws):
        flaws = [*flaws, refused]
    return {
        "parts": by_language[language],
        "in_others": [(each, parts, names.get(each)) for each, parts in by_language.items() if each != language],
        "title": names.get(language) or rule.get("name") or "",
        "open_flaws": [flaw_sentence(flaw, language, book) for flaw in flaws][:3],
    }


@post("/draft/fields", status_code=200, include_in_schema=False)
async def fields_again(request: Asker, session: AsyncSession, more: Short = "") -> Template:
    """The fields of what the rule gives, after another kind was chosen or another row asked for."""
    draft = await the_draft(session)
    fields = await typed(request)
    return page(request, "_rule_effect.html", **await shown(session, draft, fields, (), language_of(request), more))


@get("/pick", include_in_schema=False)
async def pick(
    request: Asker,
    session: AsyncSession,
    now: datetime,
    field: Annotated[str, Parameter(pattern=r"^[a-z0-9_.]{1,40}$")],
    kind: Annotated[str, Parameter(pattern=r"^(product|category|account)$")],
    q: Short = "",
) -> Template:
    """Products, categories or accounts that match what was typed."""
    language = language_of(request)
    if kind == "product":
        price_list = await session.scalar(select(PriceSettings.price_list)) or 0
        rows = (await product_page(session, price_list, at=now, search=q, limit=MOST_FOUND)).rows
        found = [(str(row.seq), called(row.names, language)) for row in rows]
    elif kind == "category":
        found = await found_categories(session, q, language)
    else:
        ids = (
            {*(await accounts_by_card(session, q.strip())), *(await accounts_by_phone(session, q.strip()))} if q else ()
        )
        found = sorted((await account_names(session, list(ids)[:MOST_FOUND])).items())
    return page(request, "_rule_found.html", found=found, field=field, kind=kind, q=q)


async def found_categories(session: AsyncSession, q: str, language: str) -> list[tuple[str, str]]:
    """Categories whose name holds what was typed, each with the names above it."""
    rows = {row.id: row for row in await categories(session)}

    def path(id_: int) -> str:
        names: list[str] = []
        at: int | None = id_
        while at is not None and len(names) < 10:
            names.append(called(rows[at].names, language))
            at = rows[at].parent
        return " › ".join(reversed(names))

    wanted = q.strip().lower()
    paths = [(str(id_), path(id_)) for id_ in rows]
    matching = [each for each in paths if wanted in each[1].lower()]
    return sorted(matching, key=lambda each: each[1])[: MOST_FOUND * 3]


def called(names: Mapping[str, str], language: str) -> str:
    return names.get(language) or next(iter(names.values()), "?")


@get("/picked", include_in_schema=False)
async def picked(
    request: Asker,
    session: AsyncSession,
    field: Annotated[str, Parameter(pattern=r"^[a-z0-9_.]{1,40}$")],
    kind: Annotated[str, Parameter(pattern=r"^(product|category|account)$")],
    id: Annotated[str, Parameter(pattern=r"^([0-9]{1,10}|[0-9a-f-]{36})$")],
) -> Template:
    """The chosen thing as a field of the form, with its name."""
    number = int(id) if kind != "account" and id.isdigit() else 0
    what = {"products" if kind == "product" else "categories": [number]} if number else {}
    book = await name_book(session, [{"what": what, "who": {"accounts": [id] if kind == "account" else []}}])
    name = book.name(kind, id if kind == "account" else number, language_of(request))
    return page(request, "_rule_chip.html", field=field, id=id, called=name)


async def typed(request: Asker) -> dict[str, list[str]]:
    """The posted fields, each with all its values."""
    form = await request.form()
    return {name: [str(value) for value in form.getall(name)] for name in form}


def first(fields: Mapping[str, Sequence[str]], name: str) -> str:
    return (fields.get(name) or [""])[0]


async def the_draft(session: AsyncSession) -> RuleDraft:
    """The open draft. Raises `NoDraft`."""
    draft = await current_draft(session)
    if draft is None:
        raise NoDraft
    return draft


async def show(
    request: Asker,
    session: AsyncSession,
    draft: RuleDraft,
    fields: Mapping[str, Sequence[str]],
    *,
    rule_id: str,
    was: str,
    flaws: Sequence[Flaw] = (),
) -> Template:
    """The editor over those fields."""
    language = language_of(request)
    return page(
        request,
        "rules_edit.html",
        status=422 if flaws else 200,
        rule_id=rule_id,
        was=was,
        **await shown(session, draft, fields, flaws, language),
        **await said(session, draft, fields, language),
    )


async def shown(
    session: AsyncSession,
    draft: RuleDraft,
    fields: Mapping[str, Sequence[str]],
    flaws: Sequence[Flaw],
    language: str,
    more: str = "",
) -> dict[str, Any]:
    """What the fields' templates need."""
    currency = await currency_of(session)
    rule, _ = rule_of(fields, "new", currency.exponent)
    book = await name_book(session, [rule])
    kind = first(fields, "effect.kind")
    return {
        "ed": Editor(fields, flaws, book, language, more),
        "kind": kind,
        "kinds": KINDS,
        "valued": kind in VALUED,
        "unit": "%" if kind in ("percent", "basket_percent") else currency.code,
        "currency": currency,
        "roundings": ROUNDINGS.get(kind, ()),
        "tiers": [(row.code, called(row.names, language)) for row in await tiers(session)],
        "client_categories": [
            (row.code, called(row.names, language), row.claimable) for row in await client_categories(session)
        ],
        "groups": [group["id"] for group in draft.body.get("groups") or ()],
        "LANGUAGES": texts.LANGUAGES,
    }


EDITOR = Router(
    path="/",
    route_handlers=[new_rule, edit_rule, save, remove, summary_as_typed, fields_again, pick, picked],
)
