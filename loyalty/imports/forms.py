"""Cells, layouts, problems and drafts as the database keeps them (JSON), and back."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, get_args

from loyalty.accounts.rules import card_digest
from loyalty.imports.errors import BadLayout
from loyalty.imports.layouts import FIELDS, SEVERAL, Field
from loyalty.imports.limits import MOST_COLUMNS, MOST_ROWS
from loyalty.imports.phones import Country
from loyalty.imports.rules import Draft, Layout, Problem
from loyalty.imports.values import Cell, Decimals, Order
from pos.core.ids import new_id


def cells_text(cells: Sequence[Cell]) -> str:
    """The cells as JSON: texts, numbers and truths as they are, a day as {"day": …}, a failed cell as null."""
    return json.dumps([_kept(cell) for cell in cells], ensure_ascii=False)


def _kept(cell: Cell) -> Any:
    match cell:
        case str():
            return cell.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
        case datetime():
            return {"day": cell.date().isoformat()}
        case date():
            return {"day": cell.isoformat()}
        case time() | timedelta():
            return str(cell)
        case float() if cell != cell or cell in (float("inf"), float("-inf")):
            return None
        case _:
            return cell


def cells_of(kept: Sequence[Any]) -> list[Cell]:
    """The cells again."""
    return [date.fromisoformat(cell["day"]) if isinstance(cell, dict) else cell for cell in kept]


def layout_form(layout: Layout) -> dict[str, Any]:
    return {
        "header_line": layout.header_line,
        "columns": {str(column): name for column, name in sorted(layout.columns.items())},
        "country": layout.country,
        "decimals": layout.decimals,
        "order": layout.order,
        "share": layout.share,
        "card_digits": layout.card_digits,
        "shared_phones": layout.shared_phones,
        "language": layout.language,
        "tier_until": layout.tier_until.isoformat() if layout.tier_until else None,
        "points_until": layout.points_until.isoformat() if layout.points_until else None,
        "consent_text": layout.consent_text,
    }


def layout_of(form: Mapping[str, Any]) -> Layout:
    """The layout that a form describes; what is left out is as usual. Raises `BadLayout`."""
    usual = Layout()
    try:
        columns: dict[int, Field] = {int(column): name for column, name in dict(form.get("columns", {})).items()}
        layout = Layout(
            header_line=int(form.get("header_line", 0)),
            columns=columns,
            country=form.get("country", usual.country),
            decimals=form.get("decimals", usual.decimals),
            order=form.get("order", usual.order),
            share=bool(form.get("share", False)),
            card_digits=int(form["card_digits"]) if form.get("card_digits") else None,
            shared_phones=bool(form.get("shared_phones", False)),
            language=form.get("language", usual.language),
            tier_until=date.fromisoformat(form["tier_until"]) if form.get("tier_until") else None,
            points_until=date.fromisoformat(form["points_until"]) if form.get("points_until") else None,
            consent_text=str(form.get("consent_text") or usual.consent_text)[:40],
        )
    except (TypeError, ValueError, AttributeError) as error:
        raise BadLayout(reason="form", column=0) from error
    return checked_layout(layout)


def checked_layout(layout: Layout) -> Layout:
    """Raises `BadLayout` for what cannot be."""
    if not 0 <= layout.header_line <= MOST_ROWS:
        raise BadLayout(reason="header_line", column=0)
    told: set[Field] = set()
    for column, name in sorted(layout.columns.items()):
        if name not in FIELDS or not 0 <= column < MOST_COLUMNS:
            raise BadLayout(reason="field", column=column + 1)
        if name in told and name not in SEVERAL:
            raise BadLayout(reason="twice", column=column + 1)
        told.add(name)
    if not told & {"card", "phone", "family_given", "given_family", "family", "given"}:
        raise BadLayout(reason="nobody", column=0)
    if layout.country not in get_args(Country) or layout.decimals not in get_args(Decimals):
        raise BadLayout(reason="form", column=0)
    if layout.order not in get_args(Order) or layout.language not in ("en", "ru", "hy"):
        raise BadLayout(reason="form", column=0)
    if layout.card_digits is not None and not 4 <= layout.card_digits <= 40:
        raise BadLayout(reason="card_digits", column=0)
    return layout


def problem_form(problem: Problem) -> dict[str, Any]:
    return {"code": problem.code, "column": problem.column, "value": problem.value, "fields": dict(problem.fields)}


def draft_form(draft: Draft, salt: bytes) -> dict[str, Any]:
    """The draft with the ids of everything it will be, so that writing it twice is writing it once."""
    phones = [*(draft.phones or (None,))] if draft.has_person else []
    ids = sorted(new_id() for _ in phones)  # the first person is the one that tills show
    return {
        "account": str(new_id()),
        "cards": [
            {"id": str(new_id()), "number": number, "digest": card_digest(salt, number).hex()} for number in draft.cards
        ],
        "persons": [
            {"id": str(ids[place]), "phone": phone, "born_on": _iso(draft.born_on if place == 0 else None)}
            for place, phone in enumerate(phones)
        ],
        "given": draft.given,
        "family": draft.family,
        "language": draft.language,
        "personal": draft.personal,
        "tier": draft.tier,
        "tier_until": _iso(draft.tier_until if draft.tier else None),
        "turnover": _entry(draft.turnover),
        "points": _entry(draft.points),
        "points_until": _iso(draft.points_until if draft.points else None),
        "debt": _entry(draft.debt),
        "categories": list(draft.categories),
        "category_from": _iso(draft.category_from),
        "category_until": _iso(draft.category_until),
        "tags": list(draft.tags),
        "consents": list(draft.consents),
        "opened_on": _iso(draft.opened_on),
        "note": draft.note,
    }


def made_form(draft: Mapping[str, Any]) -> dict[str, Any]:
    """The ids of what a draft became, and nothing that tells of a person."""
    return {
        "account": draft["account"],
        "cards": [card["id"] for card in draft["cards"]],
        "persons": [person["id"] for person in draft["persons"]],
        **{name: draft[name]["id"] if draft[name] else None for name in ("turnover", "points", "debt")},
    }


def _entry(amount: int) -> dict[str, Any] | None:
    """A ledger's entry with its id; none for nothing."""
    return {"id": str(new_id()), "amount": amount} if amount else None


def _iso(value: date | None) -> str | None:
    return value.isoformat() if value else None
