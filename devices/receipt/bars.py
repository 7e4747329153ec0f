"""The modules of barcodes, to draw the ones a printer would draw. Source: ISO/IEC 15417 (CODE128), 15420 (EAN, UPC)."""

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


def ean8(digits: str) -> str:
    """Modules of 8 digits, guards included."""
    left = "".join(EAN_LEFT[int(digit)] for digit in digits[:4])
    right = "".join(_inverted(EAN_LEFT[int(digit)]) for digit in digits[4:])
    return f"101{left}01010{right}101"


def upca(digits: str) -> str:
    """Modules of 12 digits: those of an EAN-13 that begins with 0."""
    return ean13("0" + digits)


def code39(data: str) -> str:
    """Modules of A-Z, 0-9 and `-. $/+%`, without a check character; wide elements are three modules."""
    signs = (CODE39[SIGNS.index(sign)] for sign in f"*{data}*")
    return "0".join(_wide_and_narrow(sign) for sign in signs)


def itf(digits: str) -> str:
    """Modules of an even number of digits: the first of each pair in bars, the second in the gaps between them."""
    pairs = zip(digits[::2], digits[1::2], strict=True)
    woven = "".join(bar + gap for one, two in pairs for bar, gap in zip(ITF[int(one)], ITF[int(two)], strict=True))
    return _wide_and_narrow("0000" + woven + "100")


def _wide_and_narrow(elements: str) -> str:
    """Bar, gap, bar, …; "1" is a wide one."""
    return "".join(("1" if at % 2 == 0 else "0") * (3 if wide == "1" else 1) for at, wide in enumerate(elements))


SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. *$/+%"
ELEMENTS = (
    "000110100100100001001100001101100000000110001100110000001110000000100101100100100001100100100001001001001001"
    "101001000000011001100011000001011000000001101100001100001001100000011100100000011001000011101000010000010011"
    "100010010001010010000000111100000110001000110000010110110000001011000001111000000010010001110010000011010000"
    "010000101110000100011000100010010100010101000010100010010001010000101010"
)
CODE39 = [ELEMENTS[at : at + 9] for at in range(0, len(ELEMENTS), 9)]
"""Nine elements of each sign, bars and gaps in turn, "1" is wide. Source: ISO/IEC 16388."""
ITF = ["00110", "10001", "01001", "11000", "00101", "10100", "01100", "00011", "10010", "01010"]
"""Five elements of each digit. Source: ISO/IEC 16390."""
MODULES = {"code128": code128, "ean13": ean13, "ean8": ean8, "upca": upca, "code39": code39, "itf": itf}
"""How to draw each symbology."""
