"""Every table there is, so that migrations and tests see the whole schema. A new model module is named here."""

from importlib import import_module

from sqlalchemy import MetaData

from pos.storage.base import Base

MODULES = (
    "pos.storage.outbox",
    "pos.staff.model",
    "pos.registers.model",
    "pos.agents.model",
    "pos.catalog.model",
    "pos.documents.model",
    "pos.sales.model",
    "pos.shifts.model",
    "pos.fiscal.model",
    "pos.stock.model",
    "pos.exchange.model",
    "loyalty.accounts.model",
    "loyalty.accounts.personal_model",
    "loyalty.accounts.merge_model",
    "loyalty.accounts.abuse_model",
    "loyalty.pricing.model",
    "loyalty.drafts.model",
    "loyalty.points.model",
    "loyalty.turnover.model",
    "loyalty.imports.model",
    "loyalty.tiers.model",
    "loyalty.limits.model",
    "loyalty.coupons.model",
    "loyalty.giftcards.model",
    "loyalty.debts.model",
    "loyalty.reservations.model",
    "pos.reports.try_it.model",
)


def all_tables() -> MetaData:
    """The metadata of every feature's tables."""
    for module in MODULES:
        import_module(module)
    return Base.metadata
