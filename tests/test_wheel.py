"""The wheel is whole: what is not Python goes with it, tests do not, and from it alone the shop's pages are served."""

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path, PurePosixPath

import httpx
import pytest

from tests.e2e.shop import free_port
from tests.web.serving import until_answered

ROOT = Path(__file__).parents[1]
PACKAGES = ("pos", "loyalty", "devices", "web")
SERVE = """
import asyncio, sys
from pathlib import Path
import uvicorn
import web
from pos.storage.database import Database
from web.app import create_app
from web.settings import Settings

async def main(dsn, port, folder):
    database = await Database.open(dsn)
    settings = Settings(data=Path(folder), port=port, csrf_secret="c" * 43)
    print(web.__file__, flush=True)
    await uvicorn.Server(uvicorn.Config(create_app(settings, database), port=port, log_level="warning")).serve()

asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """Built as a release is, without the network."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], cwd=ROOT, check=True)
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """A folder that holds the wheel's packages and nothing else."""
    folder = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--no-compile"]
    subprocess.run([*pip, "--disable-pip-version-check", "--target", folder, wheel], check=True)
    return folder


def kept_files() -> set[str]:
    """Every file of the four packages that git keeps."""
    listed = subprocess.run(["git", "ls-files", "-z", *PACKAGES], cwd=ROOT, check=True, capture_output=True).stdout
    return {name for name in listed.decode().split("\0") if name and (ROOT / name).exists()}


def test_the_wheel_holds_every_file_of_the_four_packages_and_no_test(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    ours = {name for name in names if not PurePosixPath(name).parts[0].endswith(".dist-info")}
    kinds = {PurePosixPath(name).suffix for name in ours}

    assert kept_files() - ours == set()
    assert {PurePosixPath(name).parts[0] for name in ours} == set(PACKAGES)
    assert [name for name in ours if "test" in PurePosixPath(name).name.split("_")] == []
    assert {
        ".py",
        ".html",
        ".js",
        ".css",
        ".json",
        ".sql",
        ".ttf",
        ".woff2",
        ".svg",
        ".png",
        ".webmanifest",
        ".mako",
    } <= kinds
    for name in (
        "web/office/templates/sign_in.html",
        "web/static/vendor/htmx.min.js",
        "web/till/index.html",
        "web/till/sw.js",
        "web/till/engine/engine.js",
        "web/i18n/till.hy.json",
        "pos/storage/migrations/versions/0001_first_tables.sql",
    ):
        assert name in ours


def test_the_wheel_brings_its_licence_and_its_command(wheel):
    with zipfile.ZipFile(wheel) as archive:
        about = {PurePosixPath(name).name: name for name in archive.namelist() if ".dist-info/" in name}
        commands = archive.read(about["entry_points.txt"]).decode()

    assert "LICENSE" in about
    assert "tillcard = web.cli.commands:main" in commands


async def test_the_till_and_the_sign_in_are_served_from_the_installed_wheel(installed, addresses, tmp_path):
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("TILLCARD_", "PYTHON"))}
    environment["PYTHONPATH"] = os.pathsep.join([str(installed), sysconfig.get_path("purelib")])
    command = [sys.executable, "-c", SERVE, addresses.app, str(port), str(tmp_path)]
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
                await until_answered(client, "/api/till/health", process)
                kept = (await client.get("/till/precache.json")).json()["files"]
                answers = {
                    path: await client.get(path)
                    for path in [*kept, "/till/sw.js", "/office/sign-in", "/static/office.css"]
                }
        finally:
            process.terminate()
        said = process.stdout.read() if process.stdout else ""

    assert str(installed) in said
    assert len(kept) > 80
    assert {path: answer.status_code for path, answer in answers.items() if answer.status_code != 200} == {}
    assert 'name="password"' in answers["/office/sign-in"].text
    assert "<script" in answers["/till"].text


async def test_the_command_of_the_installed_wheel_says_its_version(installed, tmp_path):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(installed), sysconfig.get_path("purelib")])}

    version = subprocess.run(
        [installed / "bin" / "tillcard", "--version"], cwd=tmp_path, env=environment, capture_output=True, text=True
    )

    assert version.returncode == 0, version.stderr
    assert version.stdout.strip()
