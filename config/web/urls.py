"""Addresses of pages that span all apps."""

from django.urls import path

from config.web.calendar_help import calendar_help
from config.web.home import home
from config.web.pages import accessibility, privacy, robots, sitemap

public_patterns = [
    path("", home, name="home"),
    path("calendar/", calendar_help, name="calendar-help"),
    path("privacy/", privacy, name="privacy"),
    path("accessibility/", accessibility, name="accessibility"),
]
plain_patterns = [
    path("robots.txt", robots, name="robots"),
    path("sitemap.xml", sitemap, name="sitemap"),
]
