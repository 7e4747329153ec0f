"""`make fresh`: what a newcomer meets. Clones the checkout aside, and in an empty environment runs `make run` until the
till answers, twice, then `make test`; as root (where we are root) and as an ordinary user.

The last line of standard output is one JSON object; the exit code is 0 when every part passed. What is not committed is
not in the clone. `--keep NAME` passes a variable on (a package index of your own), `--no-test` leaves `make test` out.
"""

import argparse
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[1]
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
ADDRESS = re.compile(rb"http://(?:127\.0\.0\.1|localhost):\d+")
USER = "tillcard-fresh"
ROOT_STORE = Path("/var/lib/tillcard")


@dataclass(frozen=True)
class Newcomer:
    """Who tries: a name for the report, and a system user to become, or None to stay who we are."""

    name: str
    uid: int | None = None
    gid: int | None = None

    def popen(self) -> dict[str, Any]:
        return {} if self.uid is None else {"user": self.uid, "group": self.gid, "extra_groups": []}


class Failed(Exception):
    """A step did not do what the README says; the text is what a reader needs."""


def tried(newcomer: Newcomer, asked: argparse.Namespace) -> dict[str, Any]:
    """Everything one newcomer does, and how long it took."""
    found: dict[str, Any] = {}
    with clone(newcomer) as folder:
        environment = {"PATH": asked.path, "HOME": str(folder / "home")}
        environment |= {name: os.environ[name] for name in asked.keep if name in os.environ}
        make = ["make", f"PYTHON={asked.python}"] if asked.python else ["make"]
        checkout = folder / "tillcard"
        try:
            for what in ("first_run_s", "second_run_s"):
                found[what] = seconds_to_till(make, newcomer, checkout, environment)
            if asked.test:
                began = time.monotonic()
                log = folder / "test.log"
                with open(log, "wb") as output:
                    done = subprocess.run(
                        [*make, "test"], cwd=checkout, env=environment, stdout=output, stderr=output,
                        stdin=subprocess.DEVNULL, timeout=3600, check=False, **newcomer.popen(),
                    )  # fmt: skip
                found["test_s"] = round(time.monotonic() - began, 1)
                if done.returncode != 0:
                    raise Failed("make test:\n" + "\n".join(log.read_text(errors="replace").splitlines()[-40:]))
            found["passed"] = True
        except (Failed, subprocess.TimeoutExpired) as error:
            print(f"--- {newcomer.name}: {error}", file=sys.stderr, flush=True)
            found["passed"] = False
        finally:
            forget_place(checkout)
    return found


@contextmanager
def clone(newcomer: Newcomer) -> Iterator[Path]:
    """A private folder with the committed checkout and an empty home, all the newcomer's own."""
    folder = Path(tempfile.mkdtemp(prefix="tillcard-fresh-"))
    try:
        clean = {"PATH": PATH, "HOME": str(folder)}
        command = [
            "git",
            "-c",
            "safe.directory=*",
            "clone",
            "-q",
            "--no-hardlinks",
            str(CHECKOUT),
            str(folder / "tillcard"),
        ]
        subprocess.run(command, check=True, env=clean)
        (folder / "home").mkdir()
        if newcomer.uid is not None and newcomer.gid is not None:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, newcomer.uid, newcomer.gid, follow_symlinks=False)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def seconds_to_till(make: list[str], newcomer: Newcomer, checkout: Path, environment: dict[str, str]) -> float:
    """Start `make run`, wait for its address, fetch the till, stop it as Ctrl+C does; the time to the till's page."""
    log = checkout.parent / "run.log"
    began = time.monotonic()
    with open(log, "wb") as output:
        running = subprocess.Popen(
            [*make, "run", f"PORT={free_port()}"], cwd=checkout, env=environment, stdout=output, stderr=output,
            stdin=subprocess.DEVNULL, start_new_session=True, **newcomer.popen(),
        )  # fmt: skip
    try:
        address = wait_for_address(running, log, 900)
        with urllib.request.urlopen(f"{address}/till", timeout=30) as answer:
            page = answer.read()
        seconds = round(time.monotonic() - began, 1)
        if b"<html" not in page.lower():
            raise Failed(f"{address}/till is not a page: {page[:200]!r}")
    except OSError as error:
        raise Failed(f"the till does not answer: {error}") from error
    finally:
        stop(running)
    left = still_running(checkout)
    if left:
        raise Failed(f"make run left processes behind: {left}")
    return seconds


def wait_for_address(running: "subprocess.Popen[bytes]", log: Path, seconds: float) -> str:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        address = ADDRESS.search(log.read_bytes())
        if address:
            return address.group().decode()
        if running.poll() is not None:
            break
        time.sleep(0.1)
    raise Failed("make run:\n" + "\n".join(log.read_text(errors="replace").splitlines()[-40:]))


def stop(running: "subprocess.Popen[bytes]") -> None:
    """Interrupt the group we started, as a terminal would; kill it if it does not end."""
    for how, seconds in ((signal.SIGINT, 60), (signal.SIGKILL, 10)):
        try:
            os.killpg(running.pid, how)
            running.wait(seconds)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue
        return


def still_running(checkout: Path) -> list[str]:
    """Command lines that name the clone or its database's place; looked at for a few seconds while they end."""
    names = [str(checkout), *([str(place)] if (place := place_of(checkout)) else [])]
    found: list[str] = []
    for _ in range(50):
        found = []
        for entry in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = entry.read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
            except OSError:
                continue
            if any(name in words for name in names):
                found.append(words)
        if not found:
            break
        time.sleep(0.2)
    return found


def place_of(checkout: Path) -> Path | None:
    """Root's folder for a database that its user could not reach in the clone."""
    note = checkout / "data" / "demo" / "postgres.place"
    place = Path(note.read_text().strip()) if note.is_file() else None
    return place if place is not None and place.parent == ROOT_STORE else None


def forget_place(checkout: Path) -> None:
    place = place_of(checkout)
    if place is not None:
        shutil.rmtree(place, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def ordinary_user() -> Iterator[Newcomer]:
    """A system user made for this run; removed at the end unless it was there before."""
    import pwd

    made = False
    try:
        entry = pwd.getpwnam(USER)
    except KeyError:
        subprocess.run(["useradd", "--system", "--no-create-home", "--user-group", USER], check=True)
        made, entry = True, pwd.getpwnam(USER)
    try:
        yield Newcomer("user", entry.pw_uid, entry.pw_gid)
    finally:
        if made:
            subprocess.run(["userdel", USER], check=False, capture_output=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="Tries both make commands as a newcomer would.")
    parser.add_argument("--python", default="", help="the Python to give to make (default: python3 on the PATH)")
    parser.add_argument("--path", default=PATH, help="the PATH of the empty environment")
    parser.add_argument("--keep", action="append", default=[], help="a variable to pass on; may be repeated")
    parser.add_argument("--only", choices=("root", "user"), help="one of the two newcomers")
    parser.add_argument("--no-test", dest="test", action="store_false", help="leave `make test` out")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was started is stopped and removed then, too
    found: dict[str, Any] = {}
    if os.geteuid() != 0:
        found["user"] = tried(Newcomer("user"), asked)
    else:
        if asked.only != "user":
            found["root"] = tried(Newcomer("root"), asked)
        if asked.only != "root":
            with ordinary_user() as newcomer:
                found["user"] = tried(newcomer, asked)
    passed = all(result["passed"] for result in found.values())
    print(json.dumps({**found, "passed": passed}))
    sys.exit(0 if passed else 1)


if __name__ == "__main__":
    main()
