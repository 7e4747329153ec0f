"""A label to look at: whether everything prints, in all three scripts."""

from collections.abc import Mapping
from typing import Any

from devices.labels.content import Label, Labels, size_from


def sample(content: Mapping[str, Any]) -> Labels:
    """One label of the size that `content` gives, or the usual one. Raises `MalformedLabels`."""
    label = Label(
        name="Milk, молоко",
        price="129.90",
        card_price="116.90",
        currency="RUB",
        unit_price="կաթ 1 l",
        ean="4601234567893",
    )
    return Labels((label,), size_from(content.get("size", {})), str(content.get("language", "en"))[:8])
