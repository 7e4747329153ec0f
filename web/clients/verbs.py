"""What can be done on a client's page: one form, one address each. Refused, the page says why in the form's place."""

from datetime import datetime
from typing import Annotated, Any, TypeAlias
from uuid import UUID

from litestar import Request, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, Parameter
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts import cards, categories, personal, service
from loyalty.accounts.personal import Period
from loyalty.points.gifts import correct_points
from loyalty.pricing.queries import currency_of
from loyalty.tiers.service import hold_tier, release_tier
from pos.core.errors import TillError
from pos.staff.queries import SignedIn
from web.clients.card import TABS, Act, Wrong, done, refusal, said, shown
from web.clients.forms import Typed

Asker = Request[Any, Any, Any]
Fields: TypeAlias = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
After: TypeAlias = Annotated[str, Parameter(max_length=200)]
Answer: TypeAlias = Redirect | Template
MOST_REASON = 200


@get("/{account_id:uuid}", include_in_schema=False)
async def client(request: Asker, session: AsyncSession, now: datetime, account_id: UUID) -> Template:
    """The account card: what it has and why."""
    return await shown(request, session, now, account_id)


@get("/{account_id:uuid}/{tab:str}", include_in_schema=False)
async def client_tab(
    request: Asker, session: AsyncSession, now: datetime, account_id: UUID, tab: str, after: After = ""
) -> Template:
    """Purchases, discounts given, points or the log; the next page is fetched as one scrolls."""
    return await shown(request, session, now, account_id, tab if tab in TABS else "summary", after=after)


@post("/{account_id:uuid}/block", status_code=200, include_in_schema=False)
async def block(
    request: Asker, session: AsyncSession, person: SignedIn, now: datetime, account_id: UUID, data: Fields
) -> Answer:
    async def act(typed: Typed) -> None:
        reason = typed.needed("reason", MOST_REASON)
        await service.block_account(session, account_id, reason, by=person.id, at=now)

    return await done(request, session, now, account_id, "block", data, act)


@post("/{account_id:uuid}/unblock", status_code=200, include_in_schema=False)
async def unblock(
    request: Asker, session: AsyncSession, person: SignedIn, now: datetime, account_id: UUID, data: Fields
) -> Answer:
    async def act(typed: Typed) -> None:
        await service.unblock_account(session, account_id, by=person.id, at=now)

    return await done(request, session, now, account_id, "unblock", data, act)


@post("/{account_id:uuid}/note", status_code=200, include_in_schema=False)
async def note(
    request: Asker, session: AsyncSession, person: SignedIn, now: datetime, account_id: UUID, data: Fields
) -> Answer:
    async def act(typed: Typed) -> None:
        await service.set_note(session, account_id, typed.short("note", 500), by=person.id, at=now)

    return await done(request, session, now, account_id, "note", data, act)


@post("/{account_id:uuid}/tags", status_code=200, include_in_schema=False)
async def tags(
    request: Asker, session: AsyncSession, person: SignedIn, now: datetime, account_id: UUID, data: Fields
) -> Answer:
    async def act(typed: Typed) -> None:
        wanted = [tag.strip() for tag in typed.get("tags").split(",") if tag.strip()]
        await service.set_tags(session, account_id, wanted, by=person.id, at=now)

    return await done(request, session, now, account_id, "tags", data, act)


# cards


async def _with_number(
    request: Asker, session: AsyncSession, now: datetime, account_id: UUID, form: str, data: dict[str, str], act: Act
) -> Answer:
    """The page with the new card's number, which is told this once."""
    typed = Typed(data)
    try:
        async with session.begin_nested():
            card: Any = await act(typed)
            number = card.number
    except TillError as error:
        wrong = Wrong(form, str(error.fields.get("field", "")), said(request, error), typed)
        return await shown(request, session, now, account_id, wrong=wrong, status=refusal(error))
    return await shown(request, session, now, account_id, issued=number)


@post("/{account_id:uuid}/cards", status_code=200, include_in_schema=False)
async def issue_card(
    request: Asker, session: AsyncSession, person: SignedIn, now: datetime, account_id: UUID, data: Fields
) -> Answer:
    """A card with the number typed, else with one drawn now."""

    async def act(typed: Typed) -> object:
        number = typed.short("number", 40) or None
        return await cards.issue_card(session, typed.fresh(), account_id, number=number, by=person.id, at=now)

    return await _with_number(request, session, now, account_id, "issue", data, act)


@post("/{account_id:uuid}/cards/{card_id:uuid}/replace", status_code=200, include_in_schema=False)
async def replace_card(
    request: Asker,
    session: AsyncSession,
    person: SignedIn,
    now: datetime,
    account_id: UUID,
    card_id: UUID,
    data: Fields,
) -> Answer:
    async def act(typed: Typed) -> object:
        number = typed.short("number", 40) or None
        return await cards.replace_card(session, card_id, typed.fresh(), number=number, by=person.id, at=now)

    return await _with_number(request, session, now, account_id, f"replace-{card_id}", data, act)


@post("/{account_id:uuid}/cards/{card_id:uuid}/block", status_code=200, include_in_schema=False)
async def block_card(
    request: Asker,
    session: AsyncSession,
    person: SignedIn,
    now: datetime,
    account_id: UUID,
    card_id: UUID,
    data: Fields,
) -> Answer:
    async def act(typed: Typed) -> None:
        await cards.block_card(session, card_id, typed.needed("reason", MOST_REASON), by=person.id, at=now)

    return await done(request, session, now, account_id, f"block-{card_id}", data, act)


@post("/{account_id:uuid}/cards/{card_id:uuid}/unblock", status_code=200, include_in_schema=False)
async def unblock_card(
    request: Asker,
    session: AsyncSession,
    person: SignedIn,
    now: datetime,
    account_id: UUID,
    card_id: UUID,
    data: Fields,
) -> Answer:
    async def act(typed: Typed) -> None:
        await cards.unblock_card(session, card_id, by=person.id, at=now)

    return await done(request, session, now, account_id, f"unblock-{card_id}", data, act)


# what it may have


@post("/{account_id:uuid}/categories", status_code=200, include_in_schema=False)
async def grant_category(
    request: Asker, session: AsyncSession, person: SignedIn, now: datetime, account_id: UUID, data: Fields
) -> Answer:
    """Whoever is signed in has seen the proof."""

    async def act(typed: Typed) -> None:
        await categories.grant_category(
            session,
            account_id,
            typed.needed("category", 64),
            proved_on=typed.needed_day("proved_on"),
            expires_on=typed.day("expires_on"),
            by=person.id,
            at=now,
        )

    return await done(request, session, now, account_id, "category", data, act)


@post("/{account_id:uuid}/categories/{category:str}/end", status_code=200, include_in_schema=False)
async def end_category(
    request: Asker,
    session: AsyncSession,
    person: SignedIn,
    now: datetime,
    account_id: UUID,
    category: str,
    data: Fields,
) -> Answer:
    async def act(typed: Typed) -> None:
        await categories.end_category(session, account_id, category, by=person.id, at=now)

    return await done(request, session, now, account_id, f"end-{category}", data, act)


@post("/{account_id:uuid}/percents", status_code=200, include_in_schema=False)
async def set_percent(
    request: Asker, session: AsyncSession, person: SignedIn, now: datetime, account_id: UUID, data: Fields
) -> Answer:
    async def act(typed: Typed) -> None:
        await personal.set_personal_percent(
            session,
            typed.fresh(),
            account_id,
            typed.percent("percent"),
            Period(typed.needed_day("from_on"), typed.day("until_on")),
            reason=typed.needed("reason", MOST_REASON),
            by=person.id,
            at=now,
        )

    return await done(request, session, now, account_id, "percent", data, act)


@post("/{account_id:uuid}/percents/{percent_id:uuid}/end", status_code=200, include_in_schema=False)
async def end_percent(
    request: Asker,
    session: AsyncSession,
    person: SignedIn,
    now: datetime,
    account_id: UUID,
    percent_id: UUID,
    data: Fields,
) -> Answer:
    async def act(typed: Typed) -> None:
        await personal.end_personal_percent(session, percent_id, account_id, by=person.id, at=now)

    return await done(request, session, now, account_id, f"end-{percent_id}", data, act)


@post("/{account_id:uuid}/prices", status_code=200, include_in_schema=False)
async def set_price(
    request: Asker, session: AsyncSession, person: SignedIn, now: datetime, account_id: UUID, data: Fields
) -> Answer:
    async def act(typed: Typed) -> None:
        await personal.set_personal_price(
            session,
            typed.fresh(),
            account_id,
            typed.whole("product", 2**31 - 1),
            typed.scaled("price", (await currency_of(session)).exponent),
            Period(typed.needed_day("from_on"), typed.day("until_on")),
            reason=typed.needed("reason", MOST_REASON),
            by=person.id,
            at=now,
        )

    return await done(request, session, now, account_id, "price", data, act)


@post("/{account_id:uuid}/prices/{own_price_id:uuid}/end", status_code=200, include_in_schema=False)
async def end_price(
    request: Asker,
    session: AsyncSession,
    person: SignedIn,
    now: datetime,
    account_id: UUID,
    own_price_id: UUID,
    data: Fields,
) -> Answer:
    async def act(typed: Typed) -> None:
        await personal.end_personal_price(session, own_price_id, account_id, by=person.id, at=now)

    return await done(request, session, now, account_id, f"end-{own_price_id}", data, act)


@post("/{account_id:uuid}/corrections", status_code=200, include_in_schema=False)
async def correct(
    request: Asker, session: AsyncSession, person: SignedIn, now: datetime, account_id: UUID, data: Fields
) -> Answer:
    async def act(typed: Typed) -> None:
        await service.locked_account(session, account_id)
        await correct_points(
            session,
            typed.fresh(),
            account_id,
            typed.whole("amount"),
            reason=typed.get("reason"),
            by=person.id,
            at=now,
        )

    return await done(request, session, now, account_id, "points", data, act, tab="points")


@post("/{account_id:uuid}/tier", status_code=200, include_in_schema=False)
async def hold(
    request: Asker, session: AsyncSession, person: SignedIn, now: datetime, account_id: UUID, data: Fields
) -> Answer:
    async def act(typed: Typed) -> None:
        reason = typed.needed("reason", MOST_REASON)
        tier = typed.get("tier") or None
        await hold_tier(session, account_id, tier, reason=reason, until=typed.day("until"), by=person.id, at=now)

    return await done(request, session, now, account_id, "tier", data, act)


@post("/{account_id:uuid}/tier/release", status_code=200, include_in_schema=False)
async def release(
    request: Asker, session: AsyncSession, person: SignedIn, now: datetime, account_id: UUID, data: Fields
) -> Answer:
    async def act(typed: Typed) -> None:
        await release_tier(session, account_id, by=person.id, at=now)

    return await done(request, session, now, account_id, "release", data, act)


VERBS = [
    client,
    client_tab,
    block,
    unblock,
    note,
    tags,
    issue_card,
    replace_card,
    block_card,
    unblock_card,
    grant_category,
    end_category,
    set_percent,
    end_percent,
    set_price,
    end_price,
    correct,
    hold,
    release,
]
