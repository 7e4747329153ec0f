"""The drawer behind a printer: why it is opened, and whether it is open.

Its contact reaches the printer as the level of one pin; whether high means open is up to its wiring and is learnt once
per installation: open it, close it, compare.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from devices.receipt.errors import DrawerNotSeen, MalformedContent, ReasonMissing

Side = Literal["open", "closed", "unknown"]
Level = Literal["high", "low", "unknown"]
"""The level of the pin while the drawer is open."""
LONGEST_NOTE = 500


@dataclass(frozen=True, slots=True)
class Reason:
    """Why it is opened by itself; without a sale a person has said so in the `note`."""

    kind: Literal["sale", "no_sale"]
    note: str = ""


def reason_from(content: Mapping[str, object]) -> Reason:
    """The content of a `drawer` job. Raises `ReasonMissing`, `MalformedContent`."""
    kind, note = content.get("reason"), content.get("note", "")
    if kind is None:
        raise ReasonMissing
    if not isinstance(note, str) or len(note) > LONGEST_NOTE:
        raise MalformedContent(at="note", why=f"text of at most {LONGEST_NOTE} characters")
    match kind:
        case "sale":
            return Reason("sale", note)
        case "no_sale" if note.strip():
            return Reason("no_sale", note)
        case "no_sale":
            raise ReasonMissing
        case _:
            raise MalformedContent(at="reason", why="sale or no_sale")


def side(pin_high: bool | None, open_level: Level) -> Side:
    """Where the drawer stands, as far as that can be known."""
    if pin_high is None or open_level == "unknown":
        return "unknown"
    return "open" if pin_high == (open_level == "high") else "closed"


def learnt(open_high: bool, closed_high: bool) -> Level:
    """The level while open, from the pin with the drawer open and with it closed. Raises `DrawerNotSeen` if they do not
    differ: no contact is wired, or the drawer was not moved."""
    if open_high == closed_high:
        raise DrawerNotSeen
    return "high" if open_high else "low"
