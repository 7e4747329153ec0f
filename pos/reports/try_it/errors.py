"""What can go wrong when a draft is tried."""

from pos.core.errors import Conflict, Malformed, NotFound


class RunNotFound(NotFound):
    code = "try.not_found"


class RunUnderWay(Conflict):
    """Another run is not finished: it has the processors."""

    code = "try.under_way"


class PeriodBackwards(Malformed):
    """The last day is before the first."""

    code = "try.period"
