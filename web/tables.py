"""Every table there is, so that migrations and tests see the whole schema. A new model module is named here."""

from importlib import import_module

from sqlalchemy import MetaData

from pos.storage.base import Base

MODULES = (
    "pos.storage.outbox",
    "pos.staff.model",
    "pos.registers.model",
    "pos.catalog.model",
    "pos.documents.model",
    "pos.sales.model",
    "pos.shifts.model",
    "pos.stock.model",
    "pos.exchange.model",
    "loyalty.accounts.model",
    "loyalty.pricing.model",
    "loyalty.points.model",
    "loyalty.turnover.model",
)


def all_tables() -> MetaData:
    """The metadata of every feature's tables."""
    for module in MODULES:
        import_module(module)
    return Base.metadata
