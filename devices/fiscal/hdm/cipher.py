"""3DES in ECB with PKCS7, and the two keys: the first 24 bytes of the password's SHA-256, and the login's.

Source: manual 0.7.3, section 4.4.3; its sample client and lobotomoe/hdm-am do the same. The cipher is what the register
knows, not what one would choose: it hides the password from the curious on the shop's own network and no more.
"""

import base64
import binascii
import hashlib

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.padding import PKCS7

KEY = 24
BITS = 64


class WrongKey(Exception):
    """What came cannot have been made with this key."""


class Key:
    """One key; it is in no `repr`."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY:
            raise WrongKey("24 bytes")
        self._cipher = Cipher(TripleDES(key), modes.ECB())  # noqa: S305 - the register knows no other

    def seal(self, plain: bytes) -> bytes:
        padder, encryptor = PKCS7(BITS).padder(), self._cipher.encryptor()
        return encryptor.update(padder.update(plain) + padder.finalize()) + encryptor.finalize()

    def unseal(self, body: bytes) -> bytes:
        """Raises `WrongKey`."""
        decryptor, unpadder = self._cipher.decryptor(), PKCS7(BITS).unpadder()
        try:
            return unpadder.update(decryptor.update(body) + decryptor.finalize()) + unpadder.finalize()
        except ValueError as error:
            raise WrongKey("padding") from error


def password_key(password: str) -> Key:
    return Key(hashlib.sha256(password.encode()).digest()[:KEY])


def session_key(text: str) -> Key:
    """Of the login's answer, in Base64. Raises `WrongKey`."""
    try:
        return Key(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError) as error:
        raise WrongKey("no key") from error
