"""The migrations make exactly the tables that the models describe."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from pos.storage.ddl import APP_ROLE
from pos.storage.migrations import VERSION_TABLE
from web.tables import all_tables


async def test_a_migrated_database_has_every_table_column_and_index_of_the_models(session):
    connection = await session.connection()

    def differences(sync_connection):
        context = MigrationContext.configure(sync_connection, opts={"version_table": VERSION_TABLE})
        return compare_metadata(context, all_tables())

    assert await connection.run_sync(differences) == []


async def test_the_app_may_not_change_what_is_a_fact(session):
    append_only = {table.name for table in all_tables().sorted_tables if table.info.get("append_only")}
    rights = await session.execute(
        text("SELECT table_name, privilege_type FROM information_schema.role_table_grants WHERE grantee = :role"),
        {"role": APP_ROLE},
    )
    given = [(table, right) for table, right in rights if table in append_only]

    assert {"document", "sale", "sale_line", "tender", "stock_movement", "turnover_entry"} <= append_only
    assert {right for _, right in given} == {"SELECT", "INSERT"}
    assert {table for table, _ in given} == append_only
