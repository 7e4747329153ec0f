"""Who may talk for a register: tokens from the configuration, and tokens given out for a code from the terminal."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from devices.agent.clock import Clock, milliseconds
from devices.agent.config import RegisterAccess
from devices.agent.errors import Refused
from devices.agent.store import Store, Transaction

CODE_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 8
CODE_LIFE = timedelta(minutes=10)
MOST_WRONG_CODES = 5
NOBODY = hashlib.sha256(secrets.token_bytes(32)).hexdigest()


class Access:
    """Checks tokens and codes. Tokens are known only by their SHA-256; comparisons take the same time either way."""

    def __init__(self, store: Store, clock: Clock, configured: Sequence[RegisterAccess]) -> None:
        self._store = store
        self._clock = clock
        self._configured = {
            access.id: hashlib.sha256(access.token.encode()).hexdigest() for access in configured if access.token
        }
        self._paired: dict[str, str] = {}
        self._code: str | None = None
        self._code_ends = datetime.min.replace(tzinfo=clock.now().tzinfo)
        self._wrong_codes = 0

    def let_in(self, access: RegisterAccess) -> None:
        """From now on this token too, in place of the one configured for that register before."""
        self._configured[access.id] = hashlib.sha256(access.token.encode()).hexdigest()

    async def load(self) -> None:
        """Read the tokens of tills that paired in earlier runs."""
        rows = await self._store.run(lambda tx: tx.execute("SELECT register, sha256 FROM tokens").fetchall())
        self._paired = dict(rows)

    @property
    def anyone_paired(self) -> bool:
        return bool(self._configured or self._paired)

    def allows(self, register: str, token: str) -> bool:
        """Whether this is a token of exactly this register."""
        given = hashlib.sha256(token.encode()).hexdigest()
        known = [self._configured.get(register, NOBODY), self._paired.get(register, NOBODY)]
        return any(hmac.compare_digest(given, sha256) for sha256 in known)

    def open_pairing(self) -> str:
        """A new code, good once and for ten minutes; the one before is void."""
        self._code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
        self._code_ends = self._clock.now() + CODE_LIFE
        self._wrong_codes = 0
        return self._code

    @property
    def pairing_open(self) -> bool:
        return self._code is not None and self._clock.now() < self._code_ends

    async def pair(self, code: str, register: str) -> str:
        """Exchange the code for a token of that register, in place of the one it had. Raises `Refused` pair.refused."""
        typed = "".join(character for character in code.upper() if character not in " -").encode()
        expected = self._code if self._code is not None and self.pairing_open else ""
        if not expected or not hmac.compare_digest(typed, expected.encode()):
            self._wrong_codes += 1
            if self._wrong_codes >= MOST_WRONG_CODES:
                self._code = None
            raise Refused("pair.refused", "wrong code, or no code is open")
        self._code = None
        token = secrets.token_urlsafe(32)
        sha256 = hashlib.sha256(token.encode()).hexdigest()
        now = milliseconds(self._clock.now())

        def work(tx: Transaction) -> None:
            tx.execute("INSERT OR REPLACE INTO tokens VALUES (?, ?, ?)", (register, sha256, now))

        await self._store.run(work)
        self._paired[register] = sha256
        return token
