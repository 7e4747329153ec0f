"""`tillcard demo`, `up`, `serve` and `worker`: what runs until it is stopped."""

import argparse
import asyncio
import contextlib
import gc
import os
import secrets
import socket
import time
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from zoneinfo import available_timezones

import uvicorn
from litestar import Litestar

from pos.staff.queries import staff_list
from pos.storage import migrations
from pos.storage.database import Database, in_role, plain
from pos.storage.embedded.configuration import APP
from web import clock
from web.agent.beside import AgentBeside, free_port
from web.agent.own_devices import FILE, OwnDevices, own_devices
from web.app import create_app
from web.cli.errors import NeedsDatabaseUrl, PortTaken, ZoneUnknown
from web.cli.shop import shop_addresses, shop_database
from web.demo.shop import open_demo_shop
from web.secrets import kept_secret
from web.settings import Settings
from web.setup.first_shop import set_up_shop
from web.worker import working

QUIET = {"version": 1, "disable_existing_loggers": False, "loggers": {"uvicorn.error": {"level": "WARNING"}}}


async def up(asked: argparse.Namespace, settings: Settings) -> None:
    """One shop: everything in one process. Raises `DevicesFileWrong`, `ZoneUnknown`."""
    own = own_devices(settings.data)
    settings = prepared(settings)
    async with shop_database(settings) as database:
        async with database.transaction() as session:
            await set_up_shop(
                session,
                name=asked.name,
                zone=checked_zone(asked.zone),
                currency=asked.currency,
                language=asked.language,
                at=clock.now(),
            )
            anyone = any(person.login for person in await staff_list(session))

        def ready() -> None:
            greeting(settings, anyone=anyone)
            print(devices_said(settings, own), flush=True)

        await serve_until_stopped(settings, database, [beside(settings, database, own)], ready)


def checked_zone(zone: str) -> str:
    """Raises `ZoneUnknown` for a name that the time zone database does not have."""
    if zone not in available_timezones():
        raise ZoneUnknown(zone=zone)
    return zone


async def demo(asked: argparse.Namespace, settings: Settings) -> None:
    """The demo shop, with simulated devices, made on its first start."""
    began = time.monotonic()
    settings = prepared(settings.model_copy(update={"demo": True}))
    print(f"Tillcard demo shop in {settings.data}", flush=True)
    async with AsyncExitStack() as stack:
        addresses = await stack.enter_async_context(shop_addresses(settings))
        database = await Database.open(addresses.app)
        stack.push_async_callback(database.close)
        shop = await stack.enter_async_context(open_demo_shop(settings, addresses, database, asked))

        def ready() -> None:
            print(shop.greeting(settings, time.monotonic() - began), flush=True)

        await serve_until_stopped(settings, database, [shop.beside(settings, database)], ready)


async def serve(asked: argparse.Namespace, settings: Settings) -> None:
    """The pages alone. Raises `NeedsDatabaseUrl`, `SchemaTooOld`."""
    url = os.environ.get("DATABASE_URL")
    if not url:
        raise NeedsDatabaseUrl
    settings = prepared(settings)
    await migrations.check(plain(url))
    app_url = os.environ.get("TILLCARD_APP_DATABASE_URL")
    database = await Database.open(plain(app_url) if app_url else in_role(plain(url), APP))
    try:
        await serve_until_stopped(settings, database, [], lambda: greeting(settings))
    finally:
        await database.close()


async def worker(asked: argparse.Namespace, settings: Settings) -> None:
    """The work after the commit, until stopped."""
    async with shop_database(settings) as database, working(database):
        print("worker runs; stop it with Ctrl+C", flush=True)
        await asyncio.Event().wait()


def prepared(settings: Settings) -> Settings:
    """Secrets filled in, the port looked at. Raises `PortTaken` before anything is started."""
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise PortTaken(port=settings.port) from error
    return settings.model_copy(
        update={
            "csrf_secret": settings.csrf_secret or kept_secret(settings.data, "csrf"),
            "agent_token": settings.agent_token or secrets.token_urlsafe(32),
            "agent_port": free_port(settings.agent_port),
        }
    )


def beside(settings: Settings, database: Database, own: OwnDevices):
    """What a shop of its own runs beside the pages: the worker and the device agent."""

    @asynccontextmanager
    async def running(app: Litestar) -> AsyncGenerator[None, None]:
        async with working(database), AgentBeside(settings, database, own) as agent:
            app.state.agent = agent
            yield

    return running


def devices_said(settings: Settings, own: OwnDevices) -> str:
    """Which devices this computer drives, or how to set one up."""
    file = settings.data / FILE
    if own.devices:
        return f"devices      {', '.join(device.id for device in own.devices)}   ({file})"
    return (
        f"No device is set up. See what is plugged in: tillcard devices list --config {file}\n"
        f"Add one, then start again: tillcard devices add receipt receipt-printer tcp://192.168.1.50 --config {file}"
    )


def greeting(settings: Settings, *, anyone: bool = True) -> None:
    address = f"http://{settings.host}:{settings.port}"
    print(f"till         {address}/till\nback office  {address}/office", flush=True)
    if not anyone:
        print(
            "Nobody can sign in yet. In another terminal: "
            f"tillcard user NAME --role owner --login NAME --pin --data {settings.data}\n"
            "Then open Registers in the back office: its pairing code joins a till.",
            flush=True,
        )


async def serve_until_stopped(settings: Settings, database: Database, lifespans: list, ready) -> None:
    """Serve; call `ready` once requests are taken."""
    config = uvicorn.Config(
        create_app(settings, database, lifespans),
        host=settings.host,
        port=settings.port,
        log_config=QUIET,
        access_log=False,
        ws_max_size=4_000_000,
        timeout_graceful_shutdown=5,
    )
    server = uvicorn.Server(config)

    async def announce() -> None:
        while not server.started:
            await asyncio.sleep(0.05)
        settle()
        ready()

    announcing = asyncio.create_task(announce())
    try:
        await server.serve()
    finally:
        announcing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await announcing


def settle() -> None:
    """Tell the collector that what the program itself consists of stays for ever, and to look seldom at the rest.

    A request's values are freed when it ends; only cycles wait for the collector, and a look at every 700th new value
    would walk over the values of all documents that are on their way.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)
