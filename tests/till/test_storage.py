"""What the till keeps: on disk before anyone is told, through kills and reloads, by one window alone."""

from functools import partial
from pathlib import Path

import pytest

from tests.till.page import Refused, Till
from tests.till.server import ShopServer
from tests.till.shop import ANNA, BREAD_CODE, GOLD_CARD, MARO, MILK_CODE
from tests.waiting import eventually

pytestmark = pytest.mark.browser

SELL_ON = """
window.done = [];
(async () => {
  for (;;) {
    if (!till.paying.value) { // a payment that the last kill broke off is gone on with
      await till.scan(given);
      await till.startPayment();
    }
    if (till.paying.value.left > 0) await till.addTender({ kind: 'cash', amount: 100000 });
    const { document } = await till.finish();
    window.done.push(document.id);
  }
})();
return null;
"""


async def test_a_killed_browser_loses_no_finished_sale(lasting: Till, shop_server: ShopServer) -> None:
    finished: set[str] = set()
    shop_server.away = True
    for _ in range(3):
        assert lasting.page
        await lasting.do(SELL_ON, MILK_CODE)
        await lasting.until("window.done.length >= 15")
        finished |= set(await lasting.page.evaluate("window.done"))
        await lasting.kill()
        await lasting.open()
        await lasting.do(f"till.signIn('{ANNA}', '1234')")

    shop_server.away = False
    await lasting.go()
    await lasting.sent()
    sales = [document for document in shop_server.documents() if document.kind == "sale"]
    assert finished <= {str(sale.id) for sale in sales}
    assert [sale.number for sale in sales] == list(range(1, len(sales) + 1))
    assert shop_server.broken_links() == []


def log_of(till: Till) -> Path:
    """Where Chromium's LevelDB appends what this till's IndexedDB is told."""
    return max(till.profile.glob("Default/IndexedDB/*.indexeddb.leveldb/*.log"))


def tear(log: Path) -> None:
    """A record's header, and a kill before its 1,014 bytes were written."""
    with log.open("ab") as end:
        end.write(b"\x00\x01\x02\x03\xf6\x03\x01")


def gone(log: Path) -> bool:
    return not log.exists()


async def test_a_write_torn_by_a_kill_costs_nothing_two_starts_later(lasting: Till, shop_server: ShopServer) -> None:
    shop_server.away = True
    sold = []
    for _ in range(3):
        sold.append((await lasting.sell(MILK_CODE))["id"])
        await lasting.kill()
        old = log_of(lasting)
        tear(old)
        await lasting.open()
        await eventually(partial(gone, old))
        await lasting.do(f"till.signIn('{ANNA}', '1234')")

    shop_server.away = False
    await lasting.go()
    await lasting.sent()
    assert [str(each.id) for each in shop_server.documents() if each.kind == "sale"] == sold


async def test_a_finished_sale_is_on_disk_before_anyone_is_told(selling: Till) -> None:
    order = await selling.do(
        """
        const seen = [];
        const begin = IDBDatabase.prototype.transaction;
        IDBDatabase.prototype.transaction = function (names, mode, options) {
          const tx = begin.call(this, names, mode, options);
          if (names.includes('counters') && mode === 'readwrite') {
            seen.push(`${tx.durability}: ${[...tx.objectStoreNames].join(' ')}`);
            tx.addEventListener('complete', () => seen.push('on disk'));
          }
          return tx;
        };
        await till.scan(given); await till.startPayment();
        await till.addTender({ kind: 'cash', amount: 50000 });
        await till.finish();
        seen.push('told');
        return seen;
        """,
        MILK_CODE,
    )

    assert order == ["strict: baskets counters documents meta shift", "on disk", "told"]


async def test_a_full_disk_refuses_the_sale_and_keeps_the_basket(selling: Till) -> None:
    await selling.do(
        """
        await till.scan(given); await till.startPayment(); await till.addTender({ kind: 'cash', amount: 50000 });
        const add = IDBObjectStore.prototype.add;
        window.mend = () => { IDBObjectStore.prototype.add = add; };
        IDBObjectStore.prototype.add = function () { throw new DOMException('no room', 'QuotaExceededError'); };
        """,
        MILK_CODE,
    )

    with pytest.raises(Refused, match=r"storage.full"):
        await selling.do("till.finish()")
    kept = await selling.do(
        "[till.basket.value.lines.length, till.paying.value.tenders.length, till.lastReceipt.value]"
    )
    assert selling.page
    await selling.page.evaluate("window.mend()")

    assert kept == [1, 1, None]
    assert (await selling.do("till.finish()"))["receipt"] == "A1-1-1"


async def test_a_reload_keeps_basket_shift_cashier_and_parked(selling: Till) -> None:
    await selling.do(f"till.scan('{BREAD_CODE}')")
    await selling.do("till.park()")
    await selling.do(f"till.scan('{GOLD_CARD}')")
    await selling.do(f"till.scan('{MILK_CODE}')")
    await selling.do(
        "(await (await import('/till/core/store.js')).open()).get('baskets', 'open')"
    )  # after what waits to be written

    await selling.go()

    basket = await selling.do("till.basket.value")
    assert await selling.do("till.ready.value") == "ready"
    assert (len(basket["lines"]), basket["account"]["name"]) == (1, "Anahit P.")
    assert len(await selling.do("till.parked.value")) == 1


async def test_a_card_that_was_charged_survives_a_kill_before_the_sale_is_finished(
    lasting: Till, shop_server: ShopServer
) -> None:
    await lasting.do(f"till.scan('{MILK_CODE}')")
    await lasting.do("till.startPayment()")
    await lasting.do("till.addTender({ kind: 'card', amount: 30000, reference: 'T77' })")

    await lasting.kill()
    await lasting.open()
    await lasting.do(f"till.signIn('{ANNA}', '1234')")
    await lasting.do("till.addTender({ kind: 'cash', amount: 20000 })")
    await lasting.do("till.finish()")
    await lasting.sent()

    tenders = shop_server.documents()[-1].tenders
    assert [(tender.kind, tender.applied, tender.reference) for tender in tenders] == [
        ("card", 30_000, "T77"),
        ("cash", 20_000, None),
    ]


async def test_a_new_window_asks_for_the_pin_again(lasting: Till) -> None:
    await lasting.close()
    await lasting.open()

    assert await lasting.do("till.ready.value") == "signed-out"


async def test_a_second_window_says_that_the_till_is_open_and_takes_over(selling: Till) -> None:
    assert selling.context
    assert selling.page
    first, second = selling.page, await selling.context.new_page()
    await second.goto(f"{selling.server.address}/till")
    selling.page = second
    await selling.until("till.ready.value === 'other-tab'")

    await first.close()

    await selling.until("till.ready.value === 'signed-out'")
    await selling.do(f"till.signIn('{ANNA}', '1234')")
    assert (await selling.sell(MILK_CODE))["receipt"] == "A1-1-1"


async def test_wrong_pins_lock_one_person_through_a_reload(selling: Till, shop_server: ShopServer) -> None:
    await selling.do("till.signOut()")
    left = []
    for _ in range(4):
        with pytest.raises(Refused) as wrong:
            await selling.do(f"till.signIn('{ANNA}', '0000')")
        left.append(wrong.value.fields["left"])
    with pytest.raises(Refused, match=r"pin.locked"):
        await selling.do(f"till.signIn('{ANNA}', '0000')")

    await selling.go()

    with pytest.raises(Refused, match=r"pin.locked") as locked:
        await selling.do(f"till.signIn('{ANNA}', '1234')")
    now = await selling.do("Date.now()")
    assert left == [4, 3, 2, 1]
    assert 14 * 60_000 < locked.value.fields["until"] - now <= 15 * 60_000
    await selling.do(f"till.signIn('{MARO}', '9876')")
    await selling.sent()
    lock = next(document for document in shop_server.documents() if document.kind == "sign_in_locked")
    assert (str(lock.staff), lock.attempts) == (ANNA, 5)


async def test_no_pin_verifier_is_kept_on_the_till(selling: Till) -> None:
    kept = await selling.do(
        """
        const request = indexedDB.open('tillcard');
        const db = await new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
        const meta = db.transaction('meta').objectStore('meta');
        const get = (name) => new Promise((resolve) => { const r = meta.get(name); r.onsuccess = () => resolve(r.result); });
        const [staff, key] = [await get('staff'), await get('device_key')];
        return [JSON.stringify(staff), key.extractable];
        """
    )

    assert "verifier" not in kept[0]
    assert kept[1] is False


async def test_closing_a_shift_with_the_server_dead_says_what_is_unsent(selling: Till, shop_server: ShopServer) -> None:
    await selling.sent()
    shop_server.away = True
    await selling.sell(MILK_CODE)
    closed = await selling.do("till.closeShift({ counted: 4050000, counts: [], reason: '' })")
    shop_server.away = False
    await selling.go()
    await selling.sent()

    assert (closed["unsent"], closed["difference"], closed["zNumber"]) == (1, 0, 1)
    assert shop_server.documents()[-1].unsent == 1


async def test_over_plain_http_in_the_network_the_till_says_that_it_cannot_keep_sales(till: Till) -> None:
    assert till.page
    await till.page.goto(f"http://till.shop.test:{till.server.port}/till")

    await till.until("till.ready.value === 'insecure'")

    with pytest.raises(Refused, match=r"till.not_started"):
        await till.do("till.openShift({ float: 0 })")
