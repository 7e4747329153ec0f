"""What changed from one rule set to another, in plain words: rules added, removed, and changed part by part; and what
the law says of goods, which drafts cannot change."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from loyalty.drafts.rules import Change, changes_between
from loyalty.pricing.rules import Regulation
from loyalty.pricing.summary import PARTS
from loyalty.pricing.wire_rules import read_regulations
from web import texts
from web.rules.words import Words, one_line, rule_title

Json = Mapping[str, Any]
Names = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Altered:
    """One part of a rule as it was and as it is; `part` is the key of its heading."""

    part: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What became of one rule, group or class of goods. `summary` is said of what was added or removed."""

    id: str
    title: str
    change: Change
    summary: str
    altered: tuple[Altered, ...] = ()


def differences(before: Json, names_before: Names, after: Json, names_after: Names, words: Words) -> list[Difference]:
    """Changed and added rules in their order, then those removed; groups last."""
    old = {rule["id"]: rule for rule in before["rules"]}
    new = {rule["id"]: rule for rule in after["rules"]}
    changes = changes_between(before, after)
    for id_ in new.keys() & old.keys() - changes.keys():
        if new[id_] == old[id_] and _names(new[id_], names_after) != _names(old[id_], names_before):
            changes[id_] = Change.CHANGED
    found: list[Difference] = []
    for id_, change in changes.items():
        rule, names = (old[id_], names_before) if change is Change.REMOVED else (new[id_], names_after)
        altered = _altered(old[id_], names_before, rule, names_after, words) if change is Change.CHANGED else ()
        title = rule_title(rule, names, words.language)
        found.append(Difference(id_, title, change, one_line(words.parts(rule), PARTS), altered))
    order = [Change.ADDED, Change.CHANGED, Change.REMOVED]
    found.sort(key=lambda each: (order.index(each.change), each.title))
    return [*found, *_groups(before, after, words)]


def _names(rule: Json, names: Names) -> tuple[str, ...]:
    return tuple(rule_title(rule, names, language) for language in texts.LANGUAGES)


def _altered(old: Json, names_old: Names, new: Json, names_new: Names, words: Words) -> tuple[Altered, ...]:
    before, after = words.parts(old), words.parts(new)
    said_before, said_after = " / ".join(_names(old, names_old)), " / ".join(_names(new, names_new))
    found = [Altered("name", said_before, said_after)] if said_before != said_after else []
    found += [
        Altered(part, before.get(part, ""), after.get(part, ""))
        for part in PARTS
        if before.get(part) != after.get(part)
    ]
    return tuple(found)


def _groups(before: Json, after: Json, words: Words) -> list[Difference]:
    old = {group["id"]: group for group in before.get("groups") or ()}
    new = {group["id"]: group for group in after.get("groups") or ()}
    found: list[Difference] = []
    for id_ in sorted(old.keys() | new.keys()):
        if old.get(id_) == new.get(id_):
            continue
        change = Change.CHANGED if id_ in old and id_ in new else Change.ADDED if id_ in new else Change.REMOVED
        said = [group_words(groups[id_], words.language) if id_ in groups else "" for groups in (old, new)]
        altered = (Altered("together", *said),) if change is Change.CHANGED else ()
        title = texts.text(words.language, "rules.group_named", group=id_)
        found.append(Difference(id_, title, change, said[1] or said[0], altered))
    return found


def group_words(group: Json, language: str) -> str:
    """What a group says of its rules."""
    said = [
        texts.text(language, f"group.mode.{group.get('mode') or 'best_of'}"),
        texts.text(language, f"group.scope.{group.get('scope') or 'line'}"),
    ]
    if group.get("stackable"):
        said.append(texts.text(language, "group.stackable"))
    if blocks := group.get("blocks"):
        sources = ", ".join(texts.text(language, f"source.{source}") for source in blocks)
        said.append(texts.text(language, "group.blocks", sources=sources))
    return " ".join(said)


def law_differences(before: Json, after: Json, called: Names, words: Words) -> list[Difference]:
    """What became of each class of goods that a law regulates, by code; `called` are the classes' names."""
    old = {each.code: each for each in read_regulations(before)}
    new = {each.code: each for each in read_regulations(after)}
    found: list[Difference] = []
    for code in sorted(old.keys() | new.keys()):
        if old.get(code) == new.get(code):
            continue
        change = Change.CHANGED if code in old and code in new else Change.ADDED if code in new else Change.REMOVED
        said = [law_words(laws[code], words) if code in laws else "" for laws in (old, new)]
        altered = (Altered("law", *said),) if change is Change.CHANGED else ()
        name = (called.get(code) or {}).get(words.language) or next(iter((called.get(code) or {}).values()), code)
        title = texts.text(words.language, "law.named", name=name)
        found.append(Difference(f"law-{code}", title, change, said[1] or said[0], altered))
    return found


def law_words(law: Regulation, words: Words) -> str:
    """What the law says of a class, as far as it changes prices."""
    forbids = [
        name for name, forbidden in (("no_discount", law.no_discount), ("no_points", law.no_points)) if forbidden
    ]
    named = [texts.text(words.language, f"law.{name}") for name in forbids or ["nothing"]]
    said = [f"{texts.text(words.language, 'law.forbids')}: {'; '.join(named)}"]
    bounds = [("at_least", law.floor), ("at_most", law.ceiling)]
    prices = [
        texts.text(words.language, f"law.{key}", price=words.money(price)) for key, price in bounds if price is not None
    ]
    if prices:
        said.append(f"{texts.text(words.language, 'law.price')}: {', '.join(prices)}")
    return ". ".join(said) + "."
