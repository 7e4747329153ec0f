"""A shop with something in it, and what proves that a caller is its owner or its register."""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

import httpx
from argon2 import PasswordHasher
from sqlalchemy.ext.asyncio import AsyncSession

from pos.core.ids import new_id
from pos.registers.service import pair, pairing_code
from pos.staff.model import StaffMember
from pos.staff.rules import Role
from pos.staff.service import add_staff, sign_in
from pos.storage.database import Database
from tests.pos.exchange.builders import Shop, a_product, a_shop, an_account
from web.auth import SESSION_COOKIE

LOGIN, PASSWORD, PIN = "owner", "four simple words", "83059142"
CARD = "2900000000018"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


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
        owner.pin_salt, owner.pin_iterations, owner.pin_verifier = b"salt", 1, quick_verifier(PIN, b"salt")
        token = await token_of(session, owner, LOGIN, at=now)
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


async def token_of(session: AsyncSession, person: StaffMember, login: str, *, at: datetime) -> str:
    """The session of a person with `PASSWORD`, kept as cheaply as argon2 can: what a check costs stands in the hash."""
    person.login, person.password_hash = login, QUICK.hash(PASSWORD)
    await session.flush()
    return await sign_in(session, login, PASSWORD, "::1", at=at)


def quick_verifier(pin: str, salt: bytes) -> bytes:
    """As `pin_verifier` makes it, in one iteration."""
    return hashlib.pbkdf2_hmac("sha256", pin.encode(), salt, 1)


async def signed_in(client: httpx.AsyncClient, known: Known) -> None:
    """Make `client` the owner's browser: its session, and the token that forms repeat."""
    client.cookies.set(SESSION_COOKIE, known.session_token)
    await client.get("/office/sign-in")
    client.headers["x-csrftoken"] = client.cookies.get("tillcard_csrf", "")
