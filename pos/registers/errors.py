"""What can go wrong with registers and their pairing."""

from pos.core.errors import Conflict, Malformed, NotFound, NotSignedIn


class RegisterNotFound(NotFound):
    code = "register.not_found"


class OutletNotFound(NotFound):
    code = "outlet.not_found"


class PrefixTaken(Conflict):
    code = "register.prefix_taken"


class PairingCodeWrong(Malformed):
    """No such code, or it was used."""

    code = "pair.code_wrong"


class PairingCodeExpired(Malformed):
    code = "pair.code_expired"


class RegisterUnknown(NotSignedIn):
    """The register's key is missing, malformed or not the one of that epoch."""

    code = "register.unknown"


class RegisterRevoked(NotSignedIn):
    """The key was revoked; what the device sold before may still be delivered."""

    code = "register.revoked"
