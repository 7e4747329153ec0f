"""What one model of printer is like: paper, code pages, cutter, drawer. All of it is configuration."""

from dataclasses import dataclass, field
from typing import Literal

from devices.receipt.drawer import Level
from devices.receipt.logo import Logo

EPSON_PAGES = (("cp437", 0), ("cp866", 17), ("cp1251", 46), ("cp858", 19), ("cp1252", 16), ("cp852", 18), ("cp855", 34))
"""Python's name of a code page and its number for `ESC t`, the preferred page first. Source: Epson TM-T20, TM-T88V."""

POS58_PAGES = (("cp437", 0), ("cp866", 59), ("cp1251", 73), ("cp858", 53), ("cp852", 54), ("cp855", 60))
"""The same for the common Chinese 58 mm printers (POS-5890 and its kin)."""

STAR_PAGES = (("cp437", 1), ("cp866", 10), ("cp1251", 34), ("cp858", 4), ("cp1252", 32), ("cp852", 5), ("cp855", 11))
"""For `ESC GS t` of Star's line mode. Source: the code page table of its command specifications."""


@dataclass(frozen=True, slots=True)
class PrinterModel:
    """`dialect`: the language it speaks. `columns` cells of `cell_width` x `cell_height` dots in font A across `dots` of paper.

    `raster`: a line that no page holds may go out as a picture. `answers`: there is a way back from the printer.
    `fence`: what asks whether everything before it is done: `GS r 1`, or Epson's process id, `GS ( H`.
    `lines_between_fences`: a `GS r 1` stands after every so many lines as well; a printer that was switched off and on
    in the middle forgets some of them, and is found out even if it prints the rest and answers the last.
    `pulse_on_ms`, `pulse_off_ms`: even, at most 510; `drawer_pin`: 2 or 5. `drawer_open`: the level of the drawer's
    contact while it is open, once that is learnt; `drawer_pulses`: so many at most, and a further one only while the
    drawer is known to be closed still (some need a second push). `logo`: printed above each receipt;
    `store_logo`: from the printer's own memory if it has one (false where `GS ( L` prints rubbish).
    `real_time_pulse`: it knows `DLE DC4`, which opens the drawer even while paper is out (Epson TM, Samsung SRP).
    """

    dialect: Literal["escpos", "star"] = "escpos"
    columns: int = 48
    dots: int = 576
    cell_width: int = 12
    cell_height: int = 24
    pages: tuple[tuple[str, int], ...] = EPSON_PAGES
    raster: bool = True
    answers: bool = True
    fence: Literal["gs_r", "process_id"] = "gs_r"
    lines_between_fences: int = 4
    cut: Literal["partial", "full", "none"] = "partial"
    drawer_pin: Literal[2, 5] = 2
    pulse_on_ms: int = 100
    pulse_off_ms: int = 100
    real_time_pulse: bool = False
    drawer_open: Level = "unknown"
    drawer_pulses: int = 3
    logo: Logo | None = None
    store_logo: bool = True
    substitutes: tuple[tuple[str, str], ...] = field(default_factory=lambda: SUBSTITUTES)


SUBSTITUTES = (
    ("₽", "руб."),
    ("€", "EUR"),
    ("—", "-"),
    ("–", "-"),
    ("−", "-"),
    ("‘", "'"),
    ("’", "'"),
    ("‚", "'"),
    ("“", '"'),
    ("”", '"'),
    ("„", '"'),
    ("«", '"'),
    ("»", '"'),
    ("…", "..."),
    ("•", "*"),
    ("×", "x"),
    ("№", "No."),
)
"""Used only for a character that no page of the printer holds, or, if it is as wide, that the line's page does not.
The dram sign is not here: its line is rastered."""

PAPER_80 = PrinterModel()
PAPER_58 = PrinterModel(columns=32, dots=384, pages=POS58_PAGES)
STAR_80 = PrinterModel(dialect="star", pages=STAR_PAGES, drawer_pin=2, real_time_pulse=True)
MODELS = {"epson80": PAPER_80, "pos58": PAPER_58, "star80": STAR_80}
"""Models by the name that a configuration may use."""
