"""Finds Chromium for the tests, or installs it: `python deploy/chromium.py`. Never skips: without a browser it fails.

Order: CHROMIUM in the environment; chromium, chromium-browser or Google Chrome on the PATH; Playwright's own. Else
apt-get as root on Debian and Ubuntu, else Playwright's download, else the one line to run. Debian's headless shell
comes with it where there is one.
"""

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
APT = (
    ("apt-get", "update", "-q"),
    ("apt-get", "install", "-q", "-y", "--no-install-recommends", "chromium", "fonts-dejavu-core"),
)
SHELL = "chromium-headless-shell"
APT_SHELL = (APT[0], ("apt-get", "install", "-q", "-y", "--no-install-recommends", SHELL))
FEATURES_OFF = (
    # the window around the page: two more pages for the suggestions of an address bar that nobody sees
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup"),
    # Chromium heeds the last list alone, so what Playwright turns off stands here again
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades"),
    *(
        "HttpsFirstBalancedModeAutoEnable",
        "LensOverlay",
        "MediaRouter",
        "PaintHolding",
        "ThirdPartyStoragePartitioning",
    ),
    *("AvoidCorsURLLoaderRestartOnRedirect", "TcpPortRandomizationWin", "OptimizationHints"),
    *("NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch"),
    *("msForceBrowserSignIn", "msEdgeUpdateLaunchServicesPreferredVersion"),
)
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(FEATURES_OFF)}",
)
"""How tests start it: quiet, no more processes than a page needs, and asking nobody but the page's own server."""
DOWNLOAD = (sys.executable, "-m", "playwright", "install", "chromium")


class NoChromium(RuntimeError):
    """There is no browser that runs; the text says what to do."""


@cache
def chromium_path() -> str:
    """The program of a Chromium that starts on this machine. Raises `NoChromium`."""
    wish = os.environ.get("CHROMIUM")
    if wish:
        if not starts(wish):
            raise NoChromium(f"CHROMIUM={wish} does not start")
        return wish
    for path in (*map(shutil.which, NAMES), playwrights_own()):
        if path and starts(path):
            return path
    raise NoChromium(f"No Chromium was found. Run: {what_to_run()}")


@cache
def headless_path() -> str:
    """The same engine without the window around a page, which costs a quarter of the processor time; Chromium where
    there is none, or where CHROMIUM names one. Raises `NoChromium`."""
    shell = None if os.environ.get("CHROMIUM") else shutil.which(SHELL)
    return shell if shell and starts(shell) else chromium_path()


def starts(path: str) -> bool:
    """Whether the program is there with all its libraries."""
    try:
        done = subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False)  # noqa: S603 - a browser
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and bool(done.stdout.strip())


def playwrights_own() -> str | None:
    """The browser that `playwright install chromium` put aside, if it did."""
    ask = "from playwright.sync_api import sync_playwright as p\nwith p() as w: print(w.chromium.executable_path)"
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=False)  # noqa: S603 - ourselves
    path = done.stdout.strip()
    return path if done.returncode == 0 and Path(path).is_file() else None


def has_apt() -> bool:
    return shutil.which("apt-get") is not None and Path("/etc/debian_version").exists()


def is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def what_to_run() -> str:
    """The one line that helps on this machine."""
    if has_apt():
        return ("" if is_root() else "sudo ") + "apt-get install -y chromium"
    return f"{sys.executable} -m playwright install --with-deps chromium"


def install() -> str:
    """Install a browser the best way there is here; returns its path. Raises `NoChromium`."""
    ways: list[tuple[tuple[str, ...], ...]] = []
    if is_root() and has_apt():
        ways.append(APT)
    ways.append((DOWNLOAD,))
    for way in ways:
        succeeded(way)
        chromium_path.cache_clear()
        try:
            return chromium_path()
        except NoChromium:
            continue
    raise NoChromium(f"Chromium could not be installed. Run: {what_to_run()}")


def succeeded(way: tuple[tuple[str, ...], ...]) -> bool:
    """Run commands, each shown first, until one fails."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in way:
        print("$", " ".join(command), flush=True)
        if subprocess.run(command, env=environment, check=False).returncode != 0:  # noqa: S603 - one of ours above
            return False
    return True


def main() -> None:
    find_or_install()
    if is_root() and has_apt() and not os.environ.get("CHROMIUM") and shutil.which(SHELL) is None:
        print("No headless shell yet: installing it.", flush=True)
        if not succeeded(APT_SHELL):
            print("There is none here: the tests of the till use Chromium itself and take longer.", flush=True)


def find_or_install() -> None:
    """Ends the program with what to do where no Chromium is to be had."""
    try:
        chromium_path()
    except NoChromium as missing:
        if os.environ.get("CHROMIUM"):
            sys.exit(str(missing))
        print("No Chromium yet: installing it.", flush=True)
        try:
            install()
        except NoChromium as still_missing:
            sys.exit(str(still_missing))


if __name__ == "__main__":
    main()
