"""The second copy of documents a till has made and the server does not have yet.

Each is kept byte for byte, checked against its SHA-256 when it arrives and again when it is given back.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from devices.agent.clock import Clock, milliseconds
from devices.agent.errors import Refused
from devices.agent.rules import document_digest
from devices.agent.store import Store, Transaction

log = logging.getLogger(__name__)

MOST_BYTES = 256 * 1024 * 1024
PIECE_BYTES = 512 * 1024


@dataclass(frozen=True, slots=True)
class Document:
    """A document as the till wrote it; `personal` is the part that travels beside it. `kept_at` in milliseconds."""

    register: str
    id: str
    digest: str
    bytes: str
    personal: str | None
    kept_at: int = 0


class SecondCopy:
    """Keeps documents until they are released; nothing else ever removes one."""

    def __init__(self, store: Store, clock: Clock, most_bytes: int = MOST_BYTES) -> None:
        self._store = store
        self._clock = clock
        self._most_bytes = most_bytes

    async def keep(self, document: Document) -> bool:
        """Have it on disk before this returns; False if it was there already.

        Raises `Refused` document.digest_wrong, document.differs or documents.full.
        """
        if document_digest(document.bytes) != document.digest:
            raise Refused("document.digest_wrong", "the digest is not that of the bytes", id=document.id)
        content = document.bytes.encode()
        personal = None if document.personal is None else document.personal.encode()
        now = milliseconds(self._clock.now())

        def work(tx: Transaction) -> bool:
            key = (document.register, document.id)
            known = tx.execute("SELECT digest FROM documents WHERE register = ? AND id = ?", key).fetchone()
            if known is not None:
                if known[0] != document.digest:
                    raise Refused("document.differs", "another document is kept under this id", id=document.id)
                return False
            held = tx.execute("SELECT coalesce(sum(length(bytes) + coalesce(length(personal), 0)), 0) FROM documents")
            if held.fetchone()[0] + len(content) + len(personal or b"") > self._most_bytes:
                raise Refused("documents.full", "too many unsent documents are kept", id=document.id)
            tx.execute(
                "INSERT INTO documents (register, id, digest, bytes, personal, kept_at) VALUES (?, ?, ?, ?, ?, ?)",
                (*key, document.digest, content, personal, now),
            )
            return True

        return await self._store.run(work)

    async def release(self, register: str, document_id: str) -> bool:
        """Let go of a document the server has; False if it was not kept."""
        query = "DELETE FROM documents WHERE register = ? AND id = ?"
        return await self._store.run(lambda tx: tx.execute(query, (register, document_id)).rowcount > 0)

    async def unsent(self, register: str, after: str | None = None) -> tuple[list[Document], bool]:
        """The register's documents in order of arrival, about half a mebibyte of them, and whether more follow.

        `after` is the id of the last one already seen; one released meanwhile starts again from the oldest.
        """

        def work(tx: Transaction) -> tuple[list[Document], bool]:
            start = tx.execute("SELECT arrival FROM documents WHERE register = ? AND id = ?", (register, after))
            found: list[Document] = []
            size = 0
            rows = tx.execute(
                "SELECT register, id, digest, bytes, personal, kept_at FROM documents"
                " WHERE register = ? AND arrival > ? ORDER BY arrival",
                (register, (start.fetchone() or (0,))[0]),
            )
            for row in rows:
                size += len(row[3]) + len(row[4] or b"")
                if found and size > PIECE_BYTES:
                    return found, True
                found.append(_document(row))
            return found, False

        return await self._store.run(work)

    async def overdue(self, kept_before: int, passing_over: Sequence[str]) -> Document | None:
        """The oldest document kept before that time (milliseconds), of any register, but none of `passing_over`."""

        def work(tx: Transaction) -> Document | None:
            marks = ",".join("?" * len(passing_over))
            row = tx.execute(
                "SELECT register, id, digest, bytes, personal, kept_at FROM documents"  # noqa: S608
                f" WHERE kept_at <= ? AND id NOT IN ({marks}) ORDER BY arrival LIMIT 1",
                (kept_before, *passing_over),
            ).fetchone()
            return row and _document(row)

        return await self._store.run(work)

    async def count(self) -> int:
        """How many are kept."""
        return await self._store.run(lambda tx: tx.execute("SELECT count(*) FROM documents").fetchone()[0])


def _document(row: tuple[str, str, str, bytes, bytes | None, int]) -> Document:
    register, id, digest, content, personal, kept_at = row
    text = content.decode()
    if document_digest(text) != digest:
        log.error("the second copy of document %s is damaged on disk", id)
    return Document(register, id, digest, text, None if personal is None else personal.decode(), kept_at)
