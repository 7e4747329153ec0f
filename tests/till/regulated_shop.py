"""The small shop with goods under a law: beer (18, by day), cigarettes (18, not taken back), rockets (21), a night lamp."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.till import shop
from tests.till.page import Till
from tests.till.server import ShopServer

BEER, CIGARETTES, ROCKETS, LAMP = 21, 22, 23, 24
BEER_CODE, CIGARETTES_CODE, ROCKETS_CODE, LAMP_CODE = "4850001230217", "4850001230224", "4850001230231", "4850001230248"


def law(code: str, name: str, **more: Any) -> dict[str, Any]:
    said = {
        "code": code, "names": {"en": name, "ru": f"{name} по-русски"}, "no_discount": False, "no_points": False,
        "floor": None, "ceiling": None, "age": None, "hours": None, "not_returnable": False,
    }  # fmt: skip
    return said | more


LAWS = [
    law("alcohol", "Alcohol", age=18, hours=[8 * 60, 23 * 60]),
    law("fireworks", "Fireworks", age=21),
    law("night", "Night goods", hours=[22 * 60, 8 * 60]),
    law("tobacco", "Tobacco", age=18, not_returnable=True),
]


def with_laws(server: ShopServer) -> ShopServer:
    """Changes the shop's goods and classes before a till is paired."""
    goods = [
        (BEER, "Beer", BEER_CODE, "alcohol"),
        (CIGARETTES, "Cigarettes", CIGARETTES_CODE, "tobacco"),
        (ROCKETS, "Rockets", ROCKETS_CODE, "fireworks"),
        (LAMP, "Night lamp", LAMP_CODE, "night"),
    ]
    server.products += [
        shop.product(seq, name, 90_000, (code, 1000)) | {"regulation": under} for seq, name, code, under in goods
    ]
    server.snapshot["product_chunks"] = [[0, len(server.products)]]
    server.snapshot["regulations"] = LAWS
    body = server.snapshot["rule_set"]["body"]
    body["regulations"] = [{"code": each["code"]} for each in LAWS]
    return server


async def at(till: Till, server: ShopServer, clock: str, day: int) -> None:
    """The shop's clock says this on the `day`-th day from now; days only go forward, as clocks do."""
    zone = ZoneInfo(shop.ZONE)
    hour, minute = map(int, clock.split(":"))
    local = (datetime.now(zone) + timedelta(days=day)).replace(hour=hour, minute=minute, second=0, microsecond=0)
    server.time_offset = int((local.astimezone(UTC) - datetime.now(UTC)).total_seconds() * 1_000)
    await till.do("dispatchEvent(new Event('online'))")
    await till.until(f"till.today() === '{local.date().isoformat()}'")
