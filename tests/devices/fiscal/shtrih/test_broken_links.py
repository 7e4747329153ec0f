"""The connection is lost at every byte of a registration: what is told is true, and nothing is registered twice.

done: registered exactly once; failed: not registered; uncertain may be told and is counted.
"""

from collections import Counter

import pytest

from devices.device import Outcome
from devices.fiscal.shtrih import commands as c
from tests.devices.fiscal.builders import CASHIER, a_correction, a_line, a_receipt
from tests.devices.fiscal.shtrih.kit import IMPATIENT, SIMULATORS, Hours, a_shop

VERSIONS = pytest.mark.parametrize("protocol", [1, 2], ids=["v1", "v2"])
REGISTERED = {Outcome.DONE: 1, Outcome.FAILED: 0}
RECEIPT = a_receipt(a_line("M"))


async def _length(protocol: int) -> tuple[int, int]:
    """How many bytes a sale sends, and in how many replies it is answered."""
    async with a_shop(protocol, simulator=Cutting(protocol)) as shop:
        heard, replies = len(shop.simulator.heard), shop.simulator.replies
        await shop.do("fiscal.receipt", RECEIPT)
        return len(shop.simulator.heard) - heard, shop.simulator.replies - replies


def Cutting(protocol: int):
    """A simulator that drops the connection in the middle of its `cut`th reply from now."""

    class _Cutting(SIMULATORS[protocol]):
        replies, cut, left = 0, None, 0

        def say(self, reply: bytes) -> None:
            if self.cut is not None and self.cut == self.replies:
                self.faults.cut_reply_after, self.cut = min(self.left, len(reply) - 1), None
            self.replies += 1
            super().say(reply)

    return _Cutting(now=Hours(), baud=0)


@VERSIONS
async def test_the_connection_may_be_lost_at_every_byte_that_is_sent(protocol):
    sent, _ = await _length(protocol)
    told: Counter[Outcome] = Counter()
    async with a_shop(protocol) as shop:
        for byte in range(1, sent + 1):
            before = len(shop.storage.registered)
            shop.simulator.faults.disconnect_after = byte
            ended = await shop.do("fiscal.receipt", RECEIPT)
            shop.simulator.faults.disconnect_after = None
            told[ended.outcome] += 1
            registered = len(shop.storage.registered) - before
            assert registered == REGISTERED.get(ended.outcome, registered), (byte, ended)
            assert registered <= 1
            await shop.until_state()

    assert told[Outcome.UNCERTAIN] == 0
    assert told[Outcome.DONE] > 0
    assert told[Outcome.FAILED] > 0


@VERSIONS
@pytest.mark.parametrize("left", [0, 1, 5], ids=["nothing", "a byte", "five bytes"])
async def test_the_connection_may_be_lost_in_every_answer(protocol, left):
    _, replies = await _length(protocol)
    simulator = Cutting(protocol)
    simulator.left = left
    told: Counter[Outcome] = Counter()
    async with a_shop(protocol, simulator=simulator) as shop:
        for reply in range(replies):
            before = len(shop.storage.registered)
            simulator.cut = simulator.replies + reply
            ended = await shop.do("fiscal.receipt", RECEIPT)
            simulator.cut = None
            told[ended.outcome] += 1
            registered = len(shop.storage.registered) - before
            assert registered == REGISTERED.get(ended.outcome, registered), (reply, ended)
            await shop.until_state()

    assert told[Outcome.UNCERTAIN] == 0
    assert told[Outcome.DONE] > 0


@VERSIONS
@pytest.mark.parametrize(
    ("kind", "content", "code"),
    [
        ("fiscal.receipt", RECEIPT, c.CLOSE),
        ("fiscal.correction", a_correction(), c.CORRECTION),
        ("fiscal.cash_in", {"amount": 100, "cashier": CASHIER}, c.CASH_IN),
        ("fiscal.x_report", None, c.X_REPORT),
        ("fiscal.z_report", None, c.Z_REPORT),
    ],
)
async def test_an_answer_lost_after_the_registration_is_found_again(protocol, kind, content, code):
    async with a_shop(protocol) as shop:
        shop.simulator.lose_answer_to = code
        documents = shop.storage.last

        ended = await shop.do(kind, content)

        assert (ended.outcome, ended.causes) == (Outcome.DONE, ("fiscal.found_registered",))
        assert ended.result["number"] > 0
        assert shop.simulator.commands.count(code) == 1
        assert shop.storage.last - documents == (code not in (c.CASH_IN, c.X_REPORT))


@VERSIONS
async def test_a_power_cycle_in_the_middle_of_a_receipt_leaves_nothing_registered(protocol):
    class Tripping(SIMULATORS[protocol]):
        tripped = False

        def hear(self, data: bytes) -> None:
            super().hear(data)
            if c.OPERATION in self.commands and not self.tripped:
                self.tripped = True
                self.power_cycle()

    async with a_shop(protocol, simulator=Tripping(now=Hours(), baud=0)) as shop:
        ended = await shop.do("fiscal.receipt", RECEIPT)

        assert (ended.outcome, ended.causes) == (Outcome.FAILED, ("fiscal.link_lost",))
        assert shop.storage.registered == []
        assert shop.simulator.machine.receipt is None


@VERSIONS
async def test_a_register_that_stays_away_after_the_closing_leaves_the_sale_uncertain(protocol):
    class Leaving(SIMULATORS[protocol]):
        def hear(self, data: bytes) -> None:
            super().hear(data)
            if c.CLOSE in self.commands:
                self.faults.silent = True

    async with a_shop(protocol, simulator=Leaving(now=Hours(), baud=0), timing=IMPATIENT) as shop:
        ended = await shop.do("fiscal.receipt", RECEIPT)

        assert (ended.outcome, ended.causes) == (Outcome.UNCERTAIN, ("fiscal.unknown",))
        assert len(shop.storage.registered) == 1


@VERSIONS
@pytest.mark.parametrize("fault", ["garbage", "split", "echo"])
async def test_noise_on_the_line_does_not_keep_a_sale_from_being_registered_once(protocol, fault):
    async with a_shop(protocol) as shop:
        setattr(shop.simulator.faults, fault, True)

        ended = await shop.do("fiscal.receipt", RECEIPT)

        registered = len(shop.storage.registered)
        assert registered == REGISTERED.get(ended.outcome, registered)
        assert fault == "echo" or ended.outcome is Outcome.DONE


async def test_an_answer_with_a_wrong_lrc_is_said_again():
    class Damaging(SIMULATORS[1]):
        damage = False

        def say(self, reply: bytes) -> None:
            self.faults.damaged = self.damage and len(reply) > 4
            self.damage = self.damage and len(reply) <= 4
            super().say(reply)

    simulator = Damaging(now=Hours(), baud=0)
    async with a_shop(1, simulator=simulator, timing=IMPATIENT) as shop:
        simulator.damage = True

        ended = await shop.do("fiscal.receipt", RECEIPT)

        assert (ended.outcome, ended.causes) == (Outcome.DONE, ())
        assert b"\x15\x05" in simulator.heard
        assert shop.driver.statistics.counts["comm_errors"] == 0


@VERSIONS
async def test_a_register_that_says_no_to_everything_has_done_nothing(protocol):
    async with a_shop(protocol, timing=IMPATIENT) as shop:
        shop.simulator.faults.refuse = True

        ended = await shop.do("fiscal.receipt", RECEIPT)

        assert (ended.outcome, shop.storage.registered) == (Outcome.FAILED, [])


@VERSIONS
async def test_a_register_that_falls_silent_is_told_and_comes_back(protocol):
    async with a_shop(protocol, timing=IMPATIENT) as shop:
        shop.simulator.faults.silent = True
        ended = await shop.do("fiscal.receipt", RECEIPT)
        assert (ended.outcome, ended.causes) == (Outcome.FAILED, ("fiscal.silent",))
        await shop.until_state("fiscal.silent")

        shop.simulator.faults.silent = False
        await shop.until_state()

        assert (await shop.do("fiscal.receipt", RECEIPT)).outcome is Outcome.DONE
