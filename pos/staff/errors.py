"""What can go wrong with people and their sign-in."""

from pos.core.errors import Conflict, Malformed, NotAllowed, NotFound, NotSignedIn


class StaffNotFound(NotFound):
    code = "staff.not_found"


class WrongSignIn(NotSignedIn):
    """Name or password is wrong; which of the two is not told."""

    code = "sign_in.wrong"


class SignInLocked(NotAllowed):
    """Too many wrong tries; `minutes` until the next one is taken."""

    code = "sign_in.locked"


class LoginTaken(Conflict):
    code = "staff.login_taken"


class UnfitPin(Malformed):
    code = "staff.pin_unfit"


class UnfitPassword(Malformed):
    code = "staff.password_short"


class LastOwner(Conflict):
    """Someone must remain who can manage people."""

    code = "staff.last_owner"
