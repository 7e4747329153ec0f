"""How wide a text is at most on a label, whatever font the printer draws it in, and how it is fitted into a box.

A letter stands in a cell of three fifths of its height, as in the pictures that are drawn here; letters that proportional
fonts draw wider are counted as four fifths. So a line that fits by this measure fits in any printer's own font too.
"""

from dataclasses import dataclass

from devices.receipt.cells import cell_width, clusters

WIDE = frozenset("WMwm@%&ЖМФШЩЫЮжмфшщыю№ԽԿՄխՃ₽֏—…")


@dataclass(frozen=True, slots=True)
class Fitted:
    """Lines and the height of each, in dots; `whole` is False where some of the text was left out."""

    lines: tuple[str, ...]
    height: int
    whole: bool = True


def cell(height: int) -> int:
    """The width of an ordinary letter of this height, in dots."""
    return (height * 3 + 4) // 5


def text_width(text: str, height: int) -> int:
    """In dots, at most."""
    wide = (height * 4 + 4) // 5
    return sum(wide if char in WIDE else cell_width(char) * cell(height) for char in text)


def fitted(text: str, width: int, room: int, *, most: int, least: int) -> Fitted:
    """The text as large as it goes into a box, from height `most` down to `least`, wrapped; `room` is the box's height.

    What does not go in even at the smallest is cut off with an ellipsis.
    """
    most = min(most, room)
    for height in range(most, least - 1, -2):
        lines = wrapped(text, width, height)
        if len(lines) * leading(height) <= room + leading(height) - height:
            return Fitted(lines, height)
    height = max(1, min(least, room))
    lines = wrapped(text, width, height)
    kept = max(1, (room + leading(height) - height) // leading(height))
    if len(lines) <= kept:
        return Fitted(lines, height)
    return Fitted((*lines[: kept - 1], _cut(" ".join(lines[kept - 1 :]), width, height)), height, whole=False)


def leading(height: int) -> int:
    """From one line to the next."""
    return height + (height + 7) // 8


def wrapped(text: str, width: int, height: int) -> tuple[str, ...]:
    """Broken at spaces, a word longer than a line at its letters."""
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        joined = f"{line} {word}" if line else word
        if text_width(joined, height) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        *full, line = _broken(word, width, height)
        lines += full
    return (*lines, line)


def _broken(word: str, width: int, height: int) -> list[str]:
    pieces = [""]
    for letter in clusters(word):
        if pieces[-1] and text_width(pieces[-1] + letter, height) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces


def _cut(text: str, width: int, height: int) -> str:
    letters = clusters(text)
    while letters and text_width("".join(letters) + "…", height) > width:
        letters.pop()
    return "".join(letters).rstrip() + "…"
