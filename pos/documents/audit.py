"""After the commit: each sale priced again from its own inputs, by the rule set it names.

"Engine differs" is an alarm: the same inputs gave another price at the till. "Stale" is a line in a report: the till
sold by prices or rules that had changed meanwhile, as a till without a network must.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.pricing import basket as pricing
from loyalty.pricing.engine import ENGINE_VERSION, price
from loyalty.pricing.model import RuleSetVersion
from loyalty.pricing.prepare import Prepared, prepare
from loyalty.pricing.quote import Quote
from loyalty.pricing.wire_rules import read_rule_set
from pos.core.errors import TillError
from pos.documents.envelope import LocalTime
from pos.documents.model import AuditFinding, Document, Quarantine
from pos.documents.receipts import Line, PointsSettings, Sale
from pos.documents.schema import documents

STALE_RULES = text("""
INSERT INTO audit_finding (document_id, kind, alarm, detail)
SELECT id, 'audit.rules_stale', false, jsonb_build_object('used', rule_set, 'in_force', in_force)
  FROM (SELECT s.id, s.rule_set, (SELECT r.version FROM rule_set r WHERE r.active_from <= s.made_at
                                   ORDER BY r.active_from DESC, r.version DESC LIMIT 1) AS in_force
          FROM sale s WHERE s.id = ANY(:ids) AND s.kind = 'sale') AS used
 WHERE rule_set <> in_force
    ON CONFLICT DO NOTHING
""")

STALE_PRICES = text("""
INSERT INTO audit_finding (document_id, kind, alarm, detail)
SELECT s.id, 'audit.price_stale', false,
       jsonb_build_object('lines', jsonb_agg(jsonb_build_object('line', l.line, 'used', l.price, 'listed', p.amount)))
  FROM sale s
  JOIN sale_line l ON l.sale_id = s.id
  JOIN price p ON p.product = l.product AND p.valid_from <= s.made_at
              AND (p.valid_to IS NULL OR p.valid_to > s.made_at)
  JOIN price_settings g ON g.price_list = p.price_list
 WHERE s.id = ANY(:ids) AND s.kind = 'sale' AND l.price <> p.amount
 GROUP BY s.id
    ON CONFLICT DO NOTHING
""")


async def audit_sales(session: AsyncSession, document_ids: Sequence[UUID]) -> None:
    """Price the sales among these documents again, and write down where that gives something else."""
    query = (
        select(Document.id, Document.body)
        .outerjoin(Quarantine, Quarantine.document_id == Document.id)
        .where(Document.id.in_(document_ids), Document.kind == "sale", Quarantine.document_id.is_(None))
    )
    bodies = (await session.execute(query)).all()
    sales = {id_: sale for id_, body in bodies if isinstance(sale := documents.validate_json(body), Sale)}
    rule_sets = await prepared_rule_sets(session, {sale.inputs.rule_set for sale in sales.values()})
    for id_, sale in sales.items():
        found = finding(sale, rule_sets.get(sale.inputs.rule_set))
        if found:
            kind, alarm, detail = found
            row = insert(AuditFinding).values(document_id=id_, kind=kind, alarm=alarm, detail=detail)
            await session.execute(row.on_conflict_do_nothing())
    for statement in (STALE_RULES, STALE_PRICES):
        await session.execute(statement, {"ids": list(document_ids)})


async def prepared_rule_sets(session: AsyncSession, versions: set[int]) -> dict[int, Prepared]:
    """Those of `versions` that exist, made ready for the engine."""
    query = select(RuleSetVersion.version, RuleSetVersion.body).where(RuleSetVersion.version.in_(versions))
    return {version: prepare(read_rule_set(body)) for version, body in await session.execute(query)}


def finding(sale: Sale, rule_set: Prepared | None) -> tuple[str, bool, dict[str, Any]] | None:
    """What to write down about `sale`: (kind, alarm, detail), or nothing where the engine agrees."""
    if sale.inputs.engine != str(ENGINE_VERSION):
        return "audit.other_engine", False, {"used": sale.inputs.engine, "ours": str(ENGINE_VERSION)}
    if rule_set is None:
        return "audit.rule_set_unknown", True, {"rule_set": sale.inputs.rule_set}
    try:
        quote = price(rule_set, basket_of(sale))
    except TillError as error:
        return "audit.not_priceable", True, {"code": error.code}
    differing = differences(sale, quote)
    return ("audit.engine_differs", True, {"differences": differing}) if differing else None


def basket_of(sale: Sale) -> pricing.Basket:
    """The sale's inputs as the engine takes them."""
    inputs, settings, terms = sale.inputs, sale.inputs.settings, sale.inputs.terms
    return pricing.Basket(
        lines=tuple(line_of(line) for line in sale.lines),
        settings=pricing.Settings(
            currency=settings.currency,
            exponent=settings.exponent,
            price_step=settings.price_step,
            cash_step=settings.cash_step,
            cash_rounding=settings.cash_rounding,
            prices_include_tax=settings.prices_include_tax,
            grace_minutes=settings.grace_minutes,
            cap_percent=settings.cap_percent,
            cap_sum=settings.cap_amount,
            points=points_of(settings.points),
        ),
        first_scan=time_of(inputs.first_scan),
        payment=time_of(inputs.payment),
        terms=terms
        and pricing.Terms(
            tier=terms.tier,
            categories=frozenset(terms.categories),
            personal=terms.personal,
            version=terms.version,
            account=terms.account,
            tags=frozenset(terms.tags),
            prices={own.product: own.price for own in terms.prices},
            birthday=terms.birthday,
        ),
        claimed=frozenset(inputs.claimed),
        coupons=frozenset(coupon.batch for coupon in inputs.coupons),
        spend=inputs.spend,
        left={left.rule: pricing.Left(left.times, left.sum, left.pieces) for left in inputs.left},
        stock={there.product: max(there.quantity, 0) for there in inputs.stock},
    )


def points_of(settings: PointsSettings | None) -> pricing.PointsSettings | None:
    """The part of the points programme that a price depends on."""
    return settings and pricing.PointsSettings(
        settings.value, settings.share, settings.least, settings.earn_while_spending
    )


def line_of(line: Line) -> pricing.Line:
    manual = line.manual
    return pricing.Line(
        product=line.product,
        quantity=line.quantity,
        price=line.price,
        unit=line.unit,
        category=tuple(line.goods_class),
        tax=line.tax_rate,
        regulation=line.regulation,
        minimum=line.minimum,
        manual=manual and pricing.Manual(manual.kind, manual.value, manual.reason, manual.approver),
        item="gift_card" if line.item == "gift_card" else "goods",
        gift=line.gift,
    )


def time_of(time: LocalTime) -> pricing.LocalTime:
    return pricing.LocalTime(time.date, time.minute, time.weekday)


def differences(sale: Sale, quote: Quote) -> list[Mapping[str, Any]]:
    """Where the sale as charged is not the quote: the line (0 is the whole receipt), and both values."""
    found: list[Mapping[str, Any]] = []
    whole = {
        "points": ([sale.points.earned, sale.points.spent], [quote.points.earned, quote.points.spent]),
        "uses": (
            [[use.rule, use.times, use.sum, use.pieces] for use in sale.uses],
            [[use.rule, use.times, use.sum, use.pieces] for use in quote.uses],
        ),
    }
    found += [
        {"line": 0, "what": what, "charged": charged, "engine": ours}
        for what, (charged, ours) in whole.items()
        if charged != ours
    ]
    for line, priced, earned in zip(sale.lines, quote.lines, quote.points.lines, strict=True):
        charged = {
            "gross": line.gross,
            "net": line.net,
            "discounts": [[each.rule, each.amount] for each in line.discounts],
            "parts": [[part.quantity, part.price] for part in line.parts],
            "tax": [line.tax_base, line.tax_amount],
            "points": line.points,
        }
        ours = {
            "gross": priced.gross,
            "net": priced.net,
            "discounts": [[each.rule, each.amount] for each in priced.discounts],
            "parts": [[part.quantity, part.price] for part in priced.parts],
            "tax": [priced.tax_base, priced.tax],
            "points": earned,
        }
        found += [
            {"line": line.line, "what": what, "charged": charged[what], "engine": ours[what]}
            for what in charged
            if charged[what] != ours[what]
        ]
    return found
