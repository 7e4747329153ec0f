"""Who may call which route: one table. A route without a row is refused, and fails the tests."""

from enum import StrEnum


class Caller(StrEnum):
    """Kinds of callers. A register proves itself by its key, people by their session."""

    ANYONE = "anyone"
    REGISTER = "register"
    LINK = "link"
    """The device agent that dialled in with its token."""
    CASHIER = "cashier"
    MANAGER = "manager"
    OWNER = "owner"


ANYONE = frozenset({Caller.ANYONE})
REGISTER = frozenset({Caller.REGISTER})
LINK = frozenset({Caller.LINK})
SIGNED_IN = frozenset({Caller.CASHIER, Caller.MANAGER, Caller.OWNER})
MANAGERS = frozenset({Caller.MANAGER, Caller.OWNER})
OWNERS = frozenset({Caller.OWNER})

RIGHTS: dict[tuple[str, str], frozenset[Caller]] = {
    # pages that need nobody
    ("GET", "/"): ANYONE,
    ("GET", "/till"): ANYONE,
    ("GET", "/till/precache.json"): ANYONE,
    ("GET", "/till/sw.js"): ANYONE,
    ("GET", "/till/{file_path}"): ANYONE,
    ("GET", "/i18n/{file_path}"): ANYONE,
    ("GET", "/static/{file_path}"): ANYONE,
    ("GET", "/schema/openapi.json"): ANYONE,
    # a till
    ("GET", "/api/till/health"): ANYONE,
    ("POST", "/api/till/pair"): ANYONE,
    # the back office
    ("GET", "/office/sign-in"): ANYONE,
    ("POST", "/office/sign-in"): ANYONE,
    ("POST", "/office/sign-out"): SIGNED_IN,
    ("POST", "/office/language"): ANYONE,
}


def may(callers: frozenset[Caller], caller: Caller) -> bool:
    """Whether a row that names `callers` lets `caller` through."""
    return Caller.ANYONE in callers or caller in callers
