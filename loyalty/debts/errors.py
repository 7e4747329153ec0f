"""What can go wrong with sales on account."""

from pos.core.errors import Conflict, Malformed


class BadDebt(Malformed):
    """`field` cannot be as it is."""

    code = "debt.malformed"


class DebtEntryDiffers(Conflict):
    """The id is taken by another entry."""

    code = "debt.entry_differs"
