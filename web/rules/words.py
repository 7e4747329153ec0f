"""A rule's sentences in people's words: amounts, dates, weekdays and plurals as the language writes them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from babel import Locale

from loyalty.pricing.queries import Currency
from loyalty.pricing.summary import (
    PARTS,
    Clock,
    Counted,
    Day,
    Goods,
    Listed,
    Money,
    Names,
    Number,
    Part,
    Quantity,
    Rate,
    Sentence,
    Value,
    summary,
)
from pos.reports.rule_names import NameBook
from web import texts

MOST_NAMES = 4
"""Of a longer list so many are named, the rest counted."""


@dataclass(frozen=True, slots=True)
class Words:
    """How one language writes the sentences of rules in this shop."""

    language: str
    currency: Currency
    book: NameBook
    all_names: bool = False
    """Name everything, however long: what a difference needs."""

    def parts(self, rule: Mapping[str, Any]) -> dict[Part, str]:
        """What the rule says, by part, those that say nothing left out."""
        said: dict[Part, list[str]] = {}
        for sentence in summary(rule):
            said.setdefault(sentence.part, []).append(self.said(sentence))
        return {part: begun(" ".join(said[part])) for part in PARTS if part in said}

    def said(self, sentence: Sentence) -> str:
        fields: dict[str, object] = {name: self.value(value) for name, value in sentence.fields.items()}
        return texts.text(self.language, sentence.key, **fields)

    def value(self, value: Value) -> str:
        match value:
            case Money(minor):
                return self.money(minor)
            case Rate(basis_points):
                return rate(basis_points, self.language)
            case Quantity(thousandths, measure):
                return self.quantity(thousandths, measure)
            case Number(number):
                return texts.count(number, self.language)
            case Counted(key, n):
                return texts.text(self.language, key, n=n)
            case Day(iso, back):
                return self.day(iso, back)
            case Clock(minute):
                return f"{minute // 60:02d}:{minute % 60:02d}"
            case Names():
                return self.names(value)
            case Goods():
                return self.goods(value)
            case Listed(phrases, sign):
                return sign.join(self.said(phrase) for phrase in phrases)
            case Sentence():
                return self.said(value)

    def money(self, minor: int) -> str:
        return texts.money(minor, self.currency.code, self.currency.exponent, self.language)

    def quantity(self, thousandths: int, measure: str) -> str:
        if measure == "pieces" and thousandths % 1_000 == 0:
            return texts.text(self.language, "sum.pieces", n=thousandths // 1_000)
        return texts.text(self.language, f"sum.{measure}.exact", quantity=decimal(thousandths, 3, self.language))

    def day(self, iso: str, back: int) -> str:
        try:
            return texts.day(date.fromisoformat(iso) - timedelta(days=back), self.language)
        except (ValueError, OverflowError):
            return iso

    def names(self, names: Names) -> str:
        if names.kind == "weekday":
            words = Locale(self.language).days["format"]["abbreviated"]
            return ", ".join(words[(id - 1) % 7] for id in names.ids)
        return self.joined([self.book.name(names.kind, id, self.language) for id in names.ids], every=names.every)

    def goods(self, goods: Goods) -> str:
        chosen = [self.book.name("category", id, self.language) for id in goods.categories]
        chosen += [self.book.name("product", id, self.language) for id in goods.products]
        left_out = [self.book.name("category", id, self.language) for id in goods.except_categories]
        left_out += [self.book.name("product", id, self.language) for id in goods.except_products]
        said = self.joined(chosen, every=True) if chosen else texts.text(self.language, "sum.all_goods")
        if not left_out:
            return said
        return texts.text(self.language, "sum.except", goods=said, excepted=self.joined(left_out, every=True))

    def joined(self, names: list[str], *, every: bool) -> str:
        """Names with commas, and "or" before the last where any one is enough."""
        if len(names) > MOST_NAMES and not self.all_names:
            rest = texts.text(self.language, "sum.more", n=len(names) - MOST_NAMES + 1)
            return ", ".join(names[: MOST_NAMES - 1]) + " " + rest
        if every or len(names) < 2:
            return ", ".join(names)
        return texts.text(self.language, "sum.or", first=", ".join(names[:-1]), last=names[-1])


def begun(text: str) -> str:
    """The text with a capital first."""
    return text[:1].upper() + text[1:]


def rate(basis_points: int, language: str) -> str:
    """A percentage exactly, with as many decimals as it has."""
    number = decimal(basis_points, 2, language)
    return f"{number}%" if language == "en" else f"{number}\xa0%"


def decimal(value: int, places: int, language: str) -> str:
    """A fixed-point number without the zeros at its end: 1250 with three places is 1.25."""
    whole, rest = divmod(abs(value), 10**places)
    digits = f"{rest:0{places}d}".rstrip("0")
    sign = "-" if value < 0 else ""
    grouped = texts.count(whole, language)
    return f"{sign}{grouped}" + (f"{texts.formats(language)['decimal']}{digits}" if digits else "")


def rule_title(rule: Mapping[str, Any], names: Mapping[str, Mapping[str, str]], language: str) -> str:
    """What the rule is called in that language, else as it was named first."""
    return (names.get(rule["name"]) or {}).get(language) or rule["name"]


def one_line(parts: Mapping[Part, str], wanted: Iterable[Part] = ("gives", "who", "when", "needs")) -> str:
    """The parts a list shows, one after another."""
    return " ".join(parts[part] for part in wanted if part in parts)
