"""Random and mutated inputs: what a line, a page or a person could send, and what nobody would."""

import json
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

LONGEST = 400
CONTROLS = [chr(code) for code in (*range(0x20), 0x7F, *range(0x80, 0xA0))]
SCRIPTS = (
    "Молоко «Утро» 3,2 % — №1 ₽ іїєґ",
    "Կաթ «Առավոտ» և հաց՝ 1 կգ",
    "Crème brûlée à la carte, Łódź, ß, €",
    "牛奶 面包 漢字 ミルク 한국어",
    "שלום חלב مرحبا حليب",
    "Z̷̡͔a̶l̴g̵o̸ 👩‍👩‍👧 🥛 \U000e0041 \ufeff \u202e \u2028",
)
COMMANDS = (
    "\x1bp\x00\x19\x19",
    "\x1b@",
    "\x1dVA\x03",
    "\x10\x14\x01\x00\x01",
    "\x1dr\x01",
    "\x1b=\x00",
    "\x1c&",
    "\x18",
)
WRONGLY = (
    ("utf-8", "cp866"),
    ("utf-8", "latin-1"),
    ("cp1251", "cp866"),
    ("cp866", "cp1251"),
    ("utf-16-le", "latin-1"),
    ("utf-8", "utf-16-le"),
    ("gb18030", "latin-1"),
)
"""Written as the one, read as the other."""
VALUES: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1,
    2**53,
    10**30,
    "",
    "x" * 3_000,
    "\x00\x1b@",
    "\ud800",
    [],
    {},
    [[]],
)


def bytes_like(samples: Sequence[bytes], chance: Random) -> bytes:
    """One input for a parser whose good frames are `samples`."""
    if not samples or chance.random() < 0.1:
        return chance.randbytes(chance.randrange(64))
    if chance.random() < 0.1:
        letters = b"".join(samples[:8])
        return bytes(chance.choice(letters) for _ in range(chance.randrange(48)))
    data = chance.choice(samples)
    for _ in range(chance.randint(1, 3)):
        data = chance.choice(MUTATIONS)(data, samples, chance)
    return data[:LONGEST] if len(data) > 2 * LONGEST else data


Mutation = Callable[[bytes, Sequence[bytes], Random], bytes]


def _flip(data: bytes, samples: Sequence[bytes], chance: Random) -> bytes:
    if not data:
        return data
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]


def _replace(data: bytes, samples: Sequence[bytes], chance: Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + chance.randbytes(1) + data[at + 1 :]


def _insert(data: bytes, samples: Sequence[bytes], chance: Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + chance.randbytes(chance.randint(1, 4)) + data[at:]


def _delete(data: bytes, samples: Sequence[bytes], chance: Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + data[at + chance.randint(1, 4) :]


def _splice(data: bytes, samples: Sequence[bytes], chance: Random) -> bytes:
    other = chance.choice(samples)
    return data[: chance.randrange(len(data) + 1)] + other[chance.randrange(len(other) + 1) :]


def _repeat(data: bytes, samples: Sequence[bytes], chance: Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    piece = data[at : at + chance.randint(1, 8)]
    return data[:at] + piece * chance.randint(2, 6) + data[at:]


def _join(data: bytes, samples: Sequence[bytes], chance: Random) -> bytes:
    return data + chance.choice(samples)


def _as_it_is(data: bytes, samples: Sequence[bytes], chance: Random) -> bytes:
    return data


MUTATIONS: tuple[Mutation, ...] = (_flip, _flip, _replace, _insert, _delete, _splice, _repeat, _join, _as_it_is)


def json_like(samples: Sequence[bytes], chance: Random) -> bytes:
    """A JSON text with one of its values exchanged; one time in four the text itself is mutated."""
    if chance.random() < 0.25:
        return bytes_like(samples, chance)
    value = json.loads(chance.choice(samples))
    return json.dumps(_exchanged(value, chance)).encode()


def _exchanged(value: Any, chance: Random) -> Any:
    """The value with one thing in it, at any depth, become another."""
    if isinstance(value, dict) and value and chance.random() < 0.85:
        name = chance.choice(list(value))
        if chance.random() < 0.1:
            return {key: item for key, item in value.items() if key != name}
        return {**value, name: _exchanged(value[name], chance)}
    if isinstance(value, list) and value and chance.random() < 0.85:
        at = chance.randrange(len(value))
        return [*value[:at], _exchanged(value[at], chance), *value[at + 1 :]]
    return chance.choice((*VALUES, text_like((), chance)))


def text_like(samples: Sequence[bytes], chance: Random) -> str:
    """A name for goods: of scripts, of control characters, of commands, of one code page read as another."""
    parts: list[str] = []
    for _ in range(chance.randint(1, 4)):
        words = chance.choice(SCRIPTS)
        start = chance.randrange(len(words))
        part = words[start : start + chance.randint(1, 12)]
        match chance.randrange(6):
            case 0:
                part = "".join(chance.choice(CONTROLS) for _ in range(chance.randint(1, 8)))
            case 1:
                part = chance.choice(COMMANDS)
            case 2 | 3:
                written, read = chance.choice(WRONGLY)
                part = part.encode(written, "ignore").decode(read, "replace")
            case 4:
                part = "".join(chr(chance.randrange(0x3000)) for _ in range(chance.randint(1, 8)))
            case _:
                pass
        parts.append(part)
    return "".join(parts)
