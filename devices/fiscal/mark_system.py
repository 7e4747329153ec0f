"""The state's system of marked goods as a simulated register asks it: which codes it knows to be false, sold or not yet
sold. Nothing here is an answer that a real one gave."""

from dataclasses import dataclass, field

from devices.fiscal.content import Operation
from devices.fiscal.russia import GS, TOBACCO_PACK


@dataclass(slots=True)
class MarkSystem:
    """`answering`: it is reached. `false`: codes it never gave out; `sold`: those that may come back and not be sold."""

    answering: bool = True
    false: set[str] = field(default_factory=set[str])
    sold: set[str] = field(default_factory=set[str])

    def genuine(self, code: str) -> bool:
        return whole(code) and code not in self.false

    def fits(self, code: str, operation: Operation) -> bool:
        return (code in self.sold) == (operation is Operation.RETURN)

    def moved(self, codes: tuple[str, ...], operation: Operation) -> None:
        """What a registered receipt did."""
        change = self.sold.difference_update if operation is Operation.RETURN else self.sold.update
        change(code for code in codes if code)


def signed(code: str) -> bool:
    """It has a key (91) and a signature (92), which the fiscal storage itself can check."""
    return f"{GS}91" in code and f"{GS}92" in code


def whole(code: str) -> bool:
    """A pack of tobacco, or GTIN, serial number and a check behind a separator."""
    if GS not in code:
        return len(code) == TOBACCO_PACK
    return code.startswith("01") and code[16:18] == "21" and (signed(code) or f"{GS}93" in code)
