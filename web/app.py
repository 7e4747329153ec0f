"""The web application: every route, what they share, and what starts and stops with it."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from uuid import UUID

import structlog
from litestar import Litestar, Router
from litestar.config.compression import CompressionConfig
from litestar.config.csrf import CSRFConfig
from litestar.contrib.jinja import JinjaTemplateEngine
from litestar.datastructures import State
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.plugins.pydantic import PydanticPlugin
from litestar.static_files import create_static_files_router
from litestar.template import TemplateConfig
from litestar.types import Message, Scope

from pos import __version__
from pos.documents.service import keep_personal
from pos.registers.queries import register_for_delivery
from pos.sales.record import Differs, Recorder
from pos.storage.database import Database
from web import clock, logs
from web.accounts.routes import ACCOUNTS
from web.agent.relay import Deliver, Relay
from web.agent.routes import AGENT
from web.auth import enforce_rights, provide_person, provide_register
from web.catalog.routes import CATALOG
from web.demo.pages import DEMO
from web.errors import HANDLERS
from web.live import Live
from web.office.pages import template_callables
from web.office.routes import OFFICE
from web.registers.routes import PairingController
from web.security import HEADERS, secure_cookie
from web.session import SessionMiddleware, provide_now, provide_session
from web.settings import Settings
from web.till.documents import DocumentController, PersonalBody
from web.till.feed import FeedController
from web.till.files import till_files
from web.till.page import TILL_PAGE
from web.till.short_way import ShortWay

FOLDER = Path(__file__).parent
log = structlog.get_logger()
STAMPED = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
Lifespan = Callable[[Litestar], AbstractAsyncContextManager[None]]


def create_app(settings: Settings, database: Database, lifespans: list[Lifespan] | None = None) -> Litestar:
    """The application over an open `database`; `lifespans` are what the command adds (worker, agent, demo)."""
    logs.configure()

    @asynccontextmanager
    async def running(app: Litestar) -> AsyncGenerator[None, None]:
        await asyncio.to_thread(till_files)  # joined and compressed before the first till asks
        async with Recorder(database.pool) as recorder, Live(database) as live:
            app.state.recorder = recorder
            app.state.live = live
            app.state.relay = Relay(delivery(database, recorder))
            yield

    app = Litestar(
        route_handlers=[
            PairingController,
            DocumentController,
            FeedController,
            TILL_PAGE,
            OFFICE,
            CATALOG,
            ACCOUNTS,
            AGENT,
            *([DEMO] if settings.demo else []),
            *static_routers(),
        ],
        lifespan=[running, *(lifespans or [])],
        state=State({"settings": settings, "database": database, "known_keys": {}}),
        guards=[enforce_rights],
        middleware=[SessionMiddleware()],
        dependencies={
            "session": Provide(provide_session),
            "now": Provide(provide_now),
            "register": Provide(provide_register),
            "person": Provide(provide_person),
        },
        exception_handlers=HANDLERS,  # type: ignore[arg-type]
        before_send=[stamp],
        plugins=[PydanticPlugin(prefer_alias=True)],
        csrf_config=CSRFConfig(
            secret=settings.csrf_secret,
            cookie_name="tillcard_csrf",
            cookie_samesite="strict",
            cookie_httponly=True,
            exclude=[r"^/api/till/"],
        ),
        compression_config=CompressionConfig(
            backend="gzip", gzip_compress_level=6, exclude=["^/office/live", "^/till", "^/i18n"]
        ),
        template_config=TemplateConfig(
            directory=FOLDER / "office" / "templates", engine=JinjaTemplateEngine, engine_callback=template_callables
        ),
        openapi_config=OpenAPIConfig(
            title="Tillcard", version=__version__, path="/schema", render_plugins=[JsonRenderPlugin()]
        ),
        request_max_body_size=2_000_000,
        logging_config=None,
        debug=False,
    )
    app.asgi_handler = ShortWay(app.asgi_handler, app.state)
    return app


def delivery(database: Database, recorder: Recorder) -> Deliver:
    """How a document that only the device agent still had is stored: in the name of the register that made it."""

    async def deliver(register_id: UUID, document_id: UUID, body: bytes, personal: str | None) -> bool:
        async with database.sessions() as session:
            key = await register_for_delivery(session, register_id, body)
        if isinstance(await recorder.record(key, document_id, body), Differs):
            return False
        if personal is not None:
            kept = PersonalBody.model_validate_json(personal)
            async with database.transaction() as session:
                await keep_personal(session, register_id, document_id, bytes.fromhex(kept.salt), kept.part)
        return True

    return deliver


def static_routers() -> list[Router]:
    """Files that are served as they stand."""
    return [
        create_static_files_router(path="/static", directories=[FOLDER / "static"], include_in_schema=False),
    ]


async def stamp(message: Message, scope: Scope) -> None:
    """Every answer, errors too, carries what keeps foreign script out, and the server's time for the till's clock."""
    if message["type"] == "http.response.start":
        now = b"%d" % int(clock.now().timestamp() * 1000)
        sent = message.get("headers", ())
        if scope["scheme"] == "https":
            sent = [secure_cookie(*header) for header in sent]
        message["headers"] = [*sent, *STAMPED, (b"tillcard-time", now)]
