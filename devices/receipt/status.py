"""The state of a printer, put together from what it says. Bits by the command references of Epson (DLE EOT, GS a)
and, where they agree, of Bixolon, Citizen and Star's ESC/POS modes."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """What is known of the printer. `drawer_high` is the level of the drawer's pin 3: open or closed, by wiring.

    `paper_stop`: it stopped because the paper ended, whatever its sensor says now. `feeding`: its feed button is held.
    `waits_for_button`: it wants its feed button pressed before it goes on. `recoverable`: its head is too hot, or its
    cover was opened while it printed.
    """

    offline: bool = False
    cover_open: bool = False
    paper_out: bool = False
    paper_near_end: bool = False
    paper_stop: bool = False
    feeding: bool = False
    waits_for_button: bool = False
    mechanical: bool = False
    cutter: bool = False
    unrecoverable: bool = False
    recoverable: bool = False
    drawer_high: bool | None = None

    @property
    def needs_person(self) -> tuple[str, ...]:
        """Why it stands still until somebody helps; it goes on by itself after that. "printer.offline" when it gives
        no reason."""
        known = _codes(
            (self.paper_out or self.paper_stop, "printer.paper_out"),
            (self.cover_open, "printer.cover_open"),
            (self.recoverable and not self.cover_open, "printer.overheated"),
            (self.feeding, "printer.feed_held"),
            (self.waits_for_button, "printer.feed_wanted"),
        )
        return known or _codes((self.offline and not self.broken, "printer.offline"))

    @property
    def broken(self) -> tuple[str, ...]:
        """Why it will not go on with what it was given."""
        return _codes(
            (self.unrecoverable, "printer.broken"),
            (self.mechanical, "printer.mechanical"),
            (self.cutter, "printer.cutter"),
        )

    @property
    def causes(self) -> tuple[str, ...]:
        """Every reason for attention, the worst first."""
        stopped = self.broken + self.needs_person
        return stopped + _codes((self.paper_near_end and not self.paper_out, "printer.paper_near_end"))


def _codes(*pairs: tuple[bool, str]) -> tuple[str, ...]:
    return tuple(code for holds, code in pairs if holds)


def automatic_status(data: bytes) -> PrinterStatus:
    """The state in the four bytes of an automatic status."""
    printer, error, paper = data[0], data[1], data[2]
    return PrinterStatus(
        offline=bool(printer & 0x08),
        cover_open=bool(printer & 0x20),
        paper_out=bool(paper & 0x0C),
        paper_near_end=bool(paper & 0x03),
        feeding=bool(printer & 0x40 or error & 0x02),
        waits_for_button=bool(error & 0x01),
        mechanical=bool(error & 0x04),
        cutter=bool(error & 0x08),
        unrecoverable=bool(error & 0x20),
        recoverable=bool(error & 0x40),
        drawer_high=bool(printer & 0x04),
    )


def with_real_time(status: PrinterStatus, number: int, byte: int) -> PrinterStatus:
    """The state after the answer to `DLE EOT number` (1 printer, 2 offline cause, 3 error cause, 4 paper)."""
    match number:
        case 1:
            return replace(
                status,
                offline=bool(byte & 0x08),
                drawer_high=bool(byte & 0x04),
                waits_for_button=bool(byte & 0x20),
            )
        case 2:
            return replace(
                status, cover_open=bool(byte & 0x04), feeding=bool(byte & 0x08), paper_stop=bool(byte & 0x20)
            )
        case 3:
            return replace(
                status,
                mechanical=bool(byte & 0x04),
                cutter=bool(byte & 0x08),
                unrecoverable=bool(byte & 0x20),
                recoverable=bool(byte & 0x40),
            )
        case _:
            return replace(status, paper_near_end=bool(byte & 0x0C), paper_out=bool(byte & 0x60))
