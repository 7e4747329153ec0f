"""Codes for people and scanners on printed sheets: QR as a drawing inside the page, which needs no other file."""

import segno
from markupsafe import Markup


def qr(code: str) -> Markup:
    """`code` as a QR drawing with the quiet zone that scanners need (ISO/IEC 18004)."""
    drawn = segno.make_qr(code, error="m")
    return Markup(drawn.svg_inline(scale=3, border=4, omitsize=True, title=code))  # noqa: S704 - segno escapes the title
