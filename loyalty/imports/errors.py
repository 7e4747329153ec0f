"""What can go wrong with a whole import. What is wrong with single rows is no error but a problem of the row."""

from typing import ClassVar

from pos.core.errors import Conflict, Malformed, NotFound


class ImportNotFound(NotFound):
    code = "import.not_found"


class ImportDiffers(Conflict):
    """The same id again, with another file."""

    code = "import.differs"


class ImportNotReady(Conflict):
    """What was asked is not possible in the import's `state`."""

    code = "import.not_ready"


class ImportHasBadRows(Conflict):
    """`bad` rows cannot be imported; the rest only if asked."""

    code = "import.bad_rows"


class ImportEmpty(Conflict):
    """No row can be imported."""

    code = "import.nothing_good"


class BadLayout(Malformed):
    """The choice of columns cannot be: `reason` is a word of the program, `column` counts from 1 where it is about one."""

    code = "import.layout"


class NoCardsHere(Conflict):
    """A column of cards, and the shop has not said how its card numbers look."""

    code = "import.no_card_scheme"


class Unreadable(Malformed):
    """The file cannot be read at all."""

    code: ClassVar[str] = "import.unreadable"


class FileEmpty(Unreadable):
    code = "import.file_empty"


class FileTooLarge(Unreadable):
    """`most` bytes are read."""

    code = "import.file_too_large"


class FileKindUnknown(Unreadable):
    """Neither .xlsx, .xls nor text."""

    code = "import.file_kind"


class FileLocked(Unreadable):
    """Opens only with a password."""

    code = "import.file_password"


class FileSwells(Unreadable):
    """Would be beyond all measure once unpacked: a damaged or hostile file."""

    code = "import.file_swells"


class FileDamaged(Unreadable):
    """`line` is where reading stopped, 0 where that is not known."""

    code = "import.file_damaged"


class EncodingUnknown(Unreadable):
    code = "import.encoding"


class TooManyRows(Unreadable):
    """`most` rows are read from one file."""

    code = "import.too_many_rows"


class TooManyColumns(Unreadable):
    """`most` columns are read."""

    code = "import.too_many_columns"


class CellTooLong(Unreadable):
    """A cell of line `line` is longer than `most` characters: often a quotation mark that nobody closed."""

    code = "import.cell_too_long"
