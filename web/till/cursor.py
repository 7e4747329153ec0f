"""A place in the tokens of a JavaScript module, the scope around it, and what is said there: the base of reading it."""

import re
from dataclasses import dataclass, field

from web.till.lean import Token, Unreadable
from web.till.words import KEYWORDS

NAME = re.compile(r"[A-Za-z_$][\w$]*", re.A)
NOT_NAMES = KEYWORDS - {"async", "get", "of", "set", "static"}


@dataclass(eq=False, slots=True)
class Binding:
    """One declared name and every place in the tokens where it stands."""

    name: str
    uses: list["Use"] = field(default_factory=list["Use"])


@dataclass(frozen=True, slots=True)
class Use:
    """Token `at` is a name; in `{name}` it is the property as well."""

    at: int
    short_hand: bool


@dataclass(eq=False, slots=True)
class Scope:
    """A block, a class or a function: what it declares, what is used in it, and the scopes inside."""

    outer: "Scope | None" = None
    whole: bool = False
    """Whether `var` declares here: functions and modules."""
    declared: dict[str, Binding] = field(default_factory=dict[str, Binding])
    used: list[tuple[str, Use]] = field(default_factory=list[tuple[str, Use]])
    inner: list["Scope"] = field(default_factory=list["Scope"])
    resolved: list[Binding] = field(default_factory=list[Binding])

    def declare(self, name: str) -> Binding:
        return self.declared.setdefault(name, Binding(name))


class Cursor:
    def __init__(self, row: list[Token], top: Scope) -> None:
        self.row = row
        self.at = 0
        self.scope = top
        self.hoists = False
        self.closing = _pairs(row)

    def text(self, ahead: int = 0) -> str:
        """The sign or word that stands `ahead`; nothing for texts, patterns and templates."""
        at = self.at + ahead
        return self.row[at].text if at < len(self.row) and self.row[at].kind in {"sign", "word"} else ""

    def kind(self, ahead: int = 0) -> str:
        at = self.at + ahead
        return self.row[at].kind if at < len(self.row) else "end"

    def refuse(self) -> Unreadable:
        return Unreadable(
            "cannot follow: " + "".join(token.gap + token.text for token in self.row[self.at : self.at + 12])
        )

    def take(self, text: str) -> bool:
        if self.text() == text:
            self.at += 1
            return True
        return False

    def need(self, text: str) -> None:
        if not self.take(text):
            raise self.refuse()

    def name(self) -> str:
        text = self.text()
        if not _is_name(self.row[self.at]) or text in NOT_NAMES:
            raise self.refuse()
        return text

    def declare(self, short_hand: bool = False) -> None:
        home = self.scope
        while self.hoists and not home.whole and home.outer:
            home = home.outer
        home.declare(self.name())
        self.use(short_hand)

    def private(self) -> None:
        """`#name`, which its class declares and which is known inside it alone."""
        self.scope.used.append((self.text(), Use(self.at, short_hand=False)))
        self.at += 1

    def use(self, short_hand: bool = False) -> None:
        self.scope.used.append((self.name(), Use(self.at, short_hand)))
        self.at += 1

    def open(self, whole: bool = False) -> Scope:
        before = self.scope
        self.scope = Scope(before, whole)
        before.inner.append(self.scope)
        return before


def _is_name(token: Token) -> bool:
    return token.kind == "word" and NAME.fullmatch(token.text) is not None


def _pairs(row: list[Token]) -> dict[int, int]:
    """Where each round bracket closes."""
    found: dict[int, int] = {}
    waiting: list[int] = []
    for at, token in enumerate(row):
        if token.kind == "sign" and token.text == "(":
            waiting.append(at)
        elif token.kind == "sign" and token.text == ")":
            if not waiting:
                raise Unreadable("a bracket that was never opened")
            found[waiting.pop()] = at
    if waiting:
        raise Unreadable("a bracket that is never closed")
    return found
