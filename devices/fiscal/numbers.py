"""JSON with exact decimals: money and quantities are integers here and decimals in the tasks, never floats."""

import json
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, cast


@dataclass(frozen=True, slots=True)
class Fixed:
    """`digits` with the decimal point before the last `places` of them: 8950 of 2 is 89.50."""

    digits: int
    places: int = 2

    def __str__(self) -> str:
        sign, size = ("-" if self.digits < 0 else ""), abs(self.digits)
        whole, part = divmod(size, 10**self.places)
        return f"{sign}{whole}.{part:0{self.places}}"


def written(value: Any) -> str:
    """JSON text of objects, lists, texts, integers, truth values and `Fixed`."""
    if isinstance(value, Fixed):
        return str(value)
    if isinstance(value, dict):
        fields = cast(dict[str, Any], value)
        return "{" + ",".join(f"{json.dumps(name)}:{written(field)}" for name, field in fields.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(written, cast(list[Any], value))) + "]"
    return json.dumps(value, ensure_ascii=False)


def parsed(text: bytes) -> Any:
    """The value of a JSON text, numbers with a point as `Decimal`. Raises `ValueError`, also for one nested too deep."""
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_no_constant)
    except (RecursionError, InvalidOperation) as error:
        raise ValueError(str(error)) from error


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def minor(value: object) -> int | None:
    """An amount in minor units (two places); None where it is no number or not whole ones."""
    if type(value) is int:
        return value * 100
    if not isinstance(value, Decimal) or not value.is_finite() or abs(value) > 10**15:
        return None
    whole = value * 100
    return int(whole) if whole == whole.to_integral_value() else None
