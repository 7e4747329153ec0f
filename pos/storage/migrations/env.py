"""Run by alembic: each step in a transaction of its own, on the connection that `upgrade` opened."""

from alembic import context

from pos.storage.base import Base
from pos.storage.migrations import VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table=VERSION_TABLE,
    transaction_per_migration=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
