"""ZVT result codes and intermediate states as the project's own stable codes.

Source: tables of Portalum.Zvt (`EnglishErrorMessageRepository`, `EnglishIntermediateStatusRepository`), themselves from the
specification's chapter of error messages. A code below 64 in a result is the bank's own (ISO 8583 field 39): a plain refusal.
"""

from typing import Final

DECLINED: Final = "payment.declined"
ABORTED: Final = "payment.aborted"
ALREADY_REVERSED: Final = 0xB4
NOT_REGISTERED: Final = 0x6B
BUSY: Final = 0x9C

_RESULTS: Final = {
    "payment.card_unreadable": (0x64, 0x65, 0x66, 0x72, 0x73, 0xDD, 0xDE, 0xE2, 0xE3),
    "payment.card_refused": (0x67, 0x68, 0x6E, 0x76, 0x78, 0x79, 0x7A, 0x7B, 0x7C, 0x7E, 0xC5, 0xD2, 0xEA),
    "payment.no_funds": (0x71,),
    "payment.bank_unreachable": (0x7D, 0x9B, 0xA0, 0xA1, 0xA3),
    "payment.currency_refused": (0x6F, 0xC6, 0xCB),
    "payment.end_of_day_needed": (0x6A, 0x77, 0xB1, 0xB2, 0xF0),
    "payment.not_registered": (NOT_REGISTERED,),
    "payment.amount_refused": (0xB7, 0xC3, 0xC8, 0xC9),
    "payment.reversal_refused": (ALREADY_REVERSED, 0xB5),
    "payment.busy": (BUSY, 0xDC),
    ABORTED: (0x6C,),
}
CAUSES: Final = {code: cause for cause, codes in _RESULTS.items() for code in codes}
FIRST_OWN: Final = 0x64
OF_A_CUSTOMER: Final = frozenset(
    [DECLINED, ABORTED, *_RESULTS.keys() - {"payment.bank_unreachable", "payment.not_registered", "payment.busy"}]
)


def causes(result: int | None) -> tuple[str, ...]:
    """Why it was refused, the worst first. A cancelled payment is no refusal of the bank's."""
    if result is None or result < FIRST_OWN:
        return (DECLINED,)
    cause = CAUSES.get(result, "payment.terminal_fault")
    return (cause,) if cause in (ABORTED, "payment.busy") else (DECLINED, cause)


_STATES: Final = {
    "confirm_amount": (0x00,),
    "pin": (0x01, 0x02, 0x6A, 0x6B, 0x6C, 0x6D),
    "refused": (0x03, 0x07, 0x08, 0x09, 0x0C, 0x10, 0x13, 0x14, 0x16, 0x18, 0x19, 0x1D),
    "bank": (0x04, 0x06, 0xD2, 0xD3, 0xF2),
    "reversing": (0x05,),
    "card": (0x0A,),
    "take_card": (0x0B,),
    "trouble": (0x0D, 0x12),
    "wrong_pin": (0x15,),
    "approved": (0x1B, 0x1C),
    "choose": (0x26, 0x27, 0x28, 0x29, 0x2C, 0x69, 0xE0, 0xE1),
    "cashier": (0xC8,),
    "wait": (0x0E, 0x0F, 0x17, 0x68, 0xC9, 0xCA, 0xF1, 0xF3),
}
STATES: Final = {code: state for state, codes in _STATES.items() for code in codes}
WITH_CARD_IN: Final = 0x40
"""40 to 5D repeat 00 to 1D with "please take the card" added."""


def state(code: int) -> str:
    """What the terminal is doing: the end of a text's code ("payment.status.pin")."""
    if 0x40 <= code <= 0x5D:
        code -= WITH_CARD_IN
    return STATES.get(code, "wait")
