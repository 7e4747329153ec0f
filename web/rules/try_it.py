"""Trying the draft on past receipts: asking for it, watching it, stopping it, reading what it found."""

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from litestar import Router, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.drafts.queries import current_draft
from loyalty.pricing.model import RuleSetVersion
from loyalty.pricing.queries import currency_of
from pos.reports.rule_names import account_names
from pos.reports.try_it.model import TryRun
from pos.reports.try_it.queries import accounts_changed, run_of, runs, top_accounts
from pos.reports.try_it.rules import Sums
from pos.reports.try_it.service import cancel_run, start_run
from web.office.pages import page
from web.rules.schemas import TryForm
from web.rules.shop import Asker, outlets, shop_now, staff_names
from web.rules.words import rule_title
from web.texts import language_of

FORM = Body(media_type=RequestEncodingType.URL_ENCODED)
DAYS = 30


@get("/", include_in_schema=False)
async def run_list(request: Asker, session: AsyncSession, now: datetime) -> Template:
    """The form that starts a run over the last month, and the runs there were."""
    shop = await shop_now(session, now)
    rows = await runs(session)
    return page(
        request,
        "rules_try.html",
        runs=rows,
        people=await staff_names(session, [run.asked_by for run in rows]),
        draft=await current_draft(session),
        outlets=await outlets(session),
        first=shop.today - timedelta(days=DAYS),
        last=shop.today - timedelta(days=1),
        zone=shop.zone,
        day_of=timedelta(days=1),
    )


@post("/", status_code=303, include_in_schema=False)
async def start(request: Asker, session: AsyncSession, now: datetime, data: Annotated[TryForm, FORM]) -> Redirect:
    """Have the open draft tried; raises what `start_run` raises."""
    run = await start_run(
        session,
        starts_on=data.first,
        ends_on=data.last + timedelta(days=1),
        outlets=[UUID(data.outlet)] if data.outlet else [],
        as_if_held=not data.as_written,
        by=request.scope["user"].id,
        at=now,
    )
    return Redirect(f"/office/rules/try/{run.id}", status_code=303)


@get("/{run_id:uuid}", include_in_schema=False)
async def run_page(request: Asker, session: AsyncSession, now: datetime, run_id: UUID) -> Template:
    """One run: its progress, or what it found; asked for by htmx, that alone."""
    run = await run_of(session, run_id)
    shop = await shop_now(session, now)
    template = "_rules_try_run.html" if request.headers.get("hx-request") else "rules_try_run.html"
    return page(request, template, run=run, zone=shop.zone, **await found(session, request, run))


async def found(session: AsyncSession, request: Asker, run: TryRun) -> dict[str, Any]:
    """What the run's template shows."""
    language = language_of(request)
    sums = Sums.of(run.result)
    against = await session.get_one(RuleSetVersion, run.against)
    names = {**against.names, **run.names}
    titles = {
        rule["id"]: rule_title(rule, names, language) for body in (against.body, run.body) for rule in body["rules"]
    }
    top = await top_accounts(session, run.id)
    rules = sorted(sums.rules.items(), key=lambda each: (-abs(each[1].draft - each[1].today), -each[1].draft, each[0]))
    return {
        "sums": sums,
        "rules": rules,
        "titles": titles,
        "top": top,
        "accounts": await account_names(session, [row.account_id for row in top]),
        "accounts_changed": await accounts_changed(session, run.id),
        "limited": [titles[rule["id"]] for rule in run.body["rules"] if limited(rule)],
        "last": run.ends_on - timedelta(days=1),
        "currency": await currency_of(session),
        "per_second": sums.receipts * 1000 // sums.work_ms if sums.work_ms else 0,
    }


def limited(rule: dict[str, Any]) -> bool:
    """Whether the rule has limits over many receipts, which a replay does not count."""
    limits = rule.get("limits") or {}
    return any(limits.get(name) for name in ("account", "all", "budget"))


@post("/{run_id:uuid}/cancel", status_code=303, include_in_schema=False)
async def cancel(session: AsyncSession, now: datetime, run_id: UUID) -> Redirect:
    """Stop the run; what it found so far stays."""
    await cancel_run(session, run_id, at=now)
    return Redirect(f"/office/rules/try/{run_id}", status_code=303)


TRY_IT = Router(path="/try", route_handlers=[run_list, start, run_page, cancel])
