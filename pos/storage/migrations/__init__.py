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
from pos.storage.said import SaidInEnglish

VERSION_TABLE = "schema_version"
RESTORING = "tillcard: a restore is under way"
"""The database's comment until what was restored is verified."""
DATABASE_COMMENT = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
_HERE = Path(__file__).parent
_LOCK = 0x7111CA2D
"""Advisory lock: one upgrade at a time; the others wait and then find nothing to do."""


class SchemaTooOld(SaidInEnglish, Conflict):
    """The database lacks steps that this version needs. `found`, `wanted`."""

    code = "database.schema_too_old"
    sentence = "The database is at step {found}, this version needs {wanted}. Run `tillcard worker` once: it upgrades."


class SchemaTooNew(SaidInEnglish, Conflict):
    """The database was upgraded by a newer Tillcard than this one. `found`, `wanted`."""

    code = "database.schema_too_new"
    sentence = (
        "The database is at step {found}, made by a newer Tillcard; this one knows {wanted}. Install the newer one."
    )


class RestoreUnfinished(SaidInEnglish, Conflict):
    """A restore into this database was interrupted: run `tillcard restore` once more."""

    code = "database.restore_unfinished"
    sentence = "A restore into this database was interrupted. Run the same `tillcard restore` once more."


class AppRoleMissing(SaidInEnglish, Conflict):
    """The role of the app is missing and may not be made by this user. `statement` is what an administrator runs."""

    code = "database.app_role_missing"
    sentence = "The database user may not make the role of the app. Have an administrator run: {statement}"


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
    """Return when the database is at this version's newest step.

    Raises `SchemaTooOld`, `SchemaTooNew`, or `RestoreUnfinished` where a restore was killed before it was verified.
    """
    await _refuse_unfinished_restore(dsn)
    found, wanted = await current(dsn), head(versions)
    if found == wanted:
        return
    known(found, versions)
    raise SchemaTooOld(found=found, wanted=wanted)


def known(step: str | None, versions: Path | None = None) -> None:
    """Return if this version of the program has the step, or there is none. Raises `SchemaTooNew`."""
    steps = {script.revision for script in ScriptDirectory.from_config(_config(versions)).walk_revisions()}
    if step is not None and step not in steps:
        raise SchemaTooNew(found=step, wanted=head(versions))


async def upgrade(dsn: str, target: str = "head", versions: Path | None = None) -> str | None:
    """Bring the database to `target` as the owner in `dsn`; returns the step it is at.

    May be interrupted at any point and repeated: every step is one transaction. Raises `SchemaTooNew`,
    `RestoreUnfinished`, `AppRoleMissing`.
    """
    config = _config(versions)
    await _refuse_unfinished_restore(dsn)
    known(await current(dsn), versions)
    await ensure_app_role(dsn)
    async with _alone(dsn) as connection:
        await connection.run_sync(_run, config, target)
    return await current(dsn)


async def _refuse_unfinished_restore(dsn: str) -> None:
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        if await connection.fetchval(DATABASE_COMMENT) == RESTORING:
            raise RestoreUnfinished
    finally:
        await connection.close(timeout=5)


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


async def ensure_app_role(dsn: str) -> None:
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
