# pyright: strict
"""A rule set made ready: rules in their order, found by product and category, so that re-pricing touches few of them."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from loyalty.pricing.basket import Line
from loyalty.pricing.rules import Group, Regulation, Rule, RuleSet, SetOf, What


@dataclass(frozen=True, slots=True)
class Prepared:
    """`rules` are sorted by priority and id; the indexes hold their positions.

    `best_outcome`: rules that are in each other's way are chosen for the receipt (form 2), not phase by phase (form 1).
    """

    version: int
    best_outcome: bool
    rules: tuple[Rule, ...]
    groups: dict[str, Group]
    regulations: dict[str, Regulation]
    on_all: tuple[int, ...]
    by_product: dict[int, list[int]] = field(default_factory=dict[int, list[int]])
    by_category: dict[int, list[int]] = field(default_factory=dict[int, list[int]])

    def rules_for(self, line: Line) -> set[int]:
        """Positions of the rules that select the line, exclusions not yet considered."""
        found = set(self.on_all)
        found.update(self.by_product.get(line.product, ()))
        for category in line.category:
            found.update(self.by_category.get(category, ()))
        return found


def prepare(rule_set: RuleSet) -> Prepared:
    rules = tuple(sorted(rule_set.rules, key=lambda rule: (rule.priority, rule.id)))
    goods = [_goods(rule) for rule in rules]
    everywhere = [
        at for at, each in enumerate(goods) if any(not what.products and not what.categories for what in each)
    ]
    return Prepared(
        version=rule_set.version,
        best_outcome=rule_set.schema > 1,
        rules=rules,
        groups={group.id: group for group in rule_set.groups},
        regulations={regulation.code: regulation for regulation in rule_set.regulations},
        on_all=tuple(everywhere),
        by_product=_index((product, at) for at, each in enumerate(goods) for what in each for product in what.products),
        by_category=_index(
            (category, at) for at, each in enumerate(goods) for what in each for category in what.categories
        ),
    )


def _index(pairs: Iterable[tuple[int, int]]) -> dict[int, list[int]]:
    index: dict[int, list[int]] = {}
    for key, at in pairs:
        index.setdefault(key, []).append(at)
    return index


def _goods(rule: Rule) -> tuple[What, ...]:
    """What the rule is about; of a set, what its parts are about."""
    return tuple(part.what for part in rule.effect.parts) if isinstance(rule.effect, SetOf) else (rule.what,)


def excluded(rule: Rule, line: Line) -> bool:
    if isinstance(rule.effect, SetOf):
        return not any(selects(part.what, line) for part in rule.effect.parts)
    return _excepted(rule.what, line)


def selects(what: What, line: Line) -> bool:
    """Whether the line is of these goods."""
    everything = not what.products and not what.categories
    named = everything or line.product in what.products or any(each in what.categories for each in line.category)
    return named and not _excepted(what, line)


def _excepted(what: What, line: Line) -> bool:
    return line.product in what.except_products or any(category in what.except_categories for category in line.category)
