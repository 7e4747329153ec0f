"""The modules of CODE128 and EAN-13 symbols, to draw the ones a printer would draw. Source: ISO/IEC 15417 and 15420."""

WIDTHS = (
    "212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222"
    "123122123221223211221132221231213212223112312131311222321122321221312212322112322211212123212321"
    "232121111323131123131321112313132113132311211313231113231311112133112331132131113123113321133121"
    "313121211331231131213113213311213131311123311321331121312113312311332111314111221411431111111224"
    "111422121124121421141122141221112214112412122114122411142112142211241211221114413111241112134111"
    "111242121142121241114212124112124211411212421112421211212141214121412121111143111341131141114113"
    "1143114111134113111131411141313111414111312114122112142112322331112"
)
CODE128 = [WIDTHS[at : at + 6] for at in range(0, 106 * 6, 6)] + [WIDTHS[106 * 6 :]]
"""Widths of bar, gap, bar, … for each symbol value; the stop has a bar more."""
START_B, STOP = 104, 106
EAN_BITS = "0001101001100100100110111101010001101100010101111011101101101110001011"
EAN_LEFT = [EAN_BITS[at : at + 7] for at in range(0, 70, 7)]
EAN_PARITIES = "LLLLLLLLGLGGLLGGLGLLGGGLLGLLGGLGGLLGLGGGLLLGLGLGLGLGGLLGGLGL"
EAN_PARITY = [EAN_PARITIES[at : at + 6] for at in range(0, 60, 6)]


def code128(data: str) -> str:
    """Modules of printable ASCII in code set B, "1" for black, without the quiet zones."""
    values = [START_B, *(ord(char) - 32 for char in data)]
    check = (values[0] + sum(at * value for at, value in enumerate(values))) % 103
    widths = "".join(CODE128[value] for value in [*values, check, STOP])
    return "".join(("1" if at % 2 == 0 else "0") * int(width) for at, width in enumerate(widths))


def ean13(digits: str) -> str:
    """Modules of 13 digits, guards included, "1" for black."""
    left = "".join(
        _left(int(digit), parity) for digit, parity in zip(digits[1:7], EAN_PARITY[int(digits[0])], strict=True)
    )
    right = "".join(_inverted(EAN_LEFT[int(digit)]) for digit in digits[7:])
    return f"101{left}01010{right}101"


def _left(digit: int, parity: str) -> str:
    code = EAN_LEFT[digit]
    return code if parity == "L" else _inverted(code)[::-1]


def _inverted(code: str) -> str:
    return code.translate({48: "1", 49: "0"})
