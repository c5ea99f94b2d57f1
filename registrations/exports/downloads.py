"""The list of registrations as a download: lines as they are made, or a workbook piece by piece."""

from typing import Final

from django.http import StreamingHttpResponse
from django.utils.cache import add_never_cache_headers

from registrations.exports.people import PeopleTable

CSV_TYPE: Final = "text/csv"
XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def download(table: PeopleTable, ending: str) -> StreamingHttpResponse:
    """The table as a file of this format; nobody keeps a copy on the way."""
    is_workbook = ending == "xlsx"
    response = StreamingHttpResponse(
        table.xlsx_pieces() if is_workbook else table.csv_lines(),
        content_type=XLSX_TYPE if is_workbook else f"{CSV_TYPE}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{table.event.slug}-registrations.{ending}"'},
    )
    add_never_cache_headers(response)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
