"""The verbs of a draft: open, change rule by rule, publish, throw away; and switching a rule off at once."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.drafts.errors import (
    ChangedMeanwhile,
    GroupInUse,
    GroupNotFound,
    NoDraft,
    PublishedMeanwhile,
    RuleNotFound,
    VersionNotFound,
)
from loyalty.drafts.model import RuleDraft
from loyalty.drafts.regulations import regulations_at
from loyalty.drafts.republish import Body, republish
from loyalty.pricing.model import RuleSetVersion
from loyalty.pricing.store import ONE_AT_A_TIME, publish_rule_set, rule_set_at
from pos.core.ids import new_id

Json = dict[str, Any]
Names = Mapping[str, str]
LANGUAGES = ("en", "ru", "hy")
RESERVED = frozenset({"manual", "ceiling", "points"})
LONGEST_ID = 40
SCHEMA = 2
"""The form that drafts are written in."""


async def open_draft(session: AsyncSession, *, by: UUID | None, at: datetime, version: int | None = None) -> RuleDraft:
    """The open draft, or a new one made from `version` (None: from the rules in force). Raises `VersionNotFound`.

    What the law says of goods is that of today, whatever it was in `version`.
    """
    await session.execute(text(ONE_AT_A_TIME))
    draft = await session.scalar(select(RuleDraft).where(RuleDraft.closed_at.is_(None)))
    if draft is not None:
        return draft
    base = await session.get(RuleSetVersion, version) if version is not None else await rule_set_at(session, at)
    if base is None:
        raise VersionNotFound(version=version or 0)
    newest = await session.scalar(select(func.max(RuleSetVersion.version)))
    draft = RuleDraft(
        id=new_id(),
        body={"groups": [], **without_number(base.body), "regulations": await regulations_at(session, at)},
        names=dict(base.names),
        based_on=base.version,
        seen=int(newest or base.version),
        by=by,
        made_at=at,
        updated_at=at,
    )
    session.add(draft)
    await session.flush()
    return draft


def without_number(body: Mapping[str, Any]) -> Json:
    """A published body as drafts hold it."""
    return {key: value for key, value in body.items() if key not in ("schema", "version")}


async def save_rule(
    session: AsyncSession, rule: Json, names: Names, *, was: str | None, by: UUID | None, at: datetime
) -> RuleDraft:
    """Put `rule` in the draft under its id, named so in each language (empty: as in another one).

    `was` is the fingerprint of the rule as the page showed it, None for a new one. Raises `ChangedMeanwhile`, `NoDraft`.
    """
    draft = await locked(session)
    rules: list[Json] = list(draft.body["rules"])
    place = next((place for place, each in enumerate(rules) if each["id"] == rule["id"]), None)
    if (fingerprint(rules[place]) if place is not None else None) != was:
        raise ChangedMeanwhile(rule=rule["id"])
    if place is None:
        rules.append(rule)
    else:
        rules[place] = rule
    said = {language: words for language, words in names.items() if words}
    draft.names = {**draft.names, rule["name"]: said} if said else draft.names
    return changed(draft, by, at, rules=rules)


async def remove_rule(session: AsyncSession, rule_id: str, *, by: UUID | None, at: datetime) -> RuleDraft:
    """Take a rule out of the draft. Raises `RuleNotFound`, `NoDraft`."""
    draft = await locked(session)
    rules = [each for each in draft.body["rules"] if each["id"] != rule_id]
    if len(rules) == len(draft.body["rules"]):
        raise RuleNotFound(rule=rule_id)
    return changed(draft, by, at, rules=rules)


async def save_group(session: AsyncSession, group: Json, *, by: UUID | None, at: datetime) -> RuleDraft:
    """Put `group` in the draft under its id."""
    draft = await locked(session)
    groups: list[Json] = list(draft.body.get("groups") or [])
    place = next((place for place, each in enumerate(groups) if each["id"] == group["id"]), None)
    if place is None:
        groups.append(group)
    else:
        groups[place] = group
    return changed(draft, by, at, groups=groups)


async def remove_group(session: AsyncSession, group_id: str, *, by: UUID | None, at: datetime) -> RuleDraft:
    """Take an empty group out of the draft. Raises `GroupInUse`, `GroupNotFound`."""
    draft = await locked(session)
    members = sum(1 for rule in draft.body["rules"] if rule.get("group") == group_id)
    if members:
        raise GroupInUse(group=group_id, n=members)
    groups = [each for each in draft.body.get("groups") or [] if each["id"] != group_id]
    if len(groups) == len(draft.body.get("groups") or []):
        raise GroupNotFound(group=group_id)
    return changed(draft, by, at, groups=groups)


async def accept_newer(session: AsyncSession, *, by: UUID | None, at: datetime) -> RuleDraft:
    """Note that the draft's author has seen the versions published since it was begun."""
    draft = await locked(session)
    draft.seen = int(await session.scalar(select(func.max(RuleSetVersion.version))) or draft.seen)
    return changed(draft, by, at)


async def publish_draft(session: AsyncSession, *, active_from: datetime, by: UUID | None, at: datetime) -> int:
    """Put the draft in force from that moment on (at the earliest now); returns the version it became.

    It takes over what the law says of goods from the rules in force now.
    Raises `PublishedMeanwhile` where a version came that its author has not seen, `NoDraft`, or a `Malformed` of the
    engine's reader.
    """
    await session.execute(text(ONE_AT_A_TIME))
    draft = await locked(session)
    newest = int(await session.scalar(select(func.max(RuleSetVersion.version))) or 0)
    if newest > draft.seen:
        raise PublishedMeanwhile(version=newest)
    used = {rule["name"] for rule in draft.body["rules"]}
    names = {name: words for name, words in draft.names.items() if name in used}
    body = {**draft.body, "schema": SCHEMA, "regulations": await regulations_at(session, at)}
    version = await publish_rule_set(session, body, names=names, active_from=max(active_from, at), by=by, at=at)
    draft.published, draft.closed_at = version, at
    await session.flush()
    return version


async def discard_draft(session: AsyncSession, *, at: datetime) -> None:
    """Throw the draft away. Raises `NoDraft`."""
    (await locked(session)).closed_at = at
    await session.flush()


async def switch_off(session: AsyncSession, rule_id: str, *, by: UUID | None, at: datetime) -> int:
    """Publish the rules in force without `rule_id`, now; and, for each version to come that has it, a successor without.

    The open draft loses it too. Raises `RuleNotFound` where the rules in force do not have it.
    """
    await session.execute(text(ONE_AT_A_TIME))
    now = await rule_set_at(session, at)
    if now is None or all(rule["id"] != rule_id for rule in now.body["rules"]):
        raise RuleNotFound(rule=rule_id)

    def without_it(body: Body) -> Body:
        return {**body, "rules": [rule for rule in body["rules"] if rule["id"] != rule_id]}

    published = await republish(session, without_it, by=by, at=at)
    return published[0]


async def locked(session: AsyncSession) -> RuleDraft:
    """The open draft, kept from others until the transaction ends. Raises `NoDraft`."""
    draft = await session.scalar(select(RuleDraft).where(RuleDraft.closed_at.is_(None)).with_for_update())
    if draft is None:
        raise NoDraft
    return draft


def changed(draft: RuleDraft, by: UUID | None, at: datetime, **parts: Sequence[Json]) -> RuleDraft:
    """The draft with those parts of its body replaced."""
    draft.body = {**draft.body, **parts}
    draft.by, draft.updated_at = by, at
    return draft


def fingerprint(rule: Mapping[str, Any]) -> str:
    """Says whether a rule is still the same."""
    return hashlib.sha256(json.dumps(rule, sort_keys=True).encode()).hexdigest()[:16]


def fresh_id(name: str, kind: str, taken: frozenset[str]) -> str:
    """An id for a new rule: from its name where that has Latin letters, else from its kind; no other rule ever had it."""
    stem = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:LONGEST_ID].strip("-")
    stem = stem if re.search(r"[a-z]", stem) else kind.replace("_", "-")
    number = 1
    while (made := stem if number == 1 else f"{stem}-{number}") in taken | RESERVED:
        number += 1
    return made
