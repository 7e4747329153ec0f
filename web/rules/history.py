"""What is in force on which day, and which version changed what."""

from calendar import monthrange
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, get_day_names
from litestar import Router, get, post
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.drafts import service
from loyalty.drafts.errors import RuleNotFound, VersionNotFound
from loyalty.drafts.queries import Version, current_draft
from loyalty.drafts.rules import Span, changes_between, rules_by_day, runs
from loyalty.pricing.wire_rules import read_regulations
from pos.catalog.queries import regulations
from web.office.pages import page
from web.rules.differences import differences, law_differences
from web.rules.shop import Asker, Now, shop_now, staff_names, words_for
from web.rules.words import rule_title


@get("/calendar", include_in_schema=False)
async def calendar(
    request: Asker,
    session: AsyncSession,
    now: datetime,
    month: date | None = None,
) -> Template:
    """Which rules hold on which days of a month, by versions, dates and weekdays; hours beside them."""
    shop = await shop_now(session, now)
    first = (month or shop.today).replace(day=1)
    days = [first + timedelta(days=n) for n in range(monthrange(first.year, first.month)[1])]
    zone = ZoneInfo(shop.zone)
    bounds = [
        (day, datetime.combine(day, time(0), zone), datetime.combine(day + timedelta(days=1), time(0), zone))
        for day in days
    ]
    spans = [Span(v.active_from, v.until, v.body) for v in reversed(shop.versions) if v.ever]
    rows = rules_by_day(spans, bounds)
    words = await words_for(session, request, [rule for rule, _ in rows])
    names, language = shop.names(), words.language
    short = get_day_names("narrow", locale=language)
    return page(
        request,
        "rules_calendar.html",
        first=first,
        title=format_date(first, "LLLL y", locale=language),
        before=first - timedelta(days=1),
        after=days[-1] + timedelta(days=1),
        days=[(day, short[day.weekday()], day.isoweekday() > 5, day == shop.today) for day in days],
        rows=[
            {
                "id": rule["id"],
                "title": rule_title(rule, names, language),
                "hours": hours_of(rule),
                "gives": words.parts(rule).get("gives", ""),
                "when": words.parts(rule).get("when", ""),
                "on": on,
                "runs": list(runs(days, on)),
            }
            for rule, on in rows
        ],
    )


def hours_of(rule: Any) -> str:
    """The hours as `19:00–21:00`, empty for all day."""
    windows = (rule.get("when") or {}).get("hours") or ()
    return ", ".join(
        f"{each['from'] // 60:02d}:{each['from'] % 60:02d}–{each['until'] // 60 % 24:02d}:{each['until'] % 60:02d}"
        for each in windows
    )


@get("/versions", include_in_schema=False)
async def version_list(request: Asker, session: AsyncSession, now: datetime) -> Template:
    """Every version: who made it, when it was made, from when it holds, how much it changed, and whether the law did."""
    shop = await shop_now(session, now)
    rows: list[dict[str, Any]] = []
    for version in shop.versions:
        base = before_it(shop, version)
        changes = changes_between(base.body if base else {"rules": []}, version.body)
        kinds = [str(change) for change in changes.values()]
        laws = [frozenset(read_regulations(each.body)) for each in (base, version) if each]
        rows.append(
            {
                "version": version,
                "state": state_of(version, shop),
                "changes": {change: kinds.count(change) for change in ("added", "changed", "removed")},
                "law": len(set(laws)) > 1,
            }
        )
    people = await staff_names(session, [version.made_by for version in shop.versions])
    return page(request, "rules_versions.html", rows=rows, people=people, zone=shop.zone, shop=shop)


def state_of(version: Version, shop: Now) -> str:
    if version.holds(shop.at):
        return "in_force"
    if not version.ever:
        return "never"
    return "planned" if version.active_from > shop.at else "over"


def before_it(shop: Now, version: Version) -> Version | None:
    """The version of the number before: what its author saw."""
    return next((each for each in shop.versions if each.number < version.number), None)


@get("/versions/{number:int}", include_in_schema=False)
async def version_page(
    request: Asker, session: AsyncSession, now: datetime, number: int, against: int | None = None
) -> Template:
    """What a version changed against the one before it, or another; raises `VersionNotFound`."""
    shop = await shop_now(session, now)
    found = {version.number: version for version in shop.versions}
    if number not in found or (against is not None and against not in found):
        raise VersionNotFound(version=number)
    version = found[number]
    base = found[against] if against is not None else before_it(shop, version)
    body_before, names_before = (base.body, base.names) if base else ({"rules": []}, {})
    rules = [*body_before["rules"], *version.body["rules"]]
    words = await words_for(session, request, rules, every=True)
    people = await staff_names(session, [version.made_by])
    called = {row.code: row.names for row in await regulations(session)}
    changed = differences(body_before, names_before, version.body, version.names, words)
    return page(
        request,
        "rules_version.html",
        version=version,
        base=base,
        others=[each.number for each in shop.versions if each.number != number],
        made_by=people.get(version.made_by) if version.made_by else None,
        state=state_of(version, shop),
        differences=[*changed, *law_differences(body_before, version.body, called, words)],
        draft=await current_draft(session),
        zone=shop.zone,
    )


@post("/draft/again/{rule_id:str}", status_code=303, include_in_schema=False)
async def again(request: Asker, session: AsyncSession, now: datetime, rule_id: str) -> Redirect:
    """Take a rule that is off into the draft, as it was last. Raises `RuleNotFound`."""
    shop = await shop_now(session, now)
    for version in shop.versions:
        for rule in version.body["rules"]:
            if rule["id"] == rule_id:
                by = request.scope["user"].id
                draft = await service.open_draft(session, by=by, at=now)
                groups = {group["id"] for group in draft.body.get("groups") or ()}
                kept = {name: value for name, value in rule.items() if name != "group" or value in groups}
                was = next((service.fingerprint(each) for each in draft.body["rules"] if each["id"] == rule_id), None)
                names = dict(version.names.get(rule["name"]) or {})
                await service.save_rule(session, kept, names, was=was, by=by, at=now)
                return Redirect(f"/office/rules/draft/rules/{rule_id}", status_code=303)
    raise RuleNotFound(rule=rule_id)


HISTORY = Router(path="/", route_handlers=[calendar, version_list, version_page, again])
