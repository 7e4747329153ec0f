"""The command line: `tillcard demo | up | serve | worker | devices | user | import | backup | restore | check`."""

import argparse
import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from loyalty.imports.layouts import FIELDS
from pos import __version__
from pos.core.errors import TillError
from pos.storage.said import SaidInEnglish
from web.cli.errors import FileUnusable, SettingWrong
from web.settings import Settings
from web.texts import text

BROKEN_OFF = 128 + signal.SIGTERM
Command = Callable[[argparse.Namespace, Settings], Coroutine[Any, Any, None]]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; an expected failure is one plain sentence and exit code 2, Ctrl+C is 130.

    SIGTERM is 0 for what runs until it is told to end, and 143 for work that it broke off.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["devices"]:
        from devices.cli.main import main as devices

        sys.exit(devices(given[1:]))
    asked = parser().parse_args(given)
    changes = {name: value for name in ("data", "host", "port") if (value := getattr(asked, name, None)) is not None}
    try:
        with plainly(), asyncio.Runner(loop_factory=event_loop()) as runner:
            runner.run(until_told(asked.command(asked, settings_with(changes))))
    except TillError as error:
        print(f"tillcard: {sentence(error)} ({error.code})", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    except asyncio.CancelledError:
        sys.exit(0 if asked.lasting else BROKEN_OFF)


async def until_told(command: Coroutine[Any, Any, None]) -> None:
    """Run the command; SIGTERM, a service manager's way to stop a program, cancels it, and what it opened is closed.

    Raises `asyncio.CancelledError` then, also where a clean-up that awaited a task took our cancelling for that task's.
    """
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None

    def end(*_: object) -> None:
        task.cancel()
        loop.call_soon_threadsafe(lambda: None)  # wakes a loop that waits

    signal.signal(signal.SIGTERM, end)
    await command
    if task.cancelling():
        raise asyncio.CancelledError


def event_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop where there is one; Windows goes on with its own."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


def settings_with(changes: dict[str, Any]) -> Settings:
    """What the environment and the command's own options say. Raises `SettingWrong`."""
    try:
        return Settings(**changes)
    except ValidationError as error:
        first = error.errors()[0]
        raise SettingWrong(name=first["loc"][0], value=first["input"], reason=first["msg"]) from error


@contextmanager
def plainly() -> Iterator[None]:
    """What the system refuses of a file or folder, as an error that has a sentence. Raises `FileUnusable`."""
    try:
        yield
    except OSError as error:
        if error.filename is None:
            raise
        raise FileUnusable(path=error.filename, reason=error.strerror) from error


def sentence(error: TillError) -> str:
    """What went wrong and what to do, in English: a terminal has no language of its own."""
    return str(error) if isinstance(error, SaidInEnglish) else text("en", f"error.{error.code}", **error.fields)


def command_at(place: str) -> Command:
    """The coroutine at "module.name" beside this file, imported once it is run: a command waits for its own parts alone."""
    module, name = place.split(".")

    async def command(asked: argparse.Namespace, settings: Settings) -> None:
        await getattr(import_module(f"web.cli.{module}"), name)(asked, settings)

    return command


def parser() -> argparse.ArgumentParser:
    """Every command with its options; each names the coroutine that does it."""
    top = argparse.ArgumentParser(prog="tillcard", description="Retail point of sale that knows the customer.")
    top.add_argument("--version", action="version", version=__version__)
    commands = top.add_subparsers(required=True, metavar="command")

    def add(name: str, place: str, summary: str, *, serves: bool = False) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=summary, description=summary)
        made.set_defaults(command=command_at(place), lasting=place.startswith("serving."))
        made.add_argument("--data", type=Path, help="the data folder (default: data/shop, or TILLCARD_DATA)")
        if serves:
            made.add_argument("--port", type=int, help="the port of the pages (default 8080)")
            made.add_argument("--host", help="the address to listen on (default 127.0.0.1)")
        return made

    demo = add("demo", "serving.demo", "a shop with made-up goods and people, and simulated devices", serves=True)
    demo.add_argument("--products", type=int, default=2_000)
    demo.add_argument("--accounts", type=int, default=5_000)
    demo.add_argument("--fiscal", metavar="PROTOCOL", help="a simulated fiscal register too: shtrih-m1, shtrih-m2, ...")
    demo.add_argument("--terminal", metavar="PROTOCOL", help="a simulated card terminal too: zvt-tcp")
    demo.add_argument("--sales", type=int, default=0, help="scaled history by this many bare sales")
    up = add("up", "serving.up", "one shop: database, pages, worker and devices in one", serves=True)
    up.add_argument("--name", default="Shop", help="a new shop's name, as receipts show it")
    up.add_argument("--zone", default="Asia/Yerevan", help="a new shop's time zone")
    up.add_argument("--currency", default="AMD", help="a new shop's currency: AMD, RUB, EUR or USD")
    up.add_argument("--language", default="en", choices=("en", "ru", "hy"), help="a new shop's language")
    add("serve", "serving.serve", "the pages alone, for a chain (needs DATABASE_URL)", serves=True)
    add("worker", "serving.worker", "work after the commit: audit, links of the chain")
    user = add("user", "people.user", "add a person, or give a new PIN or password")
    user.add_argument("name")
    user.add_argument("--role", choices=("cashier", "manager", "owner"), default="cashier")
    user.add_argument("--login", help="a name for the back office; the password is asked for")
    user.add_argument("--pin", action="store_true", help="ask for a PIN for the tills")
    taken = add("import", "imports.import_", "accounts, cards, sums and points from an Excel or text file")
    taken.add_argument("file", help="an .xlsx, .xls or text file, or the id of an import made before")
    taken.add_argument(
        "--column", action="append", default=[], metavar="LETTER=FIELD", help=f"one of: {', '.join(FIELDS)}"
    )
    taken.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="header_line, country, decimals, …"
    )
    taken.add_argument("--write", action="store_true", help="write the rows; without it nothing is written")
    taken.add_argument("--rest", action="store_true", help="with --write: leave bad rows out and write the rest")
    taken.add_argument(
        "--undo", action="store_true", help="take back what an import wrote, where it was not used since"
    )
    backup = add("backup", "data.backup", "write everything into one file")
    backup.add_argument("file", type=Path)
    restore = add("restore", "data.restore", "bring a backup into an empty place and verify it")
    restore.add_argument("file", type=Path)
    add("check", "data.check", "verify every document, link and figure against the bytes that tills made")
    return top
