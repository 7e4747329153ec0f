"""Which rows of an old receipt a return takes back."""

from collections.abc import Sequence
from dataclasses import dataclass

from devices.fiscal.armenia.goods import code_of
from devices.fiscal.content import Receipt, Tender, rounded
from devices.fiscal.errors import MalformedContent


@dataclass(frozen=True, slots=True)
class Row:
    """`total` is what the row cost with its tax."""

    id: int
    code: str
    quantity: int
    total: int


@dataclass(frozen=True, slots=True)
class Original:
    """A receipt as the register tells it. `kind`: 0 sale, 2 return, 3 prepayment."""

    kind: int
    total: int
    cash: int
    card: int
    prepaid: int
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """`whole`: the receipt is taken back as it was paid, and no row need be named."""

    rows: tuple[tuple[int, int], ...]
    """Row and quantity."""
    whole: bool


def taken_back(receipt: Receipt, original: Original) -> Taken:
    """Raises `MalformedContent` for a line of which the old receipt has no row at that price."""
    left = {row.id: row.quantity for row in original.rows}
    rows: list[tuple[int, int]] = []
    if original.rows:
        for at, line in enumerate(receipt.lines):
            row = _row(original.rows, left, code_of(line), line.quantity, line.sum)
            if row is None:
                raise MalformedContent(field=f"lines[{at}]", why="a row of the receipt that is returned")
            left[row.id] -= line.quantity
            rows.append((row.id, line.quantity))
    as_paid = all(
        receipt.paid(kind) == sum
        for kind, sum in (
            (Tender.CASH, original.cash),
            (Tender.CARD, original.card),
            (Tender.PREPAID, original.prepaid),
        )
    )
    whole = receipt.total == original.total and not any(left.values()) and as_paid
    return Taken(_joined(rows), whole)


def _row(rows: Sequence[Row], left: dict[int, int], code: str, quantity: int, paid: int) -> Row | None:
    for row in rows:
        if row.code == code and left[row.id] >= quantity and rounded(row.total * quantity, row.quantity) == paid:
            return row
    return None


def _joined(rows: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    found: dict[int, int] = {}
    for id, quantity in rows:
        found[id] = found.get(id, 0) + quantity
    return tuple(found.items())
