"""How PINs, passwords and tokens are kept: slow hashes for what people choose, SHA-256 for what we draw."""

import asyncio
import hashlib
import os
import secrets
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

PIN_ITERATIONS = 310_000
_hasher = PasswordHasher()


@dataclass(frozen=True, slots=True)
class PinVerifier:
    salt: bytes
    iterations: int
    verifier: bytes


async def pin_verifier(pin: str) -> PinVerifier:
    """PBKDF2-HMAC-SHA256 of `pin` under a fresh salt; a till computes the same with WebCrypto."""
    salt = os.urandom(16)
    verifier = await asyncio.to_thread(hashlib.pbkdf2_hmac, "sha256", pin.encode(), salt, PIN_ITERATIONS)
    return PinVerifier(salt, PIN_ITERATIONS, verifier)


async def password_hash(password: str) -> str:
    """Argon2id of `password`, with its parameters in the text."""
    return await asyncio.to_thread(_hasher.hash, password)


async def password_matches(kept: str | None, password: str) -> bool:
    """Whether `password` is the one behind `kept`; takes as long when nothing is kept, for to check is to hash."""
    if kept is None:
        await password_hash(password)
        return False
    try:
        return await asyncio.to_thread(_hasher.verify, kept, password)
    except (VerificationError, InvalidHashError):
        return False


def new_token() -> str:
    """256 random bits, as text for a cookie or a key."""
    return secrets.token_urlsafe(32)


def token_digest(token: str) -> bytes:
    """SHA-256 of a drawn token: enough, since nobody can guess it."""
    return hashlib.sha256(token.encode()).digest()
