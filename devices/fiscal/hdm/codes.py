"""Operations of an HDM and what its codes mean.

Source: manual 0.7.3, sections 4.4.1 and 4.10, the operations confirmed by its sample client; 408 and 503 are a Newland
N950's own, from lobotomoe/hdm-am; 410 is the sample client's.
"""

from enum import IntEnum

from devices.fiscal.causes import LOGIN_REFUSED, NOT_READY, PAPER_OUT, REFUSED, SYNC_NEEDED

OK = 200


class Operation(IntEnum):
    OPERATORS = 1
    LOGIN = 2
    LOGOUT = 3
    PRINT = 4
    PRINT_LAST = 5
    PRINT_RETURN = 6
    REPORT = 9
    RECEIPT = 10
    CASH = 11
    TIME = 12
    SYNCHRONISE = 14


DOUBTFUL = frozenset({500, 143, 144, 145, 503})
"""Codes after which no source says whether the document was registered: the printer's, and the unclassified ones."""
GONE = frozenset({174, 176})
"""There is no such receipt; a real register was seen to say so also of one that it had not sent on yet."""
WANTS_SYNC = frozenset({155, 156, 185})
HANGS_UP = frozenset({500, 400, 402, 403, 404, 101, 103, 104, 105, 111, 112, 113, 121, 155})
"""After these the register closes the connection."""
CAUSES = {
    **dict.fromkeys((101, 111, 112, 113, 121, 403), LOGIN_REFUSED),
    **dict.fromkeys(WANTS_SYNC, SYNC_NEEDED),
    145: PAPER_OUT,
    143: NOT_READY,
    144: NOT_READY,
    408: NOT_READY,
}
TEXTS = {
    101: "the password does not open it",
    102: "the session's key is not the register's any more",
    104: "request number",
    111: "the operator's password",
    112: "no such operator",
    113: "the operator is not active",
    121: "wrong user",
    141: "no last receipt",
    143: "printer",
    144: "printer does not start",
    145: "no paper",
    151: "no such department, or not this operator's",
    152: "paid less than the total",
    153: "more than a receipt may be",
    154: "the sum must be positive",
    155: "it must be synchronised",
    156: "it could not be synchronised",
    157: "number of the receipt returned",
    158: "returned already",
    159: "price and quantity must be positive",
    160: "discount",
    161: "code of goods",
    162: "name of goods",
    163: "unit",
    165: "a price of 0",
    166: "the sum of a row",
    167: "cashless is more than the total",
    168: "cashless is the total, cash is too much",
    174: "no such receipt",
    175: "registration number of the receipt returned",
    177: "this kind of receipt is not returned",
    178: "this sum is not returned",
    179: "to be returned as a whole",
    180: "more than was paid",
    181: "quantity returned",
    182: "it is a return itself",
    183: "ADG code",
    184: "return of an advance",
    185: "synchronise it, then return",
    186: "sum of an advance",
    187: "rows in an advance",
    188: "sums",
    189: "rounding",
    190: "payment is not to be had",
    191: "the sum must be more than 0",
    192: "an ADG code is needed",
    193: "the buyer's tax number",
    195: "a marking code",
    196: "a marking code of another country",
    400: "it could not read the request",
    402: "protocol version",
    403: "this computer's address is not the one set in it",
    404: "operation",
    408: "somebody works at its own screen",
    410: "no receipt without goods",
    500: "internal",
    503: "the tax service's data differ",
}


def cause_of(code: int) -> str:
    return CAUSES.get(code, REFUSED)
