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
    # pages and files that need nobody
    ("GET", "/"): ANYONE,
    ("GET", "/till"): ANYONE,
    ("GET", "/till/precache.json"): ANYONE,
    ("GET", "/till/sw-reset"): ANYONE,
    ("GET", "/till/{file_path}"): ANYONE,
    ("GET", "/i18n/{file_path}"): ANYONE,
    ("GET", "/static/{file_path}"): ANYONE,
    ("GET", "/schema"): ANYONE,
    ("GET", "/schema/openapi.json"): ANYONE,
    ("GET", "/schema/{path}"): ANYONE,
    # a till
    ("GET", "/api/till/health"): ANYONE,
    ("POST", "/api/till/pair"): ANYONE,
    ("GET", "/api/till/snapshot"): REGISTER,
    ("GET", "/api/till/products/{chunk}"): REGISTER,
    ("GET", "/api/till/accounts/{chunk}"): REGISTER,
    ("GET", "/api/till/accounts/lookup"): REGISTER,
    ("GET", "/api/till/changes"): REGISTER,
    ("PUT", "/api/till/documents/{document_id}"): REGISTER,
    ("PUT", "/api/till/documents/{document_id}/personal"): REGISTER,
    ("GET", "/api/till/receipts/{receipt}"): REGISTER,
    ("GET", "/api/till/agent"): REGISTER,
    # the device agent
    ("GET", "/api/agent/link"): LINK,
    # the back office
    ("GET", "/office/sign-in"): ANYONE,
    ("POST", "/office/sign-in"): ANYONE,
    ("POST", "/office/language"): ANYONE,
    ("POST", "/office/sign-out"): SIGNED_IN,
    ("GET", "/office"): MANAGERS,
    ("GET", "/office/figures"): MANAGERS,
    ("GET", "/office/live"): MANAGERS,
    ("GET", "/office/sales"): MANAGERS,
    ("GET", "/office/sales/{sale_id}"): MANAGERS,
    ("GET", "/office/attention"): MANAGERS,
    ("GET", "/office/people"): MANAGERS,
    ("POST", "/office/people"): OWNERS,
    ("POST", "/office/people/{staff_id}/pin"): MANAGERS,
    ("POST", "/office/people/{staff_id}/password"): OWNERS,
    ("POST", "/office/people/{staff_id}/deactivate"): OWNERS,
    ("GET", "/office/registers"): MANAGERS,
    ("POST", "/office/registers"): OWNERS,
    ("POST", "/office/registers/{register_id}/code"): MANAGERS,
    ("POST", "/office/registers/{register_id}/revoke"): MANAGERS,
    # the HTTP API: goods
    ("GET", "/api/v1/products"): SIGNED_IN,
    ("GET", "/api/v1/products/{product_id}"): SIGNED_IN,
    ("PUT", "/api/v1/products/{product_id}"): MANAGERS,
    ("POST", "/api/v1/products/{product_id}/change"): MANAGERS,
    ("PUT", "/api/v1/products/{product_id}/names"): MANAGERS,
    ("POST", "/api/v1/products/{product_id}/archive"): MANAGERS,
    ("POST", "/api/v1/products/{product_id}/unarchive"): MANAGERS,
    ("PUT", "/api/v1/products/{product_id}/barcodes/{code}"): MANAGERS,
    ("DELETE", "/api/v1/products/{product_id}/barcodes/{code}"): MANAGERS,
    ("GET", "/api/v1/products/{product_id}/prices"): SIGNED_IN,
    ("POST", "/api/v1/products/{product_id}/prices"): MANAGERS,
    ("DELETE", "/api/v1/products/{product_id}/prices/{price_id}"): MANAGERS,
    ("GET", "/api/v1/categories"): SIGNED_IN,
    ("POST", "/api/v1/categories"): MANAGERS,
    ("PUT", "/api/v1/categories/{category_id}/names"): MANAGERS,
    ("PUT", "/api/v1/categories/{category_id}/parent"): MANAGERS,
    ("GET", "/api/v1/scan-routes"): SIGNED_IN,
    ("POST", "/api/v1/scan-routes"): OWNERS,
    ("PUT", "/api/v1/scan-routes/{route_id}"): OWNERS,
    ("DELETE", "/api/v1/scan-routes/{route_id}"): OWNERS,
    ("GET", "/api/v1/price-lists"): SIGNED_IN,
    ("GET", "/api/v1/tax-rates"): SIGNED_IN,
    ("GET", "/api/v1/regulations"): SIGNED_IN,
    # the HTTP API: accounts
    ("GET", "/api/v1/accounts"): MANAGERS,
    ("GET", "/api/v1/accounts/by-card"): SIGNED_IN,
    ("GET", "/api/v1/accounts/by-phone"): SIGNED_IN,
    ("GET", "/api/v1/accounts/by-name"): MANAGERS,
    ("GET", "/api/v1/accounts/{account_id}"): MANAGERS,
    ("PUT", "/api/v1/accounts/{account_id}"): MANAGERS,
    ("PUT", "/api/v1/accounts/{account_id}/tier"): MANAGERS,
    ("PUT", "/api/v1/accounts/{account_id}/personal"): MANAGERS,
    ("PUT", "/api/v1/accounts/{account_id}/note"): MANAGERS,
    ("POST", "/api/v1/accounts/{account_id}/block"): MANAGERS,
    ("POST", "/api/v1/accounts/{account_id}/unblock"): MANAGERS,
    ("PUT", "/api/v1/accounts/{account_id}/categories/{category}"): MANAGERS,
    ("DELETE", "/api/v1/accounts/{account_id}/categories/{category}"): MANAGERS,
    ("PUT", "/api/v1/accounts/{account_id}/cards/{card_id}"): MANAGERS,
    ("PUT", "/api/v1/accounts/{account_id}/persons/{person_id}"): MANAGERS,
    ("POST", "/api/v1/cards/{card_id}/block"): MANAGERS,
    ("POST", "/api/v1/cards/{card_id}/unblock"): MANAGERS,
    ("PUT", "/api/v1/cards/{card_id}/replacement/{new_id}"): MANAGERS,
    ("POST", "/api/v1/persons/{person_id}/change"): MANAGERS,
    ("DELETE", "/api/v1/persons/{person_id}"): OWNERS,
    ("PUT", "/api/v1/persons/{person_id}/consents/{purpose}"): MANAGERS,
    # the demo shop's own pages; there only when it runs
    ("GET", "/demo/till"): ANYONE,
    ("GET", "/demo/printer"): ANYONE,
    ("GET", "/demo/printer/receipts"): ANYONE,
    ("GET", "/demo/printer/receipts/{place}"): ANYONE,
    ("POST", "/demo/printer/fault"): ANYONE,
}


def may(callers: frozenset[Caller], caller: Caller) -> bool:
    """Whether a row that names `callers` lets `caller` through."""
    return Caller.ANYONE in callers or caller in callers
