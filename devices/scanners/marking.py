"""Marking codes: the DataMatrix on a pack that names this one pack, with proof that the state's operator made it.

Two forms are told apart. *GS1*: `01`+GTIN, `21`+serial, GS, then a tail `91`+key, GS, `92`+signature, or `93`+check (with
`8005`+price or `3103`+weight beside it). *Tobacco packs*: 29 characters without identifiers and separators: GTIN (14), serial
(7), price code (4) and check (4) in Russia, check (8) in Uzbekistan.

Sources: help pages of the marking operators of Uzbekistan (tobacco, alcohol: manuals) and Belarus (crypto tail of 4 and 44 or 88:
manual), open 1C guides for Honest Mark (open clients). Armenia marks by the same Eurasian agreement of 2 February 2018 with
DataMatrix, tobacco first (e-mark.am: manual); that its lengths are the same is unconfirmed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from devices.scanners.aim import gtin_holds

SIGN = r"[A-Za-z0-9!\"%&'*+\-./_,:;=<>?]"
TOBACCO = re.compile(rf"(?P<gtin>\d{{14}})(?P<serial>{SIGN}{{7}})(?P<tail>{SIGN}{{8}})")
RUN_TOGETHER = re.compile(r"01(?P<gtin>\d{14})21(?P<serial>.{5,20}?)(?:91.{4}92.{44}(?:.{44})?|93.{4})")
"""What is left of a GS1 marking code when the separators were lost on the way."""
PROOFS = ("92", "93")


@dataclass(frozen=True, slots=True)
class Marking:
    """One marked pack. `whole`: the code is as the pack carries it; without its separators nobody accepts it any more."""

    form: Literal["gs1", "tobacco"]
    gtin: str
    serial: str
    tail: Mapping[str, str]
    whole: bool = True

    def as_dict(self) -> dict[str, Any]:
        """As it is told to tills."""
        return {
            "form": self.form,
            "gtin": self.gtin,
            "serial": self.serial,
            "tail": dict(self.tail),
            "whole": self.whole,
        }


def marking_of(text: str, aim: str | None, gs1: Mapping[str, str] | None) -> Marking | None:
    """The marking code in a scanned text whose GS1 values were found already, or None if it is no such code."""
    if gs1 is not None and set(gs1) != {"01", "21"}:
        return _of_gs1(gs1)
    if aim not in (None, "]d1", "]d2"):
        return None
    if (found := TOBACCO.fullmatch(text)) and gtin_holds(found["gtin"]) and not text.isdigit():
        tail = found["tail"]
        return Marking("tobacco", found["gtin"], found["serial"], {"price": tail[:4], "check": tail[4:]})
    if (found := RUN_TOGETHER.fullmatch(text)) and gtin_holds(found["gtin"]) and "\x1d" not in text:
        return Marking("gs1", found["gtin"], found["serial"], {}, whole=False)
    return None


def _of_gs1(values: Mapping[str, str]) -> Marking | None:
    if "01" not in values or "21" not in values or not any(proof in values for proof in PROOFS):
        return None
    tail = {number: value for number, value in values.items() if number not in ("01", "21")}
    return Marking("gs1", values["01"], values["21"], tail)
