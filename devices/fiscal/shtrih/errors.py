"""How a command to the register can fail, and what its error codes mean."""

from devices.fiscal.causes import MARK_REFUSED, MARKING, PAPER_OUT, REFUSED, SHIFT_EXPIRED, STORAGE, UNSENT

NO_PAPER, PRINTING, WAITS_CONTINUE = 0x6B, 0x50, 0x58
"""Refusals that pass: the command was not carried out and may be given again."""
UNKNOWN_COMMAND = 0x37

TEXTS = {
    0x01: "fiscal storage: unknown command",
    0x02: "fiscal storage: wrong state",
    0x03: "fiscal storage: failure",
    0x04: "fiscal storage: cryptographic coprocessor failed",
    0x05: "fiscal storage: its time of service is over",
    0x06: "fiscal storage: its archive is full",
    0x07: "fiscal storage: wrong date or time",
    0x08: "fiscal storage: no such data",
    0x09: "fiscal storage: wrong value",
    0x10: "fiscal storage: requisites too long",
    0x12: "fiscal storage: cryptographic resource used up",
    0x14: "fiscal storage: room for unsent documents used up",
    0x15: "fiscal storage: documents waited too long for the operator",
    0x16: "fiscal storage: the shift is older than 24 hours",
    0x17: "fiscal storage: wrong time between two operations",
    0x2C: "the shift is closed",
    0x2E: "not enough cash in the drawer",
    0x2F: "fiscal storage: does not answer",
    0x30: "fiscal storage: refused the exchange",
    0x31: "fiscal storage: exchange format",
    0x32: "fiscal storage: exchange check",
    0x33: "wrong parameters",
    0x37: "the command is not known",
    0x3D: "the shift is closed, the operation is not possible",
    0x45: "the tenders are less than the total",
    0x46: "not enough cash in the drawer",
    0x4A: "a receipt is open, the operation is not possible",
    0x4D: "other tenders are more than the total",
    0x4E: "the shift is older than 24 hours",
    0x4F: "wrong password",
    0x50: "it prints the command before",
    0x55: "no receipt is open, the operation is not possible",
    0x58: "it waits to be told to go on printing",
    0x5E: "wrong operation",
    0x6B: "no paper",
    0x72: "not possible in this sub-mode",
    0x73: "not possible in this mode",
    0x7E: "wrong length of a field",
    0x8E: "the total is zero",
    0x96: "the shift must be closed",
    0xA0: "fiscal storage: marked goods are not allowed",
    0xA1: "fiscal storage: commands about marking codes out of order",
    0xA2: "fiscal storage: marked goods are blocked for now",
    0xA3: "fiscal storage: no room for more checked marking codes",
    0xAA: "fiscal storage: requisites are missing",
    0xAC: "fiscal storage: the marking code was not checked before",
    0xC0: "date and time must be confirmed",
    0xD3: "the goods were not produced or were sold before",
    0xD4: "the marking code is false",
}
"""Source: list of messages in shtrih-m/javapos_shtrih, in our own words."""

CAUSES = {
    **dict.fromkeys((0x03, 0x04, 0x05, 0x06, 0x12, 0x2F, 0x30, 0x31, 0x32), STORAGE),
    **dict.fromkeys((0x16, 0x4E, 0x96), SHIFT_EXPIRED),
    **dict.fromkeys((0x14, 0x15), UNSENT),
    **dict.fromkeys((0xA1, 0xA2, 0xA3, 0xAC, 0xD3, 0xD4), MARK_REFUSED),
    0xA0: MARKING,
    NO_PAPER: PAPER_OUT,
}


class Refusal(Exception):
    """The register answered with an error code: the command was not carried out, as far as it says."""

    def __init__(self, code: int) -> None:
        super().__init__(f"{code:02X}: {self.text_of(code)}")
        self.code = code

    @staticmethod
    def text_of(code: int) -> str:
        return TEXTS.get(code, f"error {code:02X}")

    @property
    def cause(self) -> str:
        return CAUSES.get(self.code, REFUSED)

    @property
    def result(self) -> dict[str, str | int]:
        return {"error": self.code, "text": self.text_of(self.code)}


class MarkRefused(Refusal):
    """The register, or what it was told, has something against a marking code: nothing of the receipt is registered.
    `refusal`: its error code, if it answered with one."""

    def __init__(self, name: str, field: str, fault: str, refusal: Refusal | None = None) -> None:
        Exception.__init__(self, f"{field}: {fault}")
        self._said: dict[str, str | int] = {"text": f"{name}: {fault}", "field": field}
        self._cause = MARK_REFUSED
        if refusal:
            self.code = refusal.code
            self._said["error"] = refusal.code
            self._cause = MARKING if refusal.code == UNKNOWN_COMMAND else refusal.cause

    @property
    def cause(self) -> str:
        return self._cause

    @property
    def result(self) -> dict[str, str | int]:
        return self._said


class LinkLost(Exception):
    """No answer came: whether the command was carried out is not known. `cause` is the state that it left."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause
