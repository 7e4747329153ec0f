"""What can go wrong while a till keeps up with the shop."""

from typing import ClassVar

from pos.core.errors import Conflict, Malformed, NotFound


class StartAgain(Conflict):
    """The till must take a full copy: another life of the database, a cursor from the future, or too many changes."""

    code = "feed.start_again"
    status: ClassVar[int] = 410


class BadCursor(Malformed):
    code = "feed.cursor_malformed"


class NotSetUp(NotFound):
    """A row every shop has is missing; `what` says which."""

    code = "shop.not_set_up"
