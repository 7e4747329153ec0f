"""Many tills after the same thing: points, a gift card, a coupon, the last of a budget, a debt, a sale's goods.

`python -m tests.loyalty.reservations.races ROUNDS` runs on a PostgreSQL of its own and ends with one JSON object:
`over` counts the rounds' promises beyond what was there, `short` the rounds that gave less than there was, `errors`
the requests that failed.
"""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from loyalty.coupons.model import Coupon, CouponBatch
from loyalty.coupons.rules import code_of
from loyalty.debts.model import DebtAccount
from loyalty.giftcards.model import GiftCard, GiftCardEntry
from loyalty.limits.rules import Amounts
from loyalty.pricing.model import RuleSetVersion
from loyalty.reservations.rules import Asked, Held
from loyalty.reservations.service import reserve
from pos.core.ids import new_id
from pos.registers.queries import RegisterKey
from pos.sales.record import Recorder, Stored
from pos.sales.refundable import hold_refund
from pos.storage.database import Database
from tests import database as databases
from tests.documents import Till, taking
from tests.loyalty.reservations.points import give_points
from tests.pos.exchange.builders import a_shop, an_account

MANY, TILLS = 50, 8
NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
TODAY = date(2026, 1, 5)
BUDGET, SHARE = 1_000, 300
RULES = {
    "last": {"budget": {"sum": BUDGET, "short": "rest"}},
    "whole": {"budget": {"sum": BUDGET, "short": "refuse"}},
    "mine": {"account": {"times": 3, "days": 1}},
}


@dataclass
class Found:
    """What rounds have shown so far; `scenes` counts every one of them by name."""

    over: int = 0
    short: int = 0
    scenes: dict[str, int] = field(default_factory=dict)

    def judge(self, scene: str, given: int, there: int, most: int | None = None) -> None:
        """`given` must not be over `there`; nor under `most`, what was to be had (`there` where not told)."""
        self.scenes[scene] = self.scenes.get(scene, 0) + 1
        self.over += max(0, given - there)
        self.short += max(0, (there if most is None else most) - given)


async def races(database: Database, rounds: int, of_tenders: int | None = None) -> Found:
    """Run every scene `rounds` times, each time with new accounts, cards, coupons and rules' ids.

    Those of coupons, gift cards and debts only in the first `of_tenders` rounds, where that is given.
    """
    found = Found()
    async with database.transaction() as session:
        shop = await a_shop(session)
    for number in range(1, rounds + 1):
        async with database.transaction() as session:
            account = await an_account(session, shop, f"29{number:010d}")
            await give_points(session, account.id, 100, at=NOW)
            session.add(DebtAccount(account=account.id, most=5_000, due_days=30))
            body = {
                "schema": 2,
                "rules": [{"id": f"{name}{number}", "limits": limits} for name, limits in RULES.items()],
            }
            started = NOW - timedelta(days=1) + timedelta(seconds=number)
            session.add(RuleSetVersion(version=number + 1, body=body, active_from=started, made_at=NOW))
        await points(database, account.id, found)
        await rules(database, account.id, number, found)
        await refunds(database, account.id, found)
        if of_tenders is None or number <= of_tenders:
            await coupons(database, account.id, number, found)
            await gift_cards(database, number, found)
            await debts(database, account.id, found)
    return found


async def at_once(work: Callable[[int], Awaitable[Held]], count: int = MANY) -> list[Held]:
    return list(await asyncio.gather(*(work(place) for place in range(count))))


async def held(database: Database, asked: Asked, reservation: UUID | None = None) -> Held:
    """One till's request, in a transaction of its own."""
    async with database.transaction() as session:
        return (await reserve(session, reservation or new_id(), new_id(), asked, today=TODAY, at=NOW))[0]


async def points(database: Database, account: UUID, found: Found) -> None:
    """50 tills ask for 7 of 100 points."""
    given = await at_once(lambda _: held(database, Asked(account=account, points=7)))

    found.judge("points", sum(one.points for one in given), 100)


async def rules(database: Database, account: UUID, number: int, found: Found) -> None:
    """8 tills ask for the last of two budgets, the rules named in either order; 50 for what one account may have."""
    last, whole, mine = (f"{name}{number}" for name in RULES)

    def both(place: int) -> Awaitable[Held]:
        wanted = [(last, Amounts(1, SHARE)), (whole, Amounts(1, SHARE))]
        return held(database, Asked(rules=tuple(wanted if place % 2 else reversed(wanted))))

    given = [dict(one.rules) for one in await at_once(both, TILLS)]
    own = await at_once(lambda _: held(database, Asked(account=account, rules=((mine, Amounts(1)),))))

    found.judge("budget, the rest is given", sum(one[last].sum for one in given), BUDGET)
    found.judge("budget, else refused", sum(one[whole].sum for one in given), BUDGET, BUDGET // SHARE * SHARE)
    found.judge("times of an account", sum(one.rules[0][1].times for one in own), 3)


async def coupons(database: Database, account: UUID, number: int, found: Found) -> None:
    """50 tills show one coupon; 50 show two of a batch of which an account has one."""
    single, twice = f"single{number}", f"twice{number}"
    codes = [code_of("CP", number * 10 + place) for place in range(3)]
    async with database.transaction() as session:
        for batch, most in ((single, None), (twice, 1)):
            session.add(CouponBatch(code=batch, name=batch, prefix="CP", size=2, uses=1, per_account=most, made_at=NOW))
        await session.flush()
        for code, batch in zip(codes, (single, twice, twice), strict=True):
            session.add(Coupon(code=code, batch=batch, made_at=NOW))

    one = await at_once(lambda _: held(database, Asked(coupons=(codes[0],))))
    two = await at_once(lambda place: held(database, Asked(account=account, coupons=(codes[1 + place % 2],))))

    for scene, given in (("one coupon", one), ("one for each account", two)):
        found.judge(scene, sum(coupon.reason is None for each in given for coupon in each.coupons), 1)


async def gift_cards(database: Database, number: int, found: Found) -> None:
    """50 tills ask for 777 of 10,000 on a card; those who get it sell, while the others still ask."""
    card, salt = new_id(), number
    async with database.transaction() as session:
        session.add(GiftCard(id=card, number=f"GC{salt:012d}", order_id=new_id(), made_at=NOW))
        session.add(issued(card, 10_000))
    async with Recorder(database.pool) as recorder:

        async def sell(_: int) -> Held:
            reservation, till = new_id(), Till()
            given = await held(database, Asked(gift_cards=((card, 777),)), reservation)
            paid = given.gift_cards[0][1]
            if paid:
                sale = till.sell(1, change=taking(gift_cards={card: paid}, reservation=reservation))
                key = RegisterKey(till.register_id, 1, till.outlet_id, False)
                assert isinstance(await recorder.record(key, sale.id, sale.body), Stored)
            return given

        given = await at_once(sell)
    async with database.transaction() as session:
        left = await session.scalar(text("SELECT sum(amount) FROM gift_card_entry WHERE card_id = :id"), {"id": card})

    found.judge("gift card", sum(one.gift_cards[0][1] for one in given), 10_000)
    found.judge("gift card, in its ledger", 10_000 - int(left or 0), 10_000)


def issued(card: UUID, amount: int) -> GiftCardEntry:
    return GiftCardEntry(
        source_id=new_id(),
        kind="issue",
        place=1,
        card_id=card,
        amount=amount,
        occurred_at=NOW,
        recorded_at=NOW,
        reason="",
    )


async def debts(database: Database, account: UUID, found: Found) -> None:
    """50 tills sell for 300 on account to somebody who may owe 5,000."""
    given = await at_once(lambda _: held(database, Asked(account=account, on_account=300)))

    found.judge("on account", sum(one.on_account for one in given), 5_000)


async def refunds(database: Database, account: UUID, found: Found) -> None:
    """50 tills refund one of two pieces of the same sale."""
    till = Till()
    sale = till.sell(1, account=account)
    async with Recorder(database.pool) as recorder:
        await recorder.record(RegisterKey(till.register_id, 1, till.outlet_id, False), sale.id, sale.body)

    async def refund(_: int) -> int:
        async with database.transaction() as session:
            reservation = new_id()
            await reserve(session, reservation, new_id(), Asked(), today=TODAY, at=NOW)
            return sum((await hold_refund(session, reservation, sale.id, {1: 1_000}, at=NOW)).values())

    found.judge("refunds of one sale", sum(await asyncio.gather(*(refund(place) for place in range(MANY)))), 2_000)


async def main(arguments: Sequence[str]) -> int:
    rounds = int(arguments[0]) if arguments else 10
    async with await databases.open_server() as server:
        await databases.make_template(server)
        async with databases.cloned(server) as addresses:
            database = await Database.open(addresses.app, sessions=30)
            try:
                found = await races(database, rounds)
            finally:
                await database.close()
    print(json.dumps({"rounds": rounds, "over": found.over, "short": found.short, "scenes": found.scenes}))
    return 1 if found.over or found.short else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
