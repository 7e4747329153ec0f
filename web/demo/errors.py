"""What can go wrong on the demo shop's own pages."""

from pos.core.errors import NotFound


class ReceiptPictureNotFound(NotFound):
    code = "demo.no_such_receipt"
