"""The floors' addresses, then everything the service has."""

from config.urls import urlpatterns as service
from tests.bench.floors import patterns

urlpatterns = [*patterns, *service]
