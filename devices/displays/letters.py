"""Text in the one byte a cell that a display has: as it is where the code page holds it, else in letters that say the same.

Nothing becomes a question mark: Armenian is written in Latin letters (by the usual romanisation), Russian too where the page
has none, accents are left off; what no letter can stand for is an asterisk, so that its place is seen.
"""

import unicodedata

ARMENIAN = {
    "ա": "a", "բ": "b", "գ": "g", "դ": "d", "ե": "e", "զ": "z", "է": "e", "ը": "y", "թ": "t", "ժ": "zh", "ի": "i", "լ": "l",
    "խ": "kh", "ծ": "ts", "կ": "k", "հ": "h", "ձ": "dz", "ղ": "gh", "ճ": "ch", "մ": "m", "յ": "y", "ն": "n", "շ": "sh",
    "ո": "o", "չ": "ch", "պ": "p", "ջ": "j", "ռ": "r", "ս": "s", "վ": "v", "տ": "t", "ր": "r", "ց": "ts", "ւ": "v",
    "փ": "p", "ք": "k", "օ": "o", "ֆ": "f", "և": "ev",
}  # fmt: skip
RUSSIAN = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z", "и": "i", "й": "y", "к": "k",
    "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh",
    "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya",
}  # fmt: skip
SIGNS = {
    "₽": "р", "֏": "dr", "€": "EUR", "—": "-", "–": "-", "…": "...", "«": '"', "»": '"', "“": '"', "”": '"', "„": '"',
    "’": "'", "‘": "'", "×": "x", "№": "No", "։": ":", "՝": "'", "՛": "'", "՞": "", "\u00a0": " ", "\u202f": " ",
}  # fmt: skip
UNKNOWN = "*"


def spelled(text: str, page: str) -> str:
    """The text in characters that the page holds, each as one printable byte: measure and cut it after this."""
    return "".join(_spelled(char, page) for char in text)


def encoded(text: str, page: str, columns: int) -> bytes:
    """Exactly `columns` bytes: spelled, cut, filled up with blanks; never a control byte."""
    return spelled(text, page)[:columns].ljust(columns).encode(page)


def _spelled(char: str, page: str) -> str:
    if _holds(char, page):
        return char
    lower = char.lower()
    instead = SIGNS.get(char, ARMENIAN.get(lower, RUSSIAN.get(lower)))
    if instead is not None:
        instead = instead.capitalize() if char != lower else instead
        return "".join(_spelled(each, page) for each in instead)
    bare = "".join(each for each in unicodedata.normalize("NFKD", char) if not unicodedata.combining(each))
    if bare and bare != char and all(_holds(each, page) for each in bare):
        return bare
    return "" if unicodedata.combining(char) else " " if char.isspace() else UNKNOWN


def _holds(char: str, page: str) -> bool:
    try:
        data = char.encode(page)
    except UnicodeEncodeError:
        return False
    return len(data) == 1 and data[0] >= 0x20 and data[0] != 0x7F
