"""The Armenian code page ArmSCII-8, which Python lacks, as the codec "armscii-8". Source: AST 34.005-1997, as Unicode maps it.

Capital and small letters stand in pairs from B2 on; a few printers sold in Armenia have the page (the test page shows it).
"""

import codecs
from typing import Any

NAME = "armscii_8"
MARKS = "\u00a0\ufffe\u0587\u0589\ufffe\ufffe\u00bb\u00ab\u2014\ufffe\u055d\ufffe\ufffe\u058a\u2026\u055c\u055b\u055e"
"""From A0; where ASCII has the sign already it stays there alone."""
LETTERS = "".join(chr(0x531 + at) + chr(0x561 + at) for at in range(38))
TABLE = "".join(map(chr, range(0x80))) + "\ufffe" * 0x20 + MARKS + LETTERS + "\u055a\ufffe"
WRITTEN = codecs.charmap_build(TABLE)
READ = {byte: ord(char) for byte, char in enumerate(TABLE) if char != "\ufffe"}


def _encode(text: str, errors: str = "strict") -> tuple[bytes, int]:
    return codecs.charmap_encode(text, errors, WRITTEN)


def _decode(data: Any, errors: str = "strict") -> tuple[str, int]:
    return codecs.charmap_decode(data, errors, READ)


def _find(name: str) -> codecs.CodecInfo | None:
    return codecs.CodecInfo(_encode, _decode, name=NAME) if name.replace("-", "_") == NAME else None


codecs.register(_find)
