"""Errors met by whoever runs the server, before any language is known: their text is an English sentence."""

from typing import ClassVar

from pos.core.errors import TillError


class SaidInEnglish(TillError):
    """An error for the terminal: `str()` says what to do."""

    sentence: ClassVar[str] = ""

    def __str__(self) -> str:
        return self.sentence.format(**self.fields)
