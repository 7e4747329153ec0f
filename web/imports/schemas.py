"""What goes in and out about imports. Columns are named by their letters, as spreadsheets show them."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from loyalty.imports import forms
from loyalty.imports.errors import BadLayout
from loyalty.imports.layouts import Field as ColumnField
from loyalty.imports.model import State
from loyalty.imports.phones import Country
from loyalty.imports.queries import BadRow, Column, ImportRow
from loyalty.imports.rules import Layout
from loyalty.imports.values import Decimals, Order
from loyalty.imports.workbook import column_letters, column_number

Letters = Annotated[str, Field(pattern=r"^[A-Z]{1,2}$", examples=["A"])]


class LayoutBody(BaseModel):
    """How the file is to be read. `share`: 0.07 in the percent column is 7 %; `card_digits`: leading zeros to that length."""

    model_config = ConfigDict(extra="forbid")

    header_line: Annotated[int, Field(ge=0, le=200_000)] = 1
    columns: dict[Letters, ColumnField]
    country: Country = "AM"
    decimals: Decimals = "auto"
    order: Order = "dmy"
    share: bool = False
    card_digits: Annotated[int, Field(ge=4, le=40)] | None = None
    shared_phones: bool = False
    language: Literal["en", "ru", "hy"] = "hy"
    tier_until: date | None = None
    points_until: date | None = None
    consent_text: Annotated[str, Field(min_length=1, max_length=40)] = "import"

    def layout(self) -> Layout:
        """Raises `BadLayout`."""
        return forms.checked_layout(
            Layout(
                header_line=self.header_line,
                columns={column_number(letters): field for letters, field in self.columns.items()},
                **self.model_dump(exclude={"header_line", "columns"}),
            )
        )

    @classmethod
    def of(cls, layout: Layout) -> "LayoutBody":
        form = forms.layout_form(layout)
        return cls(**{**form, "columns": {column_letters(number): field for number, field in layout.columns.items()}})


class WriteBody(BaseModel):
    """`rest`: leave bad rows out and write the others."""

    model_config = ConfigDict(extra="forbid")

    rest: bool = False


class ColumnOut(BaseModel):
    column: str
    heading: str
    field: str | None
    examples: list[str]

    @classmethod
    def of(cls, column: Column) -> "ColumnOut":
        return cls(column=column.letters, heading=column.heading, field=column.field, examples=column.examples)


class ImportOut(BaseModel):
    """`done` of `total` rows in the state it is in; `rows` by what became of them; `problem` is an error's code."""

    id: UUID
    name: str
    state: State
    total: int
    done: int
    problem: str | None
    problem_fields: dict[str, Any]
    made_at: datetime
    rows: dict[str, int]

    @classmethod
    def of(cls, row: ImportRow) -> "ImportOut":
        return cls(
            id=row.id,
            name=row.name,
            state=row.state,
            total=row.total,
            done=row.done,
            problem=row.problem,
            problem_fields=dict(row.problem_fields),
            made_at=row.made_at,
            rows={state: number for state, number in row.rows.items() if state != "above"},
        )


class ImportWholeOut(ImportOut):
    layout: LayoutBody | None
    columns: list[ColumnOut]


class ProblemOut(BaseModel):
    """`code` is stable, `detail` its sentence in the asker's language; `column` empty: the whole row."""

    line: int
    column: str
    heading: str
    value: str
    code: str
    fields: dict[str, Any]
    detail: str


class ProblemPage(BaseModel):
    """`next`: the line to ask the following page with; null at the end."""

    problems: list[ProblemOut]
    next: int | None


def layout_from_form(form: dict[str, str], usual: Layout) -> Layout:
    """The layout that the page's form says. Raises `BadLayout`."""
    columns = {
        name.removeprefix("column_"): field for name, field in form.items() if name.startswith("column_") and field
    }
    told: dict[str, Any] = {name: value.strip() for name, value in form.items() if not name.startswith("column_")}
    told |= {"share": "share" in form, "shared_phones": "shared_phones" in form, "columns": columns}
    for name in ("header_line", "card_digits"):
        if not str(told.get(name) or "0").isascii() or not str(told.get(name) or "0").isdigit():
            raise BadLayout(reason=name, column=0)
    told["header_line"] = told.get("header_line") or 0
    return forms.layout_of({**forms.layout_form(usual), **told})


def told_problems(rows: list[BadRow], sentence: Any) -> list[ProblemOut]:
    """Every reason of every row; `sentence` gives the text of a code."""
    return [
        ProblemOut(
            line=row.line,
            column=problem.column,
            heading=problem.heading,
            value=problem.value,
            code=problem.code,
            fields=dict(problem.fields),
            detail=sentence(f"imports.problem.{problem.code}", **problem.fields),
        )
        for row in rows
        for problem in row.problems
    ]
