"""Pages of the back office: batches of coupons, their codes to print and to take away."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

from litestar import Request, Response, Router, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, Parameter
from litestar.response import Redirect, Template
from pydantic import Field, field_validator
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.coupons import queries, service
from loyalty.coupons.errors import BadCouponBatch, CouponBatchDiffers
from loyalty.coupons.rules import grouped
from loyalty.coupons.service import BatchTerms
from pos.staff.queries import SignedIn
from web import texts
from web.coupons.routes import make_readable
from web.office.codes import qr
from web.office.pages import page
from web.office.schemas import Form

FORM = Body(media_type=RequestEncodingType.URL_ENCODED)
Asker = Request[Any, Any, Any]
SHEET = 60
"""Coupons of one printed page request: three to a row of A4, and a browser prints them without effort."""
CSV_PAGE = 10_000


class BatchForm(Form):
    """`last_day` is the last one that is in; empty fields set no limit."""

    code: Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,64}$")]
    name: Annotated[str, Field(min_length=1, max_length=200)]
    kind: Literal["coupon", "referral"] = "coupon"
    size: Annotated[int, Field(ge=0, le=service.MOST_CODES)] = 0
    first_day: date | None = None
    last_day: date | None = None
    uses: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    per_account: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    whom: Literal["anyone", "account"] = "anyone"
    offline: Literal["deny", "allow"] = "deny"
    bonus: Annotated[int, Field(ge=0, le=1_000_000_000)] = 0

    @field_validator("first_day", "last_day", "uses", "per_account", mode="before")
    @classmethod
    def nothing(cls, value: object) -> object:
        return value or None

    @field_validator("size", "bonus", mode="before")
    @classmethod
    def zero(cls, value: object) -> object:
        return value or 0

    def terms(self) -> BatchTerms:
        until = self.last_day + timedelta(days=1) if self.last_day and self.last_day < date.max else None
        return BatchTerms(
            name=self.name,
            size=self.size,
            kind=self.kind,
            valid_from=self.first_day,
            valid_until=until,
            uses=self.uses,
            per_account=self.per_account,
            whom=self.whom,
            offline=self.offline,
            bonus=self.bonus,
        )


@get("/", include_in_schema=False)
async def batches(request: Asker, session: AsyncSession) -> Template:
    """Every batch, and a form for another."""
    return await shown(request, session, BatchForm.model_construct(name="", code="", size=100, uses=1))


async def shown(request: Asker, session: AsyncSession, typed: BatchForm, error: str = "") -> Template:
    """The page with the form as `typed`, and why it was refused."""
    batches = await queries.batch_list(session)
    return page(request, "coupons.html", status=422 if error else 200, batches=batches, typed=typed, error=error)


@post("/", status_code=303, include_in_schema=False)
async def make(
    request: Asker, session: AsyncSession, person: SignedIn, now: datetime, data: Annotated[BatchForm, FORM]
) -> Redirect | Template:
    """Make a batch; where it cannot be, the page again with what was typed and what is wrong."""
    await make_readable(session)
    try:
        await service.make_batch(session, data.code, data.terms(), by=person.id, at=now)
    except (BadCouponBatch, CouponBatchDiffers) as wrong:
        return await shown(
            request, session, data, texts.text(texts.language_of(request), f"error.{wrong.code}", **wrong.fields)
        )
    return Redirect(f"/office/coupons/{data.code}", status_code=303)


@get("/{code:str}", include_in_schema=False)
async def batch(
    request: Asker, session: AsyncSession, code: str, after: Annotated[str, Parameter(max_length=64)] = ""
) -> Template:
    """One batch with its codes and how often each was used."""
    shown = await queries.batch_of(session, code)
    rows = await queries.batch_codes(session, code, after=after, limit=100)
    return page(
        request,
        "coupon_batch.html",
        batch=shown,
        codes=rows,
        next=rows[-1].code if len(rows) == 100 else "",
        grouped=grouped,
        last_day=shown.valid_until - timedelta(days=1) if shown.valid_until else None,
    )


@get("/{code:str}/print", include_in_schema=False)
async def print_sheet(
    request: Asker, session: AsyncSession, code: str, after: Annotated[str, Parameter(max_length=64)] = ""
) -> Template:
    """A sheet of coupons to cut out, each with its code as text and as QR."""
    shown = await queries.batch_of(session, code)
    rows = await queries.batch_codes(session, code, after=after, limit=SHEET)
    return page(
        request,
        "code_sheet.html",
        title=shown.name,
        until=shown.valid_until - timedelta(days=1) if shown.valid_until else None,
        sheet=[(grouped(row.code), qr(row.code)) for row in rows],
        back=f"/office/coupons/{code}",
        next=f"/office/coupons/{code}/print?after={rows[-1].code}" if len(rows) == SHEET else "",
    )


@get("/{code:str}/codes.csv", include_in_schema=False)
async def codes_file(session: AsyncSession, code: str) -> Response[bytes]:
    """All codes of the batch, one to a line; they begin with letters, so no program takes them for formulas."""
    await queries.batch_of(session, code)
    lines = ["code,used,blocked"]
    after = ""
    while rows := await queries.batch_codes(session, code, after=after, limit=CSV_PAGE):
        lines += [f"{row.code},{row.used},{'yes' if row.blocked else 'no'}" for row in rows]
        after = rows[-1].code
    return Response(
        "\r\n".join([*lines, ""]).encode(),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="coupons-{code}.csv"'},
    )


@post("/{code:str}/stop", status_code=303, include_in_schema=False)
async def stop(session: AsyncSession, now: datetime, code: str) -> Redirect:
    """None of its coupons counts from now on."""
    await service.stop_batch(session, code, at=now)
    return Redirect(f"/office/coupons/{code}", status_code=303)


COUPON_PAGES = Router(path="/office/coupons", route_handlers=[batches, make, batch, print_sheet, codes_file, stop])
