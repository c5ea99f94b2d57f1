"""Addresses of the API as a whole."""

from django.urls import path

from config.api.docs import docs
from config.api.index import Index
from config.api.own_data import OwnExport
from config.api.schema import SchemaView

api_patterns = [
    path("", Index.as_view(), name="api-index"),
    path("schema/", SchemaView.as_view(), name="api-schema"),
    path("registrations/<str:token>/export/", OwnExport.as_view(), name="api-registration-export"),
    path("docs/", docs, name="api-docs"),
]
