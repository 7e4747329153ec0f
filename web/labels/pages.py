"""The page of labels: choose goods, see one of their labels, print them through the agent or take them as ZPL."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from io import BytesIO
from typing import Annotated, Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from litestar import Request, Response, Router, get, post
from litestar.datastructures import State
from litestar.params import Parameter
from litestar.response import Template
from sqlalchemy.ext.asyncio import AsyncSession

from devices.agent.clock import milliseconds, wire_time
from devices.labels.content import labels_from
from devices.labels.errors import LabelError
from devices.labels.picture import draw
from devices.labels.zpl.encode import encode
from loyalty.tiers.ledger import chain_zone
from loyalty.tiers.queries import tier_names
from pos.catalog.queries import categories, product_page
from web.agent.relay import Message
from web.agent.relays import Relays
from web.catalog.routes import shop_price_list
from web.devices.errors import AgentAway, DeviceNotFound
from web.devices.shown import AgentView, agent_views
from web.labels.content import content_of
from web.labels.errors import LabelUnfit, NothingChosen
from web.labels.forms import MOST_GOODS, Wanted, look_of, wanted_of
from web.office.pages import page
from web.texts import language_of

Asker = Request[Any, Any, Any]
Typed = Annotated[str, Parameter(max_length=200)]
KIND = "label-printer"
SECONDS_TO_BEGIN = 600


@get("/", include_in_schema=False)
async def labels_page(
    request: Asker,
    session: AsyncSession,
    state: State,
    now: datetime,
    search: Typed = "",
    category: Annotated[str, Parameter(pattern="^[0-9]{0,9}$")] = "",
    since: Annotated[str, Parameter(max_length=10)] = "",
    after: int = 0,
) -> Template:
    """Goods to choose from, and how their labels look. Raises `LabelUnfit` for a day that is none."""
    try:
        day = date.fromisoformat(since) if since else None
    except ValueError as error:
        raise LabelUnfit(why="since") from error
    chosen_category = int(category) if category else None
    return page(
        request, "labels.html", **await shown(request, session, state, now, search, chosen_category, day, after)
    )


async def shown(
    request: Asker,
    session: AsyncSession,
    state: State,
    now: datetime,
    search: str = "",
    category: int | None = None,
    since: date | None = None,
    after: int = 0,
) -> dict[str, Any]:
    """What the page needs besides an answer."""
    language = language_of(request)
    look = look_of({"language": language, **request.query_params})
    changed = datetime.combine(since, time.min, ZoneInfo(await zone_of(session))) if since else None
    goods = await product_page(
        session,
        await shop_price_list(session),
        at=now,
        search=search,
        category=category,
        after=after,
        limit=MOST_GOODS,
        repriced_since=changed,
    )
    names = {row.id: row.names.get(language) or next(iter(row.names.values()), "") for row in goods.rows}
    return {
        "goods": goods,
        "names": names,
        "look": look,
        "search": search,
        "category": category,
        "since": since,
        "categories": [(row.id, row.names.get(language) or next(iter(row.names.values()), "")) for row in
                       await categories(session)],
        "tiers": await tier_names(session, language),
        "printers": await printers(session, state.relays),
    }  # fmt: skip


async def zone_of(session: AsyncSession) -> str:
    return str(await chain_zone(session))


@dataclass(frozen=True, slots=True)
class LabelPrinter:
    """`place`: of its agent and itself, as the form names it."""

    agent: AgentView
    id: str

    @property
    def place(self) -> str:
        return f"{self.agent.place}/{self.id}"


async def printers(session: AsyncSession, relays: Relays) -> list[LabelPrinter]:
    """The label printers of every agent that is there."""
    return [
        LabelPrinter(agent, device["id"])
        for agent in await agent_views(session, relays)
        for device in agent.devices or ()
        if device["kind"] == KIND
    ]


@get("/picture/{product_id:uuid}", include_in_schema=False)
async def picture(request: Asker, session: AsyncSession, now: datetime, product_id: UUID) -> Response[bytes]:
    """The label of one product as a picture. Raises `LabelUnfit`, `NothingChosen` where it has no price."""
    look = look_of(request.query_params)
    content = await content_of(session, look, {product_id: 1}, at=now)
    if not content["labels"]:
        raise NothingChosen(field="price")
    try:
        labels = labels_from(content)
        image = draw(labels.labels[0], labels.size, labels.language)
    except LabelError as error:
        raise LabelUnfit(why=error.code) from error
    out = BytesIO()
    image.save(out, "PNG")
    return Response(out.getvalue(), media_type="image/png", headers={"cache-control": "no-store"})


@post("/zpl", status_code=200, include_in_schema=False)
async def as_zpl(request: Asker, session: AsyncSession, now: datetime) -> Response[bytes]:
    """The chosen labels as a file for any ZPL printer. Raises `NothingChosen`, `LabelUnfit`."""
    content = await chosen(session, wanted_of(await request.form()), now)
    headers = {"content-disposition": 'attachment; filename="labels.zpl"'}
    return Response(
        encode(labels_from(content), pictures=False), media_type="application/octet-stream", headers=headers
    )


@post("/print", status_code=200, include_in_schema=False)
async def print_labels(request: Asker, session: AsyncSession, state: State, now: datetime) -> Template:
    """Hand the chosen labels to a label printer. Raises `NothingChosen`, `LabelUnfit`, `AgentAway`, `DeviceNotFound`."""
    wanted = wanted_of(await request.form())
    content = await chosen(session, wanted, now)
    found = await printers(session, state.relays)
    if not found and all(agent.devices is None for agent in await agent_views(session, state.relays)):
        raise AgentAway
    printer = next((each for each in found if wanted.device in ("", each.place)), None)
    if printer is None:
        raise DeviceNotFound(device=wanted.device)
    job: Message = {
        "type": "job",
        "id": str(uuid4()),
        "kind": "label",
        "device": printer.id,
        "register": printer.agent.register,
        "content": content,
        "ttl": SECONDS_TO_BEGIN,
        "made_at": wire_time(milliseconds(datetime.now(UTC))),
    }
    answer = await printer.agent.relay.request(job)
    return page(request, "labels.html", answer=answer, **await shown(request, session, state, now))


async def chosen(session: AsyncSession, wanted: Wanted, now: datetime) -> dict[str, Any]:
    """The content of the job, tried: nothing that cannot be laid out is handed on."""
    content = await content_of(session, wanted.look, wanted.copies, at=now)
    if not content["labels"]:
        raise NothingChosen(field="price")
    try:
        encode(labels_from(content), pictures=False)
    except LabelError as error:
        raise LabelUnfit(why=error.code) from error
    return content


LABEL_PAGES = Router(path="/office/labels", route_handlers=[labels_page, picture, as_zpl, print_labels])
