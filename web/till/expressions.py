"""Reading expressions, and the patterns, functions and classes in them; statements are left to whoever knows them."""

from abc import ABC, abstractmethod

from web.till.cursor import Cursor

PREFIX_WORDS = frozenset(["typeof", "void", "delete", "await", "new"])
PREFIX_SIGNS = frozenset(["!", "~", "+", "-", "++", "--"])
BINARY = frozenset("=+-*/%<>&|^!")
GOES_ON = frozenset("=<>&|*")
ALONE = frozenset(["arguments", "this", "super", "null", "true", "false"])


class Expressions(Cursor, ABC):
    @abstractmethod
    def body(self) -> None:
        """Statements in braces, in the scope that is open."""

    def block(self) -> None:
        before = self.open()
        self.body()
        self.scope = before

    def end(self) -> None:
        """A statement ends with its semicolon, before a brace, or with the text."""
        if not self.take(";") and self.text() != "}" and self.kind() != "end":
            raise self.refuse()

    def bracketed(self) -> None:
        self.need("(")
        self.expression()
        self.need(")")

    def pattern(self) -> None:
        """What a declaration or a parameter binds."""
        if self.take("["):
            while not self.take("]"):
                if self.take(","):
                    continue
                self.take("...")
                self.pattern_or()
        elif self.take("{"):
            while not self.take("}"):
                if self.take("..."):
                    self.pattern()
                elif self.text(1) in {",", "}", "="} and self.kind() == "word":
                    self.declare(short_hand=True)
                    if self.take("="):
                        self.expression(comma=False)
                else:
                    self.key()
                    self.need(":")
                    self.pattern_or()
                self.take(",")
        else:
            self.declare()

    def pattern_or(self) -> None:
        self.pattern()
        if self.take("="):
            self.expression(comma=False)

    def key(self) -> None:
        if self.take("["):
            self.expression()
            self.need("]")
        elif self.kind() in {"word", "text"}:
            self.at += 1
        else:
            raise self.refuse()

    def function(self, declares: bool) -> None:
        """From the word `function` on."""
        self.need("function")
        if self.text() == "*":
            raise self.refuse()
        if declares:
            self.declare()
        before = self.open(whole=True)
        if not declares and self.text() != "(":
            self.declare()
        self.parameters_and_body()
        self.scope = before

    def method(self) -> None:
        before = self.open(whole=True)
        self.parameters_and_body()
        self.scope = before

    def parameters_and_body(self) -> None:
        self.parameters()
        self.body()

    def parameters(self) -> None:
        self.need("(")
        while not self.take(")"):
            self.take("...")
            self.pattern_or()
            self.take(",")

    def arrow(self) -> None:
        before = self.open(whole=True)
        if self.text() == "(":
            self.parameters()
        else:
            self.declare()
        self.need("=>")
        if self.text() == "{":
            self.body()
        else:
            self.expression(comma=False)
        self.scope = before

    def class_(self, declares: bool) -> None:
        self.need("class")
        if declares:
            self.declare()
        before = self.open()
        if not declares and self.text() not in {"extends", "{"}:
            self.declare()
        if self.take("extends"):
            self.operand()
        self.need("{")
        while not self.take("}"):
            if not self.take(";"):
                self.member()
        self.scope = before

    def member(self) -> None:
        for word in ("static", "async", "get", "set"):
            if self.text() == word and self.text(1) not in {"(", "=", ";", "}"}:
                self.at += 1
        if self.text().startswith("#"):
            self.scope.declare(self.text())
            self.private()
        else:
            self.key()
        if self.text() == "(":
            self.method()
            return
        before = self.open(whole=True)
        if self.take("="):
            self.expression(comma=False)
        self.scope = before
        self.end()

    def expression(self, comma: bool = True) -> None:
        while True:
            while self.text() in PREFIX_WORDS or self.text() in PREFIX_SIGNS:
                self.at += 1
            if self.text() == "yield":
                raise self.refuse()
            self.operand()
            if not self.operator(comma):
                return

    def operator(self, comma: bool) -> bool:
        """Goes past what joins two operands; False where the expression ends."""
        text = self.text()
        if text == "?" and not self.glued("?"):
            self.at += 1
            self.expression(comma=False)
            self.need(":")
            return True
        if text == "?":
            self.at += 2
            if self.text() == "=" and not self.row[self.at].gap:
                self.at += 1
            return True
        if self.kind() == "sign" and text in BINARY:
            self.at += 1
            while self.kind() == "sign" and self.text() in GOES_ON and not self.row[self.at].gap:
                self.at += 1
            return True
        return (text in {"in", "instanceof"} and self.take(text)) or (comma and self.take(","))

    def glued(self, text: str) -> bool:
        return self.text(1) == text and not self.row[self.at + 1].gap

    def operand(self) -> None:
        kind, text = self.kind(), self.text()
        if kind in {"text", "pattern"}:
            self.at += 1
        elif kind == "piece":
            self.template()
        elif text == "(":
            if (
                self.row[self.closing[self.at] + 1 : self.closing[self.at] + 2]
                and self.row[self.closing[self.at] + 1].text == "=>"
            ):
                self.arrow()
                return
            self.bracketed()
        elif text == "[":
            self.at += 1
            self.elements("]")
        elif text == "{":
            self.object()
        elif kind == "word":
            if self.word(text):
                return
        else:
            raise self.refuse()
        self.accesses()

    def word(self, text: str) -> bool:
        """An operand that begins with a word; True where it was an arrow function, which nothing can follow."""
        if text[0].isdigit() or text in ALONE:
            self.at += 1
        elif text[0] == "#":
            self.private()
        elif text == "function":
            self.function(declares=False)
        elif text == "class":
            self.class_(declares=False)
        elif text == "import" and self.text(1) == "." and self.text(2) == "meta":
            self.at += 3
        elif text == "import" and self.text(1) == "(":  # what is named there is looked at where the file is read
            self.at += 1
        elif text == "async" and self.text(1) == "function":
            self.at += 1
            self.function(declares=False)
        elif self.text(1) == "=>":
            self.arrow()
            return True
        elif text == "async" and (self.text(2) == "=>" or (self.text(1) == "(" and self.arrow_after(self.at + 1))):
            self.at += 1
            self.arrow()
            return True
        else:
            self.use()
        return False

    def arrow_after(self, bracket: int) -> bool:
        after = self.closing[bracket] + 1
        return after < len(self.row) and self.row[after].text == "=>"

    def accesses(self) -> None:
        while True:
            if self.take("(") or (self.text() == "?." and self.text(1) == "(" and self.skip(2)):
                self.elements(")")
            elif self.take("[") or (self.text() == "?." and self.text(1) == "[" and self.skip(2)):
                self.expression()
                self.need("]")
            elif self.take(".") or self.take("?."):
                if self.kind() != "word":
                    raise self.refuse()
                if self.text().startswith("#"):
                    self.private()
                else:
                    self.at += 1
            elif self.kind() == "piece" and self.row[self.at].text.startswith("`"):
                self.template()
            elif self.text() in {"++", "--"}:
                self.at += 1
            else:
                return

    def skip(self, tokens: int) -> bool:
        self.at += tokens
        return True

    def elements(self, end: str) -> None:
        while not self.take(end):
            if self.take(","):
                continue
            self.take("...")
            self.expression(comma=False)

    def template(self) -> None:
        while True:
            piece = self.row[self.at].text
            if self.kind() != "piece":
                raise self.refuse()
            self.at += 1
            if not piece.endswith("${"):
                return
            self.expression()

    def object(self) -> None:
        self.need("{")
        while not self.take("}"):
            if self.take(","):
                continue
            if self.take("..."):
                self.expression(comma=False)
                continue
            if self.kind() == "word" and self.text(1) in {",", "}", "="}:
                self.use(short_hand=True)
                if self.take("="):
                    self.expression(comma=False)
                continue
            for word in ("async", "get", "set"):
                if self.text() == word and self.text(1) not in {"(", ":"}:
                    self.at += 1
            self.key()
            if self.text() == "(":
                self.method()
            else:
                self.need(":")
                self.expression(comma=False)
