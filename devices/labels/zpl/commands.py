"""ZPL cut into its commands, for the simulator and for whoever asks whether a text became one."""

from dataclasses import dataclass

CARETS = b"^~"
MOST_HELD = 4 << 20


@dataclass(frozen=True, slots=True)
class Command:
    """`name` with its caret or tilde ("^XA", "~HS", "^A0"), and what follows up to the next."""

    name: str
    rest: bytes


def name_length(data: bytes) -> int:
    """How many bytes after the caret belong to the name: two, but for the fonts of `^A`, whose letter follows."""
    return 1 if data[1:2] == b"A" else 2


def scan(data: bytes) -> list[Command]:
    """Every command in the data, as a printer with the usual carets would read it."""
    found: list[Command] = []
    starts = [at for at, byte in enumerate(data) if byte in CARETS]
    for at, end in zip(starts, [*starts[1:], len(data)], strict=True):
        whole = data[at:end]
        length = 1 + name_length(whole)
        found.append(Command(whole[:length].decode("latin-1"), whole[length:]))
    return found
