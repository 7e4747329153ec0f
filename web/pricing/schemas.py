"""What the quote takes and answers. Amounts are minor units, quantities thousandths, rates basis points, points whole."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from loyalty.pricing.wire_quote import write_quote
from pos.sales.quoting import Asked, Json, Quoted

MOST_LINES = 2_000
Basket2 = "see docs/schema/basket-v2.json"


class LocalTimeBody(BaseModel):
    """The shop's wall clock."""

    model_config = ConfigDict(extra="forbid", strict=True)

    date: Annotated[str, Field(examples=["2026-03-02"], max_length=10)]
    minute: Annotated[int, Field(ge=0, le=1_439, examples=[720])]
    weekday: Annotated[int, Field(ge=1, le=7, examples=[1])]


class QuoteBody(BaseModel):
    """A basket of which lines with product and quantity are enough. What is said is taken in place of the shop's own."""

    model_config = ConfigDict(extra="forbid", strict=True)

    lines: Annotated[
        list[Json],
        Field(max_length=MOST_LINES, description=f"Product (number) and quantity; more as a basket line, {Basket2}"),
    ]
    account: Annotated[UUID | None, Field(strict=False, description="Whose terms hold")] = None
    terms: Annotated[Json | None, Field(description=f"Terms in place of an account's, {Basket2}")] = None
    rules: Annotated[
        Json | None,
        Field(description="Rules in place of the shop's: groups, regulations, rules of docs/schema/rule-set-v2.json"),
    ] = None
    rule_set: Annotated[int | None, Field(ge=1, le=2_147_483_647, description="A version of the shop's rules")] = None
    claimed: list[str] | None = None
    coupons: Annotated[list[str] | None, Field(description="Batches of the coupons shown")] = None
    spend: Annotated[int | None, Field(ge=0, description="Points to spend")] = None
    left: Annotated[Json | None, Field(description="What limits leave of a rule, by its id")] = None
    stock: Annotated[Json | None, Field(description="Thousandths there of a gift, by product")] = None
    settings: Annotated[Json | None, Field(description="Settings in place of the shop's, one by one")] = None
    outlet: Annotated[UUID | None, Field(strict=False, description="Whose clock counts; the first where left out")] = (
        None
    )
    at: Annotated[AwareDatetime | None, Field(strict=False, description="Prices and rules of this moment; now")] = None
    first_scan: LocalTimeBody | None = None
    payment: LocalTimeBody | None = None

    def asked(self, now: Any) -> Asked:
        more = {name: getattr(self, name) for name in ("claimed", "coupons", "spend", "left", "stock")}
        return Asked(
            lines=self.lines,
            at=self.at or now,
            outlet=self.outlet,
            account=self.account,
            terms=self.terms,
            rules=self.rules,
            rule_set=self.rule_set,
            settings=self.settings,
            first_scan=self.first_scan.model_dump() if self.first_scan else None,
            payment=self.payment.model_dump() if self.payment else None,
            more={name: value for name, value in more.items() if value is not None},
        )


class QuoteOut(BaseModel):
    """The quote (docs/schema/quote-v2.json) with its explanation, and the whole basket it was priced from."""

    quote: Json
    basket: Json

    @classmethod
    def of(cls, quoted: Quoted) -> "QuoteOut":
        return cls(quote=write_quote(quoted.quote), basket=quoted.basket)
