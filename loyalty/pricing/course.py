# pyright: strict
"""One course of pricing: the phases on lines, sets, gifts and the basket, with some rules left out.

What does not depend on which rules are left out is worked out once: who may take part, on which lines, with which
value, and which sources a promotion keeps off a line.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from loyalty.pricing.allowed import UNLIMITED, Allowed, allowed, given_by, keep_to, uses
from loyalty.pricing.basket import Basket
from loyalty.pricing.basket_phase import OnLines, discount_basket
from loyalty.pricing.events import Events, Unheard
from loyalty.pricing.gifts import Given, Giver, earned_times, give, short_of_gift
from loyalty.pricing.groups import Candidate, Wanted, candidates
from loyalty.pricing.limits import Before, keep_within
from loyalty.pricing.line_phase import (
    OnOneLine,
    discount_line,
    discount_rest,
    not_blocked,
    values_or_events,
    want,
)
from loyalty.pricing.lines import PricedLine, State
from loyalty.pricing.parts import evened, total
from loyalty.pricing.prepare import Prepared
from loyalty.pricing.quote import Discount, GiftOffer, Use
from loyalty.pricing.reach import Receipt, Short, reached
from loyalty.pricing.rules import Gift, NForM, Rule, Scale, SetOf, SumBy
from loyalty.pricing.slabs import Value
from loyalty.pricing.taking import Taker, after_taking, take
from loyalty.pricing.units import Pool, Taken, exchanged

NONE: frozenset[str] = frozenset()
Chosen = list[tuple[Rule, list[PricedLine]]]


@dataclass(slots=True)
class Held:
    """A rule of the set or the basket phase that may take part, with the lines that it may lower."""

    rule: Rule
    goods: list[PricedLine]
    allowance: Allowed


class Course:
    """Runs the phases again and again from the point where what was set by hand is done.

    `common` are the events of every run; `run` adds its own to a copy.
    """

    def __init__(
        self, prepared: Prepared, basket: Basket, every: Sequence[PricedLine],
        lines: Sequence[PricedLine], gifts: Sequence[PricedLine], chosen: Chosen, most: int, common: Events,
    ) -> None:  # fmt: skip
        self.prepared, self.basket, self.every = prepared, basket, every
        self.lines, self.gift_lines, self.most, self.common = lines, gifts, most, common
        self.step = basket.settings.price_step
        self.started = [(line, line.state()) for line in (*lines, *gifts)]
        self.start = Receipt(before=sum(line.gross for line in lines), after=sum(line.net for line in lines))
        self.on_line = {line.index: OnOneLine(line) for line in lines}
        self.takers: list[Held] = []
        self.givers: list[Giver] = []
        self.on_basket: list[Held] = []
        self.allowances: dict[str, Allowed] = {}
        self.rules = {rule.id: rule for rule, _ in chosen}
        self.goods = {rule.id: goods for rule, goods in chosen}
        self.said: set[str] = set()
        for rule, goods in chosen:
            self._place(rule, goods)
        self._settle_blocks()
        self.times: dict[str, int] = {}
        self.pieces: dict[str, int] = {}
        self.offers: list[GiftOffer] = []
        self.after_sets: dict[int, int] = {}
        self._known: dict[tuple[int, frozenset[str]], State] = {}
        self.contested: set[str] = set()
        self.runs = 0

    def _place(self, rule: Rule, goods: list[PricedLine]) -> None:
        """Put the rule into its phase."""
        allowance = allowed(rule, self.basket, self.start.before) if _limited(rule, self.basket) else UNLIMITED
        if allowance is not UNLIMITED:
            self.allowances[rule.id] = allowance
        effect = rule.effect
        by_units = allowance.units is not None or allowance.whole_units is not None
        if isinstance(effect, NForM | SetOf) or (rule.on_lines and by_units):
            self.takers.append(Held(rule, goods, allowance))
        elif isinstance(effect, Gift):
            chosen = [
                line for line in self.gift_lines if line.line.gift == rule.id and line.line.product in effect.choices
            ]
            self.givers.append(Giver(rule, effect, allowance, goods, chosen))
        elif rule.on_lines:
            found = reached(rule, goods, self.start, self.basket.terms)
            for line, value in values_or_events(rule, found, self.common):
                bar = line.bars(rule)
                if bar:
                    self.common.not_met(rule.id, line, bar)
                else:
                    self.on_line[line.index].wanted.append(want(rule, line, value, self.step))
        elif rule.effect.kind == "message":
            self._say(rule, goods)
        elif rule.on_basket:
            self.on_basket.append(Held(rule, goods, allowance))

    def _say(self, rule: Rule, goods: list[PricedLine]) -> None:
        """A message depends on nothing that rules do."""
        found = reached(rule, goods, self.start, self.basket.terms)
        for line, _ in values_or_events(rule, found, self.common):
            self.common.served(rule.id, line)
            self.said.add(rule.id)

    def _settle_blocks(self) -> None:
        for on in self.on_line.values():
            on.wanted = not_blocked(on, self.prepared.groups, self.common)
            on.ids = frozenset(want.rule.id for want in on.wanted)
            on.every = candidates(on.wanted, self.prepared.groups)

    def reset(self) -> None:
        """Put the lines back to where the course began."""
        for line, state in self.started:
            line.restore(state)

    def goods_of(self) -> list[tuple[Rule, list[PricedLine]]]:
        return [(rule, self.goods[id]) for id, rule in self.rules.items()]

    def wanted_by(self, rule: str) -> list[tuple[PricedLine, Wanted]]:
        """The lines on which a line rule takes part, with what it wants there."""
        return [(on.line, each) for on in self.on_line.values() for each in on.wanted if each.rule.id == rule]

    def messages(self) -> list[tuple[Rule, list[PricedLine]]]:
        """Rules that only say their name."""
        return [
            (rule, lines) for rule, lines in self.goods_of() if rule.effect.kind == "message" and rule.id in self.said
        ]

    def giving(self) -> set[str]:
        """Rules that gave something in the last run."""
        return {each.rule for line, _ in self.started for each in line.discounts if each.rule in self.rules}

    def net(self) -> int:
        """What the receipt costs after the last run."""
        return sum(line.net for line in self.lines) + sum(line.net for line in self.gift_lines)

    def uses(self, earned: frozenset[str]) -> tuple[Use, ...]:
        """What rules with limits from outside took in the last run; `earned` are those that earned points."""
        lines = [line for line, _ in self.started]
        return uses(list(self.rules.values()), lines, self.times.get, self.pieces.get, earned)

    def run(self, off: frozenset[str], events: Events) -> int:
        """Price with the rules `off` left out; returns the sum."""
        self.runs += 1
        off = self._lines_and_sets(off, events)
        for id, allowance in self.allowances.items():
            if allowance.sum is not None and not self.rules[id].on_basket:
                keep_to(id, allowance, [*self.lines, *self.gift_lines], events)
        began = [Before(line, state.parts, state.net, len(state.discounts)) for line, state in self.started]
        most = keep_within(began, self.most, events)
        self._basket_phase(off, most, events)
        return self.net()

    def _lines_and_sets(self, off: frozenset[str], events: Events) -> frozenset[str]:
        """Line rules, sets and gifts; a rule that would pass what it may give only whole is left out, and said so."""
        while True:
            tried = events.copy() if not isinstance(events, Unheard) else events
            self._once(off, tried)
            passed = [
                id
                for id, allowance in self.allowances.items()
                if allowance.whole_sum is not None and not self.rules[id].on_basket
                if given_by(id, [*self.lines, *self.gift_lines]) > allowance.whole_sum
            ]
            if not passed:
                events.become(tried)
                return off
            off = off | {passed[0]}
            for line in self.goods[passed[0]]:
                events.not_met(passed[0], line, "budget")

    def _once(self, off: frozenset[str], events: Events) -> None:
        self.reset()
        self.times, self.pieces, self.offers = {}, {}, []
        takers = [held for held in self.takers if held.rule.id not in off]
        givers = [giver for giver in self.givers if giver.rule.id not in off]
        sums = self._after_line_rules(off, takers, givers)
        pool = Pool(self.lines)
        taken: dict[int, list[tuple[Rule, Taken]]] = {}
        for held in takers:
            if not self.stacks(held.rule):
                self._let_take(held, sums, pool, taken, events)
        for line in self.lines:
            self._line_rules(line, off, taken.get(line.index, []), pool, events)
        for held in takers:
            if self.stacks(held.rule):
                self._let_take_on_top(held, sums, taken, events)
        for giver in givers:
            self._let_give(giver, sums, events)
        for line, _ in self.started:
            line.parts = evened(line.parts)

    def stacks(self, rule: Rule) -> bool:
        """Whether the rule applies on the rest; in a sequential or an additive group that is the group's to say."""
        group = self.prepared.groups.get(rule.group or "")
        if group is None:
            return rule.stackable
        together = group.mode in ("sequential", "additive")
        return group.stackable or (rule.stackable and not together)

    def _after_line_rules(
        self, off: frozenset[str], takers: Sequence[Held], givers: Sequence[Giver]
    ) -> Mapping[str, Sequence[tuple[PricedLine, Value | Short]]]:
        """For each rule of the set phase its lines and values; sums "after" are what line rules alone make of them."""
        terms = self.basket.terms
        pairs = [(held.rule, held.goods) for held in takers] + [(giver.rule, giver.goods) for giver in givers]
        late = [rule for rule, _ in pairs if after(rule)]
        found = {rule.id: reached(rule, goods, self.start, terms) for rule, goods in pairs if rule not in late}
        if late:
            pool = Pool(self.lines)
            for line in self.lines:
                self._line_rules(line, off, [], pool, Unheard())
            receipt = Receipt(self.start.before, sum(line.net for line in self.lines))
            found |= {rule.id: reached(rule, goods, receipt, terms) for rule, goods in pairs if rule in late}
            self.reset()
        return found

    def _line_rules(
        self, line: PricedLine, off: frozenset[str], taken: list[tuple[Rule, Taken]], pool: Pool, events: Events
    ) -> None:
        on = self.on_line[line.index]
        if taken:
            self._beside_taken(line, self._candidates(on, off), taken, pool, events)
        elif not isinstance(events, Unheard):
            self._alone(line, self._candidates(on, off), events)
        elif on.wanted:
            key = (line.index, off & on.ids if off else NONE)
            if key not in self._known:
                self._alone(line, self._candidates(on, off), events)
                self._known[key] = line.state()
            else:
                line.restore(self._known[key])

    def _candidates(self, on: OnOneLine, off: frozenset[str]) -> Sequence[Candidate]:
        if not off:
            return on.every
        return candidates([each for each in on.wanted if each.rule.id not in off], self.prepared.groups)

    def _alone(self, line: PricedLine, every: Sequence[Candidate], events: Events) -> None:
        if every:
            discount_line(line, every, self.step, events, fresh=True)
            discount_rest(line, every, self.step, events)

    def _beside_taken(
        self, line: PricedLine, every: Sequence[Candidate], taken: list[tuple[Rule, Taken]], pool: Pool, events: Events
    ) -> None:
        """What sets took costs what they say; line rules compete for the rest."""
        rest = line.share(pool.rest(line))
        if rest.quantity:
            discount_line(rest, every, self.step, events, fresh=False)
        else:
            for each in (want for candidate in every for want in candidate.wanted):
                if not self.stacks(each.rule):
                    events.beaten(each.rule.id, line, taken[0][0].id, max(line.net - each.alone.net, 0))
        parts = after_taking([each for _, each in taken], rest.parts)
        line.parts, line.net = parts, total(parts)
        line.discounts += rest.discounts
        line.limits |= rest.limits
        for rule, each in taken:
            self._note(line, rule, each, events)
        discount_rest(line, every, self.step, events)

    def _note(self, line: PricedLine, rule: Rule, taken: Taken, events: Events) -> None:
        amount = total(taken.before) - total(taken.after)
        if amount:
            line.discounts.append(Discount(rule.id, rule.name, rule.source, rule.effect.kind, amount))
        else:
            events.served(rule.id, line)
        if taken.held:
            line.limits.add(line.low_by)

    def _let_take(
        self, held: Held, sums: Mapping[str, Sequence[tuple[PricedLine, Value | Short]]], pool: Pool,
        taken: dict[int, list[tuple[Rule, Taken]]], events: Events,
    ) -> None:  # fmt: skip
        rule = held.rule
        able = self._able(rule, sums[rule.id], events)
        took = take(Taker(rule, held.allowance, able), pool, self.step)
        for each in took.taken:
            taken.setdefault(each.line.index, []).append((rule, each))
        self._count(rule, took.times, sum(each.pieces for each in took.taken))
        self._explain_untaken(rule, able, [each.line.index for each in took.taken], took.short, taken, events)

    def _let_take_on_top(
        self, held: Held, sums: Mapping[str, Sequence[tuple[PricedLine, Value | Short]]],
        taken: dict[int, list[tuple[Rule, Taken]]], events: Events,
    ) -> None:  # fmt: skip
        """A stackable rule takes units that no other took, at what they cost by now: the dearest of their line."""
        rule = held.rule
        able = self._able(rule, sums[rule.id], events)
        pool = Pool([line for line, _ in able])
        for line, _ in able:
            gone = sum(_units(each) for _, each in taken.get(line.index, []))
            pool.drop_cheapest(line, gone)
        took = take(Taker(rule, held.allowance, able), pool, self.step)
        for each in took.taken:
            line = each.line
            parts = exchanged(line, each)
            line.parts, line.net = parts, total(parts)
            self._note(line, rule, each, events)
            taken.setdefault(line.index, []).append((rule, each))
        self._count(rule, took.times, sum(each.pieces for each in took.taken))
        self._explain_untaken(rule, able, [each.line.index for each in took.taken], took.short, taken, events)

    def _able(
        self, rule: Rule, found: Sequence[tuple[PricedLine, Value | Short]], events: Events
    ) -> list[tuple[PricedLine, Value]]:
        able: list[tuple[PricedLine, Value]] = []
        for line, value in values_or_events(rule, found, events):
            bar = line.bars(rule)
            if bar:
                events.not_met(rule.id, line, bar)
            elif rule.source in line.blocked:
                events.beaten(rule.id, line, line.blocked[rule.source], 0)
            else:
                able.append((line, value))
        return able

    def _explain_untaken(
        self, rule: Rule, able: Sequence[tuple[PricedLine, Value]], used: Sequence[int], short: Short | None,
        taken: Mapping[int, list[tuple[Rule, Taken]]], events: Events,
    ) -> None:  # fmt: skip
        for line, _ in able:
            if line.index in used:
                continue
            others = taken.get(line.index, [])
            if others and short is not None and short.missing == "quantity":
                events.beaten(rule.id, line, others[0][0].id, 0)
            elif short is not None:
                events.not_met(rule.id, line, short.missing, short.amount)
            elif self.allowances.get(rule.id, UNLIMITED).units is not None:
                events.not_met(rule.id, line, self.allowances[rule.id].units_by)
            else:
                events.not_met(rule.id, line, "quantity")

    def _count(self, rule: Rule, times: int, pieces: int) -> None:
        if times:
            self.times[rule.id] = times
            self.pieces[rule.id] = pieces

    def _let_give(
        self, giver: Giver, sums: Mapping[str, Sequence[tuple[PricedLine, Value | Short]]], events: Events
    ) -> None:
        rule = giver.rule
        found = sums[rule.id]
        goods = [line for line, value in found if not isinstance(value, Short)]
        values_or_events(rule, found, events)
        times = earned_times(giver, goods) if goods else 0
        if not times:
            missing, amount = short_of_gift(giver, goods) if goods else _first_short(found)
            for line in (*goods, *giver.chosen):
                events.not_met(rule.id, line, missing, amount)
            return
        whole = giver.allowance.whole_units
        if whole is not None and times * giver.effect.take * 1_000 > whole:
            for line in (*goods, *giver.chosen):
                events.not_met(rule.id, line, "budget")
            return
        made = give(giver, times, self.basket.stock, self._bought(), self.step, events)
        self._count(rule, -(-made.pieces // (giver.effect.take * 1_000)), made.pieces)
        self.offers.append(made.offer)
        self._explain_goods(giver, goods, made, events)

    def _explain_goods(self, giver: Giver, goods: Sequence[PricedLine], made: Given, events: Events) -> None:
        """The goods that earned the gift: they served, or wait for the client's choice."""
        for line in goods:
            if made.pieces:
                events.served(giver.rule.id, line)
            elif made.offer.choices:
                events.not_met(giver.rule.id, line, "gift_not_chosen")
            else:
                events.not_met(giver.rule.id, line, "stock")

    def _bought(self) -> dict[int, int]:
        found: dict[int, int] = {}
        for line in (*self.lines, *self.gift_lines):
            found[line.line.product] = found.get(line.line.product, 0) + line.quantity
        return found

    def _basket_phase(self, off: frozenset[str], most: int, events: Events) -> None:
        self.after_sets = {line.index: line.net for line in self.lines}
        receipt = Receipt(self.start.before, sum(self.after_sets.values()))
        wanted: list[OnLines] = []
        for held in self.on_basket:
            if held.rule.id in off:
                continue
            able: list[tuple[PricedLine, Value]] = []
            found = reached(held.rule, held.goods, receipt, self.basket.terms)
            for line, value in self._able(held.rule, found, events):
                fellow = self._fellow(held.rule, line)
                if fellow is None:
                    able.append((line, value))
                else:
                    events.beaten(held.rule.id, line, fellow, 0)
            if able:
                wanted.append(OnLines(held.rule, able[0][1], [line for line, _ in able], held.allowance))
        discount_basket(wanted, self.prepared.groups, most, events)

    def _fellow(self, rule: Rule, line: PricedLine) -> str | None:
        """A rule of the same best-of group that lowered the line in an earlier phase: the group is settled there."""
        group = self.prepared.groups.get(rule.group or "")
        if group is None or group.mode != "best_of" or not self.prepared.best_outcome:
            return None
        for each in line.discounts:
            if each.rule in self.rules and self.rules[each.rule].group == group.id:
                return each.rule
        return None


def _limited(rule: Rule, basket: Basket) -> bool:
    receipt = rule.limits.receipt
    inside = receipt.times, receipt.units, receipt.sum, receipt.percent
    return rule.id in basket.left or any(limit is not None for limit in inside)


def _first_short(found: Sequence[tuple[PricedLine, Value | Short]]) -> tuple[str, int | None]:
    """What the first of the goods lacks, where all of them lack something."""
    return next((value.missing, value.amount) for _, value in found if isinstance(value, Short))


def _units(taken: Taken) -> int:
    return 1 if taken.line.measured else sum(part.quantity for part in taken.before) // 1_000


def after(rule: Rule) -> bool:
    """Whether the rule depends on a sum after earlier phases."""
    if rule.needs_sum is not None and rule.needs_sum.by.basis == "after":
        return True
    value = rule.value
    return isinstance(value, Scale) and isinstance(value.by, SumBy) and value.by.basis == "after"
