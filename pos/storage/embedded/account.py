"""Which system user PostgreSQL runs as: ourselves, or, where we are root, an unprivileged user."""

import os
import shutil
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pos.storage.embedded.errors import NoAccountToDropTo

if sys.platform != "win32":  # every use is behind `is_root` or `geteuid`, which Windows does not have
    import grp
    import pwd

ROOT_STORE = Path("/var/lib/tillcard")
"""Where root keeps what the unprivileged user must reach and cannot reach in place."""

USER = "tillcard"


@dataclass(frozen=True, slots=True)
class Account:
    """A system user; `drops` when it is not the one we run as, and files must be handed over to it."""

    name: str
    uid: int
    gid: int
    groups: frozenset[int]
    drops: bool

    def popen(self) -> dict[str, Any]:
        """Arguments for `subprocess` that start a program as this user."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.drops else {}

    def own(self, path: Path) -> None:
        """Hand a file or folder of ours over to this user."""
        if self.drops:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def reaches(self, path: Path) -> bool:
        """Whether this user may walk into every folder above `path` and read `path` itself, by the mode bits."""
        if not self.drops:
            return True
        path = path.absolute()
        return all(self._may(folder, 0o1) for folder in path.parents) and (not path.exists() or self._may(path, 0o5))

    def _may(self, path: Path, bits: int) -> bool:
        try:
            info = path.stat()
        except OSError:
            return False
        mode = stat.S_IMODE(info.st_mode)
        if info.st_uid == self.uid:
            mode >>= 6
        elif info.st_gid == self.gid or info.st_gid in self.groups:
            mode >>= 3
        return mode & bits == bits


def is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def account() -> Account:
    """The user PostgreSQL is to run as. As root: `tillcard`, made if missing, else the system's `postgres`.

    Raises `NoAccountToDropTo`.
    """
    if not hasattr(os, "geteuid"):
        return Account(os.environ.get("USERNAME", USER), 0, 0, frozenset(), drops=False)
    if not is_root():
        return Account(_name(os.geteuid()), os.geteuid(), os.getegid(), frozenset(os.getgroups()), drops=False)
    reason = ""
    if not _exists(USER):
        reason = _make_user()
    for name in (USER, "postgres"):
        if _exists(name):
            return account_of(pwd.getpwnam(name).pw_uid)
    raise NoAccountToDropTo(user=USER, reason=reason)


def account_of(uid: int) -> Account:
    """The user that root becomes to run data which belongs to it. Raises `NoAccountToDropTo` for a nameless number."""
    try:
        entry = pwd.getpwuid(uid)
    except KeyError as error:
        raise NoAccountToDropTo(user=str(uid), reason="the database's files belong to a user without a name") from error
    groups = frozenset(group.gr_gid for group in grp.getgrall() if entry.pw_name in group.gr_mem)
    return Account(entry.pw_name, uid, entry.pw_gid, groups, drops=True)


def own_name() -> str:
    """The name of the system user we are."""
    return _name(os.geteuid()) if hasattr(os, "geteuid") else os.environ.get("USERNAME", USER)


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _make_user() -> str:
    """Make the system user; returns why that failed, or an empty text."""
    if shutil.which("useradd"):
        command = ["useradd", "--system", "--no-create-home", "--home-dir", str(ROOT_STORE), "--user-group"]
        command += ["--shell", shutil.which("nologin") or "/bin/false", USER]
    elif shutil.which("adduser"):  # busybox
        command = ["adduser", "-S", "-D", "-H", "-h", str(ROOT_STORE), USER]
    else:
        return "there is no useradd"
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - fixed words
    return "" if done.returncode == 0 or _exists(USER) else done.stderr.strip()
