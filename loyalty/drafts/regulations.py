"""What the law says of classes of goods, in every rule set that holds or will. It is not a draft's to change."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.drafts.republish import Body, republish
from loyalty.pricing.rules import Regulation
from loyalty.pricing.store import rule_set_at
from loyalty.pricing.wire_rules import read_regulations

Json = dict[str, Any]


async def publish_regulations(
    session: AsyncSession, regulations: Sequence[Regulation], *, by: UUID | None, at: datetime
) -> list[int]:
    """Put all `regulations` there are in force at once, and in each version to come; the new versions' numbers.

    None where the engine knows them so already. The open draft has them too. Raises a `Malformed` of the engine's
    reader.
    """
    wanted = frozenset(regulations)
    written = [written_regulation(each) for each in sorted(regulations, key=lambda each: each.code)]

    def with_them(body: Body) -> Body:
        return body if frozenset(read_regulations(body)) == wanted else {**body, "regulations": written}

    return await republish(session, with_them, by=by, at=at)


async def regulations_at(session: AsyncSession, at: datetime) -> list[Json]:
    """The regulations of the rules in force then, as rule sets hold them; none before there are rules."""
    holds = await rule_set_at(session, at)
    return list(holds.body.get("regulations") or ()) if holds else []


def written_regulation(regulation: Regulation) -> Json:
    """The form that rule sets hold; what the law leaves open is left out."""
    said = {
        "no_discount": regulation.no_discount or None,
        "no_points": regulation.no_points or None,
        "floor": regulation.floor,
        "ceiling": regulation.ceiling,
    }
    return {"code": regulation.code, **{name: value for name, value in said.items() if value is not None}}
