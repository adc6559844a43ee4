"""A sheet is CSV in UTF-8 with known columns; anything else is refused with the line and with what would work."""

import pytest
from chassis.errors import DomainError, Invalid, Malformed
from chassis.files.forms import FORM
from chassis.files.sheets import rows_of, text_of

COLUMNS = ("code", "name", "until")
GOOD = "until,code,name,\n2026-01-01,A1,'=Zoë,\n"


def rows(text: str) -> list[tuple[int, dict[str, str]]]:
    return list(rows_of(text, COLUMNS, {"code", "name"}))


def test_columns_stand_in_any_order_and_empty_ones_mean_nothing() -> None:
    assert rows(text_of(("\ufeff" + GOOD).encode(), "text/csv")) == [(2, {"code": "A1", "name": "=Zoë", "until": "2026-01-01"})]


@pytest.mark.parametrize(
    ("body", "line", "says"),
    [
        (b"code,name\nA1,Ann\nA2,Zo\xeb\n", "line 3", "the byte EB after 'A2,Zo'"),
        (b"code,name\r\n\xe9\r\n", "line 2", "the byte E9 after ''"),
        ("code,name\n".encode("utf-16"), "line 1", "UTF-16"),
        (b"code,name\nA1,\x00\n", "line 2", "a NUL character, which no text has, after 'A1,'"),
        ("code,name\nA1,Zo\ufffd\n".encode(), "line 2", "could not read, after 'A1,Zo'"),
    ],
)
def test_what_is_not_utf_8_is_refused_with_its_line(body: bytes, line: str, says: str) -> None:
    with pytest.raises(DomainError) as refused:
        text_of(body, "text/csv")
    [error] = refused.value.errors
    assert (type(refused.value), refused.value.slug, error.field) == (Malformed, "not-utf-8", line)
    assert says in error.message
    assert error.fix == "Save it as CSV UTF-8 (in a spreadsheet: Save as, CSV UTF-8) and send it again."


@pytest.mark.parametrize(
    ("body", "says"),
    [(b"PK\x03\x04\x14\x00", "a workbook"), (b"\xd0\xcf\x11\xe0\xa1\xb1", "a workbook"), (b"%PDF-1.7\ncode,name\n", "a PDF")],
)
def test_a_file_of_another_kind_is_named_and_how_to_save_it(body: bytes, says: str) -> None:
    form = b'--x\r\nContent-Disposition: form-data; name="file"; filename="codes.xlsx"\r\n\r\n' + body + b"\r\n--x--\r\n"
    for sent, content_type in ((body, "text/csv"), (form, "multipart/form-data; boundary=x")):
        with pytest.raises(Malformed) as refused:
            text_of(sent, content_type)
        assert refused.value.slug == "not-a-sheet"
        assert refused.value.detail.startswith(f"The file is {says}")
        assert refused.value.detail.endswith("Save it as CSV UTF-8 (in a spreadsheet: Save as, CSV UTF-8) and send it again.")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("code,name,untill\n", "There is no column 'untill'"),
        ("code,code,name\n", "The column code is there 2 times"),
        ("until\n", "no column code. The first line has no column name. The columns are code, name, until."),
        ("Code;Name;until\nA1;Zoe;\n", "separates its columns by semicolons, not by commas. Save it with commas"),
        ("code\tname\nA1\tZoe\n", "separates its columns by tabs"),
        ("", "no column code"),
        ("code," + "x" * 200_000 + "\n", "Line 1 is no CSV"),
        ("code,name\nA1," + "x" * 200_000 + "\n", "Line 2 is no CSV"),
        ('code,name\nA1,Ann\nA2,"Zoe\nA3,Eva\n', "Line 4 is no CSV"),
    ],
)
def test_a_sheet_with_other_columns_or_endless_cells_is_refused(text: str, says: str) -> None:
    with pytest.raises(DomainError, match=says) as refused:
        rows(text)
    assert (type(refused.value), refused.value.slug) == (Invalid, "bad-sheet")


@pytest.mark.parametrize("head", ["code,name", "code,name,"])
def test_lines_with_text_under_no_column_are_refused_all_at_once(head: str) -> None:
    with pytest.raises(Invalid) as refused:
        rows(f"{head}\nA1,1,250.00\nA2,Zoe,,\nA3,Eva,,no\n")
    fix = "Write a cell that has a comma in quotation marks."
    assert refused.value.detail == f"Line 2 has '250.00' under no column. Line 4 has 'no' under no column. {fix}"


def test_a_line_may_be_short_and_an_empty_one_is_none() -> None:
    assert rows("code,until,name\n\nA1\n,,\n") == [(3, {"code": "A1", "until": "", "name": ""})]


def test_a_line_is_known_by_where_it_begins() -> None:
    assert [line for line, _ in rows('code,name\nA1,"Two\nlines"\nA2,One\n')] == [2, 4]


def test_a_form_whose_part_holds_parts_has_no_sheet() -> None:
    inner = "--b\r\nContent-Type: text/csv\r\n\r\ncode,name\r\n--b--\r\n"
    part = f'Content-Disposition: form-data; name=file; filename="a.csv"\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n{inner}'
    assert text_of(f"--a\r\n{part}\r\n--a--\r\n".encode(), f"{FORM}; boundary=a") == ""


@pytest.mark.parametrize(("names", "slug"), [(["sheet"], "no-file"), (["file", "file"], "several-files")])
def test_a_form_whose_file_is_not_its_one_part_of_that_name_is_refused(names: list[str], slug: str) -> None:
    parts = [f'--a\r\nContent-Disposition: form-data; name={name}; filename="a.csv"\r\n\r\ncode,name\r\n' for name in names]
    with pytest.raises(Invalid) as refused:
        text_of(f"{''.join(parts)}--a--\r\n".encode(), f"{FORM}; boundary=a")
    assert refused.value.slug == slug
