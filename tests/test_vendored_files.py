"""Files of others are the ones their projects released."""

import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROW = re.compile(
    r"^\| `(?P<name>[^`]+)` \|.*\(`(?P<licence>[^`]*LICENSE[^`]*)`\) \| `(?P<hash>[0-9a-f]{64})` \|$", re.M
)
OURS = {"amd.js", "preact-signals-htm.js"}
"""How the till's vendored files are loaded, and what they are joined to."""


@pytest.mark.parametrize("folder", ["web/till/vendor", "web/static/vendor", "tests/vendor"])
def test_every_vendored_script_is_listed_with_its_licence_and_hash(folder: str) -> None:
    there = ROOT / folder
    rows = {found["name"]: found for found in ROW.finditer((there / "README.md").read_text())}

    assert {path.name for path in there.glob("*.js")} - OURS == {name for name in rows if name.endswith(".js")}
    for name, row in rows.items():
        assert hashlib.sha256((there / name).read_bytes()).hexdigest() == row["hash"], name
        assert (there / row["licence"]).is_file()
