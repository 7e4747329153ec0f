"""The ladder's page: its editor with a preview of who would move, its versions, and the tiers' names and order."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Router, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect, Template
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.pricing.queries import currency_of
from loyalty.tiers.ledger import chain_zone
from loyalty.tiers.preview import preview_of, start_preview
from loyalty.tiers.queries import accounts_to_look_at, ladder_on, ladder_rows, tier_names, tier_rows
from loyalty.tiers.service import checked_ladder, first_day, publish_ladder
from loyalty.tiers.tiers import add_tier, raise_tier, rename_tier
from pos.catalog.queries import categories
from pos.core.errors import TillError
from pos.core.ids import new_id
from pos.staff.queries import SignedIn, staff_list
from web.office.pages import page
from web.office.schemas import NamesForm
from web.texts import language_of, text
from web.tiers.forms import Typed, body_of, field_of, starts_on, typed_in, typed_of

FORM = Body(media_type=RequestEncodingType.URL_ENCODED)
Asker = Request[Any, Any, Any]


class TierForm(NamesForm):
    code: Annotated[str, Field(max_length=64)]


@get("/", include_in_schema=False)
async def tiers_page(request: Asker, session: AsyncSession, now: datetime) -> Template:
    return page(request, "tiers.html", **await shown(request, session, now))


@post("/", status_code=303, include_in_schema=False)
async def publish(request: Asker, session: AsyncSession, person: SignedIn, now: datetime) -> Template | Redirect:
    """Put the typed ladder in force; a bad one comes back with its sentence beside the field."""
    typed, body = typed_in(await request.form()), None
    try:
        async with session.begin_nested():
            body, starts = await read(session, typed, now)
            await publish_ladder(session, body, active_from=starts, by=person.id, at=now)
    except TillError as error:
        told = await shown(request, session, now, typed, error, field_of(error, body))
        return page(request, "tiers.html", status=422, **told)
    return Redirect("/office/tiers", status_code=303)


@post("/preview", status_code=200, include_in_schema=False)
async def preview(request: Asker, session: AsyncSession, person: SignedIn, now: datetime) -> Template:
    """Whom the typed ladder would move; nothing is changed."""
    try:
        body, starts = await read(session, typed_in(await request.form()), now)
        today = now.astimezone(await chain_zone(session)).date()
        ladder = await checked_ladder(session, body, active_from=starts, today=today)
    except TillError as error:
        said = text(language_of(request), f"error.{error.code}", **error.fields)
        return page(request, "_tier_preview.html", error=error, problem_text=said, shown=None)
    started = await start_preview(session, new_id(), ladder, by=person.id, at=now)
    return await preview_fragment(request, session, started.id)


@get("/previews/{preview_id:uuid}", include_in_schema=False)
async def preview_so_far(request: Asker, session: AsyncSession, preview_id: UUID) -> Template:
    return await preview_fragment(request, session, preview_id)


@post("/names", status_code=303, include_in_schema=False)
async def add(session: AsyncSession, data: Annotated[TierForm, FORM]) -> Redirect:
    await add_tier(session, data.code.lower(), data.names())
    return Redirect("/office/tiers", status_code=303)


@post("/names/{tier:str}", status_code=303, include_in_schema=False)
async def rename(session: AsyncSession, tier: str, data: Annotated[NamesForm, FORM]) -> Redirect:
    await rename_tier(session, tier, data.names())
    return Redirect("/office/tiers", status_code=303)


@post("/names/{tier:str}/raise", status_code=303, include_in_schema=False)
async def put_above(session: AsyncSession, tier: str) -> Redirect:
    """One place up in the order."""
    await raise_tier(session, tier)
    return Redirect("/office/tiers", status_code=303)


async def read(session: AsyncSession, typed: Typed, now: datetime) -> tuple[dict[str, Any], date]:
    """The ladder typed, and the day it is to hold from."""
    today = now.astimezone(await chain_zone(session)).date()
    starts = starts_on(typed, await first_day(session, today=today))
    codes = [row.code for row in await tier_rows(session)]
    return body_of(typed, codes, (await currency_of(session)).exponent), starts


async def preview_fragment(request: Asker, session: AsyncSession, id_: UUID) -> Template:
    names = await tier_names(session, language_of(request))
    return page(request, "_tier_preview.html", shown=await preview_of(session, id_), names=names, error=None)


async def shown(
    request: Asker,
    session: AsyncSession,
    now: datetime,
    typed: Typed | None = None,
    error: TillError | None = None,
    field: str = "",
) -> dict[str, Any]:
    """Everything on the page; the form starts from the ladder in force."""
    language = language_of(request)
    today = now.astimezone(await chain_zone(session)).date()
    first = await first_day(session, today=today)
    currency = await currency_of(session)
    in_force = await ladder_on(session, today)
    if typed is None:
        starts = first.isoformat()
        typed = typed_of(in_force.ladder, currency.exponent, first) if in_force else Typed(active_from=starts)
    return {
        "tiers": await tier_rows(session),
        "names": await tier_names(session, language),
        "versions": await ladder_rows(session),
        "in_force": in_force,
        "today": today,
        "first_day": first,
        "typed": typed,
        "error": error and text(language, f"error.{error.code}", **error.fields),
        "bad": field,
        "waiting": await accounts_to_look_at(session),
        "goods": {
            row.id: row.names.get(language) or next(iter(row.names.values()), "") for row in await categories(session)
        },
        "people": {row.id: row.name for row in await staff_list(session)},
        "currency": currency,
        "zone": (await chain_zone(session)).key,
    }


TIER_PAGES = Router(
    path="/tiers",
    route_handlers=[tiers_page, publish, preview, preview_so_far, add, rename, put_above],
)
