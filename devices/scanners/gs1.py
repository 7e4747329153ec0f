"""GS1 element strings out of a scanned code, by biip, which is asked only where the symbol or its beginning says GS1.

Left to guess, biip takes an in-store EAN-13 with a wrong check digit for a serial number (AI 21): a GTIN is tried first and
the symbology decides. Its list of regions for in-store numbers knows neither Russia nor Armenia: those are the shop's own
label templates, not read here. Source: GS1 General Specifications, chapters 3 and 7.8; biip 5.2.
"""

import re

from biip import ParseConfig, ParseError
from biip.gs1_messages import GS1Message

from devices.scanners.aim import GS1, gtin_holds

GS = "\x1d"
LENIENT = ParseConfig(gs1_element_strings_verify_date=False)
"""A date of zeros is no reason to lose the product."""
BEGINS_AS_GS1 = re.compile(r"\x1d?(?:01(\d{14}))[^\x1d]")
LONGEST = 4_096


def gs1_of(text: str, aim: str | None) -> dict[str, str] | None:
    """Values by application identifier, in the order of the code; None where it is no GS1 code, or a broken one.

    A broken one is: a wrong check digit of its GTIN, an identifier twice with different values, something after a value of
    variable length without the separator that must stand there.
    """
    if len(text) > LONGEST or gtin_holds(text) or not _says_gs1(text, aim):
        return None
    try:
        message = GS1Message.parse(text, config=LENIENT)
    except (ParseError, ValueError):
        return None
    return _checked(text, message)


def _says_gs1(text: str, aim: str | None) -> bool:
    if aim in GS1:
        return True
    if aim not in (
        None,
        "]d1",
    ):  # many marked goods carry a DataMatrix without FNC1, and a scanner may send no identifier
        return False
    found = BEGINS_AS_GS1.match(text)
    return found is not None and gtin_holds(found[1])


def _checked(text: str, message: GS1Message) -> dict[str, str] | None:
    values: dict[str, str] = {}
    rest = text.strip()
    for element in message.element_strings:
        rest = rest.lstrip(GS)[len(element) :]
        number = element.ai.ai
        separated = not rest or rest.startswith(GS) or not element.ai.separator_required
        if not separated or element.gtin_error is not None or values.get(number, element.value) != element.value:
            return None
        values[number] = element.value
    return values or None
