"""People: who works here, their PIN for the tills, their password for these pages."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Router, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from pos.core.ids import new_id
from pos.staff.queries import staff_list
from pos.staff.rules import Role
from pos.staff.service import add_staff, deactivate, set_password, set_pin
from web.office.pages import page
from web.office.schemas import PasswordForm, PinForm, StaffForm

FORM = Body(media_type=RequestEncodingType.URL_ENCODED)
Asker = Request[Any, Any, Any]


@get("/", include_in_schema=False)
async def people(request: Asker, session: AsyncSession) -> Template:
    return page(request, "people.html", people=await staff_list(session), roles=list(Role))


@post("/", status_code=303, include_in_schema=False)
async def add_person(session: AsyncSession, data: Annotated[StaffForm, FORM]) -> Redirect:
    """Add someone, with a PIN if given. Raises `UnfitPin`."""
    member = await add_staff(session, new_id(), name=data.name, role=Role(data.role), language=data.language)
    if data.pin:
        await set_pin(session, member.id, data.pin)
    return Redirect("/office/people", status_code=303)


@post("/{staff_id:uuid}/pin", status_code=303, include_in_schema=False)
async def give_pin(session: AsyncSession, staff_id: UUID, data: Annotated[PinForm, FORM]) -> Redirect:
    await set_pin(session, staff_id, data.pin)
    return Redirect("/office/people", status_code=303)


@post("/{staff_id:uuid}/password", status_code=303, include_in_schema=False)
async def give_password(session: AsyncSession, staff_id: UUID, data: Annotated[PasswordForm, FORM]) -> Redirect:
    await set_password(session, staff_id, data.login, data.password)
    return Redirect("/office/people", status_code=303)


@post("/{staff_id:uuid}/deactivate", status_code=303, include_in_schema=False)
async def let_go(session: AsyncSession, staff_id: UUID) -> Redirect:
    await deactivate(session, staff_id)
    return Redirect("/office/people", status_code=303)


PEOPLE = Router(path="/people", route_handlers=[people, add_person, give_pin, give_password, let_go])
