# pyright: strict
"""Prices the receipt with the rules that serve the client best, and says what beat the ones left out."""

from loyalty.pricing.allowed import given_by
from loyalty.pricing.course import Course
from loyalty.pricing.events import Events, Unheard
from loyalty.pricing.search import first_of_exclusive_groups, left_out


def settle(course: Course) -> Events:
    """Choose the rules and run the course with them; returns what became of each rule."""
    exclusive = first_of_exclusive_groups(course)
    off = frozenset(exclusive)
    first, runs = course.common.copy(), course.runs
    course.run(off, first)
    if course.prepared.best_outcome:
        off = left_out(course, off)
    if not off and course.runs == runs + 1:
        return first
    course.run(off, Unheard())
    taken = {id: {line.index for line in course.lines if given_by(id, [line])} for id in course.giving()}
    gave = {id: given_by(id, course.lines) for id in taken}
    idle = course.contested - off - set(gave)
    would = {id: _would_give(course, off, id) for id in sorted(off | idle)}
    events = course.common.copy()
    course.run(off, events)
    for id in sorted(off):
        by = exclusive.get(id) or _winner(course, id, taken, gave)
        if by is None or not any(would[id].values()):
            _gives_nothing(course, id, events)
        else:
            _beaten(course, id, by, would[id], events)
    for id in sorted(idle):
        events.would_give(id, would[id])
    return events


def _would_give(course: Course, off: frozenset[str], id: str) -> dict[int, int]:
    """What the rule would take off each line if no other contested rule held."""
    course.run((off - {id}) | {other for other in course.contested if other != id}, Unheard())
    return {line.index: given_by(id, [line]) for line in course.goods[id]}


def _winner(course: Course, id: str, taken: dict[str, set[int]], gave: dict[str, int]) -> str | None:
    """The rule that gives most on the lines of the one left out, or else on the receipt."""
    lines = {line.index for line in course.goods[id]}
    rivals = [other for other in gave if taken[other] & lines] or list(gave)
    return min(rivals, key=lambda other: (-gave[other], course.rules[other].priority, other), default=None)


def _gives_nothing(course: Course, id: str, events: Events) -> None:
    """A rule that was left out and would have given nothing."""
    answered = events.lines_of(id)
    for line in course.goods[id]:
        if line.index not in answered:
            events.not_met(id, line, "saving")


def _beaten(course: Course, id: str, by: str, would: dict[int, int], events: Events) -> None:
    events.beaten_on_receipt(id, by, sum(would.values()))
    answered = events.lines_of(id)
    for line in course.goods[id]:
        if line.index not in answered:
            events.beaten(id, line, by, would[line.index])
