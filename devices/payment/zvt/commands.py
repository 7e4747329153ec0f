"""What the till says to a ZVT terminal.

Sources: Portalum.Zvt (`ZvtClient`, `RegistrationConfig`) and kotlin-zvt-library (`ZvtCommandBuilder`, ZVT 13.13), which agree;
zvtlib (Europa-Park) where named.
The password is six digits, 000000 from the makers.
"""

from typing import Final

from devices.payment.zvt import apdu
from devices.payment.zvt import fields as f
from devices.payment.zvt.apdu import Apdu

CONFIG: Final = 0x38
"""08: tell intermediate states; 10 and 20: payments and administration are begun by us alone."""
OURS_TO_PRINT: Final = 0x86
"""02 and 04: receipts of payments and of administration are printed by us, else by the terminal on its own printer; 80, which
counts only beside them: the terminal makes their text and sends it (zvtlib, quoting the specification)."""
SERVICE: Final = bytes([0x03, 0x01])
MAY_PRINT_BLOCKS: Final = bytes.fromhex("0606 2604 0A02 06D3")
"""TLV: the terminal may send 06 D3."""
WITHOUT_PAPER: Final = bytes([0x03, 0x03])
"""Of "repeat receipt": tell the status information (01) and print nothing anywhere (02) (zvtlib, quoting the specification)."""


def registration(password: str, currency: int, *, prints: bool, blocks: bool) -> Apdu:
    """`prints`: receipts are printed by us. `blocks`: offer to take them as text blocks; some terminals refuse the TLV in it
    (84 9A, kotlin-zvt-library)."""
    config = CONFIG | OURS_TO_PRINT if prints else CONFIG
    body = _password(password) + bytes([config]) + f.packed(currency, 2) + SERVICE
    return Apdu(apdu.REGISTRATION, body + (MAY_PRINT_BLOCKS if prints and blocks else b""))


def authorisation(amount: int, currency: int) -> Apdu:
    return Apdu(apdu.AUTHORISATION, _sum(amount, currency))


def refund(password: str, amount: int, currency: int) -> Apdu:
    return Apdu(apdu.REFUND, _password(password) + _sum(amount, currency))


def reversal(password: str, receipt: int) -> Apdu:
    return Apdu(apdu.REVERSAL, _password(password) + bytes([f.RECEIPT]) + f.packed(receipt, 2))


def repeat_receipt(password: str, *, prints: bool) -> Apdu:
    """`prints`: its text comes to us; else the terminal is asked to keep its paper."""
    return Apdu(apdu.REPEAT_RECEIPT, _password(password) + (b"" if prints else WITHOUT_PAPER))


def end_of_day(password: str) -> Apdu:
    return Apdu(apdu.END_OF_DAY, _password(password))


def status_enquiry() -> Apdu:
    return Apdu(apdu.STATUS_ENQUIRY)


def abort() -> Apdu:
    return Apdu(apdu.ABORT)


def _password(password: str) -> bytes:
    return bytes.fromhex(password)


def _sum(amount: int, currency: int) -> bytes:
    return bytes([f.AMOUNT]) + f.packed(amount, 6) + bytes([f.CURRENCY]) + f.packed(currency, 2)
