"""What goes in and out about accounts. Percents are basis points. A card's number is told once, when it is issued."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from loyalty.accounts.model import Card
from loyalty.accounts.persons import PersonDraft
from loyalty.accounts.queries import AccountRow, AccountWhole, CardRow, CategoryHeld, ConsentRow, Found, PersonRow
from loyalty.accounts.rules import CardState, Purpose

Code = Annotated[str, Field(min_length=1, max_length=64, examples=["bronze"])]
Reason = Annotated[str, Field(min_length=1, max_length=200, examples=["lost"])]
BasisPoints = Annotated[int, Field(strict=True, ge=0, le=10_000, examples=[700])]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AccountBody(Body):
    """`outlet`: whose tills hold its terms at once."""

    tier: Code | None = None
    personal: BasisPoints = 0
    outlet: UUID | None = None


class TierBody(Body):
    """`until`: from that day on its turnover decides again."""

    tier: Code | None
    reason: Reason = "by hand"
    until: date | None = None


class PersonalBody(Body):
    personal: BasisPoints
    reason: Annotated[str, Field(max_length=200)] = ""


class StaffBody(Body):
    staff: UUID | None


class NoteBody(Body):
    note: Annotated[str, Field(max_length=500)]


class ReasonBody(Body):
    reason: Reason


class CategoryBody(Body):
    """The proof was seen on that day; the category ends as `expires_on` begins."""

    proved_on: date
    expires_on: date | None = None


class CardBody(Body):
    """`number`: of a card printed before; left out, one is drawn."""

    number: Annotated[str, Field(min_length=8, max_length=40)] | None = None


class PersonBody(Body):
    given: Annotated[str, Field(min_length=1, max_length=100, examples=["Anahit"])]
    family: Annotated[str, Field(max_length=100)] = ""
    phone: Annotated[str, Field(max_length=40, examples=["+374 00 004312"])] | None = None
    born_on: date | None = None
    language: Literal["en", "ru", "hy"] = "hy"

    def draft(self) -> PersonDraft:
        return PersonDraft(self.given, self.family, self.phone, self.born_on, self.language)


class ConsentBody(Body):
    """`how`: on paper, at the till, by SMS…"""

    given: bool
    text_version: Annotated[str, Field(min_length=1, max_length=40, examples=["2026-1"])]
    how: Annotated[str, Field(min_length=1, max_length=40, examples=["paper"])]


class AccountOut(BaseModel):
    id: UUID
    seq: int
    tier: str | None
    personal: int
    terms_version: int
    blocked: str | None
    note: str
    opened_at: datetime
    tags: list[str]
    staff: UUID | None
    merged_into: UUID | None

    @classmethod
    def of(cls, row: AccountRow) -> "AccountOut":
        return cls(
            id=row.id,
            seq=row.seq,
            tier=row.tier,
            personal=row.personal,
            terms_version=row.terms_version,
            blocked=row.blocked,
            note=row.note,
            opened_at=row.opened_at,
            tags=list(row.tags),
            staff=row.staff,
            merged_into=row.merged_into,
        )


class AccountPage(BaseModel):
    """`next` is the cursor to ask the following page with; null at the end."""

    accounts: list[AccountOut]
    next: int | None


class FoundOut(BaseModel):
    account: UUID
    person: UUID
    given: str
    family: str

    @classmethod
    def of(cls, row: Found) -> "FoundOut":
        return cls(account=row.account, person=row.person, given=row.given, family=row.family)


class CardOut(BaseModel):
    id: UUID
    masked: str
    state: CardState
    reason: str | None
    issued_at: datetime

    @classmethod
    def of(cls, row: CardRow) -> "CardOut":
        return cls(id=row.id, masked=row.masked, state=row.state, reason=row.reason, issued_at=row.issued_at)


class CardIssued(BaseModel):
    """The number to print on the card."""

    id: UUID
    number: str

    @classmethod
    def of(cls, card: Card) -> "CardIssued":
        return cls(id=card.id, number=card.number)


class PersonOut(BaseModel):
    id: UUID
    given: str
    family: str
    phone: str | None
    born_on: date | None
    language: str

    @classmethod
    def of(cls, row: PersonRow) -> "PersonOut":
        return cls(
            id=row.id,
            given=row.given,
            family=row.family,
            phone=row.phone,
            born_on=row.born_on,
            language=row.language,
        )


class CategoryOut(BaseModel):
    category: str
    proved_on: date
    checked_by: UUID | None
    expires_on: date | None

    @classmethod
    def of(cls, row: CategoryHeld) -> "CategoryOut":
        return cls(category=row.category, proved_on=row.proved_on, checked_by=row.checked_by, expires_on=row.expires_on)


class ConsentOut(BaseModel):
    """The last word on this purpose."""

    person: UUID
    purpose: Purpose
    given: bool
    text_version: str
    how: str
    at: datetime

    @classmethod
    def of(cls, row: ConsentRow) -> "ConsentOut":
        return cls(
            person=row.person,
            purpose=row.purpose,
            given=row.given,
            text_version=row.text_version,
            how=row.how,
            at=row.at,
        )


class AccountWholeOut(BaseModel):
    account: AccountOut
    cards: list[CardOut]
    persons: list[PersonOut]
    categories: list[CategoryOut]
    consents: list[ConsentOut]

    @classmethod
    def of(cls, whole: AccountWhole) -> "AccountWholeOut":
        return cls(
            account=AccountOut.of(whole.account),
            cards=[CardOut.of(row) for row in whole.cards],
            persons=[PersonOut.of(row) for row in whole.persons],
            categories=[CategoryOut.of(row) for row in whole.categories],
            consents=[ConsentOut.of(row) for row in whole.consents],
        )
