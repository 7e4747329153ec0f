"""The scan-routing table: saved only while every code has one reader."""

from dataclasses import replace

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from pos.catalog.errors import ScanRouteNotFound, ScanRouteOverlaps
from pos.catalog.model import ScanRoute
from pos.catalog.rules import Route, ScanKind, checked_route, overlapping

ONE_AT_A_TIME = "LOCK TABLE scan_route IN SHARE ROW EXCLUSIVE MODE"


async def save_scan_route(session: AsyncSession, route: Route) -> Route:
    """Add the route (`id` 0) or change it; answers it with its id. Saved one at a time: the check sees all.

    Raises `BadScanRoute`, `ScanRouteNotFound`, and `ScanRouteOverlaps`, which names the other by id and prefix.
    """
    checked_route(route)
    await session.execute(text(ONE_AT_A_TIME))
    rows = {row.id: row for row in await session.scalars(select(ScanRoute).where(ScanRoute.active))}
    other = overlapping(route, [as_route(row) for row in rows.values()])
    if other is not None:
        raise ScanRouteOverlaps(other=other.id, prefix=other.prefix)
    row = rows.get(route.id) if route.id else ScanRoute()
    if row is None:
        raise ScanRouteNotFound(scan_route=route.id)
    row.kind, row.prefix, row.length, row.pattern, row.unit = (
        route.kind,
        route.prefix,
        route.length,
        route.pattern,
        route.unit,
    )
    row.item_from, row.item_to = route.item or (None, None)
    row.value_from, row.value_to = route.value or (None, None)
    session.add(row)
    await session.flush()
    return replace(route, id=row.id)


async def ensure_scan_route(session: AsyncSession, kind: ScanKind, prefix: str) -> None:
    """Have every code that begins with `prefix` read as `kind`; nothing where a route says so already.

    Raises `ScanRouteOverlaps` where the prefix belongs to something else.
    """
    known = select(ScanRoute.id).where(ScanRoute.active, ScanRoute.kind == kind, ScanRoute.prefix == prefix)
    if await session.scalar(known.limit(1)) is None:
        await save_scan_route(session, Route(id=0, kind=kind, prefix=prefix))


async def switch_off_scan_route(session: AsyncSession, route_id: int) -> None:
    """Stop reading codes by it; one already off is no error. Raises `ScanRouteNotFound`."""
    row = await session.get(ScanRoute, route_id)
    if row is None:
        raise ScanRouteNotFound(scan_route=route_id)
    row.active = False


def as_route(row: ScanRoute) -> Route:
    """The row as the rules know it."""
    return Route(
        id=row.id,
        kind=row.kind,
        prefix=row.prefix,
        length=row.length,
        pattern=row.pattern,
        item=_span(row.item_from, row.item_to),
        value=_span(row.value_from, row.value_to),
        unit=row.unit,
    )


def _span(start: int | None, end: int | None) -> tuple[int, int] | None:
    return None if start is None or end is None else (start, end)
