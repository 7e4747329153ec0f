"""What a register may be told about its documents."""

from pos.core.errors import Conflict, Malformed, NotFound


class DocumentDiffers(Conflict):
    """Other bytes are stored under this id; both are kept and a person is told."""

    code = "document.differs"


class DocumentNotFound(NotFound):
    code = "document.not_found"


class PersonalPartUnwanted(Malformed):
    """The document names no personal part, or one with another digest."""

    code = "document.personal_differs"


class ReceiptNotFound(NotFound):
    code = "receipt.not_found"
