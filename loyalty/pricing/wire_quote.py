# pyright: strict
"""A quote in its JSON form (`docs/schema/quote-v2.json`)."""

from loyalty.pricing.quote import Considered, Points, Quote, QuoteLine

Json = dict[str, object]


def write_quote(quote: Quote) -> Json:
    totals = quote.totals
    return {
        "schema": 2,
        "engine": quote.engine,
        "rule_set": quote.rule_set,
        "lines": [_line(line) for line in quote.lines],
        "totals": {
            "gross": totals.gross,
            "discount": totals.discount,
            "net": totals.net,
            "tax": totals.tax,
            "total": totals.total,
            "cash_rounding": totals.cash_rounding,
            "cash_total": totals.cash_total,
        },
        "saved": quote.saved,
        "saved_by": dict(quote.saved_by),
        "rules": [_rule(rule) for rule in quote.rules],
        "points": _points(quote.points),
        "gifts": [
            {
                "rule": gift.rule,
                "choices": list(gift.choices),
                "price": gift.price,
                "take": gift.take,
                "taken": gift.taken,
            }
            for gift in quote.gifts
        ],
        "messages": [{"rule": message.rule, "name": message.name} for message in quote.messages],
        "uses": [{"rule": use.rule, "times": use.times, "sum": use.sum, "pieces": use.pieces} for use in quote.uses],
        "hints": [{"rule": hint.rule, "missing": hint.missing, "amount": hint.amount} for hint in quote.hints],
    }


def _points(points: Points) -> Json:
    return {
        "asked": points.asked,
        "spent": points.spent,
        "amount": points.amount,
        "most": points.most,
        "earned": points.earned,
        "lines": list(points.lines),
    }


def _line(line: QuoteLine) -> Json:
    return {
        "gross": line.gross,
        "discounts": [
            {
                "rule": discount.rule,
                "name": discount.name,
                "source": discount.source,
                "kind": discount.kind,
                "amount": discount.amount,
            }
            for discount in line.discounts
        ],
        "net": line.net,
        "parts": [{"quantity": part.quantity, "price": part.price} for part in line.parts],
        "tax_base": line.tax_base,
        "tax": line.tax,
        "limits": list(line.limits),
    }


def _rule(rule: Considered) -> Json:
    return {
        "rule": rule.rule,
        "name": rule.name,
        "source": rule.source,
        "kind": rule.kind,
        "status": rule.status,
        "amount": rule.amount,
        "by": rule.by,
        "missing": rule.missing,
        "lines": [
            {"line": on.line, "status": on.status, "amount": on.amount, "by": on.by, "missing": on.missing}
            for on in rule.lines
        ],
    }
