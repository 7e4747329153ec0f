"""Text measured and broken by display cells: what `len` would get wrong for wide and combining characters."""

import unicodedata
from functools import lru_cache


@lru_cache(maxsize=8192)
def cell_width(char: str) -> int:
    """0 for a mark that sits on the letter before it, 2 for a wide East Asian character, else 1."""
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def width(text: str) -> int:
    return len(text) if text.isascii() else sum(map(cell_width, text))


def clusters(text: str) -> list[str]:
    """The text in letters, each with the marks that sit on it."""
    found: list[str] = []
    for char in text:
        if found and cell_width(char) == 0:
            found[-1] += char
        else:
            found.append(char)
    return found


def wrap(text: str, columns: int) -> list[str]:
    """Lines of at most `columns` cells: broken at spaces, a word longer than a line at its letters. At least one line.

    Spaces at the beginning indent all of them, up to half of the columns if there are more than one. A letter wider than a line
    stands alone.
    """
    if width(text) <= columns:
        return [text]
    words = text.lstrip(" ")
    indent = " " * min(len(text) - len(words), columns // 2)
    return [indent + line for line in _wrapped(words, columns - len(indent))]


def _wrapped(text: str, columns: int) -> list[str]:
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        joined = f"{line} {word}" if line else word
        if width(joined) <= columns:
            line = joined
            continue
        if line:
            lines.append(line)
        *full, line = _broken(word, columns)
        lines += full
    return [*lines, line]


def _broken(word: str, columns: int) -> list[str]:
    pieces = [""]
    for letter in clusters(word):
        if pieces[-1] and width(pieces[-1]) + width(letter) > columns:
            pieces.append("")
        pieces[-1] += letter
    return pieces


def placed(text: str, columns: int, align: str) -> str:
    """The text moved right by spaces; never shortened, no spaces behind it."""
    room = max(0, columns - width(text))
    return " " * {"left": 0, "center": room // 2, "right": room}[align] + text


def pair(left: str, right: str, columns: int) -> list[str]:
    """`left` wrapped, with `right` at the end of its last line; `right` is never cut.

    Words take the whole width but for the line that the figure shares; a figure that leaves them fewer than a third
    of the columns goes on a line of its own.
    """
    taken = width(right) + 1
    if not left or taken > columns - columns // 3:
        figures = [placed(line, columns, "right") for line in wrap(right, columns)]
        return [*wrap(left, columns), *figures] if left else figures
    *full, last = wrap(left, columns)
    if width(last) + taken > columns:
        *more, last = wrap(last, columns - taken)
        full += more
    return [*full, last + " " * (columns - width(last) - width(right)) + right]
