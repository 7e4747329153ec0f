"""What is typed on the page of barcodes."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from pydantic import Field, field_validator

from pos.catalog.errors import LabelNotReadable
from pos.catalog.labels import SeenLabel
from pos.catalog.queries import ProductRow
from pos.catalog.rules import ValueUnit
from web.office.schemas import Form

MOST_DIGITS = 9


Numbered = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12} [0-9]{1,9}$")]


@dataclass(frozen=True, slots=True)
class LabelFields:
    """One label as typed: kilograms and price as people write them, goods by barcode or name."""

    code: str
    kilograms: str
    price: str
    pieces: str
    goods: str


def seen(label: LabelFields, goods: ProductRow | None, exponent: int) -> SeenLabel:
    """The label as the rules know it. Raises `LabelNotReadable` printed for what is no number."""
    return SeenLabel(
        code=label.code.strip(),
        grams=counted(label.kilograms, 3),
        price=counted(label.price, exponent),
        pieces=counted(label.pieces, 0),
        numbers=frozenset() if goods is None else frozenset([str(goods.seq), *(code for code, _ in goods.barcodes)]),
    )


def counted(written: str, decimals: int) -> int | None:
    """`written` ("1.25", "12,50") counted in its smallest part; None for nothing. Raises `LabelNotReadable` printed."""
    plain = written.replace(",", ".").replace("\xa0", "").replace(" ", "")
    if not plain:
        return None
    whole, _, rest = plain.partition(".")
    digits = whole + rest.ljust(decimals, "0")
    sound = whole.isascii() and digits.isascii() and digits.isdecimal() and whole
    if not sound or len(rest) > decimals or len(whole) > MOST_DIGITS:
        raise LabelNotReadable(why="printed")
    return int(digits)


class TemplateForm(Form):
    """A template that was chosen; each `number` is the id of goods and the number on their label, with a blank between."""

    prefix: Annotated[str, Field(pattern=r"^(2|02)[0-9]{0,3}$")]
    item_digits: Annotated[int, Field(ge=1, le=9)]
    value_digits: Annotated[int, Field(ge=1, le=9)]
    unit: ValueUnit
    number: Annotated[tuple[Numbered, ...], Field(max_length=2)] = ()

    @field_validator("number", mode="before")
    @classmethod
    def several(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    def numbers(self) -> list[tuple[UUID, str]]:
        return [(UUID(id), code) for id, _, code in (each.partition(" ") for each in self.number)]
