"""The worked examples of docs/pricing.md: read, priced and written out in the words of the page.

`python -m tests.loyalty.pricing.examples` writes the result rows (`= ...`) of the page anew, for a person to check.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from tests.loyalty.pricing.vectors_run import priced

PAGE = Path(__file__).parents[3] / "docs" / "pricing.md"
BLOCK = re.compile(r"^### (?P<title>.+?)\n(?P<prose>.*?)```example\n(?P<rows>.*?)```", re.M | re.S)
MONDAY_NOON = {"date": "2026-03-02", "minute": 720, "weekday": 1}


@dataclass
class Example:
    """One block: what is given, in the JSON forms, and the result rows as they stand on the page."""

    title: str
    rule_set: dict[str, Any]
    basket: dict[str, Any]
    returns: list[tuple[int, int]] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)


def examples() -> list[Example]:
    return [_read(found["title"], found["rows"]) for found in BLOCK.finditer(PAGE.read_text())]


def _read(title: str, rows: str) -> Example:
    settings = {"currency": "EUR", "exponent": 2, "price_step": 1, "cash_step": 1}
    rule_set: dict[str, Any] = {"schema": 1, "version": 1, "groups": [], "regulations": [], "rules": []}
    basket: dict[str, Any] = {"schema": 1, "settings": settings, "lines": []}
    basket |= {"first_scan": MONDAY_NOON, "payment": MONDAY_NOON}
    example = Example(title, rule_set, basket)
    for row in filter(None, rows.splitlines()):
        word, _, rest = row.partition(" ")
        match word:
            case "=":
                example.expected.append(rest)
            case "settings":
                settings.update(json.loads(rest))
            case "group":
                rule_set["groups"].append(json.loads(rest))
            case "class":
                rule_set["regulations"].append(json.loads(rest))
            case "rule":
                id, _, said = rest.partition(" ")
                rule_set["rules"].append({"id": id, "name": id, "priority": 10, **json.loads(said)})
            case "terms":
                basket["terms"] = json.loads(rest)
            case "claimed":
                basket["claimed"] = rest.split()
            case "spend":
                basket["spend"] = int(rest)
            case "coupons":
                basket["coupons"] = rest.split()
            case "left" | "stock":
                basket[word] = json.loads(rest)
            case "schema":
                rule_set["schema"] = int(rest)
            case "scan":
                basket["first_scan"] = _time(rest)
            case "pay":
                basket["payment"] = _time(rest)
            case "line":
                at = len(basket["lines"]) + 1
                basket["lines"].append({"product": at, "unit": "piece", "quantity": 1_000, **json.loads(rest)})
            case "return":
                line, quantity = rest.split()
                example.returns.append((int(line), int(quantity)))
            case _:
                raise ValueError(f"{title}: {row}")
    return example


def _time(said: str) -> dict[str, Any]:
    day, clock = said.split()
    hours, minutes = clock.split(":")
    return {"date": day, "minute": int(hours) * 60 + int(minutes), "weekday": date.fromisoformat(day).isoweekday()}


def written(example: Example, quote: dict[str, Any], back: Callable[[list[Any]], list[Any]]) -> list[str]:
    """The result rows, from a quote and the engine that makes returns (`back`)."""
    if "error" in quote:
        return [f"refused: {quote['error']} {quote['field']}".strip()]
    exponent = example.basket["settings"]["exponent"]

    def money(amount: int) -> str:
        if not exponent:
            return str(amount)
        sign, digits = ("-" if amount < 0 else ""), str(abs(amount)).rjust(exponent + 1, "0")
        return f"{sign}{digits[:-exponent]}.{digits[-exponent:]}"

    rows = [_line_row(at, line, money) for at, line in enumerate(quote["lines"], 1)]
    rows += list(_rule_rows(quote, money))
    rows.append(_total_row(example, quote, money))
    rows += _more_rows(quote, money)
    rows += _return_rows(example, quote, back, money)
    return rows


def _line_row(at: int, line: dict[str, Any], money: Callable[[int], str]) -> str:
    taken = "".join(f" - {each['rule']} {money(each['amount'])}" for each in line["discounts"])
    tax = f", tax {money(line['tax'])}" if line["tax"] else ""
    limits = f", held by {' and '.join(line['limits'])}" if line["limits"] else ""
    return f"line {at}: {money(line['gross'])}{taken} = {money(line['net'])} as {_parts(line['parts'], money)}{tax}{limits}"


def _parts(parts: list[dict[str, Any]], money: Callable[[int], str]) -> str:
    return " + ".join(f"{_quantity(part['quantity'])} x {money(part['price'])}" for part in parts)


def _quantity(thousandths: int) -> str:
    whole, rest = divmod(thousandths, 1_000)
    return f"{whole}.{rest:03}" if rest else str(whole)


def _rule_rows(quote: dict[str, Any], money: Callable[[int], str]) -> Iterator[str]:
    """What did not apply: whole rules, and single lines of rules that applied elsewhere."""
    for rule in quote["rules"]:
        if rule["status"] != "applied":
            yield f"{rule['rule']}: {_why(rule, money)}"
            continue
        for on in rule["lines"]:
            if on["status"] != "applied":
                yield f"{rule['rule']} on line {on['line'] + 1}: {_why(on, money)}"


def _why(answer: dict[str, Any], money: Callable[[int], str]) -> str:
    if answer["status"] == "beaten":
        return f"beaten by {answer['by']}, would give {money(answer['amount'])}"
    lacking = answer["amount"]
    if lacking is None:
        return f"not met, {answer['missing']}"
    said = {"quantity": _quantity, "coverage": str}.get(answer["missing"], money)
    return f"not met, {answer['missing']} short of {said(lacking)}"


def _total_row(example: Example, quote: dict[str, Any], money: Callable[[int], str]) -> str:
    totals = quote["totals"]
    row = f"total {money(totals['total'])}"
    if totals["discount"]:
        row += f", saved {money(quote['saved'])}"
    if totals["tax"]:
        kind = "with" if example.basket["settings"].get("prices_include_tax", True) else "plus"
        row += f", {kind} tax {money(totals['tax'])}"
    if example.basket["settings"]["cash_step"] > 1:
        row += f", in cash {money(totals['cash_total'])}"
    return row


def _more_rows(quote: dict[str, Any], money: Callable[[int], str]) -> Iterator[str]:
    """Points, gifts to choose, messages and uses of limits, where there are any."""
    points = quote["points"]
    if points["asked"] or points["spent"]:
        yield f"points: {points['spent']} of {points['asked']} spent, worth {money(points['amount'])}"
    if points["earned"]:
        yield f"points earned: {points['earned']}, by line {' '.join(map(str, points['lines']))}"
    for gift in quote["gifts"]:
        if gift["taken"] < gift["take"] and gift["choices"]:
            yield f"gift of {gift['rule']}: {gift['take'] - gift['taken']} more of {' or '.join(map(str, gift['choices']))}"
    yield from (f"message {message['name']}" for message in quote["messages"])
    for use in quote["uses"]:
        yield f"use of {use['rule']}: {use['times']} times, {money(use['sum'])}, {_quantity(use['pieces'])} pieces"


def _return_rows(
    example: Example, quote: dict[str, Any], back: Callable[[list[Any]], list[Any]], money: Callable[[int], str]
) -> list[str]:
    rows: list[str] = []
    for at in sorted({line for line, _ in example.returns}):
        quantities = [quantity for line, quantity in example.returns if line == at]
        earned = quote["points"]["lines"][at - 1]
        sold = {**_sold(example.basket["lines"][at - 1], quote["lines"][at - 1]), "points": earned}
        for quantity, answer in zip(quantities, back([[sold, quantities]])[0], strict=False):
            rows.append(_return_row(quantity, answer, money))
    return rows


def _return_row(quantity: int, answer: dict[str, Any], money: Callable[[int], str]) -> str:
    if "error" in answer:
        return f"return of {_quantity(quantity)} refused: {answer['error']}"
    tax = f", tax {money(answer['tax'])}" if answer["tax"] else ""
    less = ", discounts " + " ".join(map(money, answer["discounts"])) if answer["discounts"] else ""
    points = f", less {answer['points']} points" if answer["points"] else ""
    return f"back {money(answer['net'])} as {_parts(answer['parts'], money)}{tax}{less}{points}"


def _sold(line: dict[str, Any], charged: dict[str, Any]) -> dict[str, Any]:
    return {
        "quantity": line["quantity"],
        "measured": line["unit"] == "kg" or line["quantity"] % 1_000 != 0,
        **{name: charged[name] for name in ("gross", "net", "tax", "tax_base", "parts")},
        "discounts": [each["amount"] for each in charged["discounts"]],
    }


def rewrite() -> None:
    """Put the present result rows into the page."""
    from tests.loyalty.pricing.returns import returned_here

    def block(found: re.Match[str]) -> str:
        example = _read(found["title"], found["rows"])
        rows = written(example, priced(example.rule_set, example.basket), returned_here)
        given = [row for row in found["rows"].splitlines() if row and not row.startswith("=")]
        said = "\n".join([*given, *(f"= {row}" for row in rows)])
        return f"### {found['title']}\n{found['prose']}```example\n{said}\n```"

    PAGE.write_text(BLOCK.sub(block, PAGE.read_text()))


if __name__ == "__main__":
    rewrite()
