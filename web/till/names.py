"""Short names for what modules declare: the most used ones get the shortest, and no name hides another that is used beside it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import count

from web.till.cursor import Binding, Scope
from web.till.lean import Token
from web.till.words import GLOBALS, KEYWORDS

FIRST = "etnrisoalcuphdfmgbvywkxSCTPAEMIDLNROBFHzjqUVWGJKXYQZ_$"
FURTHER = FIRST + "0123456789"


def shortened(modules: list[Scope], same: Mapping[Binding, Binding], taken: set[str]) -> dict[Binding, str]:
    """A name for each declaration of all modules, which come to stand in one scope; `same`: what an imported one really is.

    `taken` are names that must stay free besides the browser's own.
    """
    uses: dict[Binding, int] = {}
    for scope in modules:
        for binding in scope.declared.values():
            home = same.get(binding, binding)
            uses[home] = uses.get(home, 0) + len(binding.uses)
    names = dict(zip(_by_use(uses), _short(KEYWORDS | GLOBALS | taken), strict=False))
    whole = {**names, **{binding: names[home] for binding, home in same.items()}}
    for scope in modules:
        for each in scope.inner:
            _name_inside(each, whole)
    return {binding: name for binding, name in whole.items() if binding not in same}


def _by_use(uses: Mapping[Binding, int]) -> list[Binding]:
    return sorted(uses, key=lambda binding: -uses[binding])


def _name_inside(scope: Scope, names: dict[Binding, str]) -> None:
    """Names for what `scope` and the scopes in it declare: none that stands for something of outside which is used in there."""
    own = set(scope.declared.values())
    beside = {names[binding] for binding in _used_in(scope) if binding in names}
    for private in (False, True):
        mine = [
            binding for binding in scope.declared.values() if binding.name.startswith("#") == private and binding in own
        ]
        sign = "#" if private else ""
        free = (sign + name for name in _short(KEYWORDS | GLOBALS) if sign + name not in beside)
        names.update(zip(_by_use({binding: len(binding.uses) for binding in mine}), free, strict=False))
    for each in scope.inner:
        _name_inside(each, names)


def _used_in(scope: Scope) -> Iterator[Binding]:
    yield from scope.resolved
    for each in scope.inner:
        yield from _used_in(each)


def _short(taken: Iterable[str]) -> Iterator[str]:
    """a, b, …, aa, ab, … without those taken."""
    for length in count(1):
        for name in _of_length(length):
            if name not in taken:
                yield name


def _of_length(length: int) -> Iterator[str]:
    if length == 1:
        yield from FIRST
        return
    for start in _of_length(length - 1):
        for letter in FURTHER:
            yield start + letter


def renamed(row: list[Token], scope: Scope, names: Mapping[Binding, str]) -> list[Token]:
    """The tokens with each declared name as its short one; `{name}` becomes `{name:short}`."""
    found = list(row)
    for binding in _declared_in(scope):
        short = names[binding]
        for use in binding.uses:
            text = f"{binding.name}:{short}" if use.short_hand and short != binding.name else short
            found[use.at] = replace(found[use.at], text=text)
    return found


def _declared_in(scope: Scope) -> Iterator[Binding]:
    yield from scope.declared.values()
    for each in scope.inner:
        yield from _declared_in(each)
