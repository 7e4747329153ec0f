"""JavaScript and CSS without their comments and indentation, token for token what they were.

The scanner knows comments, strings, templates with code inside, regular expressions and words; it changes nothing but what
stands between two tokens. What it cannot read it refuses, so that nothing is ever sent that was guessed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

SPACE = re.compile(r"\s+|//[^\n]*|/\*.*?\*/", re.S)
WORD = re.compile(r"[#\w$\\]+(?:\.\d+)?(?:[eE][+-]\d+)?", re.A)
TEXT = re.compile(r'"(?:[^"\\\n]|\\.)*"|' + r"'(?:[^'\\\n]|\\.)*'", re.S)
PATTERN = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/\w*")
PIECE = re.compile(r"(?:[^`\\$]|\\.|\$(?!\{))*(?:`|\$\{)", re.S)
SIGN = re.compile(r"=>|\.\.\.|\?\.(?!\d)|\+\+|--|[-+*/%=<>!&|^~?:;,.(){}\[\]@]")
BEFORE_PATTERN = frozenset(
    [
        "return",
        "typeof",
        "case",
        "in",
        "of",
        "void",
        "delete",
        "instanceof",
        "new",
        "throw",
        "await",
        "yield",
        "else",
        "do",
    ]
)
"""Words after which a slash begins a regular expression; after any other word it divides."""
CANNOT_END = frozenset(
    [",", ";", "(", "[", "{", ":", "?", "=", "=>", "&&", "||", ".", "...", "<", "&", "|", "%", "^", "!"]
)
"""After these a line break means nothing: no statement ends here."""
CANNOT_BEGIN = frozenset([")", "]", "}", ",", ";", ".", "?.", ":", "?", "=", "&", "|", "%", "<", ">", "^"])
"""Before these a line break means nothing: no statement begins so (and one may end before a brace)."""


class Unreadable(ValueError):
    """A character that begins no token: where it stands."""


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is "word", "text", "piece" (of a template), "pattern" or "sign"; `gap` what stood before it."""

    kind: str
    text: str
    gap: str


def tokens(source: str) -> Iterator[Token]:
    """Every token in order. Raises `Unreadable`."""
    at, before = 0, Token("sign", ";", "")
    open_braces: list[bool] = []  # True where the brace was opened by a template
    while True:
        start = at
        while space := SPACE.match(source, at):
            at = space.end()
        if at == len(source):
            return
        before = _next(source, at, source[start:at], before, open_braces)
        at += len(before.text)
        yield before


def _next(source: str, at: int, gap: str, before: Token, open_braces: list[bool]) -> Token:
    letter = source[at]
    in_template = letter == "`" or (letter == "}" and bool(open_braces) and open_braces[-1])
    if in_template:
        if letter == "}":
            open_braces.pop()
        end = PIECE.match(source, at + 1)
        if end is None:
            raise Unreadable(f"a template without an end at {at}")
        if end[0].endswith("${"):
            open_braces.append(True)
        return Token("piece", letter + end[0], gap)
    if letter == "{":
        open_braces.append(False)
    elif letter == "}" and open_braces:
        open_braces.pop()
    kinds = (("text", TEXT), ("word", WORD), ("pattern", PATTERN), ("sign", SIGN))
    for kind, shape in kinds:
        if kind == "pattern" and not _pattern_may_follow(before):
            continue
        if found := shape.match(source, at):
            return Token(kind, found[0], gap)
    raise Unreadable(f"{source[at : at + 20]!r} at {at}")


def _pattern_may_follow(before: Token) -> bool:
    if before.kind == "sign":
        return before.text not in {")", "]", "++", "--"}
    if before.kind == "piece":
        return before.text.endswith("${")
    return before.kind == "word" and before.text in BEFORE_PATTERN


def lean(source: str) -> str:
    """`source` with the least between its tokens that keeps them apart, and the line breaks that may end a statement."""
    return joined(tokens(source))


def joined(row: Iterator[Token] | list[Token]) -> str:
    parts: list[str] = []
    before = Token("sign", ";", "")
    for token in row:
        parts += [_between(before, token), token.text]
        before = token
    return "".join(parts)


def _between(before: Token, after: Token) -> str:
    if not after.gap:
        return ""
    if "\n" in after.gap and before.text not in CANNOT_END and after.text not in CANNOT_BEGIN:
        return "\n"
    wordy = before.kind in {"word", "pattern"} and after.kind == "word"
    signs = (
        before.kind == after.kind == "sign" and before.text[-1] not in "(){}[],;" and after.text[0] not in "(){}[],;"
    )
    dotted = before.kind == "word" and before.text[0].isdigit() and after.text[0] == "."
    divided = after.kind == "pattern" and before.kind == "sign"
    return " " if wordy or signs or dotted or divided else ""


CSS_PARTS = re.compile(
    r"""(?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|url\([^"')]*\))|/\*.*?\*/|(?P<gap>\s+)""", re.S
)
CSS_SIGNS = re.compile(r"\s*([{};,>])\s*|(:)\s+")


def lean_css(source: str) -> str:
    """A style sheet without comments, and without the blanks that mean nothing; texts stay as they are."""
    parts: list[str] = []
    at = 0
    for found in CSS_PARTS.finditer(source):
        parts += [source[at : found.start()], "" if found["text"] is None else f"\0{len(parts)}\0"]
        if found["gap"]:
            parts[-1] = " "
        at = found.end()
    texts = iter([found["text"] for found in CSS_PARTS.finditer(source) if found["text"]])
    squeezed = CSS_SIGNS.sub(lambda sign: sign[1] or sign[2], re.sub(" +", " ", "".join(parts) + source[at:]))
    return re.sub("\0\\d+\0", lambda _: next(texts), squeezed.replace(";}", "}").strip())
