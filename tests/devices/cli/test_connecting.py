"""A computer becomes a till's own by a code of the back office: what is sent, what is written, what is said."""

import os
import shutil
import socket
import ssl
import stat
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from websockets.asyncio.server import serve

from devices.agent.agent import Agent
from devices.agent.config import AgentConfig, ServerLink, read_config
from devices.cli.main import main
from devices.cli.spending import CannotConnect, spend
from tests.certificates import SHOP, certificates
from tests.devices.cli.office import CODE, KEY, PAIRED, a_proxy, an_office, modes
from tests.waiting import eventually

WRITTEN = """# the till by the door
state = "state"   # beside this file
port = 9317
origins = ["http://127.0.0.1:8080"]

[[devices]]
id = "receipt"   # the old one
kind = "receipt-printer"
url = "tcp://192.168.1.51:9100"
# nothing below
"""
CONNECTED = """state = "state"

[server]   # by hand
url = "wss://old.example/api/agent/link"   # before the move
token = 'old key'

[[devices]]
id = "receipt"
kind = "receipt-printer"
url = "tcp://192.168.1.51:9100"
token = "of the printer"
"""
AGAIN = "make a new code in the back office"
UNUSED = "The code was not used"


@pytest.fixture(autouse=True)
def _no_proxy_of_this_machine(monkeypatch):
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


@pytest.fixture
def office():
    with an_office() as office:
        yield office


@pytest.fixture
def file(tmp_path):
    folder = tmp_path / "till"
    folder.mkdir()
    return folder / "devices.toml"


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificates")
    certificates(folder)
    return folder


def connect(file, address: str, code: str = CODE, *more: str) -> int:
    return main(["connect", "--config", str(file), address, code, *more])


def test_the_code_is_spent_and_the_key_written_for_its_owner_alone(office, file, capfd):
    umask = os.umask(0)
    try:
        status = connect(file, office.address)
    finally:
        os.umask(umask)

    said = capfd.readouterr()
    assert (status, said.err) == (0, "")
    assert office.asked == [("/api/agent/pair", {"code": CODE})]
    assert file.read_text("utf-8") == (
        'state = "state"\nport = 9317\n\n'
        f'[server]\nurl = "ws://127.0.0.1:{office.port}/api/agent/link"\ntoken = "{KEY}"\n'
    )
    assert read_config(file).allowed_origins == {office.address}
    assert f"now Till 2 (Corner shop) at {office.address}" in said.out
    assert str(file) in said.out
    assert f"tillcard devices --config {file}" in said.out
    assert KEY not in said.out
    if os.name == "posix":
        assert modes(file.parent) == {"devices.toml": "0o600"}


@pytest.mark.skipif(os.name != "posix", reason="modes of files")
@pytest.mark.parametrize("before", [None, 0o644])
def test_no_file_can_be_read_by_others_while_the_server_is_asked(office, file, before):
    if before is not None:
        file.write_text(WRITTEN, "utf-8")
        file.chmod(before)
    seen = {}
    office.meanwhile = lambda: seen.update(modes(file.parent))

    assert connect(file, office.address) == 0
    assert seen.pop("devices.toml.new") == "0o600"
    assert modes(file.parent) == {"devices.toml": "0o600"}


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["unix", "windows"])
def test_what_was_written_before_stays_byte_for_byte(office, file, end):
    before = WRITTEN.replace("\n", end).encode()
    file.write_bytes(before)

    assert connect(file, office.address) == 0
    after = file.read_bytes()
    assert after.startswith(before)
    assert after.count(b"\n") == after.count(end.encode())
    assert read_config(file).server == ServerLink(f"ws://127.0.0.1:{office.port}/api/agent/link", KEY)
    assert [device.id for device in read_config(file).devices] == ["receipt"]


@pytest.mark.skipif(os.name != "posix", reason="modes of files")
def test_a_device_added_later_does_not_open_the_file_to_others(office, file):
    assert connect(file, office.address) == 0
    assert main(["add", "--config", str(file), "receipt", "receipt-printer", "tcp://192.168.1.50"]) == 0

    assert modes(file.parent) == {"devices.toml": "0o600"}
    assert read_config(file).server is not None


def test_a_connected_computer_is_connected_anew_only_when_asked_to(office, file, capsys):
    file.write_text(CONNECTED, "utf-8")
    refused = connect(file, office.address)
    said = capsys.readouterr().err

    assert refused == 2
    assert "https://old.example" in said
    assert "--again" in said
    assert "--config FILE" in said
    assert "old key" not in said
    assert office.asked == []
    assert file.read_text("utf-8") == CONNECTED

    assert connect(file, office.address, CODE, "--again") == 0
    assert file.read_text("utf-8") == CONNECTED.replace(
        "wss://old.example/api/agent/link", f"ws://127.0.0.1:{office.port}/api/agent/link"
    ).replace("'old key'", f'"{KEY}"')


@pytest.mark.parametrize(
    "other",
    [
        'server = { url = "wss://old.example/x", token = "old" }\nstate = "state"\n',
        'server.url = "wss://old.example/x"\nserver.token = "old"\nstate = "state"\n',
        'state = "state"\nnote = """\n[server]\ntoken = "no"\n"""\n["server"]\nurl = "wss://old.example/x"\ntoken = "old"\n',
    ],
    ids=["inline", "dotted", "in a text"],
)
def test_a_link_written_in_another_way_is_left_alone_and_the_code_kept(office, file, capsys, other):
    file.write_text(other, "utf-8")

    assert connect(file, office.address, CODE, "--again") == 2
    assert "on a line each" in capsys.readouterr().err
    assert office.asked == []
    assert file.read_text("utf-8") == other


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("state = [", "devices.toml"),
        ("port = 0\n", "state: is missing"),
        ("", "state: is missing"),
        ('state = "state"\nserver = 7', "must be a table"),
    ],
)
def test_a_file_that_cannot_be_used_is_found_before_the_code_is_spent(office, file, capsys, text, says):
    file.write_text(text, "utf-8")

    assert connect(file, office.address) == 2
    said = capsys.readouterr().err
    assert says in said
    assert ".new" not in said
    assert office.asked == []
    assert list(file.parent.iterdir()) == [file]


def test_a_folder_that_cannot_be_written_is_found_before_the_code_is_spent(office, file, capsys):
    (file.parent / "devices.toml.new").mkdir()
    in_the_way = connect(file, office.address)
    missing = connect(file.parent / "nowhere" / "devices.toml", office.address)

    assert (in_the_way, missing) == (2, 2)
    assert capsys.readouterr().err.count("cannot be written") == 2
    assert office.asked == []


NOBODY = 65_534


def as_an_ordinary_user(work: Callable[[], int]) -> int:
    """What it answers to somebody whom the system refuses things: root, who may write anywhere, sends a child."""
    if os.geteuid() != 0:
        return work()
    child = os.fork()
    if child == 0:
        status = 99
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            status = work()
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.skipif(os.name != "posix", reason="modes of files")
@pytest.mark.parametrize("protects", ["folder", "file"])
def test_a_protected_folder_or_file_is_found_before_the_code_is_spent(office, protects):
    with TemporaryDirectory() as place:  # where everybody may go
        folder, file = Path(place), Path(place) / "devices.toml"
        file.write_text(WRITTEN, "utf-8")
        if os.geteuid() == 0:
            for each in (folder, file):
                os.chown(each, NOBODY, NOBODY)
        target = file if protects == "file" else folder
        target.chmod(stat.S_IRUSR | stat.S_IXUSR)

        refused = as_an_ordinary_user(lambda: connect(file, office.address))
        spent = list(office.asked)
        target.chmod(stat.S_IRWXU)
        taken = as_an_ordinary_user(lambda: connect(file, office.address))

    assert (refused, spent) == (2, [])
    assert (taken, len(office.asked)) == (0, 1)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="root alone gives files away")
def test_roots_hand_leaves_the_file_to_the_agents_user(office, file):
    file.write_text(WRITTEN, "utf-8")
    os.chown(file, 4_711, 4_712)

    assert connect(file, office.address) == 0
    after = file.stat()
    assert (after.st_uid, after.st_gid, after.st_mode & 0o777) == (4_711, 4_712, 0o600)


def test_a_link_to_the_file_stays_a_link(office, file, tmp_path):
    real = tmp_path / "real.toml"
    real.write_text(WRITTEN, "utf-8")
    file.symlink_to(real)

    assert connect(file, office.address) == 0
    assert file.is_symlink()
    assert read_config(real).server is not None


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("http://till.shop.example", "https://"),
        ("http://192.168.1.2:8080", "https://"),
        ("http://127.0.0.1.evil.example", "https://"),
        ("wss://till.shop.example", "https://"),
        ("ftp://till.shop.example", "such as"),
        ("till.shop.example", "such as"),
        ("https://", "such as"),
        ("https://[bad", "such as"),
        ("https://till.shop.example:99999", "such as"),
        ("https://till.shop.example/office/devices", "alone: https://till.shop.example"),
        ("https://me:word@till.shop.example", "alone: https://till.shop.example"),
        ("https://Till.Shop.example:443/?a", "alone: https://till.shop.example"),
    ],
)
def test_an_address_to_which_no_code_may_travel_is_refused(file, capsys, typed, says):
    assert connect(file, typed) == 2
    assert says.replace("such as", "like https://till.shop.example") in capsys.readouterr().err
    assert not list(file.parent.iterdir())


@pytest.mark.parametrize("typed", ["7kq2-m9xb", "7KQ2M9XB", " 7KQ2 - m9xb "])
def test_a_code_is_taken_as_people_write_it(office, file, typed):
    assert connect(file, office.address + "/", typed) == 0
    assert office.asked[0][1] == {"code": CODE}


def test_a_code_in_two_words_is_one_code_and_what_is_none_is_not_sent(office, file, capsys):
    assert main(["connect", "--config", str(file), office.address, "7KQ2", "M9XB"]) == 0
    for typed in ("7KQ2", "7KQ2-M9XB-7KQ2", "7KQ2-M9Xß"):
        assert connect(file, office.address, typed, "--again") == 2
    assert len(office.asked) == 1
    assert capsys.readouterr().err.count("not a code like 7KQ2-M9XB") == 3


@pytest.mark.parametrize(
    ("status", "code", "headers", "says"),
    [
        (404, "pair.code_wrong", {}, "does not know this code"),
        (410, "pair.code_expired", {}, f"has run out: {AGAIN}"),
        (429, "pair.too_many", {"Retry_After": "61"}, f"wait 2 min, then try again. {UNUSED}"),
        (429, "pair.too_many", {"Retry_After": "Wed, 21 Oct 2026 07:28:00 GMT"}, "wait some minutes"),
        (404, "address.unknown", {}, "is older"),
        (422, "input.malformed", {}, "About input.malformed. (input.malformed)"),
        (500, "server.unexpected", {}, AGAIN),
    ],
)
def test_the_servers_no_is_put_into_words(office, file, capsys, status, code, headers, says):
    file.write_text(WRITTEN, "utf-8")
    office.refuses(status, code, **headers)

    assert connect(file, office.address) == 1
    assert says in capsys.readouterr().err
    assert file.read_text("utf-8") == WRITTEN
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (200, b"<!doctype html><title>Router</title>"),
        (200, PAIRED),
        (404, b"not found"),
        (404, {"code": 7}),
        (201, b"\xff\xfe"),
        (201, b"[" * 60_000),
        (201, b" " * 70_000),
        (201, []),
        (201, {}),
        (201, PAIRED | {"key": ""}),
        (201, PAIRED | {"key": 'a"\nb'}),
        (201, PAIRED | {"key": "ключ"}),
        (201, PAIRED | {"key": ["a"]}),
        (201, PAIRED | {"agent": "../../etc"}),
        (201, PAIRED | {"name": None}),
    ],
)
def test_what_is_no_tillcard_server_is_said_to_be_none(office, file, capsys, status, answer):
    office.status, office.answers = status, answer

    assert connect(file, office.address) == 1
    said = capsys.readouterr().err
    assert "not answer as a Tillcard server does" in said
    assert AGAIN in said
    assert not list(file.parent.iterdir())


def test_a_gateway_without_its_server_is_asked_again_later(office, file, capsys):
    office.status, office.answers = 502, b"<h1>Bad Gateway</h1>"

    assert connect(file, office.address) == 1
    assert "try again in a minute" in capsys.readouterr().err


def test_names_from_the_server_cannot_write_elsewhere_on_the_terminal(office, file, capsys):
    office.answers = PAIRED | {"name": "Till\x1b[2J\n2", "outlet": "Խանութ\u202e" + "x" * 1_000}

    assert connect(file, office.address) == 0
    said = capsys.readouterr().out
    assert "Till [2J 2 (Խանութ x" in said
    assert len(said.splitlines()) == 3


def test_a_code_does_not_travel_on_to_where_a_server_sends_it(office, file, capsys):
    with an_office() as elsewhere:
        for status in (301, 302, 303, 307, 308):
            for there in (f"{elsewhere.address}/api/agent/pair", "http://till.shop.example/x", "", "http://[bad"):
                office.status, office.headers = status, {"Location": there}
                assert connect(file, office.address) == 1
        assert elsewhere.asked == []
    said = capsys.readouterr().err
    assert f"sends on to {elsewhere.address}, and the code was not sent there" in said
    assert "sends on to nowhere" in said
    assert len(office.asked) == 20
    assert not list(file.parent.iterdir())


@pytest.mark.parametrize("cut_after", [0, 10, 60, 120])
def test_a_connection_that_breaks_after_the_code_was_sent_asks_for_a_new_code(office, file, capsys, cut_after):
    office.cut_after = cut_after

    assert connect(file, office.address) == 1
    said = capsys.readouterr().err
    assert AGAIN in said
    assert "ended before the whole answer was here" in said
    assert KEY[:20] not in said
    assert not list(file.parent.iterdir())


def test_a_server_that_is_silent_is_not_waited_for_without_end():
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(CannotConnect, match="timed out.*" + AGAIN):
        spend(f"http://127.0.0.1:{silent.getsockname()[1]}", CODE, within=0.2)


def test_a_key_that_cannot_be_written_any_more_asks_for_a_new_code(office, file, capsys):
    office.meanwhile = lambda: shutil.rmtree(file.parent)

    assert connect(file, office.address) == 1
    said = capsys.readouterr().err
    assert "No such file or directory. The code is used up" in said
    assert AGAIN in said
    assert KEY not in said


def test_an_office_that_is_not_there_leaves_the_code_unused(file, capsys):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert connect(file, f"http://127.0.0.1:{port}") == 1
    assert connect(file, "https://nowhere.invalid") == 1

    said = capsys.readouterr().err
    assert said.count(UNUSED) == 2
    assert "no computer of this name is found" in said
    assert not list(file.parent.iterdir())


@pytest.fixture
def behind_a_proxy(shop, monkeypatch):
    """The shop's server by its own name; the proxy of this computer knows where it is."""
    with an_office(shop) as office, a_proxy(office.port) as (port, heads):
        monkeypatch.setenv("https_proxy", f"http://till:open%20sesame@127.0.0.1:{port}")
        yield office, heads


def test_a_certificate_of_the_shops_own_authority_is_trusted_once_that_is_installed(
    behind_a_proxy, shop, file, capsys, monkeypatch
):
    office, heads = behind_a_proxy
    untrusted = connect(file, f"https://{SHOP}")
    said = capsys.readouterr().err
    assert (untrusted, office.asked) == (1, [])
    assert "is not trusted here" in said
    assert "install its authority" in said
    assert UNUSED in said

    monkeypatch.setenv("SSL_CERT_FILE", str(shop / "authority.pem"))
    assert connect(file, f"https://{SHOP}") == 0
    assert read_config(file).server == ServerLink(f"wss://{SHOP}/api/agent/link", KEY)
    assert read_config(file).allowed_origins == {f"https://{SHOP}"}
    assert heads[1].startswith(f"CONNECT {SHOP}:443 HTTP/1.")
    assert "Proxy-Authorization: Basic dGlsbDpvcGVuIHNlc2FtZQ==" in heads[1]


def test_a_certificate_of_another_name_is_not_trusted_and_no_proxy_is_asked_the_way_to_this_computer(
    behind_a_proxy, shop, file, capsys, monkeypatch
):
    office, heads = behind_a_proxy
    monkeypatch.setenv("SSL_CERT_FILE", str(shop / "authority.pem"))

    assert connect(file, f"https://localhost:{office.port}") == 1
    assert "is not trusted here (Hostname mismatch" in capsys.readouterr().err
    assert (heads, office.asked) == ([], [])


async def test_the_link_goes_the_way_that_the_code_went_with_the_key(shop, tmp_path, monkeypatch):
    shown: list[str | None] = []

    async def office(link):
        shown.append(link.request.headers.get("Authorization"))
        await link.wait_closed()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(shop / "chain.pem", shop / "shop.key")
    monkeypatch.setenv("SSL_CERT_FILE", str(shop / "authority.pem"))
    async with serve(office, "127.0.0.1", 0, ssl=context) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        with a_proxy(port) as (proxy, heads):
            monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy}")
            here = ServerLink(f"wss://localhost:{port}/api/agent/link", KEY)
            async with Agent(AgentConfig(tmp_path / "here", None, server=here), []) as agent:
                await eventually(lambda: agent.counts.link_failures > 0)
            assert (heads, shown) == ([], [])  # of another name than the certificate, and straight
            away = ServerLink(f"wss://{SHOP}/api/agent/link", KEY)
            async with Agent(AgentConfig(tmp_path / "away", None, server=away), []):
                await eventually(lambda: bool(shown))

    assert shown == [f"Bearer {KEY}"]
    assert heads[0].startswith(f"CONNECT {SHOP}:443 ")


@pytest.mark.parametrize("address", ["socks5://127.0.0.1:1080", "127.0.0.1:3128", "https://127.0.0.1:1", "http://[bad"])
def test_a_proxy_that_cannot_be_used_is_named_without_its_password(file, capsys, monkeypatch, address):
    monkeypatch.setenv("https_proxy", address.replace("127", "me:secret@127"))

    assert connect(file, f"https://{SHOP}") == 1
    said = capsys.readouterr().err
    assert "http://proxy.shop.example:3128" in said
    assert "secret" not in said


def test_a_proxy_that_refuses_leaves_the_code_unused(office, file, capsys, monkeypatch):
    with a_proxy(office.port, b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n") as (port, _):
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{port}")
        assert connect(file, f"https://{SHOP}") == 1

    said = capsys.readouterr().err
    assert "407" in said
    assert UNUSED in said


def test_a_server_without_encryption_behind_https_hears_no_code(office, file, capsys):
    assert connect(file, f"https://127.0.0.1:{office.port}") == 1
    assert "no encrypted connection" in capsys.readouterr().err
    assert office.asked == []
