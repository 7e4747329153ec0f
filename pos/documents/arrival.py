"""What arrives from a register, read once: its digest, its rows, or why it must wait in quarantine."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from pos.documents.projection import Row, Rows, moment, no_rows, rows_of
from pos.documents.rules import LATEST, Flaw, flaw_in
from pos.documents.schema import Document, documents
from pos.registers.queries import RegisterKey

NOTHING = no_rows()
UNPRINTABLE = re.compile(r"[^A-Za-z0-9_.: -]")
"""A stranger's field name may hold anything; what is shown of it is plain."""


@dataclass(slots=True)
class Arrival:
    """One document on its way into the journal. `rows` are empty where a flaw withholds them.

    `seq` is empty for a document that cannot stand in its register's chain; `number` for what is not a receipt.
    """

    id: UUID
    key: RegisterKey
    body: bytes
    digest: bytes
    at: datetime
    kind: str = "unreadable"
    epoch: int = 0
    seq: int | None = None
    number: int | None = None
    prev: bytes | None = None
    made_at: datetime | None = None
    rows: Rows = NOTHING
    flaw: Flaw | None = None

    def withhold(self, flaw: Flaw) -> None:
        """Keep the bytes, leave out the business rows."""
        self.flaw, self.rows, self.number = flaw, NOTHING, None

    def unchain(self, flaw: Flaw) -> None:
        """Withhold, and claim no place in the chain either."""
        self.withhold(flaw)
        self.seq, self.epoch = None, self.key.epoch

    def journal_row(self) -> Row:
        """In the order of the `document` table."""
        return (
            self.id,
            self.key.register_id,
            self.epoch,
            self.seq,
            self.kind,
            self.digest,
            self.prev,
            self.body,
            self.made_at,
            self.at,
            self.key.revoked,
        )


def read_arrival(key: RegisterKey, document_id: UUID, body: bytes, at: datetime) -> Arrival:
    """Read `body`, brought by `key` under `document_id`. Never raises: what is wrong becomes the arrival's flaw."""
    arrival = Arrival(document_id, key, body, hashlib.sha256(body).digest(), at, epoch=key.epoch)
    try:
        document = documents.validate_json(body)
    except ValidationError as error:
        arrival.flaw = Flaw("document.malformed", first_place(error))
        return arrival
    arrival.kind, arrival.epoch, arrival.seq = document.kind, document.epoch, document.seq
    arrival.prev = bytes.fromhex(document.prev)
    arrival.made_at = moment(document.made_at) if document.made_at <= LATEST else None
    stranger = not_of(key, document_id, document)
    if stranger:
        arrival.unchain(stranger)
        return arrival
    arrival.flaw = flaw_in(document)
    if arrival.flaw is None:
        arrival.rows = rows_of(document, key.outlet_id, at)
        if arrival.rows.sale:
            arrival.number = getattr(document, "number", None)
    return arrival


def not_of(key: RegisterKey, document_id: UUID, document: Document) -> Flaw | None:
    """Why this key may not bring `document` under this id: a register delivers its own, of any epoch so far."""
    if document.id != str(document_id):
        return Flaw("document.other_id", "id")
    if document.register_id != str(key.register_id):
        return Flaw("document.other_register", "register")
    if document.epoch > key.epoch:
        return Flaw("document.other_epoch", "epoch")
    return None


def first_place(error: ValidationError) -> str:
    """Where and what the first complaint is; never the value itself, which may be personal."""
    first: Any = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(str(step) for step in first["loc"])
    return UNPRINTABLE.sub("?", f"{place}: {first['type']}" if place else str(first["type"]))[:200]
