"""What can go wrong with gift cards."""

from pos.core.errors import Conflict, Malformed, NotFound


class GiftCardNotFound(NotFound):
    code = "gift_card.not_found"


class GiftCardOrderDiffers(Conflict):
    """The id is taken by another order of cards."""

    code = "gift_card.order_differs"


class GiftCardShort(Conflict):
    """Less is on the card than would be taken off; `balance`, what may be taken."""

    code = "gift_card.short"


class BadGiftCards(Malformed):
    """`field` cannot be as it is."""

    code = "gift_card.malformed"


class GiftCardEntryDiffers(Conflict):
    """The id is taken by another correction."""

    code = "gift_card.entry_differs"
