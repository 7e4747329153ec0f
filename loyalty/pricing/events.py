# pyright: strict
"""What became of each rule, collected while pricing."""

from loyalty.pricing.lines import PricedLine
from loyalty.pricing.quote import OnLine
from loyalty.pricing.reach import Short


class Events:
    """Per rule id: what is missing for the whole receipt, or what happened line by line."""

    def __init__(self) -> None:
        self.shorts: dict[str, Short] = {}
        self.on_lines: dict[str, list[OnLine]] = {}
        self.beaten_by: dict[str, tuple[str, int]] = {}

    def short(self, rule: str, missing: str, amount: int | None = None) -> None:
        self.shorts[rule] = Short(missing, amount)

    def not_met(self, rule: str, line: PricedLine, missing: str, amount: int | None = None) -> None:
        self._add(rule, OnLine(line.index, "not_met", amount, None, missing))

    def beaten(self, rule: str, line: PricedLine, by: str, amount: int) -> None:
        self._add(rule, OnLine(line.index, "beaten", amount, by, None))

    def beaten_on_receipt(self, rule: str, by: str, amount: int) -> None:
        self.beaten_by[rule] = (by, amount)

    def _add(self, rule: str, event: OnLine) -> None:
        self.on_lines.setdefault(rule, []).append(event)
