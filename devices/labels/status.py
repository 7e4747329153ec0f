"""What is known of a label printer, whatever language it said it in."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LabelStatus:
    """`busy`: it holds or prints something. `left`: labels of the batch still to come, where it says so."""

    paper_out: bool = False
    ribbon_out: bool = False
    head_open: bool = False
    paused: bool = False
    jammed: bool = False
    overheated: bool = False
    waits_for_taking: bool = False
    broken: bool = False
    busy: bool = False
    left: int = 0

    @property
    def needs_person(self) -> tuple[str, ...]:
        """Why it stands still until somebody helps; it goes on by itself after that."""
        return _codes(
            (self.head_open, "label.head_open"),
            (self.paper_out, "label.paper_out"),
            (self.ribbon_out, "label.ribbon_out"),
            (self.jammed, "label.jammed"),
            (self.overheated, "label.overheated"),
            (self.paused, "label.paused"),
            (self.waits_for_taking, "label.take"),
        )

    @property
    def causes(self) -> tuple[str, ...]:
        """Every reason for attention, the worst first."""
        return _codes((self.broken, "label.broken")) + self.needs_person

    @property
    def idle(self) -> bool:
        """Nothing is left to do and nothing stands in the way."""
        return not self.busy and not self.causes


def _codes(*pairs: tuple[bool, str]) -> tuple[str, ...]:
    return tuple(code for holds, code in pairs if holds)
