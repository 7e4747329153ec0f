"""The rules that hold, the draft of the next ones, and putting it in force."""

from collections import Counter
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from litestar import MediaType, Router, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, Parameter
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.drafts import service
from loyalty.drafts.errors import PublishedMeanwhile
from loyalty.drafts.model import RuleDraft
from loyalty.drafts.queries import current_draft
from loyalty.drafts.rules import State, changes_between, listed
from loyalty.pricing.model import RuleSetVersion
from pos.reports.rule_check import RuleRefused, flaws_of, refuse_bad_rules
from web.office.pages import page
from web.rules.differences import Difference, differences, group_words
from web.rules.discounts import DISCOUNTS
from web.rules.editor import EDITOR
from web.rules.history import HISTORY
from web.rules.schemas import GroupForm, OpenForm, PublishForm
from web.rules.shop import Asker, Now, shop_now, staff_names, words_for
from web.rules.try_it import TRY_IT
from web.rules.words import one_line, rule_title
from web.texts import language_of

FORM = Body(media_type=RequestEncodingType.URL_ENCODED)


@get("/", include_in_schema=False)
async def rule_list(
    request: Asker, session: AsyncSession, now: datetime, only: Annotated[str, Parameter(max_length=20)] = ""
) -> Template:
    """Every rule with its state; those in force, planned and drafted unless another state is chosen."""
    shop = await shop_now(session, now)
    draft = await current_draft(session)
    rows = listed(
        shop.current.body if shop.current else None,
        [(version.number, version.body) for version in shop.to_come],
        [(version.number, version.body) for version in shop.past],
        draft.body if draft else None,
        shop.current.number if shop.current else None,
        shop.today,
    )
    counts = Counter(str(row.state) if row.state else "new" for row in rows)
    shown = [row for row in rows if row.state == only]
    if only not in set(State):
        shown = [row for row in rows if row.state in (None, State.IN_FORCE, State.PLANNED) or row.change]
    words = await words_for(session, request, [row.rule for row in shown])
    names = shop.names() | (draft.names if draft else {})
    return page(
        request,
        "rules.html",
        rows=[
            {
                "row": row,
                "title": rule_title(row.rule, names, words.language),
                "summary": one_line(words.parts(row.rule)),
            }
            for row in shown
        ],
        counts=counts,
        chosen=only,
        states=list(State),
        shop=shop,
        **await draft_head(session, shop, draft),
    )


async def draft_head(session: AsyncSession, shop: Now, draft: RuleDraft | None) -> dict[str, Any]:
    """What each page says of the open draft: how much it changes, who saved it and when."""
    if draft is None:
        return {"draft": None}
    base = await session.get(RuleSetVersion, draft.based_on)
    changes = counted_changes(base, draft)
    people = await staff_names(session, [draft.by])
    return {
        "draft": draft,
        "changes": changes,
        "draft_by": people.get(draft.by) if draft.by else None,
        "zone": shop.zone,
    }


def counted_changes(base: RuleSetVersion | None, draft: RuleDraft) -> Counter[str]:
    return Counter(str(change) for change in changes_between(base.body if base else {"rules": []}, draft.body).values())


@post("/draft", status_code=303, include_in_schema=False)
async def open_it(request: Asker, session: AsyncSession, now: datetime, data: Annotated[OpenForm, FORM]) -> Redirect:
    """Begin a draft from the rules in force, or from another version; or go on with the open one."""
    await service.open_draft(session, by=request.scope["user"].id, at=now, version=data.version)
    if data.rule:
        return Redirect(f"/office/rules/draft/rules/{data.rule}", status_code=303)
    return Redirect("/office/rules/draft/new" if data.then == "new" else "/office/rules/draft", status_code=303)


@get("/draft", include_in_schema=False, media_type=MediaType.HTML)
async def draft_page(request: Asker, session: AsyncSession, now: datetime) -> Any:
    """What the draft changes, and the form to put it in force."""
    draft = await current_draft(session)
    if draft is None:
        return Redirect("/office/rules")
    return await show_draft(request, session, now, draft)


async def show_draft(
    request: Asker, session: AsyncSession, now: datetime, draft: RuleDraft, *, error: Any = None, status: int = 200
) -> Template:
    shop = await shop_now(session, now)
    base = next(version for version in shop.versions if version.number == draft.based_on)
    words = await words_for(session, request, [*base.body["rules"], *draft.body["rules"]], every=True)
    newer = [version for version in shop.versions if version.number > draft.seen]
    troubles = [
        {"rule": rule, "title": rule_title(rule, draft.names, words.language), "flaw": flaw}
        for rule in draft.body["rules"]
        for flaw in await flaws_of(session, draft.body, rule)
    ]
    changed: list[Difference] = differences(base.body, base.names, draft.body, draft.names, words)
    return page(
        request,
        "rules_draft.html",
        status=status,
        differences=changed,
        base=base,
        newer=newer,
        to_come=shop.to_come,
        troubles=troubles,
        error=error,
        groups=[(group, group_words(group, words.language)) for group in draft.body.get("groups") or ()],
        local_now=now.astimezone(ZoneInfo(shop.zone)),
        **await draft_head(session, shop, draft),
    )


@post("/draft/discard", status_code=303, include_in_schema=False)
async def discard(session: AsyncSession, now: datetime) -> Redirect:
    await service.discard_draft(session, at=now)
    return Redirect("/office/rules", status_code=303)


@post("/draft/seen", status_code=303, include_in_schema=False)
async def seen(request: Asker, session: AsyncSession, now: datetime) -> Redirect:
    """The author knows of the versions published meanwhile and goes on."""
    await service.accept_newer(session, by=request.scope["user"].id, at=now)
    return Redirect("/office/rules/draft", status_code=303)


@post("/draft/publish", status_code=200, include_in_schema=False, media_type=MediaType.HTML)
async def publish(request: Asker, session: AsyncSession, now: datetime, data: Annotated[PublishForm, FORM]) -> Any:
    """Put the draft in force, now or at a local time to come; what keeps it from that is shown beside it."""
    draft = await service.locked(session)
    shop = await shop_now(session, now)
    begins = data.begins(ZoneInfo(shop.zone)) if data.when == "later" else now
    try:
        await refuse_bad_rules(session, draft.body)
        await service.publish_draft(session, active_from=begins, by=request.scope["user"].id, at=now)
    except (RuleRefused, PublishedMeanwhile) as error:
        return await show_draft(request, session, now, draft, error=error, status=409)
    return Redirect("/office/rules", status_code=303)


@post("/off/{rule_id:str}", status_code=303, include_in_schema=False)
async def off(request: Asker, session: AsyncSession, now: datetime, rule_id: str) -> Redirect:
    """Switch a rule off at once: the next version is without it."""
    await service.switch_off(session, rule_id, by=request.scope["user"].id, at=now)
    return Redirect("/office/rules", status_code=303)


@get("/off/{rule_id:str}", include_in_schema=False)
async def ask_off(request: Asker, session: AsyncSession, now: datetime, rule_id: str) -> Template:
    """Ask before a rule is switched off."""
    shop = await shop_now(session, now)
    rules = shop.current.body["rules"] if shop.current else []
    rule = next((rule for rule in rules if rule["id"] == rule_id), None)
    if rule is None:
        raise service.RuleNotFound(rule=rule_id)
    words = await words_for(session, request, [rule])
    later = [v for v in shop.to_come if any(each["id"] == rule_id for each in v.body["rules"])]
    title = rule_title(rule, shop.names(), language_of(request))
    return page(request, "rules_off.html", rule=rule, title=title, summary=one_line(words.parts(rule)), later=later)


@post("/draft/groups", status_code=303, include_in_schema=False)
async def save_group(
    request: Asker, session: AsyncSession, now: datetime, data: Annotated[GroupForm, FORM]
) -> Redirect:
    """Add a group of rules or change it."""
    await service.save_group(session, data.group(), by=request.scope["user"].id, at=now)
    return Redirect("/office/rules/draft#groups", status_code=303)


@post("/draft/groups/{group_id:str}/remove", status_code=303, include_in_schema=False)
async def remove_group(request: Asker, session: AsyncSession, now: datetime, group_id: str) -> Redirect:
    await service.remove_group(session, group_id, by=request.scope["user"].id, at=now)
    return Redirect("/office/rules/draft#groups", status_code=303)


RULES = Router(
    path="/office",
    route_handlers=[
        Router(
            path="/rules",
            route_handlers=[
                rule_list,
                open_it,
                draft_page,
                discard,
                seen,
                publish,
                off,
                ask_off,
                save_group,
                remove_group,
                EDITOR,
                HISTORY,
                TRY_IT,
            ],
        ),
        DISCOUNTS,
    ],
)
