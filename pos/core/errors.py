"""What can go wrong, by kind. The code is stable and public; people's sentences are looked up from it."""

from typing import ClassVar


class TillError(Exception):
    """An expected failure. `code` is stable ("sale.underpaid"); `fields` are plain values the sentence may name."""

    code: ClassVar[str] = "error"

    def __init__(self, **fields: object) -> None:
        self.fields = fields
        super().__init__(f"{self.code} {fields}" if fields else self.code)


class Malformed(TillError):
    """The input cannot be read as what it claims to be (HTTP 422)."""

    code = "input.malformed"


class NotFound(TillError):
    """What was named is not there, or not visible to the asker (HTTP 404)."""

    code = "not_found"


class NotAllowed(TillError):
    """The asker may not do this (HTTP 403)."""

    code = "not_allowed"


class NotSignedIn(TillError):
    """Who asks is not known, or no longer (HTTP 401)."""

    code = "not_signed_in"


class Conflict(TillError):
    """The state of things forbids it now (HTTP 409)."""

    code = "conflict"


class Unavailable(TillError):
    """A part we depend on does not answer; trying again later may work (HTTP 503)."""

    code = "unavailable"
