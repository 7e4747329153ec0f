"""The commands that the driver gives, as bytes: code, password, data; integers little-endian.

Source: pyshtrih (8D, 50, 51, 40, 41, 88, B0, E0, 1F, FC, FF0C, FF35) and shtrih-m/javapos_shtrih (the same and FF45, FF46,
FF4A, FF61, FF67, FF69).
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Final

from devices.fiscal.content import Basis, Correction, Line, Operation, Receipt, Tender, paid, rounded
from devices.fiscal.errors import MalformedContent
from devices.fiscal.russia import SETTLED_AS
from devices.fiscal.shtrih.codes import METHODS, OPENED_AS, TENDERS

SHORT_STATE, LONG_STATE, MONEY, COUNT, TABLE, DEVICE = 0x10, 0x11, 0x1A, 0x1B, 0x1F, 0xFC
X_REPORT, Z_REPORT, CASH_IN, CASH_OUT = 0x40, 0x41, 0x50, 0x51
CANCEL, OPEN_RECEIPT, CONTINUE, OPEN_SHIFT = 0x88, 0x8D, 0xB0, 0xE0
STORAGE, CANCEL_STORED, FIND, TLV = 0xFF01, 0xFF08, 0xFF0A, 0xFF0C
BEGIN_CORRECTION, UNSENT, SHIFT = 0xFF35, 0xFF39, 0xFF40
CLOSE, OPERATION, CORRECTION = 0xFF45, 0xFF46, 0xFF4A
CHECK_MARK, BIND_MARK, DECIDE_MARK = 0xFF61, 0xFF67, 0xFF69

NOT_GIVEN: Final = 0xFF_FFFF_FFFF
"""Of a tax: the register computes it itself."""
MOST_MONEY, MOST_NAME, PAYMENT_TYPES, TAX_KINDS = 0xFF_FFFF_FFFF - 1, 128, 16, 6
CONTACT, CASHIER_TAX_ID, BASIS, BASIS_NAME, BASIS_DATE, BASIS_NUMBER = 1008, 1203, 1174, 1177, 1178, 1179


def command(code: int, password: int, data: bytes = b"") -> bytes:
    """A command with its password."""
    return code.to_bytes(2 if code > 0xFF else 1, "big") + password.to_bytes(4, "little") + data


def open_receipt(operation: Operation) -> bytes:
    return bytes([OPENED_AS[operation]])


def operation(line: Line, kind: Operation, tax: int, department: int, subject: int, at: str) -> bytes:
    """One line: quantity with six decimals, price, sum; the tax is left to the register. `subject`: tag 1212. Raises
    `MalformedContent`."""
    return b"".join(
        (
            bytes([SETTLED_AS[kind]]),
            (line.quantity * 1_000).to_bytes(6, "little"),
            money(line.price, at + "price"),
            money(line.sum, at + "sum"),
            NOT_GIVEN.to_bytes(5, "little"),
            bytes([tax, department, METHODS[line.method], subject]),
            cp1251(line.name, at + "name")[:MOST_NAME],
        )
    )


def close(receipt: Receipt, tax_system: int) -> bytes:
    """Sixteen payment types, the rounding down to whole rubles, no taxes. Raises `MalformedContent`."""
    paid_as = [0] * PAYMENT_TYPES
    for payment in receipt.tenders:
        paid_as[TENDERS[payment.kind] - 1] += payment.sum
    if not -99 <= receipt.rounding <= 0:
        raise MalformedContent(field="rounding", why="0 to -99 kopecks")
    sums = b"".join(money(paid, "tenders") for paid in paid_as)
    return sums + bytes([-receipt.rounding]) + bytes(5 * TAX_KINDS) + bytes([tax_system])


def correction(content: Correction, tax: int, rate: int, tax_system: int) -> bytes:
    """`rate` in percent of the tax, 0 for none. Raises `MalformedContent` for a return: there is no such command."""
    if content.operation not in (Operation.SALE, Operation.BUY):
        raise MalformedContent(field="operation", why="sale or buy")
    tenders = content.tenders
    sums = (
        content.sum,
        paid(tenders, Tender.CASH),
        paid(tenders, Tender.CARD),
        paid(tenders, Tender.PREPAID),
        paid(tenders, Tender.CREDIT),
        0,
        *_tax_sums(content, tax, rate),
    )
    basis = 1 if content.basis is Basis.INSTRUCTION else 0
    head = bytes([basis, SETTLED_AS[content.operation]])
    return head + b"".join(money(amount, "sum") for amount in sums) + bytes([tax_system])


def _tax_sums(content: Correction, tax: int, rate: int) -> list[int]:
    """The six sums: of the tax itself, or of the turnover where the rate is nothing."""
    kinds = [1, 2, 4, 8, 16, 32]
    if tax not in kinds:
        raise MalformedContent(field="tax", why="a tax that a correction has a place for")
    return [(rounded(content.sum * rate, 100 + rate) if rate else content.sum) if kind == tax else 0 for kind in kinds]


def correction_basis(content: Correction) -> bytes:
    """Tag 1174 with name, day (midnight UTC, as Unix time) and number. Unconfirmed: no register was asked."""
    number = cp866(content.number or "0", "basis.number")
    inner = tlv(BASIS_NAME, cp866(content.reason, "reason")) + tlv(BASIS_DATE, _unix(content.at))
    return tlv(BASIS, inner + tlv(BASIS_NUMBER, number))


def _unix(day: date) -> bytes:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()).to_bytes(4, "little")


def contact(text: str) -> bytes:
    """Tag 1008: the customer's phone or e-mail."""
    return tlv(CONTACT, cp866(text, "customer"))


def cashier_tax_id(text: str) -> bytes:
    """Tag 1203, always 12 characters."""
    return tlv(CASHIER_TAX_ID, cp866(text.ljust(12), "cashier.tax_id"))


def tlv(tag: int, value: bytes) -> bytes:
    return tag.to_bytes(2, "little") + len(value).to_bytes(2, "little") + value


def money(amount: int, field: str) -> bytes:
    """Five bytes. Raises `MalformedContent` beyond them."""
    if amount > MOST_MONEY:
        raise MalformedContent(field=field, why=f"at most {MOST_MONEY}")
    return amount.to_bytes(5, "little")


def cp1251(text: str, field: str) -> bytes:
    """The text in CP1251, in which the register prints. Raises `MalformedContent` where it has no such letter."""
    return _encoded(text, "cp1251", {"₽": "руб."}, field)


def cp866(text: str, field: str) -> bytes:
    """The text in CP866, in which requisites are stored."""
    return _encoded(text, "cp866", {"₽": "руб.", "—": "-", "–": "-", "«": '"', "»": '"'}, field)


def _encoded(text: str, page: str, substitutes: Mapping[str, str], field: str) -> bytes:
    for letter, other in substitutes.items():
        text = text.replace(letter, other)
    try:
        return text.encode(page)
    except UnicodeEncodeError:
        raise MalformedContent(field=field, why="letters that the register has") from None
