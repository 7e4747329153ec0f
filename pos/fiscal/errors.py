"""What a till may be told about its fiscal records."""

from pos.core.errors import Conflict


class FiscalRecordDiffers(Conflict):
    """Another record is stored under this id; the first one stays."""

    code = "fiscal.record_differs"
