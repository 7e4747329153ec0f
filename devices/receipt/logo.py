"""The shop's logo in the printer's own memory: stored once, then printed by its key.

`GS ( L` functions 64 (list the keys), 67 (store), 69 (print). Source: Epson's command reference; the same in the manuals of
Bixolon SRP-F310, Citizen CT-S280, Metapace T-3 and HPRT TP809. Its key is made of the picture, so that a new picture has
a new one and nothing need be remembered outside the printer.
"""

from dataclasses import dataclass
from hashlib import sha256
from string import ascii_letters, digits

from PIL import Image, UnidentifiedImageError

from devices.options import BadOption

GRAPHICS = b"\x1d(L"
LIST_KEYS = GRAPHICS + b"\x04\x000\x40KC"
KEPT = b"7r"
"""How the answer to `LIST_KEYS` begins; then @ (the last block) or A (more to come), then two bytes a key."""
MORE_TO_COME, GOT_IT = b"A", b"\x06"
SIGNS = (digits + ascii_letters).encode()
HIGHEST = 512
MARGIN = 8


@dataclass(frozen=True, slots=True)
class Logo:
    """`rows` of packed dots, 1 is black; `across` bytes each."""

    key: bytes
    across: int
    down: int
    dots: bytes

    @property
    def image(self) -> Image.Image:
        return Image.frombytes("1", (self.across * 8, self.down), bytes(byte ^ 0xFF for byte in self.dots))


def logo_from(path: str, width: int) -> Logo:
    """The picture in a file, made black and white, as wide as it is but at most `width` dots. Raises `BadOption`."""
    try:
        with Image.open(path) as opened:
            picture = opened.convert("RGBA")
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise BadOption(option="logo", why=f"{path}: a picture that can be read") from error
    picture.thumbnail((width // 8 * 8, HIGHEST))
    paper = Image.new("RGBA", (-(-picture.width // 8) * 8, picture.height), "white")
    paper.alpha_composite(picture)
    dots = bytes(byte ^ 0xFF for byte in paper.convert("1").tobytes())
    digest = sha256(paper.width.to_bytes(2, "big") + dots).digest()
    key = bytes(SIGNS[byte % len(SIGNS)] for byte in digest[:2])
    return Logo(key, paper.width // 8, paper.height, dots)


def store(logo: Logo) -> bytes:
    """Function 67. To be sent seldom: such memory wears out (Epson: at most ten times a day)."""
    size = (logo.across * 8).to_bytes(2, "little") + logo.down.to_bytes(2, "little")
    body = b"0\x430" + logo.key + b"\x01" + size + b"1" + logo.dots
    if len(body) < 0x10000:
        return GRAPHICS + len(body).to_bytes(2, "little") + body
    return b"\x1d8L" + len(body).to_bytes(4, "little") + body


def print_stored(logo: Logo) -> bytes:
    """Function 69, as large as it is."""
    return GRAPHICS + b"\x06\x000\x45" + logo.key + b"\x01\x01"


def keys_in(block: bytes) -> list[bytes]:
    """The keys in one block of the answer to `LIST_KEYS`."""
    listed = block[len(KEPT) + 1 :]
    return [listed[at : at + 2] for at in range(0, len(listed) - 1, 2)]


def printed_from(stored: bytes) -> bytes:
    """A picture as it was sent to be stored (`GS ( L`), as the raster command that prints the same."""
    across, down = int.from_bytes(stored[11:13], "little"), int.from_bytes(stored[13:15], "little")
    header = b"\x1dv0\x00" + (-(-across // 8)).to_bytes(2, "little") + down.to_bytes(2, "little")
    return header + stored[16:]
