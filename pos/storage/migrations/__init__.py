"""The schema and its steps: brought up to date by the owner role, checked before the shop is served."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from pos.core.errors import Conflict
from pos.storage.database import engine_for
from pos.storage.embedded.configuration import APP

VERSION_TABLE = "schema_version"
_HERE = Path(__file__).parent
_LOCK = 0x7111CA2D
"""Advisory lock: one upgrade at a time; the others wait and then find nothing to do."""


class SchemaTooOld(Conflict):
    """The database lacks steps that this version needs: run `tillcard up` or the migration first. `found`, `wanted`."""

    code = "database.schema_too_old"


class SchemaTooNew(Conflict):
    """The database was upgraded by a newer Tillcard than this one. `found`, `wanted`."""

    code = "database.schema_too_new"


class AppRoleMissing(Conflict):
    """The role of the app is missing and may not be made by this user. `statement` is what an administrator runs."""

    code = "database.app_role_missing"


def head(versions: Path | None = None) -> str | None:
    """The newest step that this version of the program knows; None before the first."""
    return ScriptDirectory.from_config(_config(versions)).get_current_head()


async def current(dsn: str) -> str | None:
    """The last step the database took; None for an empty database."""
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        if await connection.fetchval("SELECT to_regclass($1)", VERSION_TABLE) is None:
            return None
        return await connection.fetchval(f"SELECT version_num FROM {VERSION_TABLE}")  # noqa: S608 - our own name
    finally:
        await connection.close(timeout=5)


async def check(dsn: str, versions: Path | None = None) -> None:
    """Return when the database is at this version's newest step. Raises `SchemaTooOld` or `SchemaTooNew`."""
    found, wanted = await current(dsn), head(versions)
    if found == wanted:
        return
    known = {script.revision for script in ScriptDirectory.from_config(_config(versions)).walk_revisions()}
    if found is not None and found not in known:
        raise SchemaTooNew(found=found, wanted=wanted)
    raise SchemaTooOld(found=found, wanted=wanted)


async def upgrade(dsn: str, target: str = "head", versions: Path | None = None) -> str | None:
    """Bring the database to `target` as the owner in `dsn`; returns the step it is at.

    May be interrupted at any point and repeated: every step is one transaction. Raises `SchemaTooNew`,
    `AppRoleMissing`.
    """
    found, config = await current(dsn), _config(versions)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise SchemaTooNew(found=found, wanted=head(versions))
    await _ensure_app_role(dsn)
    async with _alone(dsn) as connection:
        await connection.run_sync(_run, config, target)
    return await current(dsn)


def _run(connection: Connection, config: Config, target: str) -> None:
    config.attributes["connection"] = connection
    command.upgrade(config, target)
    connection.commit()


@asynccontextmanager
async def _alone(dsn: str) -> AsyncIterator:
    """A connection that holds the lock of upgrades; the server frees the lock of a killed process."""
    engine = engine_for(dsn, 1)
    try:
        async with engine.connect() as connection:
            await connection.execute(text(f"SELECT pg_advisory_lock({_LOCK})"))
            await connection.commit()
            yield connection
            await connection.execute(text(f"SELECT pg_advisory_unlock({_LOCK})"))
            await connection.commit()
    finally:
        await engine.dispose()


async def _ensure_app_role(dsn: str) -> None:
    """The role that migrations grant rights to; on a server that is not ours it may be missing."""
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", APP):
            await connection.execute(f"CREATE ROLE {APP} LOGIN")
        if not await connection.fetchval("SELECT pg_has_role(current_user, $1, 'MEMBER')", APP):
            await connection.execute(f"GRANT {APP} TO CURRENT_USER")
    except asyncpg.DuplicateObjectError:
        pass
    except asyncpg.InsufficientPrivilegeError as error:
        user = await connection.fetchval("SELECT quote_ident(current_user)")
        raise AppRoleMissing(statement=f"CREATE ROLE {APP} LOGIN; GRANT {APP} TO {user};") from error
    finally:
        await connection.close(timeout=5)


def _config(versions: Path | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_HERE).replace("%", "%%"))
    config.set_main_option("version_locations", str(versions or _HERE / "versions").replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    return config
