# pyright: strict
"""The best outcome for the client: which rules to leave out (docs/decisions/pricing-best-outcome.md).

Up to `EXACT` rules that are in each other's way are decided by looking at every choice that could still be the best; more
of them by steps from two starts, at most `MOST_STEPS` prices in all, fewer on a long receipt.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from loyalty.pricing.contest import Contest, contests, may_contend
from loyalty.pricing.course import Course
from loyalty.pricing.events import Unheard
from loyalty.pricing.rules import Rule

EXACT = 12
MOST_STEPS = 240
LEAST_STEPS = 24
MOST_LINES_PRICED = 7_200
"""Prices times lines of a search by steps, so that a receipt of 200 lines takes no longer than one of 30."""
Key = tuple[int, int, list[tuple[int, str]], int, list[tuple[int, str]]]


@dataclass(slots=True)
class Best:
    """The choice that leads so far: what is left out, and how it ranks."""

    off: frozenset[str]
    key: Key


def left_out(course: Course, off: frozenset[str]) -> frozenset[str]:
    """The rules to leave out beside `off`, for the lowest sum to pay.

    The course has been run without them, and is left so where nothing is tried.
    """
    if not may_contend(course):
        return off
    states = [(line, line.state()) for line, _ in course.started]
    found = contests(course, off)
    if not found:
        for line, state in states:
            line.restore(state)
    course.contested = {rule.id for contest in found for rule in contest.rules}
    out = off | _second_members(found)
    for contest in found:
        out = _exactly(course, contest, out) if len(contest.rules) <= EXACT else _by_steps(course, contest, out)
    return out


def _second_members(found: Iterable[Contest]) -> frozenset[str]:
    """All but the first of each group of which one rule may hold: somewhere to begin."""
    out: set[str] = set()
    for contest in found:
        for group in contest.one_of:
            out.update([rule.id for rule in contest.rules if rule.id in group][1:])
    return frozenset(out)


def _rank(course: Course, off: frozenset[str]) -> Key:
    """Prices the receipt: lowest sum, then fewer rules that give, lower priority numbers, ids, fewer left out, the first kept."""
    net = course.run(off, Unheard())
    given = sorted((course.rules[id].priority, id) for id in course.giving())
    kept = sorted((course.rules[id].priority, id) for id in course.contested if id not in off)
    return (net, len(given), given, len(off), kept)


def _exactly(course: Course, contest: Contest, off: frozenset[str]) -> frozenset[str]:
    """Every choice of the contest's rules, except where what they could take off at most cannot make it the best."""
    ids = [rule.id for rule in contest.rules]
    others = off - set(ids)
    best = Best(off, _rank(course, off))
    without = course.run(others | set(ids), Unheard())

    def look(at: int, out: frozenset[str], could: int) -> None:
        if without - could > best.key[0]:
            return
        if at == len(ids):
            if out != best.off and _allowed(contest.one_of, ids, out):
                key = _rank(course, out)
                if key < best.key:
                    best.off, best.key = out, key
            return
        look(at + 1, out, could)
        look(at + 1, out | {ids[at]}, could - contest.most[at])

    look(0, others, sum(contest.most))
    return best.off


def _allowed(one_of: Sequence[frozenset[str]], ids: Sequence[str], out: frozenset[str]) -> bool:
    return all(sum(id in group and id not in out for id in ids) <= 1 for group in one_of)


def _by_steps(course: Course, contest: Contest, off: frozenset[str]) -> frozenset[str]:
    """From all rules and from none, one rule in or out at a time while that is better, the most promising first."""
    order = [rule for _, rule in sorted(zip(contest.most, contest.rules, strict=True), key=_promise)]
    ids = {rule.id for rule in order}
    others = off - ids
    steps = most_steps(len(course.lines)) // 2
    found = [_climb(course, contest, order, start, steps) for start in (off, others | ids)]
    return min(found, key=lambda best: best.key).off


def most_steps(lines: int) -> int:
    """How many prices a search by steps may take on a receipt of so many lines."""
    return max(LEAST_STEPS, min(MOST_STEPS, MOST_LINES_PRICED // max(lines, 1)))


def _promise(each: tuple[int, Rule]) -> tuple[int, int, str]:
    most, rule = each
    return (-most, rule.priority, rule.id)


def _climb(course: Course, contest: Contest, order: Sequence[Rule], start: frozenset[str], steps: int) -> Best:
    ids = [rule.id for rule in order]
    best = Best(start, _rank(course, start))
    steps -= 1
    improved = True
    while improved:
        improved = False
        for id in ids:
            out = best.off - {id} if id in best.off else best.off | {id}
            if not _allowed(contest.one_of, ids, out):
                fellows = {other for group in contest.one_of if id in group for other in group if other != id}
                out = out | fellows
            if steps == 0:
                return best
            key = _rank(course, out)
            steps -= 1
            if key < best.key:
                best.off, best.key, improved = out, key, True
    return best


def first_of_exclusive_groups(course: Course) -> dict[str, str]:
    """Rules that an exclusive group leaves out, with the one that holds: the first that would give something alone."""
    beaten: dict[str, str] = {}
    everyone = frozenset(course.rules)
    for group in course.prepared.groups.values():
        members = [rule.id for rule in course.rules.values() if rule.group == group.id]
        if group.mode != "exclusive" or len(members) < 2:
            continue
        nothing = course.run(everyone, Unheard())
        for id in members:
            if course.run(everyone - {id}, Unheard()) < nothing:
                beaten |= {other: id for other in members if other != id}
                break
    return beaten
