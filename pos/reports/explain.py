"""Why a receipt cost what it cost: the engine run again over the document's own inputs. Nothing of it is stored."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.pricing.engine import price
from loyalty.pricing.quote import Considered
from pos.documents.audit import basket_of, prepared_rule_sets
from pos.documents.model import Document
from pos.documents.receipts import Sale
from pos.documents.schema import documents


async def explanation(session: AsyncSession, sale_id: UUID) -> tuple[Considered, ...]:
    """What became of each rule that is about these goods, those that gave something first; empty for a refund
    and for a sale without a document."""
    body = await session.scalar(select(Document.body).where(Document.id == sale_id))
    sale = documents.validate_json(body) if body else None
    if not isinstance(sale, Sale):
        return ()
    rule_set = (await prepared_rule_sets(session, {sale.inputs.rule_set})).get(sale.inputs.rule_set)
    if rule_set is None:
        return ()
    order = {"applied": 0, "beaten": 1, "not_met": 2}
    about = [rule for rule in price(rule_set, basket_of(sale)).rules if rule.missing != "goods"]
    return tuple(sorted(about, key=lambda rule: order[rule.status]))
