"""What is chosen on the page of labels: which goods, how many of each, the size, the language, whose price with a card."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal
from urllib.parse import urlencode
from uuid import UUID

from pydantic import AfterValidator, Field, ValidationError

from devices.labels.content import DPIS, MOST_COPIES, Size
from web.labels.errors import LabelUnfit, NothingChosen
from web.office.schemas import Form

MOST_GOODS = 50
COPIES = "copies."


def known_dots(dpi: int) -> int:
    if dpi not in DPIS:
        raise ValueError(f"one of {DPIS}")
    return dpi


class LookForm(Form):
    """How a label looks: its size, whose words it is in, for which tier's card its second price is."""

    language: Literal["en", "ru", "hy"] = "en"
    width: Annotated[int, Field(ge=20, le=108)] = 58
    height: Annotated[int, Field(ge=12, le=150)] = 40
    dpi: Annotated[int, AfterValidator(known_dots)] = 203
    gap: Annotated[int, Field(ge=0, le=10)] = 2
    tier: Annotated[str, Field(max_length=64)] = ""

    @property
    def size(self) -> Size:
        return Size(self.width, self.height, self.dpi, self.gap)

    @property
    def query(self) -> str:
        """As it stands in an address."""
        return urlencode(self.model_dump())


@dataclass(frozen=True, slots=True)
class Wanted:
    """The labels to print: copies by product, and how they look."""

    look: LookForm
    copies: Mapping[UUID, int] = field(default_factory=dict[UUID, int])
    device: str = ""


def look_of(given: Mapping[str, Any]) -> LookForm:
    """The look that an address or a form says. Raises `LabelUnfit`."""
    try:
        return LookForm.model_validate(dict(given))
    except ValidationError as error:
        raise LabelUnfit(why=str(error.errors()[0]["loc"][0])) from error


def wanted_of(form: Mapping[str, Any]) -> Wanted:
    """What was typed. Raises `NothingChosen`, `LabelUnfit`."""
    copies = {name.removeprefix(COPIES): str(count) for name, count in form.items() if name.startswith(COPIES)}
    try:
        counted = {UUID(product): int(count) for product, count in copies.items() if count.strip()}
    except ValueError as error:
        raise NothingChosen(field="copies") from error
    chosen = {product: count for product, count in counted.items() if count > 0}
    if not chosen or len(chosen) > MOST_GOODS or max(chosen.values()) > MOST_COPIES:
        raise NothingChosen(field="copies")
    return Wanted(look_of(form), chosen, str(form.get("device", "")))
