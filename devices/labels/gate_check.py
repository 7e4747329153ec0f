"""Whether any text could be a command of a label printer: what the fuzzer asks. Text in, bytes out, commands not ours."""

from devices.labels.content import Label, Size
from devices.labels.epl2.commands import scan as scan_epl2
from devices.labels.epl2.encode import OBEYED as EPL2_OBEYED
from devices.labels.epl2.encode import epl2_of
from devices.labels.tspl.commands import scan as scan_tspl
from devices.labels.tspl.encode import OBEYED as TSPL_OBEYED
from devices.labels.tspl.encode import tspl_of
from devices.labels.zpl.commands import scan as scan_zpl
from devices.labels.zpl.encode import zpl_of

LONGEST = 96
SIZE = Size(100, 60)
ZPL_OURS = frozenset({
    "^XA", "^CI", "^MN", "^PW", "^LL", "^LH", "^LS", "^PO", "^FW", "^FO", "^A0", "^A", "^FH", "^FD", "^FS", "^GF", "^GB", "^BY",
    "^BE", "^B8", "^BC", "^BQ", "^PQ", "^XZ",
})  # fmt: skip
TSPL_OURS = frozenset({"SIZE", "GAP", "DIRECTION", "REFERENCE", "CLS", "TEXT", "BARCODE", "BITMAP", "PRINT"})
EPL2_OURS = frozenset({"", "N", "q", "Q", "A", "B", "GW", "P"})
CONTROLS = frozenset(range(32)) - {0x0A} | {0x7F}


def foreign_commands(text: str) -> list[str]:
    """The commands in a label with this text in every place that printing a label never issues: none, whatever it is.

    Also named: a label that is not one format, bytes that are no text.
    """
    label = labelled(text)
    foreign = {"zpl": _foreign_zpl(label), "tspl": _foreign_tspl(label), "epl2": _foreign_epl2(label)}
    return [f"{language} {each}" for language, found in foreign.items() for each in found]


def labelled(text: str) -> Label:
    """A label that says the text wherever a text may stand."""
    text = text[:LONGEST]
    return Label(name=text or " ", price="1.00", currency=text[:4], unit_price=text[:8], code=text[:8])


def _foreign_zpl(label: Label) -> list[str]:
    data = zpl_of(label, SIZE, "en")
    names = [command.name for command in scan_zpl(data)]
    found = [name for name in names if name not in ZPL_OURS]
    once = [name for name in ("^XA", "^XZ", "^PQ") if names.count(name) != 1]
    return found + once + ["control"] * bool(CONTROLS & set(data))


def _foreign_tspl(label: Label) -> list[str]:
    data = tspl_of(label, SIZE, "en")
    commands = scan_tspl(data)
    found = [command.name for command in commands if command.name not in TSPL_OURS or CONTROLS & set(command.line)]
    once = [name for name in ("CLS", "PRINT") if [command.name for command in commands].count(name) != 1]
    return found + once + [repr(sequence) for sequence in TSPL_OBEYED if sequence in data]


def _foreign_epl2(label: Label) -> list[str]:
    data = epl2_of(label, SIZE, "en")
    commands = scan_epl2(data)
    found = [command.name for command in commands if command.name not in EPL2_OURS or CONTROLS & set(command.line)]
    once = [name for name in ("N", "P") if [command.name for command in commands].count(name) != 1]
    return found + once + [repr(sequence) for sequence in EPL2_OBEYED if sequence in data]
