"""Where one shop's database lies: the folder, whom it belongs to, and nothing widened on the way there."""

import hashlib
import os
import re
import secrets
import stat
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from pos.storage.embedded.account import ROOT_STORE, Account, account, account_of, is_root
from pos.storage.embedded.binaries import root_store
from pos.storage.embedded.errors import UnsafeFolder
from pos.storage.embedded.locks import FileLock

_LONGEST_SOCKET = 103
"""Longest path of a unix socket that every system takes (Linux 107, macOS 103)."""


@dataclass(frozen=True, slots=True)
class Place:
    """`folder` holds what we write (settings, locks); `data`, `run`, `log` below it belong to `account`."""

    folder: Path
    account: Account

    @property
    def data(self) -> Path:
        return self.folder / "pgdata"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @property
    def start_log(self) -> Path:
        return self.folder / "start.log"

    @property
    def run(self) -> Path:
        """The socket's folder: inside, unless that path is too long for a socket."""
        inside = self.folder / "run"
        if len(os.fsencode(inside / ".s.PGSQL.5432")) <= _LONGEST_SOCKET:
            return inside
        digest = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:16]
        return Path("/tmp" if Path("/tmp").is_dir() else tempfile.gettempdir()) / f"tillcard-{digest}"  # noqa: S108 - private() checks it

    def major(self) -> int | None:
        """The PostgreSQL major the data was made by; None before it is made. Raises `UnsafeFolder` if unreadable."""
        try:
            return int((self.data / "PG_VERSION").read_text())
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise UnsafeFolder(path=str(self.data), reason=f"it cannot be read ({error})") from error

    def write(self, name: str, text: str) -> Path:
        """Put a settings file beside the data: readable by the account, by nobody else, never half-written."""
        making = self.folder / (name + ".new")
        making.unlink(missing_ok=True)
        descriptor = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        self.hand_over(making)
        return making.replace(self.folder / name)

    def hand_over(self, path: Path) -> None:
        """Give a file that root wrote into `folder` to the folder's owner; the account may read it."""
        if self.account.drops:
            os.chown(path, self.folder.stat().st_uid, self.account.gid, follow_symlinks=False)
            path.chmod(0o640)

    def private(self, path: Path) -> Path:
        """A folder that `account` alone may enter, made if missing. Raises `UnsafeFolder` if it is someone else's."""
        try:
            path.mkdir(mode=0o700)
            self.account.own(path)
        except FileExistsError:
            pass
        info = path.lstat()
        if sys.platform != "win32":
            if not stat.S_ISDIR(info.st_mode) or info.st_uid != self.account.uid:
                raise UnsafeFolder(path=str(path), reason=f"it is not a folder of the system user {self.account.name}")
            if stat.S_IMODE(info.st_mode) != 0o700:
                path.chmod(0o700)
        return path


def place_of(data_dir: Path) -> Place:
    """The place of a shop's database, made if missing: `data_dir`/postgres where the database's user may go there.

    As root with a `data_dir` that user cannot reach, a folder of root's, remembered in `data_dir`/postgres.place; no
    folder above is ever opened up. Raises `UnsafeFolder`, `NoAccountToDropTo`.
    """
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        lock = FileLock(data_dir / "postgres.lock")
        lock.take(alone=True, wait=60)
    except OSError as error:
        reason = f"it cannot be written ({error.strerror}); it may belong to another system user"
        raise UnsafeFolder(path=str(data_dir), reason=reason) from error
    try:
        return _place(data_dir.resolve())
    finally:
        lock.leave()


def _place(data_dir: Path) -> Place:
    note, folder = data_dir / "postgres.place", data_dir / "postgres"
    if note.exists():
        folder = Path(note.read_text(encoding="utf-8").strip())
        if folder.parent != ROOT_STORE or not re.fullmatch(r"data-[0-9a-f]{16}", folder.name):
            raise UnsafeFolder(path=str(note), reason=f"it names {folder}, which is not a place of ours")
    owner = _owner(folder)
    if owner is not None:
        if not owner.reaches(folder):
            reason = (
                f"the system user {owner.name} cannot walk into it; move it, or let that user into the folders above"
            )
            raise UnsafeFolder(path=str(folder), reason=reason)
        return _opened(Place(folder, owner))
    who = account()
    if note.exists() or who.reaches(folder):
        return _opened(Place(folder, who))
    folder = root_store() / f"data-{secrets.token_hex(8)}"
    place = _opened(Place(folder, who))
    note.write_text(f"{folder}\n", encoding="utf-8")
    return place


def _owner(folder: Path) -> Account | None:
    """Whose the existing data is; None where there is none yet. Raises `UnsafeFolder` if we may not run it."""
    if sys.platform == "win32":
        return None
    try:
        uid = (folder / "pgdata").stat().st_uid
    except FileNotFoundError:
        return None
    except PermissionError:
        uid = -1
    if is_root() and uid > 0:
        return account_of(uid)
    if uid != os.geteuid() or is_root():
        reason = "its data belongs to another system user; start Tillcard as that user or as root"
        raise UnsafeFolder(path=str(folder), reason=reason)
    return None


def _opened(place: Place) -> Place:
    if not place.folder.exists():
        place.folder.mkdir(mode=0o700, parents=True)
        if place.account.drops:  # root's folder: the account passes through and reads, root alone writes settings
            os.chown(place.folder, 0, place.account.gid)
            place.folder.chmod(0o750)
    place.private(place.run)
    place.private(place.log)
    return place
