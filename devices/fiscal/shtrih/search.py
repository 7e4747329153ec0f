"""Is this receipt in the storage? Asked when a job's own ending is not known any more."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from devices.fiscal.answers import Found, Registered
from devices.fiscal.content import Sought
from devices.fiscal.russia import SETTLED_AS
from devices.fiscal.shtrih.answers import Stored
from devices.fiscal.shtrih.codes import Kind
from devices.fiscal.shtrih.flow import proof
from devices.fiscal.shtrih.register import Register

SLACK = timedelta(minutes=10)
"""How far the register's clock and the till's may be apart."""
MOST_DOCUMENTS = 100


async def search(register: Register, sought: Sought, known: Mapping[int, str]) -> tuple[Found, Registered | None]:
    """Look from the newest document back to before the receipt was made: the same operation and sum, known to be of no
    other document (`known`: document by fiscal number). Two of them, or too many documents: unknown.

    The storage keeps no id of ours: the caller must see that the number found belongs to no other sale of his.
    """
    storage = await register.storage()
    earliest = _local(sought.made_at) - SLACK
    found: list[tuple[Stored, int]] = []
    shift = (await register.shift()).number
    oldest = max(0, storage.last - MOST_DOCUMENTS)
    for number in range(storage.last, oldest, -1):
        document = await register.stored(number)
        if document.at < earliest:
            break
        if _may_be(document, sought, known.get(number, sought.document)):
            found.append((document, shift))
        shift = _shift_before(document, shift)
    else:
        if oldest:
            return Found.UNKNOWN, None
    if len(found) != 1:
        return (Found.UNKNOWN if found else Found.ABSENT), None
    serial = (await register.long_state()).serial
    document, shift = found[0]
    return Found.REGISTERED, proof(document, shift, serial, storage.serial)


def _shift_before(document: Stored, shift: int) -> int:
    """The shift of what stands before this document in the storage."""
    match document.kind:
        case Kind.SHIFT_OPENING:
            return (document.shift or shift) - 1
        case Kind.SHIFT_CLOSING:
            return document.shift or shift
        case _:
            return shift


def _may_be(document: Stored, sought: Sought, of: str) -> bool:
    same = document.operation == SETTLED_AS[sought.operation] and document.total == sought.total
    return same and document.kind == Kind.RECEIPT and of == sought.document


def _local(at: datetime) -> datetime:
    """The time as a clock beside the register shows it."""
    return at.astimezone().replace(tzinfo=None)
