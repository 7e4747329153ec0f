# pyright: strict
"""Which rules are in each other's way, so that leaving one out may serve the client better, and which of them must meet.

Rules that only compete on single lines are not among them: there the best one is found line by line.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from loyalty.pricing.course import Course, after
from loyalty.pricing.groups import Wanted
from loyalty.pricing.lines import PricedLine
from loyalty.pricing.rules import BasketPercent, Group, NForM, Rule, Scale, SetOf, SumBy
from loyalty.pricing.sets import pick_n_for_m, pick_set
from loyalty.pricing.slabs import Slabs
from loyalty.pricing.units import Pool
from pos.core.money import MAX_AMOUNT, rounded


@dataclass(frozen=True, slots=True)
class Contest:
    """Rules to be chosen together, by priority and id, with the most that each may take off.

    Of each of the sets `one_of` at most one rule holds.
    """

    rules: Sequence[Rule]
    most: Sequence[int]
    one_of: Sequence[frozenset[str]]


class Links:
    """Rules found to be in each other's way."""

    def __init__(self) -> None:
        self._root: dict[str, str] = {}

    def add(self, rule: str) -> None:
        self._root.setdefault(rule, rule)

    def join(self, rules: Iterable[str]) -> None:
        roots = sorted({self.of(rule) for rule in rules})
        for root in roots:
            self._root[root] = roots[0]

    def of(self, rule: str) -> str:
        self.add(rule)
        while self._root[rule] != rule:
            rule = self._root[rule]
        return rule

    def __contains__(self, rule: str) -> bool:
        return rule in self._root

    def all(self) -> list[str]:
        return list(self._root)


def may_contend(course: Course) -> bool:
    """Whether there can be any contest: most receipts have nothing of what makes one, and are spared the look."""
    if (
        course.takers
        or course.allowances
        or len(course.on_basket) > 2
        or any(after(each.rule) for each in course.givers)
    ):
        return True
    if any(group.mode == "best_of" or _sums_on_top(group) for group in course.prepared.groups.values()):
        return True
    if any(not held.rule.over_discounted or after(held.rule) for held in course.on_basket):
        return True
    return any((not rule.over_discounted and course.stacks(rule)) or _by_slabs(rule) for rule in course.rules.values())


def contests(course: Course, off: frozenset[str]) -> list[Contest]:
    """The contests among the rules of the course that are not `off`; the course has been run with all of them."""
    course.reset()
    lowering = _lowering(course, off)
    links = Links()
    one_of = _groups(course, off, links)
    _takers(course, off, lowering, links)
    _prices_summed(course, off, lowering, links)
    _uneven_units(course, off, lowering, links)
    _sums_after(course, off, lowering, links)
    _not_over_discounted(course, off, lowering, links)
    _limited_sums(course, off, lowering, links)
    _baskets(course, off, links)
    _join_on_lines(course, lowering, links)
    found: dict[str, list[Rule]] = {}
    for rule in course.rules.values():
        if rule.id in links:
            found.setdefault(links.of(rule.id), []).append(rule)
    return [
        Contest(rules, [most_off(course, rule) for rule in rules], [group for group in one_of if _within(group, rules)])
        for rules in found.values()
    ]


def _within(group: frozenset[str], rules: Sequence[Rule]) -> bool:
    return any(rule.id in group for rule in rules)


def _lowering(course: Course, off: frozenset[str]) -> dict[int, list[str]]:
    """For each line the line rules and the takers that could lower it."""
    found = {
        index: [each.rule.id for each in on.wanted if each.rule.id not in off and _gives(course, on.line, each)]
        for index, on in course.on_line.items()
    }
    for held in course.takers:
        if held.rule.id not in off:
            for line in held.goods:
                found[line.index].append(held.rule.id)
    return found


def _gives(course: Course, line: PricedLine, each: Wanted) -> bool:
    """Whether the rule lowers the line; what a price step hides at one price it may show at another."""
    return each.alone.net < line.net or (course.step > 1 and course.stacks(each.rule))


def _groups(course: Course, off: frozenset[str], links: Links) -> list[frozenset[str]]:
    """Best-of groups for the receipt, and those whose members work in different phases."""
    one_of: list[frozenset[str]] = []
    for group in course.prepared.groups.values():
        members = [rule for rule in course.rules.values() if rule.group == group.id and rule.id not in off]
        if group.mode != "best_of" or len(members) < 2:
            continue
        if group.scope == "receipt":
            one_of.append(frozenset(rule.id for rule in members))
            links.join(rule.id for rule in members)
        elif len({rule.on_basket for rule in members}) > 1:
            links.join(rule.id for rule in members)
    return one_of


def _takers(course: Course, off: frozenset[str], lowering: dict[int, list[str]], links: Links) -> None:
    """A rule that takes units is in the way of every other rule on its lines.

    One that follows on the rest takes units at what the others left of them, which may lead it to units where it gives less.
    """
    for held in course.takers:
        id = held.rule.id
        if id in off or not any(len(lowering[line.index]) > 1 for line in held.goods):
            continue
        links.add(id)
        if course.stacks(held.rule):
            links.join([id, *(other for line in held.goods for other in lowering[line.index])])


def _sums_on_top(group: Group) -> bool:
    return group.mode == "additive" and group.stackable


def _prices_summed(course: Course, off: frozenset[str], lowering: dict[int, list[str]], links: Links) -> None:
    """A fixed price and more beside it, summed on the rest: a lower rest may come out dearer."""
    for group in course.prepared.groups.values():
        members = [rule for rule in course.rules.values() if rule.group == group.id and rule.id not in off]
        if not _sums_on_top(group) or not any(rule.effect.kind in ("price", "personal_price") for rule in members):
            continue
        for rule in members:
            links.join([rule.id, *(id for line in course.goods[rule.id] for id in lowering[line.index])])


def _uneven_units(course: Course, off: frozenset[str], lowering: dict[int, list[str]], links: Links) -> None:
    """Units of one line that come to cost different prices, as a set took some or slabs lower some, and what follows on each.

    A rule that looks at their sum evens them out, or is the best by that sum, and those that follow may find less to lower.
    """
    cut = {
        line.index
        for held in course.takers
        if held.rule.id not in off and not course.stacks(held.rule)
        for line in held.goods
    }
    for index, on in course.on_line.items():
        wanted = [each for each in on.wanted if each.rule.id in lowering[index]]
        following = {each.rule.id for each in wanted if _follows_on_units(course, each.rule)}
        causes = [each.rule.id for each in wanted if isinstance(each.value, Slabs)]
        if index in cut:
            causes += [each.rule.id for each in wanted if _looks_at_sum(course, each.rule)]
        if any(following - {cause} for cause in causes):
            links.join(lowering[index])


def _by_slabs(rule: Rule) -> bool:
    return rule.on_lines and isinstance(rule.value, Scale) and rule.value.mode == "slab"


def _follows_on_units(course: Course, rule: Rule) -> bool:
    """Whether the rule lowers each unit by what that unit costs after other rules."""
    group = course.prepared.groups.get(rule.group or "")
    in_turn = group is not None and group.mode == "sequential"
    return rule.rounding == "unit" and (in_turn or course.stacks(rule))


def _looks_at_sum(course: Course, rule: Rule) -> bool:
    """Whether the rule, or its group, follows on what the units cost together."""
    group = course.prepared.groups.get(rule.group or "")
    return course.stacks(rule) and (
        rule.rounding == "line" or (group is not None and group.stackable and group.mode != "sequential")
    )


def _sums_after(course: Course, off: frozenset[str], lowering: dict[int, list[str]], links: Links) -> None:
    """Rules that lower a sum which another rule would reach without them."""
    taken = {line.index for held in course.takers if held.rule.id not in off for line in held.goods}
    late = [*course.takers, *course.on_basket, *course.givers]
    for held in late:
        rule = held.rule
        if rule.id in off or not after(rule):
            continue
        for of, starts in _thresholds(rule):
            lines = course.lines if of == "receipt" else held.goods
            low = sum(line.low_net if line.index in taken else course.after_sets[line.index] for line in lines)
            high = sum(line.net for line in lines)
            if any(low < start <= high for start in starts):
                links.join([rule.id, *(id for line in lines for id in lowering[line.index])])


def _thresholds(rule: Rule) -> list[tuple[str, list[int]]]:
    found: list[tuple[str, list[int]]] = []
    if rule.needs_sum is not None and rule.needs_sum.by.basis == "after":
        found.append((rule.needs_sum.by.of, [rule.needs_sum.at_least]))
    value = rule.value
    if isinstance(value, Scale) and isinstance(value.by, SumBy) and value.by.basis == "after":
        found.append((value.by.of, [step.start for step in value.steps]))
    return found


def _not_over_discounted(course: Course, off: frozenset[str], lowering: dict[int, list[str]], links: Links) -> None:
    """Rules that leave alone what others have lowered before them."""
    baskets = [held.rule.id for held in course.on_basket if held.rule.id not in off]
    for rule, lines in course.goods_of():
        if rule.over_discounted or rule.id in off or not (rule.on_basket or course.stacks(rule)):
            continue
        for line in lines:
            others = [id for id in lowering[line.index] if id != rule.id]
            if others:
                links.join([rule.id, *others])
        if rule.on_basket and len(baskets) > 1:
            links.join(baskets)


def _limited_sums(course: Course, off: frozenset[str], lowering: dict[int, list[str]], links: Links) -> None:
    """Rules that may give less than their lines call for: what they keep to themselves others could give."""
    for rule, lines in course.goods_of():
        limit = course.allowances.get(rule.id)
        if limit is None or rule.id in off or rule.on_basket:
            continue
        sums = [each for each in (limit.sum, limit.whole_sum) if each is not None]
        if sums and most_off(course, rule) > min(sums):
            others = [id for line in lines for id in lowering[line.index]]
            if len(set(others)) > 1:
                links.join([rule.id, *others])


def _baskets(course: Course, off: frozenset[str], links: Links) -> None:
    """One basket rule wins; where others follow on the rest, the one that takes off most need not be the best."""
    held = [each.rule for each in course.on_basket if each.rule.id not in off]
    competing = [rule for rule in held if not course.stacks(rule)]
    if len(competing) > 1 and len(held) > len(competing):
        links.join(rule.id for rule in held)


def _join_on_lines(course: Course, lowering: dict[int, list[str]], links: Links) -> None:
    """Rules that are contested and share a line are chosen together."""
    for line in course.lines:
        on_basket = [held.rule.id for held in course.on_basket if line in held.goods]
        links.join([id for id in (*lowering[line.index], *on_basket) if id in links])


def most_off(course: Course, rule: Rule) -> int:
    """More than the rule could take off, whichever rules hold beside it; the lines are as the course began."""
    lines = course.goods[rule.id]
    room = sum(line.room for line in lines)
    if rule.on_basket:
        if not isinstance(rule.value, int):
            return room
        net = sum(line.net for line in lines)
        return min(room, rounded(net * rule.value, 10_000) + len(lines) if _percent(rule) else rule.value)
    effect = rule.effect
    stacks = Pool(lines).stacks(lines)
    if isinstance(effect, SetOf):
        return min(room, max(pick_set(effect, stacks, MAX_AMOUNT)[1], 0)) if not course.stacks(rule) else room
    if isinstance(effect, NForM):
        times, _ = pick_n_for_m(effect, stacks, MAX_AMOUNT)
        left, dearest = times * (effect.take - effect.pay), 0
        for stack in stacks:
            dearest += min(left, stack.count) * stack.price
            left = max(left - stack.count, 0)
        return min(room, dearest)
    alone = {line.index: line.net - each.alone.net for line, each in course.wanted_by(rule.id)}
    if not alone:
        return room
    units = sum(1 + line.quantity // 1_000 for line in lines)
    return min(room, sum(alone.values()) + course.step * units)


def _percent(rule: Rule) -> bool:
    return isinstance(rule.effect, BasketPercent)
