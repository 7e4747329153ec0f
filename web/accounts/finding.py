"""Finding accounts over HTTP, and what happened to one: its log, merges, categories, discounts."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, get
from litestar.exceptions import ValidationException
from litestar.params import Parameter
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from loyalty.accounts import search
from loyalty.accounts.categories import Expiring, category_history, expiring_categories
from loyalty.accounts.log import EventRow, account_log
from loyalty.accounts.merge import merges_of
from loyalty.accounts.survivor import merged_accounts
from pos.reports.discount_history import Asked, Given, Place, discount_history
from web.accounts.merges import MergeOut

Typed = Annotated[str, Parameter(max_length=100)]
Limit = Annotated[int, Parameter(ge=1, le=200)]
Before = Annotated[int | None, Parameter(ge=1, le=2**53 - 1, description="`id` of the last one seen")]
Spot = Annotated[str | None, Parameter(max_length=120, description="`next` of the page before")]


class AccountFoundOut(BaseModel):
    """`by` says what fitted: `card`, `phone` or `name`; `card` is masked."""

    account: UUID
    seq: int
    tier: str | None
    blocked: str | None
    person: UUID | None
    given: str
    family: str
    phone: str | None
    card: str | None
    card_state: str | None
    by: str

    @classmethod
    def of(cls, row: search.AccountFound) -> "AccountFoundOut":
        return cls(
            account=row.account,
            seq=row.seq,
            tier=row.tier,
            blocked=row.blocked,
            person=row.person,
            given=row.given,
            family=row.family,
            phone=row.phone,
            card=row.card,
            card_state=row.card_state,
            by=row.by,
        )


class SamePhoneOut(BaseModel):
    """`whole`: the whole phone is theirs, not only the digits typed so far."""

    account: UUID
    person: UUID
    name: str
    phone: str
    whole: bool

    @classmethod
    def of(cls, row: search.SamePhone) -> "SamePhoneOut":
        name = f"{row.given} {row.family[:1]}." if row.family else row.given
        return cls(account=row.account, person=row.person, name=name, phone=f"…{row.phone[-4:]}", whole=row.whole)


class ExpiringOut(BaseModel):
    account: UUID
    category: str
    proved_on: date
    checked_by: UUID | None
    expires_on: date

    @classmethod
    def of(cls, row: Expiring) -> "ExpiringOut":
        return cls(
            account=row.account,
            category=row.category,
            proved_on=row.proved_on,
            checked_by=row.checked_by,
            expires_on=row.expires_on,
        )


class EventOut(BaseModel):
    """One change; `account` is the one it was made to, which may be merged into the one asked for."""

    id: int
    account: UUID
    at: datetime
    by: UUID | None
    kind: str
    detail: dict[str, Any]

    @classmethod
    def of(cls, row: EventRow) -> "EventOut":
        return cls(id=row.id, account=row.account, at=row.at, by=row.by, kind=row.kind, detail=dict(row.detail))


class GivenOut(BaseModel):
    """One discount on one line; amounts in minor units, negative in a refund, quantities in thousandths."""

    at: datetime
    sale: UUID
    kind: str
    receipt: str
    outlet: UUID
    staff: UUID
    account: UUID | None
    line: int
    product: int
    name: str
    quantity: int
    gross: int
    rule: str
    names: dict[str, str]
    source: str
    amount: int
    rule_set: int
    reason: str
    approver: UUID | None

    @classmethod
    def of(cls, row: Given) -> "GivenOut":
        return cls(
            at=row.at,
            sale=row.sale,
            kind=row.kind,
            receipt=row.receipt,
            outlet=row.outlet,
            staff=row.staff,
            account=row.account,
            line=row.line,
            product=row.product,
            name=row.name,
            quantity=row.quantity,
            gross=row.gross,
            rule=row.rule,
            names=dict(row.names),
            source=row.source,
            amount=row.amount,
            rule_set=row.rule_set,
            reason=row.reason,
            approver=row.approver,
        )


class GivenPage(BaseModel):
    """`next` is the cursor to ask the following page with; null at the end."""

    discounts: list[GivenOut]
    next: str | None


class FindingController(Controller):
    path = "/accounts"
    tags = ("accounts",)

    @get("/search")
    async def search(self, session: AsyncSession, typed: Typed) -> list[AccountFoundOut]:
        """At most 20 accounts: digits are a phone (its beginning or end) or a card (whole or its end), letters the
        beginning of names, in any script."""
        return [AccountFoundOut.of(row) for row in await search.search_accounts(session, typed)]

    @get("/same-phone")
    async def same_phone(self, session: AsyncSession, phone: Typed) -> list[SamePhoneOut]:
        """Who has the phone that is being typed already; none under six digits."""
        return [SamePhoneOut.of(row) for row in await search.same_phone(session, phone)]

    @get("/expiring-categories")
    async def expiring(self, session: AsyncSession, since: date, until: date, limit: Limit = 50) -> list[ExpiringOut]:
        """Categories that end from `since` on and before `until`, the soonest first."""
        rows = await expiring_categories(session, since=since, until=until, limit=limit)
        return [ExpiringOut.of(row) for row in rows]

    @get("/{account_id:uuid}/log")
    async def log(
        self, session: AsyncSession, account_id: UUID, before: Before = None, limit: Limit = 50
    ) -> list[EventOut]:
        """Who changed what, the newest first."""
        return [EventOut.of(row) for row in await account_log(session, account_id, before=before, limit=limit)]

    @get("/{account_id:uuid}/category-history")
    async def categories(self, session: AsyncSession, account_id: UUID) -> list[EventOut]:
        """Every proof that was seen, and every category taken away."""
        return [EventOut.of(row) for row in await category_history(session, account_id)]

    @get("/{account_id:uuid}/merges")
    async def merges(self, session: AsyncSession, account_id: UUID) -> list[MergeOut]:
        """Merges it took part in, the newest first."""
        return [MergeOut.of(row) for row in await merges_of(session, account_id)]

    @get("/{account_id:uuid}/discounts")
    async def discounts(
        self, session: AsyncSession, account_id: UUID, after: Spot = None, limit: Limit = 50
    ) -> GivenPage:
        """Discounts given to it, those of accounts merged into it too; the newest first."""
        return await page(session, Asked(accounts=await merged_accounts(session, account_id)), after, limit)


async def page(session: AsyncSession, asked: Asked, after: str | None, limit: int) -> GivenPage:
    """One page of discounts and the cursor of the next."""
    rows = await discount_history(session, asked, after=place_of(after), limit=limit + 1)
    kept = rows[:limit]
    return GivenPage(
        discounts=[GivenOut.of(row) for row in kept], next=cursor_of(kept[-1]) if len(rows) > limit else None
    )


def cursor_of(row: Given) -> str:
    return f"{row.at.isoformat()}_{row.sale}_{row.line}_{row.place}"


def place_of(cursor: str | None) -> Place | None:
    """Raises `ValidationException` for what is no cursor."""
    if cursor is None:
        return None
    try:
        at, sale, line, place = cursor.split("_")
        moment = datetime.fromisoformat(at)
        found = Place(moment, UUID(sale), int(line), int(place))
        if moment.tzinfo is None or not (0 <= found.line < 2**31 and 0 <= found.place < 2**15):
            raise ValueError(cursor)
    except ValueError as error:
        raise ValidationException("not a cursor of this list") from error
    return found
