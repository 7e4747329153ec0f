"""Modes, sub-modes, operations and other numbers of the protocol.

Source: pyshtrih and shtrih-m/javapos_shtrih (both name them); tax bits from the vendor's list in javapos_shtrih.
"""

from enum import IntEnum

from devices.fiscal.content import Method, Operation, Subject, Tender


class Mode(IntEnum):
    """The lower four bits of the mode byte."""

    WORKING = 0
    DUMP = 1
    SHIFT_OPEN = 2
    SHIFT_EXPIRED = 3
    SHIFT_CLOSED = 4
    LOCKED = 5
    CONFIRM_DATE = 6
    DECIMAL_POINT = 7
    DOCUMENT_OPEN = 8
    RESET_ALLOWED = 9
    TEST = 10
    FULL_REPORT = 11
    LONG_REPORT = 12
    SLIP = 13
    SLIP_PRINTING = 14
    SLIP_READY = 15


class SubMode(IntEnum):
    READY = 0
    NO_PAPER = 1
    """No paper, and nothing is being printed."""
    STOPPED = 2
    """The paper ended while it printed: it waits for paper."""
    WAITS_CONTINUE = 3
    """Paper is back: it waits for the command to go on."""
    PRINTING_REPORT = 4
    PRINTING = 5


class Kind(IntEnum):
    """Documents of the fiscal storage. CORRECTION is unconfirmed: 31 in the format of fiscal data."""

    SHIFT_OPENING = 2
    RECEIPT = 3
    SHIFT_CLOSING = 5
    CORRECTION = 31


OPENED_AS = {Operation.SALE: 0, Operation.BUY: 1, Operation.RETURN: 2, Operation.BUY_RETURN: 3}
"""Of the command that opens a receipt, of mode 8 and of the registers."""

METHODS = {
    Method.PREPAYMENT: 1,
    Method.ADVANCE: 3,
    Method.FULL: 4,
    Method.CREDIT: 6,
    Method.SETTLEMENT: 7,
}
"""Source: tag 1214 of the format of fiscal data."""

SUBJECTS = {Subject.GOODS: 1, Subject.SERVICE: 4, Subject.ADVANCE: 10}
"""Source: tag 1212 of the format of fiscal data."""

TAXES = {
    "vat20": 1,
    "vat10": 2,
    "vat0": 4,
    "none": 8,
    "vat120": 16,
    "vat110": 32,
    "vat5": 129,
    "vat7": 130,
    "vat105": 132,
    "vat107": 144,
}
"""vat120 is 20/120, vat110 is 10/110 and so on: for advances."""

TENDERS = {Tender.CASH: 1, Tender.CARD: 2, Tender.PREPAID: 14, Tender.CREDIT: 15}
"""Numbers of the payment types of the closing command."""
