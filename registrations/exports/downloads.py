"""The list of registrations as a download: lines as they are made, or a workbook that waits on the disk."""

from typing import Final

from django.http import FileResponse, StreamingHttpResponse
from django.utils.cache import add_never_cache_headers

from registrations.exports.people import PeopleTable

CSV_TYPE: Final = "text/csv"
XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS: Final = ("csv", "xlsx")


def download(table: PeopleTable, ending: str) -> StreamingHttpResponse:
    """The table as a file of this format; nobody keeps a copy on the way."""
    name = f"{table.event.slug}-registrations.{ending}"
    response = (
        FileResponse(table.xlsx_file(), as_attachment=True, filename=name, content_type=XLSX_TYPE)
        if ending == "xlsx"
        else StreamingHttpResponse(
            table.csv_lines(),
            content_type=f"{CSV_TYPE}; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
    )
    add_never_cache_headers(response)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
