"""docs/devices.md lists every protocol, with what it says of its line and how many frames it is held to."""

from pathlib import Path

from devices.conformance.page import table
from devices.protocols import PROTOCOLS

PAGE = (Path(__file__).parents[2] / "docs" / "devices.md").read_text("utf-8")


def test_the_page_holds_the_table_of_all_protocols():
    assert table(PROTOCOLS.values()) in PAGE
