"""Runs the till's pure modules, as shipped, inside Python: joined into one script for V8, which knows no `export`."""

import json
import re
from pathlib import Path
from typing import Any

from py_mini_racer import MiniRacer

TILL = Path(__file__).parents[2] / "web" / "till"
IMPORT = re.compile(r'^import (?:\* as (?P<whole>\w+)|\{(?P<names>[^}]*)\}) from "(?P<file>[\w./-]+)";$', re.M)
EXPORT = re.compile(r"^export (?:async )?(?:const|let|function|class) (?P<name>\w+)", re.M)


class Modules:
    """`call("clock.js", "localTime", at, zone)` of the named core modules and what they import."""

    def __init__(self, *names: str) -> None:
        self._v8 = MiniRacer()
        self._done: set[Path] = set()
        self._v8.eval('"use strict"; const modules = {};')
        for name in names:
            self._load((TILL / "core" / name).resolve())

    def _load(self, path: Path) -> None:
        if path in self._done:
            return
        self._done.add(path)
        source = path.read_text()
        for found in IMPORT.finditer(source):
            self._load((path.parent / found["file"]).resolve())
        exported = ", ".join(found["name"] for found in EXPORT.finditer(source))
        body = IMPORT.sub(lambda found: self._bound(path, found), source)
        body = re.sub(r"^export ", "", body, flags=re.M)
        self._v8.eval(f'modules["{path.name}"] = (() => {{\n{body}\nreturn {{ {exported} }};\n}})();')

    @staticmethod
    def _bound(path: Path, found: re.Match[str]) -> str:
        what = found["whole"] or "{" + re.sub(r"(\w+) as (\w+)", r"\1: \2", found["names"]) + "}"
        return f'const {what} = modules["{Path(found["file"]).name}"];'

    def call(self, module: str, name: str, *args: Any) -> Any:
        """The answer as JSON values; `{"error", "fields"}` where it raised one of the till's errors."""
        return self.run(f'modules["{module}"].{name}(...{json.dumps(args)})')

    def run(self, expression: str) -> Any:
        script = f"""JSON.stringify((() => {{
            try {{ const answer = {expression}; return answer === undefined ? null : answer; }}
            catch (error) {{ if (error.code === undefined) throw error; return {{ error: error.code, fields: error.fields }}; }}
        }})())"""
        return json.loads(str(self._v8.eval(script)))
