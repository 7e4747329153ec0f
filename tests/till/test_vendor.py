"""Files of others are the ones their projects released."""

import hashlib
import re
from pathlib import Path

from tests.till.modules import TILL

VENDOR = TILL / "vendor"
ROW = re.compile(r"^\| `(?P<name>[^`]+)` \|.*\(`(?P<licence>LICENSE[^`]*)`\) \| `(?P<hash>[0-9a-f]{64})` \|$", re.M)
OURS = {"amd.js", "preact-signals-htm.js"}


def test_every_vendored_script_is_listed_with_its_licence_and_hash() -> None:
    rows = {found["name"]: found for found in ROW.finditer((VENDOR / "README.md").read_text())}

    assert {path.name for path in VENDOR.glob("*.js")} - OURS == {name for name in rows if name.endswith(".js")}
    for name, row in rows.items():
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == row["hash"], name
        assert (VENDOR / row["licence"]).is_file()


def test_the_till_imports_only_files_of_its_own() -> None:
    for path in [*TILL.glob("*.js"), *TILL.glob("core/*.js")]:
        for name in re.findall(r'(?:from|import) "([^"]+)"', path.read_text()):
            assert name.startswith("."), path
            assert (path.parent / name).resolve().is_relative_to(Path(TILL).resolve()), path
