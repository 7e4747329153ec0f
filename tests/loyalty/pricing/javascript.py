"""Runs the shipped browser engine inside Python: the module files joined into one script for V8 (which sees no `export`)."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from py_mini_racer import MiniRacer

ENGINE = Path(__file__).parents[3] / "web" / "till" / "engine"
IMPORT = re.compile(r'^import (?:\* as (?P<whole>\w+)|\{(?P<names>[^}]*)\}) from "\./(?P<file>[\w.]+)";$', re.M | re.S)
EXPORT = re.compile(r"^export (?P<keyword>const|let|function|class) (?P<name>\w+)", re.M)

ENTRY = """
function afterSale(jobs) {
  return JSON.stringify(JSON.parse(jobs).map(([name, args]) => attempt(() => refund[name](...args))));
}
const wire = modules["wire.js"], cash = modules["cash.js"], refund = modules["refund.js"];
function attempt(work) {
  try { return work(); }
  catch (error) {
    if (error.code === undefined) throw error;
    return { error: error.code, field: error.field };
  }
}
function quotes(jobs) {
  return JSON.stringify(JSON.parse(jobs).map(([ruleSet, basket]) =>
    attempt(() => wire.quoteJson(wire.prepareJson(ruleSet), basket))));
}
function rounding(jobs) {
  return JSON.stringify(JSON.parse(jobs).map((args) => attempt(() => cash.cashRounding(...args))));
}
function refundRounding(jobs) {
  return JSON.stringify(JSON.parse(jobs).map((args) => attempt(() => cash.refundRounding(...args))));
}
function inTurn([line, quantities]) {
  const sold = { points: 0, ...line }, back = [];
  const sofar = () => back.length ? refund.addUp(sold, back) : refund.nothingReturned(sold);
  const answers = quantities.map((quantity) => {
    const answer = attempt(() => refund.returned(sold, sofar(), quantity));
    if (answer.error === undefined) back.push(answer);
    return answer;
  });
  return [...answers, sofar()];
}
function returns(jobs) {
  return JSON.stringify(JSON.parse(jobs).map(inTurn));
}
"""


def sources() -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted(ENGINE.glob("*.js"))}


def joined(files: Mapping[str, str]) -> str:
    """One script in which each module file is a function over the modules it imports."""
    done: dict[str, str] = {}

    def add(name: str) -> None:
        if name in done:
            return
        for found in IMPORT.finditer(files[name]):
            add(found["file"])
        done[name] = _module(name, files[name])

    for name in files:
        add(name)
    return '"use strict"; const modules = {};\n' + "\n".join(done.values()) + ENTRY


def _module(name: str, source: str) -> str:
    exported = [found["name"] for found in EXPORT.finditer(source)]
    body = IMPORT.sub(_bound, source)
    body = EXPORT.sub(lambda found: f"{found['keyword']} {found['name']}", body).replace("export {};", "")
    assert not re.search(r"^(import|export) ", body, re.M), name
    return f'modules["{name}"] = (() => {{\n{body}\nreturn {{ {", ".join(exported)} }};\n}})();'


def _bound(found: re.Match[str]) -> str:
    what = found["whole"] or "{" + found["names"] + "}"
    return f'const {what} = modules["{found["file"]}"];'


class Engine:
    """The shipped engine in V8. `files` may hold altered sources (mutation tests)."""

    def __init__(self, files: Mapping[str, str] | None = None, timeout: float = 120, memory: int = 0) -> None:
        self._timeout = timeout
        self._v8 = MiniRacer()
        if memory:
            self._v8.set_hard_memory_limit(memory)
        self._v8.eval(joined(files if files is not None else sources()))

    def quotes(self, jobs: list[tuple[Any, Any]]) -> list[dict[str, Any]]:
        """A quote, or `{"error", "field"}`, for each (rule set, basket)."""
        return self._call("quotes", jobs)

    def cash_rounding(self, jobs: list[tuple[int, int, str]]) -> list[Any]:
        return self._call("rounding", jobs)

    def refund_rounding(self, jobs: list[Any]) -> list[Any]:
        return self._call("refundRounding", jobs)

    def after_sale(self, jobs: list[Any]) -> list[Any]:
        """`[name, arguments]` of a function on what else a return gives back: points, uses, tenders."""
        return self._call("afterSale", jobs)

    def returned(self, jobs: list[Any]) -> list[Any]:
        """For each (sold line, quantities that come back in turn) what goes back each time, or why not;
        at last all of it together."""
        return self._call("returns", jobs)

    def close(self) -> None:
        self._v8.close()

    def evaluate(self, script: str) -> Any:
        return self._v8.eval(script)

    def _call(self, name: str, jobs: list[Any]) -> list[Any]:
        script = f"{name}({json.dumps(json.dumps(jobs, ensure_ascii=True))})"
        return json.loads(str(self._v8.eval(script, timeout_sec=self._timeout)))
