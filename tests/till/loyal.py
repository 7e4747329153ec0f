"""What tests of loyalty at the till do again and again."""

from typing import Any

from tests.till.page import Till
from tests.till.server import ShopServer


async def offline(till: Till, server: ShopServer) -> None:
    server.away = True
    await till.do("dispatchEvent(new Event('online'))")
    await till.until("!till.sync.value.online")


async def paid(till: Till) -> dict[str, Any]:
    """Whatever is left is paid by bank card; the sale."""
    return await till.do(
        """await till.startPayment();
           const left = till.paying.value.left;
           if (left) await till.addTender({ kind: 'card', amount: left });
           return (await till.finish()).document;"""
    )


async def scan(till: Till, *codes: str) -> Any:
    result = None
    for code in codes:
        result = await till.do("till.scan(given)", code)
    return result
