"""Phone numbers of Armenia and Russia in the ways people write them, as E.164. Certain or refused."""

import re
from typing import Literal, TypeAlias

from loyalty.imports.values import Unfit

Country: TypeAlias = Literal["AM", "RU"]
"""Whose numbers are meant where none is written: 091 12-34-56 in Armenia, 912 345-67-89 in Russia."""

ARMENIAN = re.compile(r"374[1-9][0-9]{7}")
RUSSIAN = re.compile(r"7[34789][0-9]{9}")
"""Country code 7 is shared with Kazakhstan (77…)."""
ABROAD = re.compile(r"[1-9][0-9]{6,14}")


def e164(text: str, country: Country) -> str:
    """The number with its country: "+37491123456".

    Understood: +374…, 00374…, 374…, 0XX XXXXXX and, in Armenia, the same without its 0 (Excel loses it); +7…, 7…, 8… with ten
    digits after it, and in Russia ten digits alone; any other country behind its "+". Raises `Unfit`.
    """
    bare = re.sub(r"[\s\u00a0().\-\u2010-\u2015/]", "", text)
    abroad = bare.startswith(("+", "00"))
    digits = bare[2:] if bare.startswith("00") else bare.removeprefix("+")
    if not re.fullmatch(r"[0-9]+", digits):
        raise Unfit("phone_unclear")
    whole = _with_country(digits, country, abroad=abroad)
    if whole is None:
        raise Unfit("phone_length" if len(digits) < 8 or len(digits) > 15 else "phone_unclear")
    return "+" + whole


def _with_country(digits: str, country: Country, *, abroad: bool) -> str | None:
    without_trunk = re.sub(r"^3740(?=[0-9]{8}$)", "374", digits)
    if ARMENIAN.fullmatch(without_trunk):
        return without_trunk
    if RUSSIAN.fullmatch(digits):
        return digits
    if abroad:
        known = digits.startswith(("374", "7"))
        return digits if not known and ABROAD.fullmatch(digits) else None
    if len(digits) == 11 and digits[0] == "8" and RUSSIAN.fullmatch("7" + digits[1:]):
        return "7" + digits[1:]
    if country == "AM" and len(digits) == 9 and digits[0] == "0" and ARMENIAN.fullmatch("374" + digits[1:]):
        return "374" + digits[1:]
    if country == "AM" and len(digits) == 8 and ARMENIAN.fullmatch("374" + digits):
        return "374" + digits
    if country == "RU" and len(digits) == 10 and digits[0] in "3489":
        return "7" + digits
    return None


def several(text: str) -> list[str]:
    """The numbers of a cell that may hold more than one, between commas, semicolons, line ends or a slash."""
    return [part for part in (piece.strip() for piece in re.split(r"[,;\n]|/(?=(?:[^0-9]*[0-9]){6})", text)) if part]
