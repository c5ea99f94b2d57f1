"""Pages of a list: `results`, where the next and the previous page are, and how many there are in all."""

from rest_framework.pagination import PageNumberPagination


class Pages(PageNumberPagination):
    """Fifty at a time unless the asker wants fewer or up to two hundred; a page that does not exist is 404."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
