"""What can go wrong when something is looked up."""

from pos.core.errors import NotFound


class ReceiptNotFound(NotFound):
    code = "receipt.not_found"
