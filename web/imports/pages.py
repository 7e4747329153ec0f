"""Pages of the back office: choose a file, correct its columns, see each bad row, write, take back."""

from datetime import datetime
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.params import Body, Parameter
from litestar.response import Redirect, Template
from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.imports import service
from loyalty.imports.layouts import EXAMPLES, FIELDS
from loyalty.imports.limits import MOST_BYTES, MOST_ROWS
from loyalty.imports.queries import bad_rows, columns_of, import_list, import_row, layout_in_use
from loyalty.imports.rules import Layout
from pos.core.ids import new_id
from pos.staff.queries import SignedIn
from web.imports.problems_file import problems_file
from web.imports.routes import MOST_BODY, excel
from web.imports.schemas import layout_from_form, told_problems
from web.office.pages import page
from web.texts import language_of, text

Asker = Request[Any, Any, Any]
FORM = Body(media_type=RequestEncodingType.URL_ENCODED)
PAGE_SIZE = 100
COMPANIES = {"1c": "1С", "moysklad": "МойСклад", "subtotal": "Subtotal"}


class FileForm(BaseModel):
    """A chosen file."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    file: UploadFile


class WriteForm(BaseModel):
    """The box beside the button."""

    rest: bool = False


@get("/", include_in_schema=False)
async def imports(request: Asker, session: AsyncSession) -> Template:
    """All imports, and a place to choose a file."""
    return page(
        request,
        "imports.html",
        rows=await import_list(session),
        examples={COMPANIES[company]: headings for company, headings in EXAMPLES.items()},
        most_rows=MOST_ROWS,
        most_megabytes=MOST_BYTES // 1_000_000,
    )


@post("/", status_code=303, include_in_schema=False, request_max_body_size=MOST_BODY)
async def choose_file(
    session: AsyncSession,
    person: SignedIn,
    now: datetime,
    data: Annotated[FileForm, Body(media_type=RequestEncodingType.MULTI_PART)],
) -> Redirect:
    """Take a file and begin to try it."""
    import_id = new_id()
    await service.receive(session, import_id, data.file.filename, await data.file.read(), by=person.id, at=now)
    return Redirect(f"/office/imports/{import_id}", status_code=303)


@get("/{import_id:uuid}", include_in_schema=False)
async def one_import(
    request: Asker, session: AsyncSession, import_id: UUID, after: Annotated[int, Parameter(ge=0, le=2_147_483_647)] = 0
) -> Template:
    """One import in the state it is in."""
    found = await import_row(session, import_id)
    layout = await layout_in_use(session, import_id) or Layout()
    state = "stays" if found.state == "undone" else "bad"
    rows = (
        [] if found.working else await bad_rows(session, import_id, after=after, limit=PAGE_SIZE + 1, states=(state,))
    )
    return page(
        request,
        "import.html",
        found=found,
        layout=layout,
        columns=await columns_of(session, import_id, layout) if found.state == "checked" else [],
        fields=FIELDS,
        problems=told_problems(rows[:PAGE_SIZE], partial(text, language_of(request))),
        next=rows[PAGE_SIZE - 1].line if len(rows) > PAGE_SIZE else None,
        after=after,
    )


@get("/{import_id:uuid}/progress", include_in_schema=False)
async def progress(request: Asker, session: AsyncSession, import_id: UUID) -> Template:
    """The bar alone, asked for again and again; the page is fetched anew when the work is done."""
    found = await import_row(session, import_id)
    answer = page(request, "_import_progress.html", found=found)
    if not found.working:
        answer.headers["hx-refresh"] = "true"
    return answer


@post("/{import_id:uuid}/layout", status_code=303, include_in_schema=False)
async def set_layout(
    session: AsyncSession, now: datetime, import_id: UUID, data: Annotated[dict[str, str], FORM]
) -> Redirect:
    """Say what the columns hold. Raises `BadLayout`."""
    usual = await layout_in_use(session, import_id) or Layout()
    await service.set_layout(session, import_id, layout_from_form(data, usual), at=now)
    return Redirect(f"/office/imports/{import_id}", status_code=303)


@post("/{import_id:uuid}/write", status_code=303, include_in_schema=False)
async def write(session: AsyncSession, now: datetime, import_id: UUID, data: Annotated[WriteForm, FORM]) -> Redirect:
    """Write the rows. Raises `ImportHasBadRows` unless the rest was asked for."""
    await service.start_writing(session, import_id, rest=data.rest, at=now)
    return Redirect(f"/office/imports/{import_id}", status_code=303)


@post("/{import_id:uuid}/undo", status_code=303, include_in_schema=False)
async def undo(session: AsyncSession, now: datetime, import_id: UUID) -> Redirect:
    """Take it back."""
    await service.start_undoing(session, import_id, at=now)
    return Redirect(f"/office/imports/{import_id}", status_code=303)


@get("/{import_id:uuid}/problems.xlsx", include_in_schema=False)
async def problems_as_excel(request: Asker, session: AsyncSession, import_id: UUID) -> Response[bytes]:
    """Bad rows to mend."""
    return excel(await problems_file(session, import_id, partial(text, language_of(request))))


IMPORT_PAGES = Router(
    path="/office/imports",
    route_handlers=[imports, choose_file, one_import, progress, set_layout, write, undo, problems_as_excel],
)
