"""Every dialect of customer displays, by name."""

from devices.displays.ansi import Ansi
from devices.displays.cd5220 import Cd5220
from devices.displays.commands import Dialect
from devices.displays.dm_d import DmD

DIALECTS: dict[str, Dialect] = {dialect.name: dialect for dialect in (Cd5220(), DmD(), Ansi())}
