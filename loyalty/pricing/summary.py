# pyright: strict
"""What a rule says, as sentences to be put into any language: each is a key with typed values, in the order people ask.

Works on the rule's JSON form, and leaves out what is not filled in yet, so that a page can show it while one types. Every
field of the form is said by some sentence: two rules that say the same are the same.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, cast

Json: TypeAlias = Mapping[str, Any]
Part: TypeAlias = Literal["gives", "who", "when", "needs", "limits", "together", "details"]
PARTS: tuple[Part, ...] = ("gives", "who", "when", "needs", "limits", "together", "details")
PERCENTS = frozenset({"percent", "basket_percent"})
WHOLE = 10_000


@dataclass(frozen=True, slots=True)
class Money:
    minor: int


@dataclass(frozen=True, slots=True)
class Rate:
    basis_points: int


@dataclass(frozen=True, slots=True)
class Quantity:
    """Thousandths, of pieces or of kilograms."""

    thousandths: int
    measure: Literal["pieces", "weight"] = "pieces"


@dataclass(frozen=True, slots=True)
class Number:
    value: int


@dataclass(frozen=True, slots=True)
class Counted:
    """A number with the word it counts, in its plural form; `key` is the word's."""

    key: str
    n: int


@dataclass(frozen=True, slots=True)
class Day:
    """An ISO date; `back` days before it (a period's last day is the day before its end)."""

    iso: str
    back: int = 0


@dataclass(frozen=True, slots=True)
class Clock:
    """A minute of the day."""

    minute: int


@dataclass(frozen=True, slots=True)
class Names:
    """Things by what they are called; `every`: all of them, else any one is enough."""

    kind: Literal["tier", "client_category", "account", "tag", "batch", "group", "weekday", "product"]
    ids: tuple[Any, ...]
    every: bool = False


@dataclass(frozen=True, slots=True)
class Goods:
    """Products and categories, all goods where both are empty; except others."""

    products: tuple[int, ...] = ()
    categories: tuple[int, ...] = ()
    except_products: tuple[int, ...] = ()
    except_categories: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """One thing the rule says: the key of its text, and what stands in the text's places."""

    part: Part
    key: str
    fields: Mapping[str, "Value"] = field(default_factory=dict[str, "Value"])


@dataclass(frozen=True, slots=True)
class Listed:
    """Phrases one after another."""

    phrases: tuple[Sentence, ...]
    sign: str = ", "


Value: TypeAlias = Money | Rate | Quantity | Number | Counted | Day | Clock | Names | Goods | Listed | Sentence


def summary(rule: Json) -> tuple[Sentence, ...]:
    """What `rule` (a rule of the rule set's JSON form, perhaps unfinished) says."""
    return tuple(
        sentence for part in (_gives, _who, _when, _needs, _limits, _together, _details) for sentence in part(rule)
    )


def goods_of(what: object) -> Goods:
    """The goods that a `what` of the form selects."""
    form = _form(what)
    return Goods(
        *(_integers(form, name) for name in ("products", "categories", "except_products", "except_categories"))
    )


def _form(value: object) -> Json:
    return cast(Json, value) if isinstance(value, dict) else {}


def _int(form: Json, name: str) -> int | None:
    value = form.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _integers(form: Json, name: str) -> tuple[int, ...]:
    return tuple(value for value in _list(form, name) if isinstance(value, int))


def _texts(form: Json, name: str) -> tuple[str, ...]:
    return tuple(value for value in _list(form, name) if isinstance(value, str))


def _list(form: Json, name: str) -> Sequence[Any]:
    value = form.get(name)
    return cast(Sequence[Any], value) if isinstance(value, list) else ()


def _gives(rule: Json) -> Iterator[Sentence]:
    effect, goods = _form(rule.get("effect")), goods_of(rule.get("what"))
    kind = str(effect.get("kind", ""))
    match kind:
        case "n_for_m":
            yield from _n_for_m(effect, goods)
        case "set":
            yield from _set(effect)
        case "gift":
            yield from _gift(effect, goods)
        case "earn":
            points, per = _int(effect, "points"), _int(effect, "per")
            if points and per:
                values: dict[str, Value] = {"points": Counted("sum.points", points), "per": Money(per), "goods": goods}
                yield Sentence("gives", "sum.earn", values)
        case "earn_bonus":
            points = _int(effect, "points")
            if points:
                yield Sentence("gives", "sum.earn_bonus", {"points": Counted("sum.points", points)})
        case "personal" | "personal_price":
            yield Sentence("gives", f"sum.{kind}", {"goods": goods})
        case "message":
            yield Sentence("gives", "sum.message", {"goods": goods})
        case _:
            yield from _valued(kind, effect, goods)


def _valued(kind: str, effect: Json, goods: Goods) -> Iterator[Sentence]:
    scale, value = _form(effect.get("scale")), _int(effect, "value")
    steps = [step for step in map(_form, _list(scale, "steps")) if _int(step, "value") is not None]
    if steps:
        values = [_int(step, "value") or 0 for step in steps]
        best = min(values) if kind == "price" else max(values)
        most = Sentence("gives", "sum.from" if kind == "price" else "sum.up_to", {"value": _worth(kind, best)})
        yield Sentence("gives", f"sum.{kind}", {"value": most, "goods": goods})
        yield _scale(kind, scale, steps)
    elif value is not None:
        yield Sentence("gives", f"sum.{kind}", {"value": _worth(kind, value), "goods": goods})


def _worth(kind: str, value: int) -> Value:
    return Rate(value) if kind in PERCENTS else Money(value)


def _scale(kind: str, scale: Json, steps: Sequence[Json]) -> Sentence:
    by_sum = scale.get("by") == "sum"
    measure = "weight" if scale.get("measure") == "weight" else "pieces"

    def start(step: Json) -> Value:
        at = _int(step, "from") or 0
        return Money(at) if by_sum else Quantity(at, measure)

    listed = Listed(
        tuple(
            Sentence("gives", "sum.step", {"from": start(step), "value": _worth(kind, _int(step, "value") or 0)})
            for step in steps
        ),
        "; ",
    )
    if by_sum:
        by = f"sum.by.{scale.get('of', 'receipt')}.{scale.get('basis', 'before')}"
    else:
        by = f"sum.by.{scale.get('count', 'together')}"
    mode = "slab" if scale.get("mode") == "slab" else "whole"
    return Sentence("gives", f"sum.scale.{mode}", {"by": Sentence("gives", by), "steps": listed})


def _n_for_m(effect: Json, goods: Goods) -> Iterator[Sentence]:
    take, pay = _int(effect, "take"), _int(effect, "pay")
    percent = WHOLE if effect.get("percent") is None else _int(effect, "percent")
    if not take or pay is None or not percent:
        return
    values: dict[str, Value] = {"take": Number(take), "pay": Number(pay), "goods": goods}
    if percent == WHOLE:
        yield Sentence("gives", "sum.n_for_m", values)
    else:
        yield Sentence("gives", "sum.n_at", {**values, "reduced": Number(take - pay), "value": Rate(percent)})
    best = effect.get("choose") == "best_for_client"
    yield Sentence("gives", f"sum.choose.{'best_for_client' if best else 'cheapest_of_all'}")


def _set(effect: Json) -> Iterator[Sentence]:
    parts = [part for part in map(_form, _list(effect, "parts")) if _int(part, "take")]
    named = next((name for name in ("sum", "percent", "amount") if _int(effect, name) is not None), None)
    if not parts or named is None:
        return
    value = _int(effect, named) or 0
    worth: Value = Rate(value) if named == "percent" else Money(value)
    if len(parts) == 1:
        values: dict[str, Value] = {
            "take": Number(_int(parts[0], "take") or 0),
            "goods": goods_of(parts[0].get("what")),
        }
        yield Sentence("gives", f"sum.any.{named}", {**values, "value": worth})
        return
    listed = tuple(
        Sentence("gives", "sum.part", {"take": Number(_int(part, "take") or 0), "goods": goods_of(part.get("what"))})
        for part in parts
    )
    yield Sentence("gives", f"sum.set.{named}", {"parts": Listed(listed, " + "), "value": worth})


def _gift(effect: Json, goods: Goods) -> Iterator[Sentence]:
    choices = _integers(effect, "choices")
    if not choices:
        return
    take, price = _int(effect, "take") or 1, _int(effect, "price") or 0
    named = Names("product", choices)
    if price:
        values: dict[str, Value] = {"take": Number(take), "choices": named, "price": Money(price)}
        yield Sentence("gives", "sum.gift.price", values)
    else:
        yield Sentence("gives", "sum.gift", {"take": Number(take), "choices": named})
    each = _form(effect.get("each"))
    reached = _int(each, "sum")
    if reached:
        yield Sentence("gives", "sum.gift.each", {"each": Money(reached), "goods": goods})
    elif quantity := _int(each, "quantity"):
        yield Sentence("gives", "sum.gift.each", {"each": Quantity(quantity), "goods": goods})
    else:
        yield Sentence("gives", "sum.gift.once", {"goods": goods})


def _who(rule: Json) -> Iterator[Sentence]:
    who = _form(rule.get("who"))
    kinds: tuple[tuple[str, Literal["tier", "client_category", "account", "tag", "batch"]], ...] = (
        ("tiers", "tier"),
        ("categories", "client_category"),
        ("claimed", "client_category"),
        ("accounts", "account"),
        ("tags", "tag"),
        ("coupons", "batch"),
    )
    said = [
        Sentence("who", f"sum.who.{name}", {"names": Names(kind, _texts(who, name))})
        for name, kind in kinds
        if _texts(who, name)
    ]
    if who.get("card") is True:
        said.insert(0, Sentence("who", "sum.who.card"))
    own = _form(rule.get("effect")).get("kind") in ("personal", "personal_price")
    yield from said or [Sentence("who", "sum.who.own" if own else "sum.who.anyone")]


def _when(rule: Json) -> Iterator[Sentence]:
    when = _form(rule.get("when"))
    start, end = when.get("from"), when.get("until")
    if isinstance(start, str) and isinstance(end, str):
        yield Sentence("when", "sum.when.between", {"from": Day(start), "last": Day(end, 1)})
    elif isinstance(start, str):
        yield Sentence("when", "sum.when.from", {"from": Day(start)})
    elif isinstance(end, str):
        yield Sentence("when", "sum.when.until", {"last": Day(end, 1)})
    if weekdays := _integers(when, "weekdays"):
        yield Sentence("when", "sum.when.weekdays", {"names": Names("weekday", tuple(sorted(weekdays)), every=True)})
    hours = [window for window in map(_form, _list(when, "hours")) if _int(window, "until") is not None]
    if hours:
        windows = tuple(
            Sentence(
                "when",
                "sum.when.window",
                {"from": Clock(_int(each, "from") or 0), "until": Clock(_int(each, "until") or 0)},
            )
            for each in hours
        )
        yield Sentence("when", "sum.when.hours", {"windows": Listed(windows)})
    if isinstance(when.get("birthday"), dict):
        birthday = _form(when["birthday"])
        before, after = _int(birthday, "before") or 0, _int(birthday, "after") or 0
        values: dict[str, Value] = {"before": Counted("sum.days", before), "after": Counted("sum.days", after)}
        yield Sentence("when", "sum.when.birthday", values)


def _needs(rule: Json) -> Iterator[Sentence]:
    quantity, money, coverage = (_form(rule.get(name)) for name in ("needs_quantity", "needs_sum", "needs_coverage"))
    at_least = _int(quantity, "at_least")
    if at_least:
        measure = "weight" if quantity.get("measure") == "weight" else "pieces"
        count = "each" if quantity.get("count") == "each" else "together"
        yield Sentence("needs", f"sum.needs.quantity.{count}", {"quantity": Quantity(at_least, measure)})
    at_least = _int(money, "at_least")
    if at_least:
        of, basis = money.get("of", "receipt"), money.get("basis", "before")
        yield Sentence("needs", f"sum.needs.sum.{of}.{basis}", {"sum": Money(at_least)})
    products = _int(coverage, "products")
    if products:
        yield Sentence("needs", "sum.needs.coverage", {"products": Counted("sum.products", products)})


def _limits(rule: Json) -> Iterator[Sentence]:
    limits = _form(rule.get("limits"))
    receipt, account, all_, budget = (_form(limits.get(name)) for name in ("receipt", "account", "all", "budget"))
    values: Mapping[str, Value | None] = {
        "times": _counted("sum.times", _int(receipt, "times")),
        "units": _quantity(_int(receipt, "units")),
        "sum": _money(_int(receipt, "sum")),
        "percent": _rate(_int(receipt, "percent")),
    }
    for name, value in values.items():
        if value is not None:
            yield Sentence("limits", f"sum.limit.receipt.{name}", {"value": value})
    times, days = _int(account, "times"), _int(account, "days")
    if times and days:
        said: dict[str, Value] = {"times": Counted("sum.times", times), "days": Counted("sum.days", days)}
        yield Sentence("limits", "sum.limit.account.days", said)
    elif times:
        yield Sentence("limits", "sum.limit.account", {"times": Counted("sum.times", times)})
    if times := _int(all_, "times"):
        yield Sentence("limits", "sum.limit.all", {"times": Counted("sum.times", times)})
    short = "refuse" if budget.get("short") == "refuse" else "rest"
    if money := _int(budget, "sum"):
        yield Sentence("limits", f"sum.budget.{short}", {"value": Money(money)})
    elif pieces := _int(budget, "pieces"):
        yield Sentence("limits", f"sum.budget.{short}", {"value": Quantity(pieces)})
    offline = limits.get("offline")
    if offline == "deny":
        yield Sentence("limits", "sum.offline.deny")
    elif isinstance(offline, dict):
        share = _int(_form(cast(object, offline)), "share")
        if share is not None:
            yield Sentence("limits", "sum.offline.share", {"share": Rate(share)})


def _counted(key: str, n: int | None) -> Counted | None:
    return Counted(key, n) if n is not None else None


def _quantity(thousandths: int | None) -> Quantity | None:
    return Quantity(thousandths) if thousandths is not None else None


def _money(minor: int | None) -> Money | None:
    return Money(minor) if minor is not None else None


def _rate(basis_points: int | None) -> Rate | None:
    return Rate(basis_points) if basis_points is not None else None


def _together(rule: Json) -> Iterator[Sentence]:
    group = rule.get("group")
    if isinstance(group, str):
        yield Sentence("together", "sum.group", {"group": Names("group", (group,))})
    if rule.get("stackable") is True:
        yield Sentence("together", "sum.stackable")
    elif not isinstance(group, str):
        yield Sentence("together", "sum.best_wins")
    if rule.get("over_manual") is True:
        yield Sentence("together", "sum.over_manual")
    if rule.get("over_discounted") is False:
        yield Sentence("together", "sum.not_over_discounted")


def _details(rule: Json) -> Iterator[Sentence]:
    priority = _int(rule, "priority")
    if priority is not None:
        yield Sentence("details", "sum.priority", {"n": Number(priority)})
    rounding = rule.get("rounding")
    if isinstance(rounding, str):
        yield Sentence("details", f"sum.rounding.{rounding}")
    source = rule.get("source")
    if isinstance(source, str):
        yield Sentence("details", f"sum.source.{source}")
