"""Files as programs write them, damaged ones, and those that were made to hurt."""

import io
import zipfile
from datetime import date

import pytest
import xlsxwriter

from loyalty.imports import errors, limits, workbook
from loyalty.imports.layouts import EXAMPLES, heading_line, recognised
from loyalty.imports.source import lines
from loyalty.imports.workbook import column_letters, column_number
from tests.loyalty.imports.shop import text_file
from tests.loyalty.imports.shop import workbook as a_workbook

ROWS = (("Карта", "ФИО", "Сумма покупок"), ("0012345678901", "Պետրոսյան Անի", "1 234,50"), ("29", "Иванов «Ё»", "5"))
RUSSIAN = (ROWS[0], ROWS[2])


def read(content: bytes):
    return [(line.number, *line.cells) for line in lines(content)]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_text_file_is_read_whatever_its_encoding_and_separator(encoding, mark):
    rows = [tuple(cell.replace(",", ".") for cell in row) for row in ROWS]

    assert read(text_file(rows, encoding, mark)) == [(1, *rows[0]), (2, *rows[1]), (3, *rows[2])]


def test_a_russian_file_of_old_windows_is_read():
    assert read(text_file(RUSSIAN, "cp1251")) == [(1, *RUSSIAN[0]), (2, *RUSSIAN[1])]


def test_letters_of_no_known_encoding_are_refused():
    with pytest.raises(errors.EncodingUnknown):
        read("Կարտ;Անուն\r\n".encode()[:-3] + bytes(range(128, 160)) * 3)


def test_excels_own_line_names_the_separator_and_lines_count_on():
    assert read(b"sep=,\r\na;b,c\r\n\r\n1,2\r\n") == [(2, "a;b", "c"), (4, "1", "2")]


def test_a_cell_over_several_lines_keeps_the_line_it_begins_on():
    assert read(b'a;b\n"x\ny";1\nz;2\n') == [(1, "a", "b"), (2, "x\ny", "1"), (4, "z", "2")]


def test_a_quotation_mark_that_nobody_closed_is_told_with_its_line():
    with pytest.raises(errors.FileDamaged) as damaged:
        read(b'a;b\n"x;1\nz;2\n')
    assert damaged.value.fields == {"line": 2}
    with pytest.raises(errors.CellTooLong) as long:
        read(b'a;b\n1;"' + b"x" * (limits.MOST_CHARACTERS + 1) + b'"\n')
    assert long.value.fields["line"] == 2


@pytest.mark.parametrize(
    ("content", "refused"),
    [
        (b"", errors.FileEmpty),
        (b"  \r\n;;\r\n", errors.FileEmpty),
        (b"%PDF-1.7", errors.FileKindUnknown),
        (b"PK\x03\x04 and nothing", errors.FileDamaged),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and nothing", errors.FileDamaged),
        (b"a\x00b;c\n", errors.EncodingUnknown),
        (b"x" * (limits.MOST_BYTES + 1), errors.FileTooLarge),
    ],
    ids=["empty", "blank", "pdf", "zip", "xls", "nul", "large"],
)
def test_what_cannot_be_read_is_said_plainly(content, refused):
    with pytest.raises(refused):
        read(content)


def test_more_rows_or_columns_than_are_read_are_refused(monkeypatch):
    monkeypatch.setattr("loyalty.imports.source.MOST_ROWS", 3)
    with pytest.raises(errors.TooManyRows):
        read(b"a\n1\n2\n3\n")
    with pytest.raises(errors.TooManyColumns):
        read(b";".join([b"x"] * (limits.MOST_COLUMNS + 1)))


def test_an_excel_file_keeps_numbers_days_texts_and_where_they_stand():
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept, {"strings_to_formulas": False}) as book:
        book.add_worksheet("Empty")
        sheet = book.add_worksheet()
        sheet.write_row(2, 1, ["Карта", "ДР", "Имя", "Сумма"])
        sheet.write_number(4, 1, 2900000000018)
        sheet.write_datetime(4, 2, date(1980, 3, 5), book.add_format({"num_format": "dd.mm.yyyy"}))
        sheet.write_string(4, 3, "=cmd|' /C calc'!A0")
        sheet.write_formula(4, 4, "=1+1", None, 2)
        sheet.write_formula(5, 1, "=NA()", None, "#N/A")
        sheet.write_string(5, 3, "0012")

    assert read(kept.getvalue()) == [
        (3, "", "Карта", "ДР", "Имя", "Сумма"),
        (5, "", 2900000000018.0, date(1980, 3, 5), "=cmd|' /C calc'!A0", 2.0),
        (6, "", None, "", "0012", ""),
    ]


def repacked(content: bytes, name: str, change) -> bytes:
    """The same .xlsx with one part changed."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            body = old.read(part)
            new.writestr(part.filename, change(body) if part.filename == name else body)
    return kept.getvalue()


def test_a_zip_bomb_is_refused_before_it_is_opened(monkeypatch):
    monkeypatch.setattr(workbook, "MOST_UNPACKED", 2_000_000)
    bomb = repacked(a_workbook(ROWS), "xl/styles.xml", lambda body: body + b" " * 3_000_000)

    assert len(bomb) < 20_000
    with pytest.raises(errors.FileSwells):
        read(bomb)


def test_a_part_that_lies_about_its_size_is_refused():
    honest = repacked(a_workbook(ROWS), "xl/styles.xml", lambda body: body + b" " * 100_000)
    size = next(
        part.file_size for part in zipfile.ZipFile(io.BytesIO(honest)).infolist() if part.filename == "xl/styles.xml"
    )
    lying = honest.replace(size.to_bytes(4, "little"), (10).to_bytes(4, "little"))

    with pytest.raises(errors.FileDamaged):
        read(lying)


@pytest.mark.parametrize(
    ("far", "refused"),
    [(b"XFD2", errors.TooManyColumns), (b"A1048576", errors.TooManyRows), (b"CA2", errors.TooManyColumns)],
)
def test_a_cell_in_the_far_corner_does_not_fill_the_memory(far, refused):
    sheet = "xl/worksheets/sheet1.xml"
    corner = b'<row r="%s"><c r="%s"><v>1</v></c></row></sheetData>' % (far.lstrip(b"ABCDFX"), far)

    with pytest.raises(refused):
        read(repacked(a_workbook(ROWS), sheet, lambda body: body.replace(b"</sheetData>", corner)))


def test_many_parts_or_a_zip_of_something_else_are_refused():
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as packed:
        packed.writestr("word/document.xml", "<x/>")
    with pytest.raises(errors.FileKindUnknown):
        read(other.getvalue())
    with zipfile.ZipFile(other, "a") as packed:
        packed.writestr("xl/workbook.xml", "<x/>")
        for number in range(limits.MOST_PARTS):
            packed.writestr(f"xl/{number}", "")
    with pytest.raises(errors.FileSwells):
        read(other.getvalue())


@pytest.mark.parametrize(
    ("headings", "fields"),
    [
        (EXAMPLES["1c"], ["card", "tier", "family_given", "phone", "born_on", "personal", "turnover"]),
        (EXAMPLES["moysklad"], ["family_given", "phone", "card", "personal", "turnover", "points", "tags", "note"]),
        (EXAMPLES["subtotal"], ["given_family", "card", "phone", "personal", "born_on", "debt"]),
        (
            ("Քարտի համար", "Անուն", "Ազգանուն", "Հեռախոս", "Ծննդյան օր"),
            ["card", "given", "family", "phone", "born_on"],
        ),
        (("Card No.", "Full name", "Mobile phone", "Date of birth"), ["card", "given_family", "phone", "born_on"]),
        (("Name", "Last name", "Телефон", "Телефон 2"), ["given", "family", "phone", "phone"]),
        (("НАКОПЛЕНО, РУБ.", "e-mail"), ["turnover"]),
    ],
)
def test_headings_are_known_in_three_languages_and_as_other_systems_write_them(headings, fields):
    found = recognised(headings)

    assert [found[column] for column in sorted(found)] == [
        field.replace("given_family", "given") if headings == EXAMPLES["subtotal"] else field for field in fields
    ]


def test_headings_are_found_below_a_title():
    assert heading_line([(1, ["Отчёт по картам"]), (2, ["Отбор:", "Карта"]), (5, ["Карта", "ФИО", "Телефон"])])[0] == 5
    assert heading_line([(1, ["a", "b"])]) == (0, {})


@pytest.mark.parametrize(("number", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (77, "BZ")])
def test_columns_are_named_as_spreadsheets_name_them(number, letters):
    assert column_letters(number) == letters
    assert column_number(letters) == number
