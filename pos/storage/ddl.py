"""What a table's `info` asks for beside its columns: the app role's rights and the change feed's trigger.

`info={"append_only": True}`: the app may only read and add rows. `info={"feed": True}`: `changed_xid` is renewed by
every update, so that a till learns of it. Everything else may be read, added, changed and removed.
"""

from collections.abc import Iterator

from sqlalchemy import MetaData, Table

APP_ROLE = "tillcard_app"

TOUCH_FUNCTION = """
CREATE OR REPLACE FUNCTION touch_changed_xid() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.changed_xid := pg_current_xact_id();
    RETURN NEW;
END $$
"""


def rights_and_triggers(metadata: MetaData) -> Iterator[str]:
    """The statements for every table of `metadata`, to be run by the owner role after the tables are made."""
    yield TOUCH_FUNCTION
    for table in metadata.sorted_tables:
        yield grant(table)
        if table.info.get("feed"):
            yield feed_trigger(table)
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {APP_ROLE}"


def grant(table: Table) -> str:
    """What the app role may do with `table`."""
    verbs = "SELECT, INSERT" if table.info.get("append_only") else "SELECT, INSERT, UPDATE, DELETE"
    return f'GRANT {verbs} ON "{table.name}" TO {APP_ROLE}'


def feed_trigger(table: Table) -> str:
    """The trigger that renews `changed_xid` whenever a row of `table` is updated."""
    return (
        f'CREATE TRIGGER touch_{table.name} BEFORE UPDATE ON "{table.name}" '
        "FOR EACH ROW EXECUTE FUNCTION touch_changed_xid()"
    )
