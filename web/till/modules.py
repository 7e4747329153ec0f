"""The modules that a page loads, joined in the order in which a browser would run them, under short names.

All modules of one program come to stand in one scope, each name of each module under a name of its own, and what one imports
is the very name that the other exports. That is what a browser does with them, as long as no module waits for its own importer
and no exported variable is set anew; both are refused.

A page may have parts: programs that it loads later, by `import("./file.js")` inside a function. A module is in the first program
that needs it, and a later one imports it from there, under a name that says where it is written: there is one of each.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from web.till.cursor import Binding, Scope
from web.till.lean import joined, tokens
from web.till.names import renamed, shortened
from web.till.reading import Module, Unjoinable, read
from web.till.scopes import free_names


@dataclass(slots=True)
class Program:
    """What is sent as one file: its own modules in their order, and what it borrows of and lends to others' files.

    `borrowed` gives a name of another program's the one that stands for it here; `lent` are names of its own.
    """

    entry: Path
    modules: list[Module]
    borrowed: dict[Binding, Binding] = field(default_factory=dict[Binding, Binding])
    scope: Scope = field(default_factory=lambda: Scope(whole=True))
    lent: dict[Binding, None] = field(default_factory=dict[Binding, None])


def join(entries: Sequence[Path], addresses: dict[Path, str]) -> dict[Path, str]:
    """The program of each entry as one module that exports what the entry does: the page's first, then those of its parts.

    `addresses` says where each file would stand. Raises `Unjoinable`, and `Unreadable` for what cannot be followed.
    """
    programs = _programs(entries)
    order = [module for program in programs for module in program.modules]
    _all_known(order, entries[1:])
    same = _imported(order)
    homes = {
        binding: (program, module)
        for program in programs
        for module in program.modules
        for binding in module.scope.declared.values()
    }
    for program in programs:
        _borrow(program, order, same, homes)
    return {program.entry: _text(program, order, same, homes, addresses) for program in programs}


def _programs(entries: Sequence[Path]) -> list[Program]:
    """Each with the modules that no program before it has, every module after those it imports."""
    found: dict[Path, Module] = {}
    programs: list[Program] = []
    for entry in entries:
        before = len(found)
        if entry in found:
            raise Unjoinable(f"{entry.name} is loaded later, but something that is loaded before imports it")
        _visit(entry, found, [])
        programs.append(Program(entry, list(found.values())[before:]))
    return programs


def _visit(path: Path, found: dict[Path, Module], above: list[Path]) -> None:
    if path in above:
        raise Unjoinable(f"{path.name} and {above[-1].name} import each other")
    if path in found:
        return
    module = read(path)
    for _, other in module.imports:
        _visit(other, found, [*above, path])
    found[path] = module


def _all_known(order: list[Module], parts: Sequence[Path]) -> None:
    for module in order:
        for path in module.later.values():
            if path not in parts:
                raise Unjoinable(f"{module.path.name} imports {path.name} later, which is no part")


def _imported(order: list[Module]) -> dict[Binding, Binding]:
    """What each imported name is in the module that declares it. Raises `Unjoinable` for a name that is not exported."""
    found: dict[Binding, Binding] = {}
    modules = {module.path: module for module in order}
    for module in order:
        for bound, path in module.imports:
            other = modules[path]
            for outer, inner in bound:
                if outer == "*":
                    continue
                if outer not in other.exports:
                    raise Unjoinable(f"{module.path.name} imports {outer}, which {path.name} does not export")
                theirs = other.scope.declared[other.exports[outer]]
                found[module.scope.declared[inner]] = found.get(theirs, theirs)
    return found


def _exported(module: Module) -> Iterable[tuple[str, Binding]]:
    return ((outer, module.scope.declared[inner]) for outer, inner in module.exports.items())


def _whole(module: Module, order: list[Module]) -> Iterable[tuple[Binding, Module]]:
    """Where the module takes another one whole: under which name."""
    for bound, path in module.imports:
        for outer, inner in bound:
            if outer == "*":
                yield module.scope.declared[inner], next(each for each in order if each.path == path)


def _borrow(
    program: Program,
    order: list[Module],
    same: dict[Binding, Binding],
    homes: dict[Binding, tuple[Program, Module]],
) -> None:
    """Gives every name that another program declares one in this program's scope."""
    used = [same[each] for module in program.modules for each in module.scope.declared.values() if each in same]
    whole = [other for module in program.modules for _, other in _whole(module, order)]
    used += [same.get(each, each) for other in whole for _, each in _exported(other)]
    for home in dict.fromkeys(used):
        owner, module = homes[home]
        if owner is not program:
            program.borrowed[home] = program.scope.declare(_lent_as(home, module))
            owner.lent[home] = None


def _lent_as(binding: Binding, module: Module) -> str:
    """The name between programs, which says where it is written: `core/http.js request`."""
    return f"{module.path.parent.name}/{module.path.name} {binding.name}"


def _text(
    program: Program,
    order: list[Module],
    same: dict[Binding, Binding],
    homes: dict[Binding, tuple[Program, Module]],
    addresses: dict[Path, str],
) -> str:
    own = [binding for module in program.modules for binding in module.scope.declared.values()]
    here = {each: program.borrowed.get(same[each], same[each]) for each in own if each in same}
    taken = set[str]().union(*(free_names(list(tokens(each.released))) for each in program.modules if each.released))
    names = shortened([program.scope, *(module.scope for module in program.modules)], here, taken)
    names |= {home: names[each] for home, each in program.borrowed.items()}
    names |= {old: names[new] for old, new in here.items()}

    parts = list(_borrowing(program, names, homes, addresses))
    for module in program.modules:
        if module.released:
            parts.append(f"(()=>{{{module.released}\n}})();\n")
            continue
        for binding, other in _whole(module, order):
            listed = ",".join(f"{outer}:{names[same.get(each, each)]}" for outer, each in _exported(other))
            parts.append(f"const {names[binding]}={{{listed}}};\n")
        row = renamed(module.row, module.scope, names)
        for place, path in module.later.items():
            row[place] = replace(row[place], text=f'"{addresses[path]}"')
        body = joined(row).replace("import.meta.url", f'new URL("{addresses[module.path]}",location.origin).href')
        parts.append(body if body.endswith(";") else body + ";\n")
    listed = [f"{names[each]} as {outer}" for outer, each in _exported(program.modules[-1])]
    listed += [f'{names[each]} as "{_lent_as(each, homes[each][1])}"' for each in program.lent]
    return "".join([*parts, f"\nexport{{{','.join(listed)}}};\n"])


def _borrowing(
    program: Program,
    names: dict[Binding, str],
    homes: dict[Binding, tuple[Program, Module]],
    addresses: dict[Path, str],
) -> Iterable[str]:
    """One import from each program that lends to this one."""
    lenders: dict[Path, list[str]] = {}
    for home, here in program.borrowed.items():
        lenders.setdefault(homes[home][0].entry, []).append(f'"{here.name}" as {names[here]}')
    for entry, listed in lenders.items():
        yield f'import{{{",".join(listed)}}}from"{addresses[entry]}";\n'
