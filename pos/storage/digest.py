"""The content of a whole database in a few numbers, equal on every server and major that holds the same rows."""

from collections.abc import Mapping
from dataclasses import dataclass

import asyncpg

_SAME_TEXT = (
    "SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL intervalstyle = 'iso_8601';"
    " SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1; SET LOCAL search_path = pg_catalog, public"
)
_TABLES = (
    "SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name FROM pg_class c"
    " JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
    " ORDER BY 1"
)
_SEQUENCES = (
    "SELECT quote_ident(schemaname) || '.' || quote_ident(sequencename) AS name, coalesce(last_value, 0) AS value"
    " FROM pg_sequences ORDER BY 1"
)


@dataclass(frozen=True, slots=True)
class Content:
    """`tables`: name -> "rows:digest"; `sequences`: name -> last value given out, 0 for none."""

    tables: Mapping[str, str]
    sequences: Mapping[str, int]

    def differs_from(self, other: "Content") -> list[str]:
        """Names of tables and sequences that are not equal in both, in order."""
        tables = self.tables.keys() | other.tables.keys()
        sequences = self.sequences.keys() | other.sequences.keys()
        different = [name for name in tables if self.tables.get(name) != other.tables.get(name)]
        different += [name for name in sequences if self.sequences.get(name) != other.sequences.get(name)]
        return sorted(different)


async def content(connection: asyncpg.Connection) -> Content:
    """Count and digest every table inside the caller's transaction; rows never leave the server.

    A table's digest is the sum of both halves of each row's SHA-256, so that the order of rows does not matter and two
    equal rows do not cancel out.
    """
    await connection.execute(_SAME_TEXT)
    tables = {row["name"]: await _digest(connection, row["name"]) for row in await connection.fetch(_TABLES)}
    sequences = {row["name"]: row["value"] for row in await connection.fetch(_SEQUENCES)}
    return Content(tables, sequences)


async def _digest(connection: asyncpg.Connection, table: str) -> str:
    half = "('x' || encode(substr(hash, {}, 8), 'hex'))::bit(64)::bigint::numeric"
    row = await connection.fetchrow(
        f"SELECT count(*) AS rows, coalesce(sum({half.format(1)}), 0)::text AS first,"  # noqa: S608 - quoted by the server
        f" coalesce(sum({half.format(9)}), 0)::text AS second"
        f" FROM (SELECT sha256(convert_to(t::text, 'UTF8')) AS hash FROM {table} AS t) AS hashed"
    )
    assert row is not None
    return f"{row['rows']}:{row['first']}:{row['second']}"
