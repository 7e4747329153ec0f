"""One module's file: its imports and exports taken out of its text, its names read."""

from dataclasses import dataclass, field
from pathlib import Path

from web.till.cursor import Scope
from web.till.lean import Token, tokens
from web.till.scopes import read_scopes

DECLARED = frozenset(["const", "function", "class"])
AS_RELEASED = (".umd.js", ".min.js")
"""Others' files without imports and exports: taken in byte for byte."""


class Unjoinable(ValueError):
    """A module that says something this file does not know, and where."""


@dataclass(slots=True)
class Module:
    """`imports` as bound names (outer, inner; outer "*" for the whole module) and path; `exports` as outer name → inner name.

    `later` says which token is the name of a module that is imported inside a function, and its path; `released` is the text of
    a file of others that is taken in byte for byte.
    """

    path: Path
    row: list[Token] = field(default_factory=list[Token])
    imports: list[tuple[list[tuple[str, str]], Path]] = field(default_factory=list[tuple[list[tuple[str, str]], Path]])
    exports: dict[str, str] = field(default_factory=dict[str, str])
    later: dict[int, Path] = field(default_factory=dict[int, Path])
    released: str = ""
    scope: Scope = field(default_factory=Scope)


def read(path: Path) -> Module:
    """One file, its imports and exports taken out of its text."""
    source = path.read_text("utf-8")
    if path.name.endswith(AS_RELEASED):
        return Module(path, released=source.partition("\n//# sourceMappingURL")[0])
    module = Module(path)
    row = list(tokens(source))
    kept: list[Token] = []
    depth = at = 0
    while at < len(row):
        token = row[at]
        depth += _deeper(token)
        if depth == 0 and token.text == "import" and row[at + 1].text not in {".", "("}:
            at = _take_import(module, row, at)
        elif depth == 0 and token.text == "export":
            at = _take_export(module, row, at, kept)
        else:
            if token.text == "import" and row[at + 1].text == "(":
                _note_later(module, row[at + 2 : at + 4], len(kept) + 2)
            kept.append(token)
            at += 1
    module.row = kept
    module.scope = read_scopes(kept, [inner for bound, _ in module.imports for _, inner in bound])
    _all_declared(module)
    return module


def _note_later(module: Module, what: list[Token], place: int) -> None:
    """`import("./file.js")` inside a function: the file must be named as it is, so that its address can be put in."""
    name, end = what
    if name.kind != "text" or end.text != ")":
        raise Unjoinable(f"{module.path.name} imports something later that it does not name")
    module.later[place] = (module.path.parent / name.text[1:-1]).resolve()


def _all_declared(module: Module) -> None:
    missing = set(module.exports.values()) - set(module.scope.declared)
    if missing:
        raise Unjoinable(f"{module.path.name} exports {sorted(missing)}, which it does not declare")


def _deeper(token: Token) -> int:
    if token.kind == "sign":
        return {"{": 1, "(": 1, "[": 1, "}": -1, ")": -1, "]": -1}.get(token.text, 0)
    if token.kind == "piece":  # `…${ opens, }…${ goes on, }…` closes
        return token.text.endswith("${") - token.text.startswith("}")
    return 0


def _statement(row: list[Token], at: int) -> int:
    """Where the statement's semicolon stands."""
    while row[at].text != ";":
        at += 1
    return at


def _take_import(module: Module, row: list[Token], at: int) -> int:
    end = _statement(row, at)
    *what, source = row[at + 1 : end]
    path = (module.path.parent / source.text[1:-1]).resolve()
    match [token.text for token in what]:
        case []:
            bound: list[tuple[str, str]] = []
        case ["*", "as", name, "from"]:
            bound = [("*", name)]
        case ["{", *names, "}", "from"]:
            bound = _pairs(names)
        case [name, "from"]:
            bound = [("default", name)]
        case other:
            raise Unjoinable(f"{module.path.name}: import {' '.join(other)}")
    module.imports.append((bound, path))
    return end + 1


def _pairs(names: list[str]) -> list[tuple[str, str]]:
    """`a, b as c` as (a, a), (b, c)."""
    pairs = [each.strip().partition(" as ") for each in " ".join(names).split(",")]
    return [(first, second or first) for first, _, second in pairs if first]


def _take_export(module: Module, row: list[Token], at: int, kept: list[Token]) -> int:
    """Takes the word away and notes the names; answers where to go on."""
    what = row[at + 1]
    if what.text == "{":
        return _take_list(module, row, at)
    if what.text == "default":
        module.exports["default"] = "$default"
        kept += [Token("word", "const", row[at].gap), Token("word", "$default", " "), Token("sign", "=", "")]
        return at + 2
    declared = row[at + 2] if what.text == "async" else what
    if declared.text not in DECLARED:
        raise Unjoinable(f"{module.path.name}: export {declared.text}")
    place = at + 2 + (what.text == "async")
    names = [token.text for token in row[place : _statement(row, place)]] if row[place].text == "{" else []
    named = names[1 : names.index("}")] if names else [row[place].text]
    module.exports |= {each: each for each in named if each != ","}
    kept.append(Token(what.kind, what.text, "\n"))
    return at + 2


def _take_list(module: Module, row: list[Token], at: int) -> int:
    """`export { a, b as c };`, or the same `from` another module: bound under names that nobody else uses."""
    end = _statement(row, at)
    close = next(place for place in range(at, end) if row[place].text == "}")
    pairs = _pairs([token.text for token in row[at + 2 : close]])
    if close + 1 == end:
        module.exports |= {outer: inner for inner, outer in pairs}
        return end + 1
    source = row[end - 1].text[1:-1]
    module.imports.append(([(inner, f"$from_{inner}") for inner, _ in pairs], (module.path.parent / source).resolve()))
    module.exports |= {outer: f"$from_{inner}" for inner, outer in pairs}
    return end + 1
