"""Contents of fiscal jobs that a test need not spell out."""

from typing import Any

PACK = "04780101164394TF&csaNNW1kK0tL"
"""Of tobacco: the example that the Uzbek operator publishes."""
SHOES = "010462309123450321abcDEF12345/7\x1d91EE05\x1d92c2lnbmF0dXJlIG9mIGEgc2ltdWxhdGVkIG9wZXJhdG9y"
CHEESE = "010487021676000721qKkdi+S\x1d93U3g5"
DOCUMENT = "0191c5de-0000-7000-8000-0000000000f1"
CASHIER: dict[str, Any] = {"name": "Anna"}


def a_line(name: str = "Milk", price: int = 8_950, quantity: int = 1_000, **more: Any) -> dict[str, Any]:
    line = {
        "name": name,
        "price": price,
        "quantity": quantity,
        "sum": (2 * price * quantity + 1_000) // 2_000,
        "tax": "vat10",
        "tax_rate": 1_000,
        "tax_included": True,
        "subject": "goods",
        "method": "full",
    }
    return line | more


def cigarettes(**more: Any) -> dict[str, Any]:
    return a_line("Cigarettes", 15_000, marking=PACK) | more


def shoes(**more: Any) -> dict[str, Any]:
    return a_line("Shoes", 500_000, marking=SHOES) | more


def a_receipt(*lines: dict[str, Any], tenders: list[dict[str, Any]] | None = None, **more: Any) -> dict[str, Any]:
    """One bottle of milk paid in cash, unless the test says otherwise."""
    goods = list(lines) or [a_line()]
    total = sum(line["sum"] for line in goods) + more.get("rounding", 0)
    return {
        "operation": "sale",
        "document": DOCUMENT,
        "lines": goods,
        "tenders": tenders or [{"kind": "cash", "sum": total}],
        "total": total,
        "cashier": CASHIER,
        "language": "ru",
    } | more


def a_correction(**more: Any) -> dict[str, Any]:
    return {
        "operation": "sale",
        "sum": 12_000,
        "tax": "vat20",
        "reason": "a sale without a receipt",
        "basis": {"kind": "self", "at": "2026-11-20"},
        "tenders": [{"kind": "cash", "sum": 12_000}],
        "cashier": CASHIER,
    } | more
