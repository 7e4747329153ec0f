# pyright: strict
"""A rule set made ready: rules in their order, found by product and category, so that re-pricing touches few of them."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from loyalty.pricing.basket import Line
from loyalty.pricing.rules import Group, Regulation, Rule, RuleSet


@dataclass(frozen=True, slots=True)
class Prepared:
    """`rules` are sorted by priority and id; the indexes hold their positions."""

    version: int
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
    everywhere = [at for at, rule in enumerate(rules) if not rule.what.products and not rule.what.categories]
    return Prepared(
        version=rule_set.version,
        rules=rules,
        groups={group.id: group for group in rule_set.groups},
        regulations={regulation.code: regulation for regulation in rule_set.regulations},
        on_all=tuple(everywhere),
        by_product=_index((product, at) for at, rule in enumerate(rules) for product in rule.what.products),
        by_category=_index((category, at) for at, rule in enumerate(rules) for category in rule.what.categories),
    )


def _index(pairs: Iterable[tuple[int, int]]) -> dict[int, list[int]]:
    index: dict[int, list[int]] = {}
    for key, at in pairs:
        index.setdefault(key, []).append(at)
    return index


def excluded(rule: Rule, line: Line) -> bool:
    what = rule.what
    return line.product in what.except_products or any(category in what.except_categories for category in line.category)
