"""The same policy as `loyalty.tiers.rules`, walked day by day with every sum made anew: slow, plain, and written apart."""

from datetime import date, timedelta

from loyalty.tiers.rules import Anniversary, DayOfYear, EveryDays, Ladder

DAY = timedelta(days=1)


def measure(ladder: Ladder, known, last: date) -> int:
    """What the window that ends with `last` holds of the entries known."""
    counts = [entry for entry in known if ladder.returns != "ignore" or entry.kind != "refund"]
    if ladder.window is not None:
        counts = [entry for entry in counts if entry.counts_on > last - ladder.window * DAY]
    if ladder.by == "turnover":
        return sum(entry.amount - entry.left_out.get(ladder.version, 0) for entry in counts)
    left: dict = {}
    for entry in counts:
        if entry.kind in ("sale", "refund"):
            left[entry.purchase] = left.get(entry.purchase, 0) + entry.amount - entry.left_out.get(ladder.version, 0)
    return sum(amount > 0 for amount in left.values())


def earned_each_day(ladders, entries, until: date, opened_on: date) -> dict[date, str | None]:
    """The tier that the ledger gives at the end of every day from the first to `until`."""
    start = min([opened_on, *(ladder.active_from for ladder in ladders), *(entry.day for entry in entries)])
    tier, since, review, grace = None, None, None, None
    ladder, known, told = None, [], {}
    day = start

    def rung(wanted):
        return next((place for place, each in enumerate(ladder.rungs) if each.tier == wanted), -1)

    def deserved(amount):
        return max((place for place, each in enumerate(ladder.rungs) if amount >= each.at_least), default=-1)

    def name(place):
        return ladder.rungs[place].tier if place >= 0 else None

    def next_review(after):
        if tier is None or ladder.down == "never" or ladder.review is None:
            return None
        if isinstance(ladder.review, EveryDays):
            return after + ladder.review.days * DAY
        one = after + DAY
        while True:
            match ladder.review:
                case DayOfYear(month, of_month):
                    wanted = (month, of_month)
                case Anniversary(True):
                    wanted = (opened_on.month, opened_on.day)
                case _:
                    wanted = ((since or after).month, (since or after).day)
            leap = wanted == (2, 29) and not has_leap_day(one.year)
            if (one.month, one.day) == ((3, 1) if leap else wanted):
                return one
            one += DAY

    while day <= until:
        starting = [each for each in ladders if each.active_from == day]
        if starting:
            ladder = max(starting, key=lambda each: each.version)
            was = tier
            place = max(rung(tier), deserved(measure(ladder, known, day - DAY)))
            tier = name(place)
            since = day if tier != was else since
            grace, review = None, next_review(day)
        elif grace == day or (grace is None and review == day):
            reached = deserved(measure(ladder, known, day - DAY))
            if reached >= rung(tier):
                since = day if name(reached) != tier else since
                tier, grace = name(reached), None
                review = next_review(day)
            elif grace is None and ladder.grace:
                grace = day + ladder.grace * DAY
            else:
                tier = name(rung(tier) - 1 if ladder.down == "one_rung" else reached)
                since, grace = day, None
                review = next_review(day)
        for entry in sorted((each for each in entries if each.day == day), key=lambda each: (each.at, each.id)):
            before = measure(ladder, known, day) if ladder else 0
            known.append(entry)
            if ladder is None:
                continue
            now = measure(ladder, known, day)
            needed = ladder.rungs[rung(tier)].at_least if tier else 0
            undone = entry.kind == "refund" and ladder.returns == "undo" and now < needed <= before
            if deserved(now) > rung(tier) or undone:
                tier, since, grace = name(deserved(now)), day, None
                review = next_review(day)
            elif grace is not None and now >= needed:
                grace, review = None, next_review(day)
        told[day] = tier
        day += DAY
    return told


def has_leap_day(year: int) -> bool:
    try:
        return bool(date(year, 2, 29))
    except ValueError:
        return False
