"""What can go wrong with points."""

from pos.core.errors import Conflict, Malformed, NotFound


class PointsDiffer(Conflict):
    """The same id again, with another account or amount."""

    code = "points.differ"


class PointsNotEnough(Conflict):
    """More would be taken than may be spent now. `spendable`."""

    code = "points.not_enough"


class ReasonMissing(Malformed):
    """Points given or taken by hand need a reason."""

    code = "points.reason_missing"


class AmountMalformed(Malformed):
    """No points at all, or beyond what can be counted."""

    code = "points.amount_malformed"


class ProgrammeMissing(NotFound):
    """The shop has no points programme."""

    code = "points.no_programme"


class ProgrammeMalformed(Malformed):
    """`field` names what does not fit."""

    code = "points.programme_malformed"


class AlreadyMerged(Conflict):
    """The account's points already went to another account. `into`."""

    code = "points.already_merged"


class MergeNotFound(NotFound):
    code = "points.merge_not_found"
