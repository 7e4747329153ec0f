"""The web application: every route, what they share, and what starts and stops with it."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

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
from pos.sales.record import Recorder
from pos.storage.database import Database
from web import clock, logs
from web.accounts.cards import CARDS
from web.accounts.misuse import MISUSE
from web.accounts.routes import ACCOUNTS
from web.agent.books import ShopBooks
from web.agent.relays import Relays
from web.agent.routes import AGENT
from web.auth import enforce_rights, provide_agent, provide_person, provide_register
from web.barcodes.pages import BARCODE_PAGES
from web.catalog.routes import CATALOG
from web.clients.routes import CLIENT_PAGES
from web.coupons.pages import COUPON_PAGES
from web.coupons.routes import COUPONS, TillCouponController
from web.debts.pages import DEBT_PAGES
from web.debts.routes import DEBTS
from web.demo.pages import DEMO
from web.errors import HANDLERS
from web.fiscal.pages import FISCAL_PAGES
from web.fiscal.routes import FiscalRecordController
from web.giftcards.pages import GIFT_CARD_PAGES
from web.giftcards.routes import GIFT_CARDS, TillGiftCardController
from web.imports.pages import IMPORT_PAGES
from web.imports.routes import IMPORTS
from web.labels.pages import LABEL_PAGES
from web.lists.pages import LISTS
from web.live import Live
from web.office.pages import template_callables
from web.office.routes import OFFICE
from web.points.pages import PROGRAMME_PAGES
from web.points.routes import POINTS
from web.pricing.routes import PRICING
from web.registers.routes import PairingController
from web.reservations.routes import ReservationController
from web.rules.routes import RULES
from web.security import HEADERS, secure_cookie
from web.session import SessionMiddleware, provide_now, provide_session
from web.settings import Settings
from web.tiers.routes import TIERS
from web.till.accounts import TillAccountController
from web.till.documents import DocumentController
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
        database: Database = app.state.database
        async with Recorder(database.pool) as recorder, Live(database) as live:
            app.state.recorder = recorder
            app.state.live = live
            app.state.relays = Relays(ShopBooks(database, recorder))
            yield

    app = Litestar(
        route_handlers=[
            PairingController,
            DocumentController,
            FiscalRecordController,
            FeedController,
            TillAccountController,
            TILL_PAGE,
            OFFICE,
            FISCAL_PAGES,
            RULES,
            CATALOG,
            PRICING,
            ACCOUNTS,
            IMPORTS,
            IMPORT_PAGES,
            POINTS,
            PROGRAMME_PAGES,
            CLIENT_PAGES,
            COUPONS,
            GIFT_CARDS,
            DEBTS,
            COUPON_PAGES,
            GIFT_CARD_PAGES,
            DEBT_PAGES,
            BARCODE_PAGES,
            LABEL_PAGES,
            LISTS,
            ReservationController,
            TillCouponController,
            TillGiftCardController,
            TIERS,
            CARDS,
            MISUSE,
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
            "agent": Provide(provide_agent),
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
            exclude=[r"^/api/(till|agent)/"],
        ),
        compression_config=CompressionConfig(
            backend="gzip", gzip_compress_level=6, exclude=["^/office/live", "^/till", "^/i18n"]
        ),
        template_config=TemplateConfig(
            directory=[*sorted(FOLDER.glob("*/templates"))],
            engine=JinjaTemplateEngine,
            engine_callback=template_callables,
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
