"""A shop with something in it, and what proves that a caller is its owner or its register."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

import httpx

from pos.core.ids import new_id
from pos.registers.service import pair, pairing_code
from pos.staff.rules import Role
from pos.staff.service import add_staff, set_password, set_pin, sign_in
from pos.storage.database import Database
from tests.pos.exchange.builders import Shop, a_product, a_shop, an_account
from web.auth import SESSION_COOKIE

LOGIN, PASSWORD, PIN = "owner", "four simple words", "83059142"
CARD = "2900000000018"


@dataclass
class Known:
    """Ids that are there, by the names that addresses give them, and the two proofs."""

    shop: Shop
    owner: UUID
    session_token: str
    register: str
    """The Authorization header of the paired register."""
    ids: dict[str, object] = field(default_factory=dict)


async def a_known_shop(database: Database) -> Known:
    """One outlet with a paired till, one product, one gold account, and its owner, signed in once."""
    now = datetime.now(UTC)
    async with database.transaction() as session:
        shop = await a_shop(session)
        owner = await add_staff(session, new_id(), name="Owner", role=Role.OWNER)
        await set_pin(session, owner.id, PIN)
        await set_password(session, owner.id, LOGIN, PASSWORD)
        token = await sign_in(session, LOGIN, PASSWORD, "::1", at=now)
        product = await a_product(session, shop)
        account = await an_account(session, shop, CARD)
        paired = await pair(session, await pairing_code(session, shop.register, at=now), at=now)
        ids = {
            "product_id": product.id,
            "code": f"P{product.seq}",
            "category_id": shop.category,
            "account_id": account.id,
            "staff_id": owner.id,
            "register_id": shop.register,
            "category": "pensioner",
            "chunk": 0,
        }
    return Known(shop, owner.id, token, f"Register {shop.register}.{paired.epoch}.{paired.key}", ids)


async def signed_in(client: httpx.AsyncClient, known: Known) -> None:
    """Make `client` the owner's browser: its session, and the token that forms repeat."""
    client.cookies.set(SESSION_COOKIE, known.session_token)
    await client.get("/office/sign-in")
    client.headers["x-csrftoken"] = client.cookies.get("tillcard_csrf", "")
