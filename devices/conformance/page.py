"""The table of protocols in docs/devices.md: `python -m devices.conformance.page` writes it anew."""

from collections.abc import Iterable
from pathlib import Path

from devices.conformance.spec import ProtocolSpec
from devices.protocols import PROTOCOLS

HEAD = "| protocol | devices | line | golden frames | captured | check sum |\n| --- | --- | --- | --- | --- | --- |\n"


def table(specs: Iterable[ProtocolSpec]) -> str:
    """A line for each, by name."""
    return HEAD + "".join(_row(spec) for spec in sorted(specs, key=lambda spec: spec.name))


def _row(spec: ProtocolSpec) -> str:
    captured = sum(is_captured(frame.source) for frame in spec.golden)
    line = f"`{spec.line}`" if spec.line else "no serial line"
    cells = (f"`{spec.name}`", spec.title, line, len(spec.golden), captured, "yes" if spec.checked else "no")
    return "| " + " | ".join(map(str, cells)) + " |\n"


def is_captured(source: str) -> bool:
    """Whether a real device said that frame, by the words of its source."""
    return "captured" in source and "not captured" not in source


def with_table(page: str) -> str:
    """The page with the table of all protocols in place of the one it has."""
    before, _, rest = page.partition(HEAD)
    after = rest.partition("\n\n")[2]
    return f"{before}{table(PROTOCOLS.values())}\n{after}"


if __name__ == "__main__":
    path = Path("docs/devices.md")
    path.write_text(with_table(path.read_text("utf-8")), "utf-8")
