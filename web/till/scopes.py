"""Who declares each name in a JavaScript module: the reading that lets names be shortened.

A recursive descent over the tokens of `lean`: it follows statements, patterns, functions and classes closely enough to know
of every word whether it is a property, a declaration, or a use of a name, and leaves precedence of operators alone. It knows
the JavaScript that the till and its libraries are written in; whatever else comes (`with`, `yield`, statements without a
semicolon) is refused, as is a use of a name that neither the module declares nor `GLOBALS` lists: a name is shortened only
where every use of it is known.
"""

from collections.abc import Iterator

from web.till.cursor import Scope
from web.till.expressions import Expressions
from web.till.lean import Token, Unreadable
from web.till.words import GLOBALS


def read_scopes(row: list[Token], imported: list[str]) -> Scope:
    """The module's scope with all inside it, every use resolved; `imported` names are declared there. Raises `Unreadable`."""
    top = Scope(whole=True)
    for name in imported:
        top.declare(name)
    reader = Statements(row, top)
    while reader.at < len(row):
        reader.statement()
    free = set(_resolve(top)) - GLOBALS
    if free:
        raise Unreadable(f"declared nowhere: {sorted(free)}")
    return top


def free_names(row: list[Token]) -> set[str]:
    """The names that a script of others takes from around it. Raises `Unreadable`."""
    top = Scope(whole=True)
    reader = Statements(row, top)
    while reader.at < len(row):
        reader.statement()
    return set(_resolve(top))


def _resolve(scope: Scope) -> Iterator[str]:
    """Gives each use to its declaration; answers those without."""
    for name, use in scope.used:
        home: Scope | None = scope
        while home is not None and name not in home.declared:
            home = home.outer
        if home is not None:
            binding = home.declared[name]
            binding.uses.append(use)
            scope.resolved.append(binding)
        else:
            yield name
    for each in scope.inner:
        yield from _resolve(each)


class Statements(Expressions):
    def statement(self) -> None:
        word = self.text()
        match word:
            case ";":
                self.at += 1
            case "{":
                self.block()
            case "const" | "let" | "var":
                self.declarations()
                self.end()
            case "function":
                self.function(declares=True)
            case "async" if self.text(1) == "function":
                self.at += 1
                self.function(declares=True)
            case "class":
                self.class_(declares=True)
            case "if":
                self.headed()
                if self.take("else"):
                    self.statement()
            case "while":
                self.headed()
            case "for":
                self.for_()
            case "do":
                self.at += 1
                self.statement()
                self.need("while")
                self.bracketed()
                self.end()
            case "switch":
                self.switch()
            case "try":
                self.try_()
            case "return" | "throw":
                self.at += 1
                if self.text() not in {";", "}"}:
                    self.expression()
                self.end()
            case "break" | "continue":
                self.at += 1 + (self.kind(1) == "word")
                self.end()
            case _ if self.kind() == "word" and self.text(1) == ":":  # a label: never a name
                self.at += 2
                self.statement()
            case _:
                self.expression()
                self.end()

    def body(self) -> None:
        self.need("{")
        while not self.take("}"):
            self.statement()

    def headed(self) -> None:
        self.at += 1
        self.bracketed()
        self.statement()

    def declarations(self) -> None:
        hoists = self.text() == "var"
        self.at += 1
        while True:
            self.hoists = hoists
            self.pattern()
            self.hoists = False
            if self.take("="):
                self.expression(comma=False)
            if not self.take(","):
                return

    def for_(self) -> None:
        self.at += 1
        self.take("await")
        before = self.open()
        self.need("(")
        if self.text() in {"const", "let", "var"}:
            self.declarations()
        elif self.text() != ";":
            self.expression()
        if self.take("of") or self.take("in"):
            self.expression()
        elif self.text() != ")":  # `name in object` is one expression
            for end in (";", ")"):
                self.need(";")
                if self.text() != end:
                    self.expression()
        self.need(")")
        self.statement()
        self.scope = before

    def switch(self) -> None:
        self.at += 1
        self.bracketed()
        before = self.open()
        self.need("{")
        while not self.take("}"):
            if self.take("case"):
                self.expression()
                self.need(":")
            elif self.take("default"):
                self.need(":")
            else:
                self.statement()
        self.scope = before

    def try_(self) -> None:
        self.at += 1
        self.block()
        if self.take("catch"):
            before = self.open()
            if self.take("("):
                self.pattern()
                self.need(")")
            self.block()
            self.scope = before
        if self.take("finally"):
            self.block()
