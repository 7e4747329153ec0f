"""Whatever a configuration looks like: its link is changed and nothing else, or it is left alone."""

import tomllib
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.agent.config import ServerLink
from devices.agent.errors import ConfigError
from devices.cli.writing import with_server, with_table

LINK = ServerLink("wss://till.shop.example/api/agent/link", "new key")
PLAIN = [
    'state = "state"   # beside',
    "port = 9317",
    "# url = 'in a comment'",
    "",
    '[[devices]]\nid = "a"\nurl = "tcp://a"   # its own\ntoken = "of a device"',
    '[note]\ntext = """\n[server]\nurl = "in a text"\n"""',
    "[other]\nserver = { url = 'deeper' }",
    "[other.server]\nurl = 'deeper'",
    '[[registers]]\nid = "b"\ntoken = "[server]"',
    'list = [\n  "a",\n  ["b"],\n]',
]
LINKS = [
    '[server]\nurl = "old"\ntoken = "old"',
    "  [ server ]   # the office\n\ttoken = 'old \\'   # one\n  url='old'\nmore = 7",
    '[server]\nurl = "a \\" # b"',
    "[server]",
    '[server]\nlist = [\n  "a",\n]\ntoken = "old"',
    '[server]\n"url" = "old"\ntoken = "old"',
    'server = { url = "old" }',
    'server.url = "old"',
    "[server.more]\na = 1",
    "server = 7",
]
pieces = st.lists(st.sampled_from(PLAIN), max_size=5)
ends = st.sampled_from(["\n", "\r\n"])


def _read(text):
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def _lines(text):
    """How often each stands there; the end of the last one may be added."""
    return Counter(line.removesuffix("\r") for line in text.split("\n"))


@settings(deadline=None)
@given(before=pieces, link=st.sampled_from([None, *LINKS]), after=pieces, end=ends, last=st.booleans())
def test_the_link_is_changed_and_nothing_else_or_nothing_at_all(before, link, after, end, last):
    text = "\n".join([*before, *([] if link is None else [link]), *after]) + ("\n" if last else "")
    text = text.replace("\n", end)
    old = _read(text)
    try:
        changed = with_server(text, LINK)
    except ConfigError:
        assert old is None or link in LINKS
        return

    assert old is not None
    new = tomllib.loads(changed)
    assert (new["server"]["url"], new["server"]["token"]) == (LINK.url, LINK.token)
    assert {**new, "server": {**new["server"], "url": "", "token": ""}} == {
        **old,
        "server": {**old.get("server", {}), "url": "", "token": ""},
    }
    lost = list((_lines(text) - _lines(changed)).elements())
    assert len(lost) <= 2
    assert all(line.strip().startswith(("url", "token")) for line in lost)
    assert with_server(changed, LINK) == changed


@pytest.mark.parametrize("written", LINKS[:5])
def test_a_link_on_lines_of_its_own_is_changed(written):
    assert tomllib.loads(with_server(f"a = 1\n{written}\n", LINK))["server"]["token"] == LINK.token


@pytest.mark.parametrize("written", LINKS[5:])
def test_a_link_written_otherwise_is_refused(written):
    with pytest.raises(ConfigError, match="on a line each"):
        with_server(f"{written}\n", LINK)


words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)


@settings(deadline=None)
@given(text=words, number=st.integers(-(2**53), 2**53), several=st.lists(words, max_size=3))
def test_a_table_says_in_toml_what_it_was_given(text, number, several):
    values = {"text": text, "number": number, "several": several, "yes": True}

    assert tomllib.loads(with_table("a = 1", "[[devices]]", values)) == {"a": 1, "devices": [values]}
