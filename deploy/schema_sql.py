"""Renders every table as SQL, the way the first migration makes them: `python -m deploy.schema_sql` writes the file.

For the time before the first release: later changes are migrations of their own.
"""

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from pos.storage.ddl import rights_and_triggers
from web.tables import all_tables

FILE = Path(__file__).parent.parent / "pos" / "storage" / "migrations" / "versions" / "0001_first_tables.sql"


def statements() -> Iterator[str]:
    """Tables in the order of their references, indexes, rights and triggers."""
    metadata, dialect = all_tables(), postgresql.dialect()
    for table in metadata.sorted_tables:
        yield str(CreateTable(table).compile(dialect=dialect))
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            yield str(CreateIndex(index).compile(dialect=dialect))
    yield from rights_and_triggers(metadata)


def rendered() -> str:
    """The file's text; statements stand between empty lines, each ending with `;`."""
    return (
        "\n\n".join(
            "\n".join(line.rstrip() for line in statement.strip().splitlines() if line.strip()) + ";"
            for statement in statements()
        )
        + "\n"
    )


if __name__ == "__main__":
    FILE.write_text(rendered(), "utf-8")
