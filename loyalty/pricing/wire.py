# pyright: strict
"""The engine over its documented JSON forms: what the till does in the browser, value for value."""

from collections.abc import Mapping
from typing import Any

from loyalty.pricing.engine import price
from loyalty.pricing.prepare import Prepared, prepare
from loyalty.pricing.wire_basket import read_basket
from loyalty.pricing.wire_quote import write_quote
from loyalty.pricing.wire_rules import read_rule_set

__all__ = ["prepare_json", "quote_json", "read_basket", "read_rule_set", "write_quote"]


def prepare_json(rule_set: object) -> Prepared:
    """A rule set in its JSON form made ready. Raises a `Malformed` that names code and field."""
    return prepare(read_rule_set(rule_set))


def quote_json(prepared: Prepared, basket: object) -> Mapping[str, Any]:
    """The quote of a basket, both in their JSON forms. Raises a `Malformed` that names code and field."""
    return write_quote(price(prepared, read_basket(basket)))
