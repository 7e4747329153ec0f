"""The till is what lies in its folder: it loads nothing from elsewhere."""

import re
from pathlib import Path

from tests.till.modules import TILL


def test_the_till_imports_only_files_of_its_own() -> None:
    for path in [*TILL.glob("*.js"), *TILL.glob("core/*.js")]:
        for name in re.findall(r'(?:from|import) "([^"]+)"', path.read_text()):
            assert name.startswith("."), path
            assert (path.parent / name).resolve().is_relative_to(Path(TILL).resolve()), path
