"""What can go wrong before a server serves."""

from pos.core.errors import Conflict, Malformed, Unavailable


class PortTaken(Conflict):
    """Another program listens there; `port`."""

    code = "port.taken"


class NeedsDatabaseUrl(Unavailable):
    """Servers of a chain share a database, which only its address can name."""

    code = "database.url_needed"


class SettingWrong(Malformed):
    """A setting that cannot be: `name`, `value`, `reason`."""

    code = "setting.wrong"


class FileUnusable(Unavailable):
    """The system refuses a file or folder; `path`, `reason`."""

    code = "file.unusable"


class ZoneUnknown(Malformed):
    """Not a name of the IANA time zone database; `zone`."""

    code = "shop.zone_unknown"
