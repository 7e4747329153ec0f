"""Documents, version 1: what a register writes, one JSON object of integers and strings for each thing it did.

The bytes are the document; these models only read them. They refuse what is not exactly of the form: floats, numbers as
text, unknown fields, amounts beyond +-(2^53 - 1). Amounts are minor units, quantities thousandths of the unit, rates
basis points; `..._at` are milliseconds since 1970 in UTC. In a refund quantities and amounts are negative, so that a
sale and its refunds add up to zero. A new kind of document, and a field that may be left out, is an addition to version 1;
a changed one is version 2.
"""

from typing import Annotated

from pydantic import Field, TypeAdapter

from pos.documents.events import (
    BasketSetAside,
    CardChanged,
    CashMovement,
    CategoryClaimed,
    DebtPayment,
    DrawerOpened,
    FiscalCorrection,
    LimitPassed,
    LineChanged,
    Override,
    Reprint,
    ShiftClosing,
    ShiftOpening,
    SignInLocked,
    Turn,
    XReport,
)
from pos.documents.receipts import Refund, Sale

Document = Annotated[
    Sale
    | Refund
    | ShiftOpening
    | ShiftClosing
    | XReport
    | Turn
    | SignInLocked
    | CashMovement
    | DrawerOpened
    | LineChanged
    | CardChanged
    | CategoryClaimed
    | BasketSetAside
    | Override
    | LimitPassed
    | DebtPayment
    | FiscalCorrection
    | Reprint,
    Field(discriminator="kind"),
]
documents: TypeAdapter[Document] = TypeAdapter(Document)
