# pyright: strict
"""What became of each rule, collected while pricing."""

from collections.abc import Mapping

from loyalty.pricing.lines import PricedLine
from loyalty.pricing.quote import OnLine
from loyalty.pricing.reach import Short


class Events:
    """Per rule id: what is missing for the whole receipt, or what happened line by line."""

    def __init__(self) -> None:
        self.shorts: dict[str, Short] = {}
        self.on_lines: dict[str, list[OnLine]] = {}
        self.beaten_by: dict[str, tuple[str, int]] = {}

    def copy(self) -> "Events":
        """The same events in a collection of their own."""
        other = Events()
        other.shorts, other.beaten_by = dict(self.shorts), dict(self.beaten_by)
        other.on_lines = {rule: list(found) for rule, found in self.on_lines.items()}
        return other

    def lines_of(self, rule: str) -> set[int]:
        """Lines on which it is said what became of the rule."""
        return {event.line for event in self.on_lines.get(rule, [])}

    def become(self, other: "Events") -> None:
        self.shorts, self.beaten_by, self.on_lines = other.shorts, other.beaten_by, other.on_lines

    def short(self, rule: str, missing: str, amount: int | None = None) -> None:
        self.shorts[rule] = Short(missing, amount)

    def not_met(self, rule: str, line: PricedLine, missing: str, amount: int | None = None) -> None:
        self._add(rule, OnLine(line.index, "not_met", amount, None, missing))

    def beaten(self, rule: str, line: PricedLine, by: str, amount: int) -> None:
        self._add(rule, OnLine(line.index, "beaten", amount, by, None))

    def beaten_on_receipt(self, rule: str, by: str, amount: int) -> None:
        self.beaten_by[rule] = (by, amount)

    def would_give(self, rule: str, amounts: Mapping[int, int]) -> None:
        """What, by line, a rule would give that was beaten before it could be asked: others have its units."""
        said = self.on_lines.get(rule, [])
        first = next((each for each in said if each.status == "beaten" and each.amount == 0), None)
        if first is not None:
            self.on_lines[rule] = [
                OnLine(each.line, "beaten", amounts[each.line], first.by) if amounts.get(each.line) else each
                for each in said
            ]

    def served(self, rule: str, line: PricedLine) -> None:
        """The line's units took part in what the rule gave elsewhere."""
        self._add(rule, OnLine(line.index, "applied", 0))

    def _add(self, rule: str, event: OnLine) -> None:
        self.on_lines.setdefault(rule, []).append(event)


class Unheard(Events):
    """For trials, whose reasons nobody asks for."""

    def short(self, rule: str, missing: str, amount: int | None = None) -> None:
        pass

    def not_met(self, rule: str, line: PricedLine, missing: str, amount: int | None = None) -> None:
        pass

    def beaten(self, rule: str, line: PricedLine, by: str, amount: int) -> None:
        pass

    def beaten_on_receipt(self, rule: str, by: str, amount: int) -> None:
        pass

    def served(self, rule: str, line: PricedLine) -> None:
        pass
