"""What a basket would cost and why, over HTTP. Nothing is stored and nothing is sold."""

from dataclasses import dataclass
from datetime import datetime

from litestar import Router, post
from litestar.openapi.spec import Example, Operation, RequestBody
from sqlalchemy.ext.asyncio import AsyncSession

from pos.sales.quoting import quote_of
from web.pricing.examples import EXAMPLES
from web.pricing.schemas import QuoteBody, QuoteOut


@dataclass
class WithExamples(Operation):
    """The description of the quote, with a named request for every kind of rule."""

    def __post_init__(self) -> None:
        if isinstance(self.request_body, RequestBody):
            for media_type in self.request_body.content.values():
                media_type.examples = {
                    name: Example(summary=summary, value=body) for name, (summary, body) in EXAMPLES.items()
                }


@post("/quote", tags=["pricing"], status_code=200, operation_class=WithExamples)
async def quote(session: AsyncSession, now: datetime, data: QuoteBody) -> QuoteOut:
    """Price a basket by the shop's rules, or by rules and terms given here, and say of every rule what became of it."""
    return QuoteOut.of(await quote_of(session, data.asked(now)))


PRICING = Router(path="/api/pricing", route_handlers=[quote])
