"""The day sheet as CSV and as a page to print."""

from collections.abc import Iterable, Sequence
from typing import Final

from chassis.files.cells import lines as to_lines
from markupsafe import Markup

COLUMNS: Final = ("from", "to", "room", "therapist", "clients", "service_code", "service_name", "status", "notes")


def to_csv(lines: Iterable[Sequence[str]]) -> str:
    """Write the day as a sheet whose cells no spreadsheet runs."""
    return to_lines([COLUMNS, *lines])


def to_html(title: str, time_zone: str, lines: Sequence[Sequence[str]]) -> str:
    """Write the day as one page to print; every cell is escaped."""
    head = Markup("").join(Markup("<th scope=col>{}</th>").format(name.replace("_", " ")) for name in COLUMNS)
    rows = Markup("\n").join(
        Markup("<tr>{}</tr>").format(Markup("").join(Markup("<td>{}</td>").format(cell) for cell in line)) for line in lines
    )
    return str(PAGE.format(title=title, zone=time_zone, count=len(lines), head=head, rows=rows))


PAGE: Final = Markup(
    """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
body {{ font: 11pt/1.4 system-ui, sans-serif; margin: 2em; }}
table {{ border-collapse: collapse; width: 100%; }}
th, td {{ border-bottom: 1px solid #bbb; padding: .35em .6em; text-align: left; vertical-align: top; }}
th {{ text-transform: capitalize; }}
tr {{ break-inside: avoid; }}
thead {{ display: table-header-group; }}
@media print {{ body {{ margin: 0; }} }}
</style>
</head>
<body>
<h1>{title}</h1>
<p>{count} sessions; all times as the clock in {zone} shows them.</p>
<table>
<thead><tr>{head}</tr></thead>
<tbody>
{rows}
</tbody>
</table>
</body>
</html>
"""
)
