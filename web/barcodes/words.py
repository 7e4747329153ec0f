"""Templates of labels, and routes, in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from loyalty.pricing.queries import Currency
from pos.catalog.labels import LENGTH, NextLabel, SeenLabel, Template
from pos.catalog.queries import ProductRow
from pos.catalog.rules import Route, ValueUnit, unit_size
from web.texts import money, text


@dataclass(frozen=True, slots=True)
class Proposal:
    """A template as the page shows it: the digits of the first label by their meaning, what speaks for it, and the goods
    (id and number) that would get the number on their label."""

    template: Template
    item: str
    between: str
    value: str
    check: str
    means: str
    remarks: list[str]
    numbers: list[str]


@dataclass(frozen=True, slots=True)
class Words:
    """In one language, for one currency."""

    language: str
    currency: Currency

    def proposal(self, template: Template, label: SeenLabel, goods: Sequence[ProductRow | None]) -> Proposal:
        """The template over the first of the labels; `goods` are those of each label."""
        item_end = len(template.prefix) + template.item_digits
        value_from = LENGTH - 1 - template.value_digits
        value = label.code[value_from : LENGTH - 1]
        return Proposal(
            template=template,
            item=template.items[0],
            between=label.code[item_end:value_from],
            value=value,
            check=label.code[-1],
            means=self.amount(int(value) * unit_size(template.unit, self.currency.exponent), template.unit),
            remarks=self._remarks(template, goods),
            numbers=[] if template.knows_goods else _numbers(template, goods),
        )

    def next_label(self, label: NextLabel) -> str:
        """Which label to scan next."""
        return self.t(f"barcodes.next.{label.what}", least=self.amount(label.at_least, label.unit))

    def division(self, route: Route) -> str:
        """What the digits of a route's codes mean; empty where they have no meaning of their own."""
        if route.item is None or route.value is None:
            return ""
        return self.t(
            "barcodes.division",
            item=f"{route.item[0] + 1}–{route.item[1]}",
            value=f"{route.value[0] + 1}–{route.value[1]}",
            unit=self.t(f"barcodes.unit.{route.unit}"),
        )

    def amount(self, size: int, unit: ValueUnit) -> str:
        """Grams as kilograms, coins as money, pieces."""
        match unit:
            case "g" | "10g":
                return self.t("barcodes.kilograms", weight=f"{size // 1_000}.{size % 1_000:03}")
            case "minor" | "major":
                return money(size, self.currency.code, self.currency.exponent, self.language)
            case "piece":
                return self.t("barcodes.pieces_of", pieces=size)

    def t(self, key: str, **fields: object) -> str:
        return text(self.language, key, **fields)

    def _remarks(self, template: Template, goods: Sequence[ProductRow | None]) -> list[str]:
        keys: list[str] = []
        if template.inner:
            keys.append("inner_checks" if template.inner_checks else "inner_other")
        if template.knows_goods:
            keys.append("goods_known")
        elif any(goods):
            keys.append("goods_new")
        return [self.t(f"barcodes.{key}") for key in keys]


def _numbers(template: Template, goods: Sequence[ProductRow | None]) -> list[str]:
    pairs = zip(goods, template.items, strict=True)
    return list(dict.fromkeys(f"{row.id} {item}" for row, item in pairs if row is not None))
