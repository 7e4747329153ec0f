"""The editor's fields and the rule's JSON form: one read from the other, both ways.

People type amounts in the currency, percents, pieces or kilograms, and the last day of a period; the form holds minor
units, basis points, thousandths, and the day after. What was typed stays on the page as it was, right or wrong.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from pos.reports.rule_check import Flaw

Json = dict[str, Any]
Fields = Mapping[str, Sequence[str]]
LANGUAGES = ("en", "ru", "hy")
KINDS: Mapping[str, tuple[str, ...]] = {
    "line": ("percent", "amount_unit", "amount_line", "price", "personal", "personal_price"),
    "set": ("n_for_m", "set", "gift"),
    "basket": ("basket_percent", "basket_amount"),
    "points": ("earn", "earn_bonus"),
    "none": ("message",),
}
ALL_KINDS = tuple(kind for kinds in KINDS.values() for kind in kinds)
VALUED = frozenset({"percent", "amount_unit", "amount_line", "price", "basket_percent", "basket_amount"})
PERCENTS = frozenset({"percent", "basket_percent"})
ROUNDINGS: Mapping[str, tuple[str, ...]] = {
    "percent": ("unit", "line"),
    "personal": ("unit", "line"),
    "basket_percent": ("basket", "line"),
}
"""Kinds that may round in more than one place; the first is the default."""
PRIORITY = 50
STARTERS: Mapping[str, Fields] = {
    "percent": {"effect.kind": ["percent"], "effect.value": ["10"]},
    "happy_hours": {
        "effect.kind": ["percent"],
        "effect.value": ["20"],
        "when.weekdays": ["1", "2", "3", "4", "5"],
        "hours.from": ["19:00"],
        "hours.until": ["21:00"],
    },
    "tier": {"effect.kind": ["percent"], "effect.value": ["5"], "who.card": ["on"]},
    "price": {"effect.kind": ["price"]},
    "n_for_m": {"effect.kind": ["n_for_m"], "effect.take": ["3"], "effect.pay": ["2"]},
    "second_half": {
        "effect.kind": ["n_for_m"],
        "effect.take": ["2"],
        "effect.pay": ["1"],
        "effect.percent": ["50"],
    },
    "quantity": {"effect.kind": ["percent"], "effect.by": ["quantity"], "step.from": ["3"], "step.value": ["5"]},
    "any_for_sum": {"effect.kind": ["set"], "part.take": ["3"], "set.worth": ["sum"]},
    "meal": {"effect.kind": ["set"], "part.take": ["1", "1"], "set.worth": ["sum"]},
    "gift": {"effect.kind": ["gift"], "effect.take": ["1"]},
    "basket": {"effect.kind": ["basket_percent"], "effect.value": ["3"]},
    "birthday": {
        "effect.kind": ["percent"],
        "effect.value": ["10"],
        "who.card": ["on"],
        "birthday.on": ["on"],
        "birthday.before": ["3"],
        "birthday.after": ["3"],
    },
    "earn": {"effect.kind": ["earn"], "effect.points": ["1"], "who.card": ["on"]},
    "message": {"effect.kind": ["message"]},
}
"""What the page of new rules offers: fields that are filled in already."""


class Reading:
    """The typed fields being read; what cannot be read is noted, not raised, so that all of it is marked at once."""

    def __init__(self, fields: Fields, exponent: int) -> None:
        self.fields, self.exponent = fields, exponent
        self.flaws: list[Flaw] = []

    def text(self, name: str) -> str:
        return (self.fields.get(name) or [""])[0].strip()

    def many(self, name: str) -> list[str]:
        return [value.strip() for value in self.fields.get(name) or ()]

    def on(self, name: str) -> bool:
        return bool(self.text(name))

    def scaled(self, text: str, places: int, path: str) -> int | None:
        """A number with at most so many decimals, without its point; None where nothing was typed."""
        cleaned = re.sub(r"[\s'  ]", "", text).replace(",", ".").rstrip("%")
        if not cleaned:
            return None
        try:
            value = Decimal(cleaned).scaleb(places)
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite() or value != value.to_integral_value() or abs(value) >= 2**53:
            self.flaws.append(Flaw(path, "rules.not_a_number", {"value": text, "places": places}))
            return None
        return int(value)

    def money(self, name: str, path: str = "") -> int | None:
        return self.scaled(self.text(name), self.exponent, path or name)

    def percent(self, name: str, path: str = "") -> int | None:
        return self.scaled(self.text(name), 2, path or name)

    def quantity(self, name: str, path: str = "") -> int | None:
        return self.scaled(self.text(name), 3, path or name)

    def whole(self, name: str, path: str = "") -> int | None:
        return self.scaled(self.text(name), 0, path or name)

    def numbers(self, name: str) -> list[int]:
        """Numbers of picked things, each once, in their order."""
        return list(dict.fromkeys(int(text) for text in self.many(name) if text.isascii() and text.isdigit()))

    def codes(self, name: str) -> list[str]:
        """Codes picked or typed with commas between, each once."""
        return list(dict.fromkeys(code for text in self.many(name) for code in re.split(r"[,\s]+", text) if code))


def rule_of(fields: Fields, rule_id: str, exponent: int) -> tuple[Json, list[Flaw]]:
    """The rule that the typed fields say, under that id, and what could not be read of them.

    Parts left empty are left out, so that the reader can say what is missing.
    """
    reading = Reading(fields, exponent)
    rule: Json = {"id": rule_id, "name": _name(reading), "priority": reading.whole("priority")}
    kind = reading.text("effect.kind")
    rule["effect"] = _effect(reading, kind)
    parts: Json = {
        "rounding": reading.text("rounding") if kind in ROUNDINGS else "",
        "source": reading.text("source"),
        "group": reading.text("group"),
        "who": _who(reading),
        "when": _when(reading),
        "what": {} if kind == "set" else _what(reading, "what"),
        "needs_quantity": _needs_quantity(reading),
        "needs_sum": _needs_sum(reading),
        "needs_coverage": _filled({"products": reading.whole("needs_coverage.products")}),
        "limits": _limits(reading),
        "stackable": reading.on("stackable"),
        "over_manual": reading.on("over_manual"),
    }
    rule |= {name: value for name, value in parts.items() if value}
    if reading.on("not_over_discounted"):
        rule["over_discounted"] = False
    if rule["priority"] is None:
        rule["priority"] = PRIORITY
    if not rule["name"]:
        reading.flaws.append(Flaw("name", "rules.nameless", {}))
        del rule["name"]
    return rule, reading.flaws


def names_of(fields: Fields) -> dict[str, str]:
    """The rule's name by language."""
    reading = Reading(fields, 0)
    return {language: text for language in LANGUAGES if (text := reading.text(f"name.{language}"))}


def _name(reading: Reading) -> str:
    return next((text for language in LANGUAGES if (text := reading.text(f"name.{language}"))), "")


def _filled(form: Json) -> Json:
    return {name: value for name, value in form.items() if value not in (None, "", [], {})}


def _effect(reading: Reading, kind: str) -> Json:
    effect: Json = {"kind": kind}
    match kind:
        case "n_for_m":
            effect |= {name: reading.whole(f"effect.{name}") for name in ("take", "pay")}
            effect["percent"] = reading.percent("effect.percent")
            effect["choose"] = reading.text("effect.choose")
        case "set":
            worth = reading.text("set.worth") or "sum"
            read = reading.percent if worth == "percent" else reading.money
            effect |= {"parts": _parts(reading), worth: read("effect.worth", f"effect.{worth}")}
        case "gift":
            by = reading.text("each.by")
            read = reading.money if by == "sum" else reading.quantity
            effect |= {"choices": reading.numbers("effect.choices"), "take": reading.whole("effect.take")}
            effect |= {"price": reading.money("effect.price")}
            effect["each"] = _filled({by: read("each.value", f"effect.each.{by}")}) if by else None
        case "earn":
            effect |= {"points": reading.whole("effect.points"), "per": reading.money("effect.per")}
        case "earn_bonus":
            effect["points"] = reading.whole("effect.points")
        case _ if kind in VALUED:
            if reading.text("effect.by"):
                effect["scale"] = _scale(reading, kind)
            else:
                effect["value"] = _worth(reading, reading.text("effect.value"), kind, "effect.value")
        case _:
            pass
    return _filled(effect)


def _worth(reading: Reading, text: str, kind: str, path: str) -> int | None:
    return reading.scaled(text, 2 if kind in PERCENTS else reading.exponent, path)


def _scale(reading: Reading, kind: str) -> Json:
    by = reading.text("effect.by")
    scale: Json = {"by": by}
    if by == "sum":
        scale |= {"of": reading.text("scale.of"), "basis": reading.text("scale.basis")}
    else:
        scale |= {"count": reading.text("scale.count"), "measure": reading.text("scale.measure")}
    if reading.text("scale.mode") == "slab":
        scale["mode"] = "slab"
    steps: list[Json] = []
    for start, value in zip(reading.many("step.from"), reading.many("step.value"), strict=False):
        if start or value:
            path = f"effect.scale.steps[{len(steps)}]"
            from_ = reading.scaled(start, reading.exponent if by == "sum" else 3, f"{path}.from")
            worth = _worth(reading, value, kind, f"{path}.value")
            steps.append({name: each for name, each in (("from", from_), ("value", worth)) if each is not None})
    return {**_filled(scale), "steps": steps}


def _parts(reading: Reading) -> list[Json]:
    """Parts with a number or goods; a row left empty is no part."""
    parts: list[Json] = []
    for row, take in enumerate(reading.many("part.take")):
        what = _what(reading, f"part{row}")
        if take and (what or row == 0):
            number = reading.scaled(take, 0, f"effect.parts[{len(parts)}].take")
            parts.append({"what": what, **_filled({"take": number})})
    return parts


def _what(reading: Reading, prefix: str) -> Json:
    names = ("products", "categories", "except_products", "except_categories")
    return _filled({name: reading.numbers(f"{prefix}.{name}") for name in names})


def _who(reading: Reading) -> Json:
    who: Json = {name: reading.codes(f"who.{name}") for name in ("tiers", "categories", "claimed", "accounts", "tags")}
    who["coupons"] = reading.codes("who.coupons")
    return _filled({"card": reading.on("who.card") or None, **who})


def _when(reading: Reading) -> Json:
    when: Json = {"from": reading.text("when.from"), "until": _day_after(reading.text("when.until"))}
    when["weekdays"] = reading.numbers("when.weekdays")
    when["hours"] = [
        _filled({}) | {"from": _minute(start), "until": _minute(end) or (1_440 if start else 0)}
        for start, end in zip(reading.many("hours.from"), reading.many("hours.until"), strict=False)
        if start or end
    ]
    if reading.on("birthday.on"):
        when["birthday"] = {
            name: reading.whole(f"birthday.{name}", f"when.birthday.{name}") or 0 for name in ("before", "after")
        }
    return _filled(when)


def _day_after(text: str) -> str:
    try:
        return (date.fromisoformat(text) + timedelta(days=1)).isoformat()
    except (ValueError, OverflowError):
        return text


def _minute(text: str) -> int:
    match = re.fullmatch(r"(\d{1,2}):(\d{2})(?::\d{2})?", text)
    return int(match[1]) * 60 + int(match[2]) if match else 0


def _needs_quantity(reading: Reading) -> Json:
    at_least = reading.quantity("needs_quantity.at_least")
    if at_least is None:
        return {}
    names = ("count", "measure")
    return {"at_least": at_least, **_filled({name: reading.text(f"needs_quantity.{name}") for name in names})}


def _needs_sum(reading: Reading) -> Json:
    at_least = reading.money("needs_sum.at_least")
    if at_least is None:
        return {}
    return {"at_least": at_least, **_filled({name: reading.text(f"needs_sum.{name}") for name in ("of", "basis")})}


def _limits(reading: Reading) -> Json:
    receipt = {
        "times": reading.whole("limits.receipt.times"),
        "units": reading.quantity("limits.receipt.units"),
        "sum": reading.money("limits.receipt.sum"),
        "percent": reading.percent("limits.receipt.percent"),
    }
    account = {name: reading.whole(f"limits.account.{name}") for name in ("times", "days")}
    by = reading.text("budget.by") or "sum"
    read = reading.money if by == "sum" else reading.quantity
    value = read("budget.value", f"limits.budget.{by}")
    budget = {by: value, "short": reading.text("limits.budget.short") or "refuse"} if value is not None else {}
    offline: Any = reading.text("limits.offline")
    if offline == "share":
        offline = {"share": reading.percent("limits.offline.share")}
    limits: Json = {"receipt": _filled(receipt), "account": _filled(account), "budget": budget}
    limits["all"] = _filled({"times": reading.whole("limits.all.times")})
    limits["offline"] = offline if offline != "allow" else None
    return _filled(limits)


def fields_of(rule: Json, names: Mapping[str, str], exponent: int) -> dict[str, list[str]]:
    """What the editor shows of a rule: `rule_of` reads the same rule from it again."""
    fields: dict[str, list[str]] = {}

    def put(name: str, *values: object) -> None:
        told = [str(value) for value in values if value is not None and value is not False]
        if told:
            fields[name] = told

    def put_all(prefix: str, form: Json, *names: str) -> None:
        for name in names:
            value = form.get(name)
            put(f"{prefix}.{name}", *(value if isinstance(value, list) else (value,)))

    for language in LANGUAGES:
        put(f"name.{language}", names.get(language))
    if not names:
        put("name.en", rule.get("name"))
    put("priority", rule.get("priority"))
    for name in ("rounding", "source", "group"):
        put(name, rule.get(name))
    for name in ("stackable", "over_manual"):
        put(name, "on" if rule.get(name) else None)
    put("not_over_discounted", "on" if rule.get("over_discounted") is False else None)
    who, what = rule.get("who") or {}, rule.get("what") or {}
    put("who.card", "on" if who.get("card") else None)
    put_all("who", who, "tiers", "categories", "claimed", "accounts")
    for name in ("tags", "coupons"):
        put(f"who.{name}", ", ".join(who.get(name) or ()) or None)
    put_all("what", what, "products", "categories", "except_products", "except_categories")
    _put_when(put, rule.get("when") or {})
    _put_needs(put, put_all, rule, exponent)
    _put_limits(put, rule.get("limits") or {}, exponent)
    _put_effect(put, put_all, rule.get("effect") or {}, exponent)
    return fields


def _put_when(put: Any, when: Json) -> None:
    put("when.from", when.get("from"))
    put("when.until", _day_before(when["until"]) if when.get("until") else None)
    put("when.weekdays", *(when.get("weekdays") or ()))
    hours = when.get("hours") or ()
    put("hours.from", *(_clock(window["from"]) for window in hours))
    put("hours.until", *(_clock(window["until"] % 1_440) for window in hours))
    if birthday := when.get("birthday"):
        put("birthday.on", "on")
        for name in ("before", "after"):
            put(f"birthday.{name}", birthday.get(name))


def _put_needs(put: Any, put_all: Any, rule: Json, exponent: int) -> None:
    if quantity := rule.get("needs_quantity"):
        put("needs_quantity.at_least", plain(quantity["at_least"], 3))
        put_all("needs_quantity", quantity, "count", "measure")
    if money := rule.get("needs_sum"):
        put("needs_sum.at_least", plain(money["at_least"], exponent))
        put_all("needs_sum", money, "of", "basis")
    put("needs_coverage.products", (rule.get("needs_coverage") or {}).get("products"))


def _put_limits(put: Any, limits: Json, exponent: int) -> None:
    receipt, budget = limits.get("receipt") or {}, limits.get("budget") or {}
    put("limits.receipt.times", receipt.get("times"))
    for name, places in (("units", 3), ("sum", exponent), ("percent", 2)):
        put(f"limits.receipt.{name}", plain(receipt.get(name), places))
    for name in ("times", "days"):
        put(f"limits.account.{name}", (limits.get("account") or {}).get(name))
    put("limits.all.times", (limits.get("all") or {}).get("times"))
    for name, places in (("sum", exponent), ("pieces", 3)):
        if budget.get(name) is not None:
            put("budget.by", name)
            put("budget.value", plain(budget[name], places))
    put("limits.budget.short", budget.get("short"))
    offline = limits.get("offline")
    if isinstance(offline, dict):
        put("limits.offline", "share")
        put("limits.offline.share", plain(offline.get("share"), 2))
    else:
        put("limits.offline", offline)


def _put_effect(put: Any, put_all: Any, effect: Json, exponent: int) -> None:
    kind = effect.get("kind", "")
    put("effect.kind", kind)
    places = 2 if kind in PERCENTS else exponent
    put("effect.value", plain(effect.get("value"), places))
    put_all("effect", effect, "take", "pay", "points", "choose", "choices")
    if kind == "n_for_m":
        put("effect.percent", plain(effect.get("percent"), 2))
    put("effect.per", plain(effect.get("per"), exponent))
    put("effect.price", plain(effect.get("price"), exponent))
    for name, at in (("sum", exponent), ("quantity", 3)):
        if (effect.get("each") or {}).get(name) is not None:
            put("each.by", name)
            put("each.value", plain(effect["each"][name], at))
    if kind == "set":
        for name, at in (("sum", exponent), ("percent", 2), ("amount", exponent)):
            if effect.get(name) is not None:
                put("set.worth", name)
                put("effect.worth", plain(effect[name], at))
        parts = effect.get("parts") or ()
        put("part.take", *(part.get("take", "") for part in parts))
        for row, part in enumerate(parts):
            put_all(f"part{row}", part.get("what") or {}, "products", "categories", "except_products")
            put_all(f"part{row}", part.get("what") or {}, "except_categories")
    if scale := effect.get("scale"):
        put("effect.by", scale.get("by"))
        put_all("scale", scale, "count", "measure", "of", "basis", "mode")
        by_sum = scale.get("by") == "sum"
        put("step.from", *(plain(step.get("from"), exponent if by_sum else 3) or "" for step in scale["steps"]))
        put("step.value", *(plain(step.get("value"), places) or "" for step in scale["steps"]))


def plain(value: int | None, places: int) -> str | None:
    """The number as people type it: a point, no grouping, no zeros at the end."""
    if value is None:
        return None
    whole, rest = divmod(abs(value), 10**places)
    digits = f"{rest:0{places}d}".rstrip("0") if places else ""
    return ("-" if value < 0 else "") + str(whole) + (f".{digits}" if digits else "")


def _day_before(iso: str) -> str:
    try:
        return (date.fromisoformat(iso) - timedelta(days=1)).isoformat()
    except (ValueError, OverflowError):
        return iso


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def marks(flaws: Iterable[Flaw]) -> dict[str, Flaw]:
    """The first flaw of each field; a worth that three fields share is marked where it is typed."""
    found: dict[str, Flaw] = {}
    for flaw in flaws:
        field = {"effect.sum": "effect.worth", "effect.amount": "effect.worth"}.get(flaw.field, flaw.field)
        found.setdefault(field, flaw)
    return found
