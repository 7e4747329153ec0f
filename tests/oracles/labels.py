"""Our ZPL drawn by zpl-renderer-js: its symbols are read by zxing-cpp, its black is where ours is."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import zxingcpp
from PIL import Image, ImageChops

from devices.labels.content import Label, Size
from devices.labels.picture import draw
from devices.labels.zpl.encode import zpl_of
from tests.oracles.programs import answer

SIZE = Size(width_mm=58, height_mm=40, dpi=203)
DOTS_A_MM = 8
EAN, LINK = "4601234567893", "https://till.example/p/104"
SHELF = Label(
    name="Молоко 3,2 %, 1 л", price="129,90", currency="RUB", card_price="116,90", unit_price="129,90 / л", ean=EAN
)
GOODS = Label(name="Խնձոր", price="486,00", currency="AMD", weight="0,486 кг", date="12.03.2027", qr=LINK)
FEWEST_SHARED = 50
"""Percent of the area that both fill: fonts and their weights differ, places must not."""


async def a_shelf_label_is_drawn_and_its_ean_scanned() -> str:
    return await drawn(SHELF, ("EAN-13", EAN))


async def a_goods_label_is_drawn_and_its_qr_code_scanned() -> str:
    return await drawn(GOODS, ("QR Code", LINK))


async def drawn(label: Label, symbol: tuple[str, str]) -> str:
    zpl = zpl_of(label, SIZE, "ru").decode()
    size = {"width_mm": SIZE.width_mm, "height_mm": SIZE.height_mm, "dots_a_mm": DOTS_A_MM}
    theirs = Image.open(BytesIO(await answer("draw.cjs", {"zpl": zpl, **size}))).convert("L")
    found = {(str(each.format), each.text) for each in zxingcpp.read_barcodes(theirs)}
    assert found == {symbol}, found
    shared = shared_percent(theirs, draw(label, SIZE, "ru").convert("L"))
    assert shared >= FEWEST_SHARED, f"only {shared} % of the black areas are shared"
    return f"{symbol[0]} read; {shared} % of the black areas lie over each other"


def shared_percent(one: Image.Image, other: Image.Image) -> int:
    """How much of the black areas of both, a letter and its surroundings being one area, lies over each other."""
    size = (min(one.width, other.width) // 16, min(one.height, other.height) // 16)
    areas = [image.crop((0, 0, size[0] * 16, size[1] * 16)).reduce(16).point(_is_filled) for image in (one, other)]
    both, either = ImageChops.darker(*areas), ImageChops.lighter(*areas)
    return 100 * both.histogram()[255] // max(1, either.histogram()[255])


def _is_filled(grey: int) -> int:
    return 255 if grey < 240 else 0


ORACLES: Sequence[Any] = (
    a_shelf_label_is_drawn_and_its_ean_scanned,
    a_goods_label_is_drawn_and_its_qr_code_scanned,
)
