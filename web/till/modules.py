"""The modules that a page loads, joined into one in the order in which a browser would run them.

Each module keeps a scope of its own: it becomes a function that runs once and answers what the module exports. That is what a
browser does with them, as long as no module waits for its own importer and no exported variable is set anew; both are refused.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from web.till.lean import Token, joined, tokens

DECLARED = frozenset(["const", "function", "class"])
AS_RELEASED = (".umd.js", ".min.js")
"""Others' files without imports and exports: taken in byte for byte."""


class Unjoinable(ValueError):
    """A module that says something this file does not know, and where."""


@dataclass(slots=True)
class Module:
    """`imports` as pattern and path ("" where nothing is bound); `exports` as outer name → inner name."""

    path: Path
    body: str = ""
    imports: list[tuple[str, Path]] = field(default_factory=list)
    exports: dict[str, str] = field(default_factory=dict)


def join(entry: Path, addresses: dict[Path, str]) -> str:
    """The program of `entry` as one module that exports what `entry` does. `addresses` says where each file would stand."""
    order = _in_order(entry)
    _all_there(order)
    names = {module.path: f"${at}" for at, module in enumerate(order)}
    parts: list[str] = []
    for module in order:
        head = "".join(_bound(names[path], pattern) for pattern, path in module.imports)
        body = module.body.replace("import.meta.url", f'new URL("{addresses[module.path]}",location.origin).href')
        if module.path == entry:
            listed = ",".join(f"{inner} as {outer}" for outer, inner in module.exports.items())
            parts.append(f"{head}{body}\nexport{{{listed}}};\n")
        else:
            listed = ",".join(f"{outer}:{inner}" for outer, inner in module.exports.items())
            parts.append(f"const {names[module.path]}=(()=>{{{head}{body}\nreturn{{{listed}}}}})();\n")
    return "".join(parts)


def _all_there(order: list[Module]) -> None:
    """Raises `Unjoinable` for a name that its module does not export (it would be silently undefined)."""
    exported = {module.path: module.exports for module in order}
    for module in order:
        for pattern, path in module.imports:
            names = pattern[1:-1].split(",") if pattern.startswith("{") else []
            missing = {each.partition(":")[0] for each in names if each} - set(exported[path])
            if missing:
                raise Unjoinable(f"{module.path.name} imports {sorted(missing)}, which {path.name} does not export")


def _bound(name: str, pattern: str) -> str:
    return f"const {pattern}={name};" if pattern else ""


def _in_order(entry: Path) -> list[Module]:
    """Every module after those it imports. Raises `Unjoinable` where they import each other."""
    found: dict[Path, Module] = {}
    above: list[Path] = []

    def visit(path: Path) -> None:
        if path in above:
            raise Unjoinable(f"{path.name} and {above[-1].name} import each other")
        if path in found:
            return
        module = read(path)
        above.append(path)
        for _, other in module.imports:
            visit(other)
        above.pop()
        found[path] = module

    visit(entry)
    return list(found.values())


def read(path: Path) -> Module:
    """One file, its imports and exports taken out of its text."""
    source = path.read_text("utf-8")
    if path.name.endswith(AS_RELEASED):
        return Module(path, source.partition("\n//# sourceMappingURL")[0])
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
                raise Unjoinable(f"{path.name} imports something later")
            kept.append(token)
            at += 1
    module.body = joined(kept)
    return module


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
            pattern = ""
        case ["*", "as", name, "from"]:
            pattern = name
        case ["{", *names, "}", "from"]:
            pattern = "{" + ",".join(_renamed(names, ":")) + "}"
        case [name, "from"]:
            pattern = f"{{default:{name}}}"
        case other:
            raise Unjoinable(f"{module.path.name}: import {' '.join(other)}")
    module.imports.append((pattern, path))
    return end + 1


def _renamed(names: list[str], between: str) -> Iterable[str]:
    for each in " ".join(names).split(","):
        inner, _, outer = each.strip().partition(" as ")
        if inner:
            yield f"{inner}{between}{outer}" if outer else inner


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
    pairs = [each.partition("=") for each in _renamed([token.text for token in row[at + 2 : close]], "=")]
    if close + 1 == end:
        module.exports |= {outer or inner: inner for inner, _, outer in pairs}
        return end + 1
    source = row[end - 1].text[1:-1]
    pattern = ",".join(f"{inner}:$from_{inner}" for inner, _, _ in pairs)
    module.imports.append((f"{{{pattern}}}", (module.path.parent / source).resolve()))
    module.exports |= {outer or inner: f"$from_{inner}" for inner, _, outer in pairs}
    return end + 1
