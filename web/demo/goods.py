"""The goods of the demo shop, made from hand-written words by a seeded generator: names, prices, barcodes, packs."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pos.catalog.rules import LANGUAGES, ean_check_digit

FOLDER = Path(__file__).parent
COUNTRY = "485"
"""The GS1 prefix that barcodes begin with."""
UNITS = {
    "l": ("l", "л", "լ"),
    "ml": ("ml", "мл", "մլ"),
    "kg": ("kg", "кг", "կգ"),
    "g": ("g", "г", "գ"),
    "pcs": ("pcs", "шт.", "հատ"),
    "m": ("m", "м", "մ"),
}
REGULATED = {"alcohol", "tobacco"}
Words = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Section:
    """A category of the demo shop."""

    code: str
    names: dict[str, str]
    parent: str | None
    tax_code: str
    regulation: str | None


@dataclass(frozen=True, slots=True)
class Good:
    """One product of the demo shop; `amount` is its price in minor units, `codes` pairs of barcode and thousandths."""

    section: str
    names: dict[str, str]
    unit: str
    amount: int
    codes: tuple[tuple[str, int], ...]


def sections() -> list[Section]:
    """The category tree, parents first."""
    found: list[Section] = []
    for line in _lines("goods.txt"):
        if line.startswith("="):
            code, names, parent, tax_code, flag = (part.strip() for part in line[1:].split("|"))
            regulation = flag if flag in REGULATED else None
            found.append(Section(code, _named(_words(names)), None if parent == "-" else parent, tax_code, regulation))
    return found


def goods(count: int, seed: int) -> list[Good]:
    """`count` products, section by section; the same seed makes the same shop. At most what the words can name."""
    random_ = random.Random(seed)  # noqa: S311 - a made-up shop
    everything = list(_every_name())
    chosen = sorted(random_.sample(range(len(everything)), min(count, len(everything))))
    made: list[Good] = []
    for place, (section, names, size, price, pack) in enumerate((everything[i] for i in chosen), 1):
        amount = _price(random_, price)
        by_weight = size == "kg"
        codes = [(_plu(place) if by_weight else _ean(place), 1_000)]
        if pack:
            codes.append((_ean(50_000 + place), pack * 1_000))
        made.append(Good(section, names, "kg" if by_weight else "piece", amount, tuple(codes)))
    return made


def _every_name() -> Iterator[tuple[str, dict[str, str], str, int, int]]:
    brands = {group.strip(): names for group, names in (line.split("|") for line in _lines("brands.txt"))}
    section = ""
    for line in _lines("goods.txt"):
        if line.startswith("="):
            section = line[1:].split("|")[0].strip()
            continue
        kind, varieties, group, sizes = (part.strip() for part in line.split("|"))
        for variety in _choices(varieties):
            for brand in _choices(brands[group]) if group != "-" else [("", "", "")]:
                for priced in sizes.split(";"):
                    size, _, price = priced.strip().partition("=")
                    amount, _, pack = price.partition("x")
                    yield section, _full_name(_words(kind), variety, brand, size), size, int(amount), int(pack or 0)


def _full_name(kind: Words, variety: Words, brand: Words, size: str) -> dict[str, str]:
    """ "Milk 2.5 % Lusabats 1 l", and as Russian and Armenian write it."""
    names: dict[str, str] = {}
    for place, language in enumerate(LANGUAGES):
        named = [kind[place], variety[place]]
        if brand[place]:
            named.append(brand[place] if language == "en" else f"«{brand[place]}»")
        if size != "kg":
            number, unit = size.split()
            named.append(f"{number} {UNITS[unit][place]}")
        name = " ".join(part for part in named if part)
        names[language] = name if language == "en" else _decimal_comma(name)
    return names


def _decimal_comma(name: str) -> str:
    return "".join(
        "," if letter == "." and name[place - 1 : place].isdigit() and name[place + 1 : place + 2].isdigit() else letter
        for place, letter in enumerate(name)
    )


def _price(random_: random.Random, drams: int) -> int:
    """Around the family's price, on the step of 10 drams, in minor units."""
    return max(10, round(drams * random_.uniform(0.9, 1.15) / 10) * 10) * 100


def _ean(item: int) -> str:
    body = f"{COUNTRY}{700_000_000 + item:09d}"
    return body + ean_check_digit(body)


def _plu(item: int) -> str:
    """The five digits that a scale prints into its label."""
    return f"{10_000 + item:05d}"


def _choices(text: str) -> list[Words]:
    return [("", "", "")] if text.strip() == "-" else [_words(choice) for choice in text.split(";")]


def _words(text: str) -> Words:
    parts = [part.strip() for part in text.split("/")]
    return (parts[0], parts[1], parts[2]) if len(parts) == 3 else (parts[0], parts[0], parts[0])


def _named(words: Words) -> dict[str, str]:
    return dict(zip(LANGUAGES, words, strict=True))


def _lines(name: str) -> list[str]:
    text = (FOLDER / name).read_text("utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
