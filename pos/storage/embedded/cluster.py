"""One shop's own PostgreSQL: made, started, shared between processes, stopped by the last of them."""

import asyncio
import contextlib
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import asyncpg

from pos.storage.embedded import process
from pos.storage.embedded.binaries import Binaries, find_binaries, installed_majors
from pos.storage.embedded.configuration import (
    APP,
    OWNER,
    PORT,
    clean_environment,
    identities,
    initdb_command,
    over_tcp,
    write_settings,
)
from pos.storage.embedded.errors import BinariesMissing, DidNotStart, DidNotStop, OtherMajor
from pos.storage.embedded.locks import Users
from pos.storage.embedded.place import Place, place_of

DATABASE = "tillcard"
_NOT_YET = (OSError, asyncpg.CannotConnectNowError, asyncpg.TooManyConnectionsError, TimeoutError)


class Cluster:
    """A running server over one data folder. Leave it by `close()`, or use it with `async with`.

    Several processes may open one folder: the first starts the server, the others find it running, the last to close
    stops it. A server left behind by a killed process is taken over by the next one to open.
    """

    def __init__(self, place: Place, binaries: Binaries, settings: Mapping[str, str]) -> None:
        self.place = place
        self.binaries = binaries
        self.found_running = False
        """Whether the server was running already when we came."""
        self._settings = dict(settings)
        self._users = Users(place.folder)
        self._child: subprocess.Popen[Any] | None = None

    @classmethod
    async def open(
        cls,
        data_dir: str | PathLike[str],
        *,
        binaries: str | PathLike[str] | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> "Cluster":
        """The server of `data_dir`, running and answering: made where there is none, started, or found running.

        `binaries` forces one folder of PostgreSQL programs; `settings` are added to the server's own. Raises
        `BinariesMissing`, `BinariesUnusable`, `OtherMajor`, `NoAccountToDropTo`, `UnsafeFolder`, `InUseElsewhere`,
        `DidNotStart`.
        """
        opening = asyncio.ensure_future(asyncio.to_thread(cls._open, Path(data_dir), binaries, settings or {}))
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            with contextlib.suppress(Exception):
                await (await opening).close()
            raise

    @classmethod
    def _open(cls, data_dir: Path, forced: str | PathLike[str] | None, settings: Mapping[str, str]) -> "Cluster":
        place = place_of(data_dir)
        binaries = _binaries_for(place, forced).within_reach_of(place.account)
        cluster = cls(place, binaries, settings)
        with cluster._users.turn():
            cluster._users.enter()
            try:
                cluster._start()
            except BaseException:
                cluster._users.leave()
                raise
        return cluster

    async def close(self) -> None:
        """Leave; the last to leave stops the server, letting no transaction be half-done. Raises `DidNotStop`."""
        await asyncio.to_thread(self._close)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def dsn(self, role: str = APP, database: str = DATABASE) -> str:
        """A `postgresql://` address for `role` (`tillcard_owner` or `tillcard_app`), as asyncpg and libpq take it."""
        if over_tcp():
            password = quote((self.place.folder / f"{role}.password").read_text().strip(), safe="")
            return f"postgresql://{role}:{password}@127.0.0.1:{self._port()}/{database}"
        return f"postgresql://{role}@/{database}?host={quote(str(self.place.run), safe='/')}&port={PORT}"

    async def answers(self) -> bool:
        """Whether the server takes a connection and answers a query now."""
        try:
            await _ask(self.dsn(OWNER, "postgres"))
        except (*_NOT_YET, asyncpg.PostgresError):
            return False
        return True

    def pid(self) -> int | None:
        """The server's process, if it runs."""
        return process.running_server(self.place.data)

    async def start_again(self) -> None:
        """Start the server if it died. Raises `DidNotStart`."""
        await asyncio.to_thread(self._start_in_turn)

    def _start_in_turn(self) -> None:
        with self._users.turn():
            self._start()

    def _start(self) -> None:
        """Make the data if there is none, take over a running server or start one, wait until it answers."""
        data = self.place.data
        self._make()
        pid = process.running_server(data)
        self.found_running = pid is not None
        if pid is not None:
            self._admit_ourselves(pid)
        else:
            self._launch()
        self._prepare()

    def _make(self) -> None:
        """Run `initdb` aside and move the result in place, so that a killed start leaves nothing half-made."""
        place, making = self.place, Path(str(self.place.data) + ".making")
        if place.data.exists():
            return
        shutil.rmtree(making, ignore_errors=True)
        place.private(making)
        if over_tcp():
            for role in (OWNER, APP):
                place.write(f"{role}.password", secrets.token_urlsafe(24))
            place.write("owner.password", (place.folder / f"{OWNER}.password").read_text())
        command = initdb_command(self.binaries, place)
        if self._settings.get("fsync") == "off":
            command.append("--no-sync")
        done = subprocess.run(  # noqa: S603 - our own command
            command,
            capture_output=True,
            text=True,
            check=False,
            env=clean_environment(),
            cwd=making,
            **self._as_account(),
        )
        if done.returncode != 0:
            shutil.rmtree(making, ignore_errors=True)
            raise DidNotStart(reason=_reason(done.stderr), log="initdb")
        with open(making / "postgresql.conf", "a", encoding="utf-8") as file:
            file.write("\n# Tillcard's settings are beside this folder and written anew at every start.\n")
            file.write("include '../tillcard.conf'\n")
        making.rename(place.data)

    def _launch(self) -> None:
        """Start the server and wait for its first answer, once more if a dead server's backends held it up."""
        place = self.place
        place.private(place.run)
        write_settings(place, self._settings, _free_port() if over_tcp() else PORT)
        for attempt in (1, 2, 3):
            if self._child is not None:
                self._child.poll()  # a dead child keeps its number until it is asked
            process.wait_for_orphans(place.data, 5)
            process.clear_stale_pid_file(place.data)
            self._spawn()
            try:
                self._wait_until_it_answers(300)
                return
            except DidNotStart as error:
                held_up = "shared memory" in str(error) or "lock file" in str(error)
                if attempt == 3 or not held_up:
                    raise

    def _spawn(self) -> None:
        postgres, data = self.binaries.program("postgres"), self.place.data
        self.place.start_log.unlink(missing_ok=True)
        with open(self.place.start_log, "xb") as log:
            self.place.hand_over(self.place.start_log)
            if sys.platform == "win32":  # pg_ctl gives up administrator's rights, which the server refuses
                command = [str(self.binaries.program("pg_ctl")), "start", "-D", str(data), "-W"]
            else:
                command = process.server_command(postgres, data)
            self._child = subprocess.Popen(  # noqa: S603 - our own command
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.place.folder,
                env=clean_environment(),
                start_new_session=True,  # Ctrl-C in the terminal is for us: we stop it in order
                **self._as_account(),
            )

    def _wait_until_it_answers(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        pause = 0.01
        while True:
            try:
                asyncio.run(_ask(self.dsn(OWNER, "postgres")))
                return
            except _NOT_YET as error:
                died = self._child is not None and self._child.poll() not in (None, 0)
                if died or time.monotonic() > until:
                    raise DidNotStart(reason=self._why(), log=str(self.place.log)) from error
            except asyncpg.PostgresError as error:
                raise DidNotStart(reason=str(error), log=str(self.place.log)) from error
            time.sleep(pause)
            pause = min(pause * 1.5, 0.2)

    def _why(self) -> str:
        """The server's last complaint: from its first output, else from the newest log file."""
        logs = sorted(self.place.log.glob("*.log"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in (self.place.start_log, *logs[:1]):
            reason = _reason(path.read_text(encoding="utf-8", errors="replace"))
            if reason:
                return reason
        return "it did not answer in time"

    def _admit_ourselves(self, pid: int) -> None:
        """Let our system user in where another one started the server, then wait for its answer."""
        wanted = identities(self.place)
        path = self.place.folder / "pg_ident.conf"
        if not over_tcp() and not set(wanted.splitlines()) <= set(path.read_text(encoding="utf-8").splitlines()):
            self.place.write("pg_ident.conf", "\n".join([path.read_text(encoding="utf-8").rstrip(), wanted]))
            process.tell_to_stop(pid, self.place.data, "SIGHUP")  # reads its files again
            time.sleep(0.2)
        self._child = self._child if self._child is not None and self._child.pid == pid else None
        self._wait_until_it_answers(60)

    def _prepare(self) -> None:
        passwords = {}
        if over_tcp():
            passwords[APP] = (self.place.folder / f"{APP}.password").read_text().strip()
        asyncio.run(_make_roles_and_database(self.dsn(OWNER, "postgres"), passwords))

    def _close(self) -> None:
        with self._users.turn():
            if self._users.last():
                self._stop()
            self._users.leave()

    def _stop(self) -> None:
        """Stop the server: fast (open transactions are rolled back), then, after a minute, at once (recovers later)."""
        data = self.place.data
        pid = process.running_server(data)
        if pid is None:
            return
        if sys.platform == "win32":
            command = [str(self.binaries.program("pg_ctl")), "stop", "-D", str(data), "-m", "fast"]
            subprocess.run(command, capture_output=True, check=False, env=clean_environment())  # noqa: S603 - our own command
        for how, seconds in (("SIGINT", 60), ("SIGQUIT", 15)):
            process.tell_to_stop(pid, data, how)
            if process.wait_until_gone(pid, data, seconds, self._child):
                return
        raise DidNotStop(pid=pid, seconds=75)

    def _port(self) -> int:
        """The TCP port of the running server, from its settings."""
        for line in (self.place.folder / "tillcard.conf").read_text(encoding="utf-8").splitlines():
            if line.startswith("port = "):
                return int(line.split("'")[1])
        return PORT

    def _as_account(self) -> dict[str, Any]:
        return self.place.account.popen() if sys.platform == "win32" else {**self.place.account.popen(), "umask": 0o077}


def _binaries_for(place: Place, forced: str | PathLike[str] | None) -> Binaries:
    """Programs of the major that made the data, whatever else is installed. Raises `OtherMajor`, `BinariesMissing`."""
    made_by = place.major()
    try:
        binaries = find_binaries(made_by, forced)
    except BinariesMissing:
        if made_by is None or not (available := installed_majors()):
            raise
        raise OtherMajor(data=str(place.data), found=made_by, available=available[0]) from None
    if made_by not in (None, binaries.major):
        raise OtherMajor(data=str(place.data), found=made_by, available=binaries.major)
    return binaries


async def _ask(dsn: str) -> None:
    connection = await asyncpg.connect(dsn, timeout=5, ssl=False)
    try:
        await connection.execute("SELECT 1")
    finally:
        await connection.close(timeout=5)


async def _make_roles_and_database(dsn: str, passwords: Mapping[str, str]) -> None:
    """The app's role and the shop's database, if missing. Rights on tables are given by the migrations."""
    connection = await asyncpg.connect(dsn, timeout=30, ssl=False)
    try:
        if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", APP):
            word = passwords.get(APP)
            await connection.execute(f"CREATE ROLE {APP} LOGIN" + (f" PASSWORD '{word}'" if word else ""))
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", DATABASE):
            await connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER} TEMPLATE template0 ENCODING 'UTF8'")
            await connection.execute(f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC")
            await connection.execute(f"GRANT CONNECT, TEMPORARY ON DATABASE {DATABASE} TO {APP}")
    finally:
        await connection.close(timeout=5)


def _reason(text: str) -> str:
    """The last complaint in a log, without its time stamp; with it, what it says of a wrong setting."""
    lines = [line.split("] ", 1)[-1].strip() for line in text.splitlines()]
    fatal = [line for line in lines if any(mark in line for mark in ("FATAL:", "PANIC:", "error:"))]
    settings = [line for line in lines if line.startswith("LOG:") and "parameter" in line]
    return "; ".join(settings + fatal[-1:]) if fatal else ""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
