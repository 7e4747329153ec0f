"""A whole shop in one file, made and restored by the tools of the server's own major, verified to the last row.

The file: a line that names the format, a line of JSON (`Header`), the archive of `pg_dump`, and a last line with the
SHA-256 of everything before it.
"""

import asyncio
import contextlib
import hashlib
import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO
from urllib.parse import unquote, urlsplit, urlunsplit

import asyncpg

from pos.core.errors import Conflict, Malformed, Unavailable
from pos.storage import migrations
from pos.storage.digest import Content, content
from pos.storage.embedded import find_binaries
from pos.storage.embedded.configuration import clean_environment
from pos.storage.embedded.errors import BinariesMissing
from pos.storage.said import SaidInEnglish

FORMAT = b"TILLCARD BACKUP 1\n"
_CHUNK = 1 << 20
_LONGEST_HEADER = 16 << 20
_LAST = b"\nsha256:"
_LAST_SIZE = len(_LAST) + 64 + 1


class BackupExists(SaidInEnglish, Conflict):
    code = "backup.exists"
    sentence = "{path} is there already and is not overwritten. Give another name."


class BackupFailed(SaidInEnglish, Unavailable):
    code = "backup.failed"
    sentence = "The backup was not made: {reason}. Nothing was left behind."


class ToolsMissing(SaidInEnglish, Unavailable):
    code = "backup.tools_missing"
    sentence = (
        "The server is PostgreSQL {major}, and its own pg_dump and pg_restore are not on this machine. Install them "
        "(Debian, Ubuntu: apt-get install postgresql-{major}), or set TILLCARD_POSTGRES_BIN to their folder."
    )


class NotABackup(SaidInEnglish, Malformed):
    code = "backup.not_a_backup"
    sentence = "{path} is not a backup of Tillcard."


class BackupDamaged(SaidInEnglish, Malformed):
    code = "backup.damaged"
    sentence = "{path} is damaged or cut short: its bytes are not those that were written. Use another backup."


class BackupTooNew(SaidInEnglish, Conflict):
    code = "backup.too_new"
    sentence = (
        "The backup was made by PostgreSQL {made_by}, this server is {server}. Restore it into {made_by} or newer."
    )


class PlaceNotEmpty(SaidInEnglish, Conflict):
    code = "backup.place_not_empty"
    sentence = "The database has tables already ({tables}). A backup is restored into an empty place only."


class RestoreFailed(SaidInEnglish, Unavailable):
    code = "backup.restore_failed"
    sentence = "The backup was not restored: {reason}. The place is empty again."


class RestoredDiffers(SaidInEnglish, Conflict):
    code = "backup.differs"
    sentence = "What was restored is not what was saved: {tables}. The place was emptied again."


@dataclass(frozen=True, slots=True)
class Header:
    """What a backup says about itself. `tables` and `sequences` as in `Content`, of the moment of the backup."""

    made_at: str
    app_version: str
    server_major: int
    server_version: str
    schema: str | None
    tables: dict[str, str]
    sequences: dict[str, int]

    def content(self) -> Content:
        return Content(self.tables, self.sequences)


async def backup(dsn: str, path: Path, *, app_version: str, at: datetime) -> Header:
    """Save the database of `dsn` (the owner's) into the new file `path`, readable by us alone; returns its header.

    The shop stays open: archive and digests are of one snapshot. The file appears under its name only when whole.
    Raises `BackupExists`, `BackupFailed`, `ToolsMissing`.
    """
    if await asyncio.to_thread(path.exists):
        raise BackupExists(path=str(path))
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            snapshot = await connection.fetchval("SELECT pg_export_snapshot()")
            major = connection.get_server_version().major
            tool = _tool("pg_dump", major)
            found = await content(connection)
            header = Header(
                made_at=at.isoformat(),
                app_version=app_version,
                server_major=major,
                server_version=await connection.fetchval("SHOW server_version"),
                schema=await _schema(connection),
                tables=dict(found.tables),
                sequences=dict(found.sequences),
            )
            command = [str(tool), "--format=custom", "--no-owner", "--no-password", f"--snapshot={snapshot}"]
            await asyncio.to_thread(_write, path, header, command, dsn)
    finally:
        await connection.close(timeout=5)
    return header


def verify(path: Path) -> Header:
    """The header of an undamaged backup; reads the whole file. Raises `NotABackup`, `BackupDamaged`."""
    try:
        with open(path, "rb") as file:
            if file.read(len(FORMAT)) != FORMAT:
                raise NotABackup(path=str(path))
            line = file.readline(_LONGEST_HEADER)
            hashed = hashlib.sha256(FORMAT + line)
            for chunk in _archive(file):
                hashed.update(chunk)
            if file.read() != _LAST + hashed.hexdigest().encode() + b"\n":
                raise BackupDamaged(path=str(path))
        return Header(**json.loads(line))
    except (OSError, ValueError, TypeError) as error:
        raise (NotABackup if isinstance(error, FileNotFoundError) else BackupDamaged)(path=str(path)) from error


async def restore(dsn: str, path: Path) -> Header:
    """Bring a backup back into the empty database of `dsn` (the owner's) and compare every table; returns its header.

    Raises `NotABackup`, `BackupDamaged`, `BackupTooNew`, `PlaceNotEmpty`, `ToolsMissing`, `SchemaTooNew`, and, leaving
    the place empty, `RestoreFailed`, `RestoredDiffers`.
    """
    header = await asyncio.to_thread(verify, path)
    migrations.known(header.schema)
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        major = connection.get_server_version().major
        if major < header.server_major:
            raise BackupTooNew(made_by=header.server_major, server=major)
        tool = _tool("pg_restore", major)
        if await connection.fetchval(migrations.DATABASE_COMMENT) == migrations.RESTORING:
            await _empty(connection)  # an earlier restore was killed
        async with connection.transaction():
            there = (await content(connection)).tables
        if there:
            raise PlaceNotEmpty(tables=", ".join(there))
        await migrations.ensure_app_role(dsn)
        await _mark(connection, migrations.RESTORING)
        try:
            command = [str(tool), "--no-owner", "--no-password", "--exit-on-error", "--single-transaction"]
            await asyncio.to_thread(_read, path, command, dsn)
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                different = header.content().differs_from(await content(connection))
            if different:
                raise RestoredDiffers(tables=", ".join(different))
        except BaseException:
            await _empty(connection)
            await _mark(connection, None)
            raise
        await connection.execute("ANALYZE")
        await _mark(connection, None)
    finally:
        await connection.close(timeout=5)
    return header


def _write(path: Path, header: Header, command: list[str], dsn: str) -> None:
    making = path.with_name(path.name + ".part")
    try:
        making.unlink(missing_ok=True)
        with os.fdopen(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            hashed = hashlib.sha256()

            def put(chunk: bytes) -> None:
                hashed.update(chunk)
                file.write(chunk)

            put(FORMAT)
            put(json.dumps(asdict(header), sort_keys=True).encode() + b"\n")
            with _running(command, dsn, stdout=subprocess.PIPE) as dumping:
                assert dumping.stdout is not None
                while chunk := dumping.stdout.read(_CHUNK):
                    put(chunk)
            file.write(_LAST + hashed.hexdigest().encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(making, path) if hasattr(os, "link") else making.rename(path)  # a link never overwrites
    except FileExistsError as error:
        raise BackupExists(path=str(path)) from error
    except (OSError, _ToolFailed) as error:
        raise BackupFailed(reason=str(error)) from error
    finally:
        with contextlib.suppress(OSError):
            making.unlink(missing_ok=True)


def _read(path: Path, command: list[str], dsn: str) -> None:
    try:
        with open(path, "rb") as file:
            file.seek(len(FORMAT))
            file.readline(_LONGEST_HEADER)
            with _running(command, dsn, stdin=subprocess.PIPE) as restoring:
                assert restoring.stdin is not None
                with contextlib.suppress(BrokenPipeError):  # its own words say why it ended
                    for chunk in _archive(file):
                        restoring.stdin.write(chunk)
                    restoring.stdin.close()
    except (OSError, _ToolFailed) as error:
        raise RestoreFailed(reason=str(error)) from error


def _archive(file: IO[bytes]) -> Iterator[bytes]:
    """The archive's bytes from here on, leaving the file at its last line."""
    left = os.fstat(file.fileno()).st_size - file.tell() - _LAST_SIZE
    while left > 0 and (chunk := file.read(min(_CHUNK, left))):
        left -= len(chunk)
        yield chunk


class _ToolFailed(Exception):
    """A tool ended with an error; the text is its last words."""


@contextlib.contextmanager
def _running(
    command: list[str], dsn: str, *, stdin: int = subprocess.DEVNULL, stdout: int = subprocess.DEVNULL
) -> Iterator["subprocess.Popen[bytes]"]:
    """A tool at work on `dsn`, whose password is kept off its command line. Raises `_ToolFailed`."""
    parts = urlsplit(dsn)
    user, _, host = parts.netloc.rpartition("@")
    name, _, password = user.partition(":")
    address = urlunsplit(parts._replace(netloc=f"{name}@{host}" if user else host))
    environment = clean_environment() | ({"PGPASSWORD": unquote(password)} if password else {})
    where = [f"--dbname={address}"]
    with subprocess.Popen(  # noqa: S603 - our own command
        command + where, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE, env=environment
    ) as tool:
        try:
            yield tool
        except BaseException:
            tool.kill()
            raise
        if tool.stdin is not None:
            with contextlib.suppress(OSError):
                tool.stdin.close()
        assert tool.stderr is not None
        said = tool.stderr.read().decode(errors="replace").strip()
        if tool.wait() != 0:
            raise _ToolFailed(
                said.splitlines()[-1] if said else f"{Path(command[0]).name} ended with {tool.returncode}"
            )


def _tool(name: str, major: int) -> Path:
    try:
        return find_binaries(major).program(name)
    except BinariesMissing as error:
        raise ToolsMissing(major=major) from error


async def _schema(connection: asyncpg.Connection) -> str | None:
    if await connection.fetchval("SELECT to_regclass($1)", f"public.{migrations.VERSION_TABLE}") is None:
        return None
    return await connection.fetchval(f"SELECT version_num FROM public.{migrations.VERSION_TABLE}")  # noqa: S608 - our own name


async def _mark(connection: asyncpg.Connection, words: str | None) -> None:
    name = await connection.fetchval("SELECT quote_ident(current_database())")
    await connection.execute(f"COMMENT ON DATABASE {name} IS " + (f"'{words}'" if words else "NULL"))


async def _empty(connection: asyncpg.Connection) -> None:
    """Drop every schema that is not the system's, and make `public` anew."""
    schemas = "SELECT quote_ident(nspname) AS name FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> $1"
    async with connection.transaction():
        for row in await connection.fetch(schemas, "information_schema"):
            await connection.execute(f"DROP SCHEMA {row['name']} CASCADE")
        await connection.execute("CREATE SCHEMA public; GRANT USAGE ON SCHEMA public TO PUBLIC")
