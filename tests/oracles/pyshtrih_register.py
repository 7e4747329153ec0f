"""pyshtrih, a driver that no one here wrote, works a shift on our simulated Shtrih-M register over a pty.

Run it alone with `python -m tests.oracles.pyshtrih_register`.
"""

import asyncio
import sys
from dataclasses import dataclass, field
from datetime import datetime

from devices.fiscal.shtrih.simulator import ShtrihSimulator1

NOON = datetime(2026, 11, 22, 12, 0)  # noqa: DTZ001 - a register's own clock
SALE, RETURN = 0, 2


@dataclass
class Seen:
    """What was done and whether it came out as it must."""

    lines: list[str] = field(default_factory=list)
    failed: int = 0

    def check(self, what: str, found: object, expected: object) -> None:
        right = found == expected
        self.failed += not right
        self.lines.append(f"{what}: {found}" + ("" if right else f", expected {expected}"))


def oracle() -> tuple[bool, str]:
    """Whether pyshtrih and the simulator understand each other, and what was seen."""
    return asyncio.run(_shift())


async def _shift() -> tuple[bool, str]:
    simulator = ShtrihSimulator1(now=lambda: NOON, baud=0)
    simulator.machine.busy = 1
    url = await simulator.start_pty()
    try:
        seen = await asyncio.to_thread(_work, url.removeprefix("serial:").split("?")[0])
    finally:
        await simulator.stop()
    storage = simulator.machine.storage
    seen.check("documents in the storage", [str(document.kind) for document in storage.documents], DOCUMENTS)
    seen.check("totals", [document.total for document in storage.registered], [17_900, 8_950, 5_000])
    seen.check("left in the drawer", simulator.machine.cash, 13_950)
    return seen.failed == 0, "\n".join(seen.lines)


async def pyshtrih_works_a_whole_shift() -> str:
    """As `make oracles` collects them: what was seen, or an error that says what was not as it must."""
    passed, text = await _shift()
    if not passed:
        raise AssertionError(text)
    return f"{len(text.splitlines())} answers as they must be"


ORACLES = (pyshtrih_works_a_whole_shift,)
DOCUMENTS = ["shift opening", "receipt", "receipt", "correction", "shift closing"]


def _work(path: str) -> Seen:
    """Connect, open a shift, sell, take back, correct, cash in and out, X, Z, all by pyshtrih."""
    import pyshtrih

    seen = Seen()
    register = pyshtrih.ShtrihFR01F(path, 115_200, timeout=2)
    register.connect()
    try:
        seen.check("type of device", register.dev_info["Название устройства"], "ТИЛЛКАРД-01Ф")
        seen.check("mode before the shift", register.state()["Режим ФР"].num, 4)
        register.open_shift()
        seen.check("mode in the shift", register.full_state()["Режим ФР"].num, 2)
        _receipt(register, seen, SALE)
        _receipt(register, seen, RETURN)
        register.wait_printing()
        register.fs_begin_correction_check()
        seen.check("correction's document", register.fs_correction_check(5_000, 1)["Номер ФД"], 4)
        register.wait_printing()
        register.income(10_000)
        register.outcome(5_000)
        register.x_report()
        seen.check("cash in the drawer", register.request_monetary_register(241)["Содержимое регистра"], 13_950)
        seen.check("shift in the storage", register.fs_state()["Состояние смены"], "смена открыта")
        seen.check("shift and receipt", _shift_of(register), (1, 3))
        seen.check("unsent", register.fs_unconfirmed_document_count()["Количество неподтверждённых ФД"], 0)
        register.z_report()
        register.wait_printing()
        seen.check("mode after Z", register.state()["Режим ФР"].num, 4)
        seen.check("last document", register.fs_state()["Номер последнего ФД"], 5)
        seen.check("its kind", register.fs_find_document_by_num(5)["Тип фискального документа"], 5)
    finally:
        register.disconnect()
    return seen


def _receipt(register: object, seen: Seen, kind: int) -> None:
    """Two bottles sold for 200.00 with change, or one of them taken back."""
    pieces, paid, change = (2_000, 20_000, 2_100) if kind == SALE else (1_000, 8_950, 0)
    register.open_check(kind)
    seen.check("mode in the receipt", register.state()["Режим ФР"].state, (8, kind))
    line = register.sale if kind == SALE else register.return_sale
    line(("Молоко", pieces, 8_950))
    register.wait_printing()
    seen.check("change", register.close_check(cash=paid)["Сдача"], change)


def _shift_of(register: object) -> tuple[int, int]:
    shift = register.fs_shift_params()
    return shift["Номер смены"], shift["Номер чека"]


if __name__ == "__main__":
    passed, text = oracle()
    print(text)
    sys.exit(not passed)
