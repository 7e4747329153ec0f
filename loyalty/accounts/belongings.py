"""What goes over from one account to another in a merge beside ledgers, and what comes back when it is undone.

Cards, persons, own percents and prices go over as they are. Of tier, standing percent and tags, and of a category that
both hold, the survivor has the better for the client. What was changed since stays changed.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts.model import Account, AccountCategory, Card, Person
from loyalty.accounts.personal_model import PersonalPercent, PersonalPrice
from loyalty.pricing.model import Tier

THINGS: Mapping[str, Any] = {"cards": Card, "persons": Person, "percents": PersonalPercent, "prices": PersonalPrice}
TERMS = ("tier", "personal", "tags")
SUCCESSORS = text("""
WITH RECURSIVE line AS (
    SELECT id, replaced_by FROM card WHERE id = ANY(:cards)
    UNION SELECT card.id, card.replaced_by FROM card JOIN line ON card.id = line.replaced_by
)
SELECT id FROM line
""")
VISITS = text("""
INSERT INTO account_visit AS known (outlet, account, last_on)
SELECT outlet, :into, last_on FROM account_visit WHERE account = :from
ON CONFLICT (outlet, account) DO UPDATE SET last_on = excluded.last_on WHERE excluded.last_on > known.last_on
""")


async def move(session: AsyncSession, from_: Account, into: Account) -> dict[str, Any]:
    """Move everything; the answer is what `move_back` needs: ids and codes, nothing that a person told us."""
    moved: dict[str, Any] = {name: await _sent(session, thing, from_, into) for name, thing in THINGS.items()}
    moved["terms"] = await _best_terms(session, from_, into)
    moved["categories"] = await _best_categories(session, from_, into)
    moved["staff"] = None
    if from_.staff is not None and into.staff is None:
        moved["staff"] = str(from_.staff)
        await _pass_staff(session, from_, into)
    await session.execute(VISITS, {"from": from_.id, "into": into.id})
    return moved


async def move_back(
    session: AsyncSession, moved: Mapping[str, Any], from_: Account, into: Account, *, at: datetime
) -> None:
    """Give back what went over and is still there; a card that took a moved card's place goes with it."""
    for name, thing in THINGS.items():
        ids = [UUID(id_) for id_ in moved[name]]
        if name == "cards" and ids:
            ids = list(await session.scalars(SUCCESSORS, {"cards": ids}))
        await _sent(session, thing, into, from_, ids)
    for name, (before, after) in moved["terms"].items():
        if getattr(into, name) == after:
            setattr(into, name, before)
    if moved["staff"] is not None and into.staff == UUID(moved["staff"]) and from_.staff is None:
        await _pass_staff(session, into, from_)
    for change in moved["categories"]:
        held = await session.get(AccountCategory, (into.id, change["category"]))
        if held is None or _proof(held) != change["after"]:
            continue
        if change["before"] is None:
            held.ended_at = at
        else:
            _prove(held, change["before"])


async def _sent(
    session: AsyncSession, thing: Any, giver: Account, taker: Account, ids: Iterable[UUID] | None = None
) -> list[str]:
    """Rows of `thing` that are the giver's become the taker's; which ones."""
    sent = update(thing).where(thing.account == giver.id).values(account=taker.id).returning(thing.id)
    if ids is not None:
        sent = sent.where(thing.id.in_(list(ids)))
    gone = await session.scalars(sent, execution_options={"synchronize_session": "fetch"})
    return sorted(str(id_) for id_ in gone)


async def _best_terms(session: AsyncSession, from_: Account, into: Account) -> dict[str, list[Any]]:
    """Set the better terms; for each that changed, what the survivor had before and has now."""
    ranks: dict[str | None, int] = {None: -1}
    for code, rank in await session.execute(select(Tier.code, Tier.rank)):
        ranks[code] = rank
    best = {
        "tier": max(into.tier, from_.tier, key=lambda tier: ranks[tier]),
        "personal": max(into.personal, from_.personal),
        "tags": sorted({*into.tags, *from_.tags}),
    }
    changed: dict[str, list[Any]] = {}
    for name in TERMS:
        before, after = getattr(into, name), best[name]
        if before != after:
            changed[name] = [before, after]
            setattr(into, name, after)
    return changed


async def _best_categories(session: AsyncSession, from_: Account, into: Account) -> list[dict[str, Any]]:
    held = select(AccountCategory).where(AccountCategory.account == from_.id, AccountCategory.ended_at.is_(None))
    changes: list[dict[str, Any]] = []
    for theirs in await session.scalars(held.order_by(AccountCategory.category)):
        ours = await session.get(AccountCategory, (into.id, theirs.category))
        before = None if ours is None else _proof(ours)
        if ours is not None and ours.ended_at is None and _end(ours) >= _end(theirs):
            continue
        if ours is None:
            ours = AccountCategory(account=into.id, category=theirs.category)
            session.add(ours)
        _prove(ours, _proof(theirs))
        changes.append({"category": theirs.category, "before": before, "after": _proof(ours)})
    return changes


async def _pass_staff(session: AsyncSession, giver: Account, taker: Account) -> None:
    staff, giver.staff = giver.staff, None
    await session.flush()  # one account for each of the staff, at every moment
    taker.staff = staff


def _end(held: AccountCategory) -> date:
    return held.expires_on or date.max


def _proof(held: AccountCategory) -> dict[str, Any]:
    """A category's proof as JSON."""
    return {
        "proved_on": held.proved_on.isoformat(),
        "checked_by": held.checked_by and str(held.checked_by),
        "expires_on": held.expires_on and held.expires_on.isoformat(),
        "ended_at": held.ended_at and held.ended_at.isoformat(),
    }


def _prove(held: AccountCategory, proof: Mapping[str, Any]) -> None:
    held.proved_on = date.fromisoformat(proof["proved_on"])
    held.checked_by = UUID(proof["checked_by"]) if proof["checked_by"] else None
    held.expires_on = date.fromisoformat(proof["expires_on"]) if proof["expires_on"] else None
    held.ended_at = datetime.fromisoformat(proof["ended_at"]) if proof["ended_at"] else None
