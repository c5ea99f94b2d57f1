"""Addresses of pages that span all apps."""

from django.urls import path

from config.web import manage, own_data
from config.web.calendar_help import calendar_help
from config.web.health import alive, ready
from config.web.home import home
from config.web.pages import accessibility, privacy, robots, sitemap
from events.web.manage.events import new_event

public_patterns = [
    path("", home, name="home"),
    path("calendar/", calendar_help, name="calendar-help"),
    path("privacy/", privacy, name="privacy"),
    path("accessibility/", accessibility, name="accessibility"),
    path("my/<str:token>/export/", own_data.mine_export, name="mine-export"),
    path("my/<str:token>/export.json", own_data.mine_export_file, name="mine-export-file"),
    path("r/<str:token>/export/", own_data.export, name="registration-export"),
    path("r/<str:token>/export.json", own_data.export_file, name="registration-export-file"),
    path("manage/", manage.today, name="manage-home"),
    # Before every address that begins with an event's slug.
    path("manage/events/new/", new_event, name="manage-event-new"),
    path("manage/events/<slug:slug>/", manage.overview, name="manage-event"),
]
plain_patterns = [
    path("healthz", alive, name="alive"),
    path("readyz", ready, name="ready"),
    path("robots.txt", robots, name="robots"),
    path("sitemap.xml", sitemap, name="sitemap"),
]
