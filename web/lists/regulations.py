"""The classes of goods that a law regulates, as the owner types them: money in the currency, hours as 08:00."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from litestar import post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.pricing.queries import currency_of
from pos.catalog.errors import RegulationAgeOutOfRange, RegulationHoursImpossible, RegulationPriceMalformed
from pos.catalog.model import RegulationClass
from pos.catalog.regulations import RegulationDraft, add_regulation, change_regulation
from pos.staff.queries import SignedIn
from web.lists.forms import clock, minute, scaled, unscaled
from web.office.schemas import NamesForm

FORM = Body(media_type=RequestEncodingType.URL_ENCODED)
PLACE = "/office/lists#regulations"
Typed = Annotated[str, Field(max_length=30)]


class RegulationForm(NamesForm):
    """Boxes are ticked or not sent; what is left empty is not limited."""

    no_discount: bool = False
    no_points: bool = False
    not_returnable: bool = False
    floor: Typed = ""
    ceiling: Typed = ""
    age: Typed = ""
    hours_from: Typed = ""
    hours_to: Typed = ""

    def draft(self, exponent: int) -> RegulationDraft:
        """Raises `RegulationPriceMalformed`, `RegulationAgeOutOfRange`, `RegulationHoursImpossible`."""
        return RegulationDraft(
            names=self.names(),
            no_discount=self.no_discount,
            no_points=self.no_points,
            floor=price(self.floor, exponent, "floor"),
            ceiling=price(self.ceiling, exponent, "ceiling"),
            age=age(self.age),
            hours=hours(self.hours_from, self.hours_to),
            not_returnable=self.not_returnable,
        )


class NewRegulationForm(RegulationForm):
    code: Annotated[str, Field(max_length=64)]


def price(typed: str, exponent: int, field: str) -> int | None:
    amount = scaled(typed, exponent)
    if typed and amount is None:
        raise RegulationPriceMalformed(field=field)
    return amount


def age(typed: str) -> int | None:
    years = scaled(typed, 0)
    if typed and years is None:
        raise RegulationAgeOutOfRange(field="age")
    return years


def hours(start: str, end: str) -> tuple[int, int] | None:
    """Both or neither."""
    begins, ends = minute(start), minute(end)
    if begins is not None and ends is not None:
        return begins, ends
    if start or end:
        raise RegulationHoursImpossible(field="hours_from" if begins is None else "hours_to")
    return None


@dataclass(frozen=True, slots=True)
class Shown:
    """A class beside what its form begins with."""

    row: RegulationClass
    floor: str
    ceiling: str
    hours: tuple[str, str]


def shown(row: RegulationClass, exponent: int) -> Shown:
    floor, ceiling = ("" if each is None else unscaled(each, exponent) for each in (row.floor, row.ceiling))
    start, end = ("" if each is None else clock(each) for each in (row.hours_from, row.hours_to))
    return Shown(row, floor, ceiling, (start, end))


@post("/regulations", status_code=303, include_in_schema=False)
async def add_class(
    session: AsyncSession, now: datetime, person: SignedIn, data: Annotated[NewRegulationForm, FORM]
) -> Redirect:
    """Raises what `RegulationForm.draft` and `add_regulation` raise."""
    draft = data.draft((await currency_of(session)).exponent)
    await add_regulation(session, data.code.lower(), draft, by=person.id, at=now)
    return Redirect(PLACE, status_code=303)


@post("/regulations/{code:str}", status_code=303, include_in_schema=False)
async def change_class(
    session: AsyncSession, now: datetime, person: SignedIn, code: str, data: Annotated[RegulationForm, FORM]
) -> Redirect:
    """Raises what `RegulationForm.draft` and `change_regulation` raise."""
    draft = data.draft((await currency_of(session)).exponent)
    await change_regulation(session, code, draft, by=person.id, at=now)
    return Redirect(PLACE, status_code=303)
