"""The till's time: corrected by the server, carried on without it, never earlier than the last document."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.till.modules import Modules

NOON = int(datetime(2026, 11, 22, 12, tzinfo=UTC).timestamp() * 1000)
HOUR, DAY = 3_600_000, 86_400_000
START = "let wall = {wall}, ticks = 0; const clock = new modules['clock.js'].Clock({{ wall: () => wall, ticks: () => ticks }});"


@pytest.fixture
def modules() -> Modules:
    return Modules("clock.js")


def told(modules: Modules, steps: str, wall: int = NOON) -> int:
    return modules.run("(() => {" + START.format(wall=wall) + steps + "return clock.now(); })()")


def test_a_clock_a_day_ahead_is_corrected_by_the_server(modules: Modules) -> None:
    assert told(modules, f"clock.learn({NOON}, wall - 20, wall + 20);", wall=NOON + DAY) == NOON


def test_a_clock_set_back_offline_does_not_turn_the_time_back(modules: Modules) -> None:
    steps = f"clock.learn({NOON}, wall, wall); ticks += {HOUR}; wall += {HOUR} - {DAY};"

    assert told(modules, steps) == NOON + HOUR
    assert modules.run("(() => {" + START.format(wall=NOON) + steps + "return clock.jumped(); })()") is True


def test_a_device_that_slept_is_believed_to_have_slept(modules: Modules) -> None:
    assert told(modules, f"clock.learn({NOON}, wall, wall); wall += 8 * {HOUR};") == NOON + 8 * HOUR


def test_a_restart_with_the_clock_a_day_back_goes_on_from_the_last_sale(modules: Modules) -> None:
    assert told(modules, f"clock.notBefore({NOON}); ticks += 5000; wall += 5000;", wall=NOON - DAY) == NOON + 5000


def test_an_answer_that_took_too_long_says_nothing_about_the_time(modules: Modules) -> None:
    assert told(modules, f"clock.learn({NOON - HOUR}, wall - 9000, wall);") == NOON


@pytest.mark.parametrize("zone", ["Asia/Yerevan", "Europe/Moscow", "America/St_Johns", "Europe/Berlin"])
@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 3, 29, 0, 59, tzinfo=UTC),  # an hour is left out in Berlin
        datetime(2026, 3, 29, 1, 0, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
        datetime(2026, 12, 31, 20, 0, tzinfo=UTC),  # already next year in Yerevan
        datetime(2027, 1, 1, 0, 0, tzinfo=UTC),
    ],
)
def test_rules_are_judged_by_the_wall_clock_of_the_shop(modules: Modules, zone: str, moment: datetime) -> None:
    local = moment.astimezone(ZoneInfo(zone))

    assert modules.call("clock.js", "localTime", int(moment.timestamp() * 1000), zone) == {
        "date": local.date().isoformat(),
        "minute": local.hour * 60 + local.minute,
        "weekday": local.isoweekday(),
    }
