"""What can go wrong while something is held for a checkout."""

from pos.core.errors import Conflict, NotFound


class ReservationNotFound(NotFound):
    """There is none of this id that this register made."""

    code = "reservation.not_found"


class ReservationSettled(Conflict):
    """A document has taken what was held: nothing more can be asked under this id."""

    code = "reservation.settled"
