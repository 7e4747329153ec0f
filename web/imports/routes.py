"""Imports over HTTP: a file under the caller's id, its dry run, its rows, writing and taking back."""

from datetime import datetime
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, Router, get, post, put
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.params import Body, Parameter
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.imports import service
from loyalty.imports.limits import MOST_BYTES
from loyalty.imports.queries import bad_rows, columns_of, import_list, import_row, layout_in_use
from pos.staff.queries import SignedIn
from web.imports.problems_file import MEDIA_TYPE, problems_file
from web.imports.schemas import (
    ColumnOut,
    ImportOut,
    ImportWholeOut,
    LayoutBody,
    ProblemPage,
    WriteBody,
    told_problems,
)
from web.texts import language_of, text

MOST_BODY = MOST_BYTES + 100_000
"""The file and the form around it."""
After = Annotated[int, Parameter(ge=0, le=2_147_483_647, description="`next` of the page before")]
Limit = Annotated[int, Parameter(ge=1, le=500)]


class ImportController(Controller):
    path = "/imports"
    tags = ("imports",)

    @get("/")
    async def list_imports(self, session: AsyncSession) -> list[ImportOut]:
        """The newest 50 imports."""
        return [ImportOut.of(row) for row in await import_list(session)]

    @put("/{import_id:uuid}", status_code=202, request_max_body_size=MOST_BODY)
    async def receive(
        self,
        session: AsyncSession,
        person: SignedIn,
        now: datetime,
        import_id: UUID,
        data: Annotated[UploadFile, Body(media_type=RequestEncodingType.MULTI_PART)],
    ) -> ImportOut:
        """Take an .xlsx, .xls or text file and try every row; nothing is written yet. The same again answers the first."""
        await service.receive(session, import_id, data.filename, await data.read(), by=person.id, at=now)
        return ImportOut.of(await import_row(session, import_id))

    @get("/{import_id:uuid}")
    async def get_import(self, session: AsyncSession, import_id: UUID) -> ImportWholeOut:
        """How far it is, how its columns are read, how many rows are good and bad."""
        return await whole(session, import_id)

    @put("/{import_id:uuid}/layout", status_code=202)
    async def set_layout(
        self, session: AsyncSession, now: datetime, import_id: UUID, data: LayoutBody
    ) -> ImportWholeOut:
        """Say what the columns hold, and try every row anew."""
        await service.set_layout(session, import_id, data.layout(), at=now)
        return await whole(session, import_id)

    @get("/{import_id:uuid}/problems")
    async def problems(
        self,
        request: Request[Any, Any, Any],
        session: AsyncSession,
        import_id: UUID,
        after: After = 0,
        limit: Limit = 100,
    ) -> ProblemPage:
        """Each bad row's reasons: line, column, value, code, sentence. After an undo: rows that stay, and why."""
        found = await import_row(session, import_id)
        state = "stays" if found.state == "undone" else "bad"
        rows = await bad_rows(session, import_id, after=after, limit=limit + 1, states=(state,))
        told = told_problems(rows[:limit], partial(text, language_of(request)))
        return ProblemPage(problems=told, next=rows[limit - 1].line if len(rows) > limit else None)

    @get("/{import_id:uuid}/problems.xlsx", media_type=MEDIA_TYPE)
    async def problems_as_excel(
        self, request: Request[Any, Any, Any], session: AsyncSession, import_id: UUID
    ) -> Response[bytes]:
        """The same rows with their cells and reasons, to be mended and imported again."""
        return excel(await problems_file(session, import_id, partial(text, language_of(request))))

    @post("/{import_id:uuid}/write", status_code=202)
    async def write(self, session: AsyncSession, now: datetime, import_id: UUID, data: WriteBody) -> ImportOut:
        """Write the good rows; where some are bad only if `rest` says so."""
        await service.start_writing(session, import_id, rest=data.rest, at=now)
        return ImportOut.of(await import_row(session, import_id))

    @post("/{import_id:uuid}/undo", status_code=202)
    async def undo(self, session: AsyncSession, now: datetime, import_id: UUID) -> ImportOut:
        """Take back what was written and not used since."""
        await service.start_undoing(session, import_id, at=now)
        return ImportOut.of(await import_row(session, import_id))


async def whole(session: AsyncSession, import_id: UUID) -> ImportWholeOut:
    """The import with its columns."""
    found = await import_row(session, import_id)
    layout = await layout_in_use(session, import_id)
    columns = await columns_of(session, import_id, layout) if layout else []
    return ImportWholeOut(
        **ImportOut.of(found).model_dump(),
        layout=LayoutBody.of(layout) if layout else None,
        columns=[ColumnOut.of(column) for column in columns],
    )


def excel(content: bytes) -> Response[bytes]:
    """An answer that browsers save as a file."""
    return Response(
        content, media_type=MEDIA_TYPE, headers={"content-disposition": 'attachment; filename="problems.xlsx"'}
    )


IMPORTS = Router(path="/api/v1", route_handlers=[ImportController])
