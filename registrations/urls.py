"""Addresses of registrations; each audience adds its own lines."""

from django.urls import path

from registrations.web import own, register
from registrations.web.my import my_registrations

public_patterns = [
    path("events/<slug:slug>/register/", register.register, name="event-register"),
    path("events/<slug:slug>/register/sent/", register.sent, name="register-sent"),
    path("events/<slug:slug>/register/correct/", register.correct, name="register-correct"),
    path("events/<slug:slug>/register/again/", register.send_again, name="register-send-again"),
    path("my/", my_registrations, name="my-registrations"),
    path("r/<str:token>/", own.own_page, name="registration-manage"),
    path("r/<str:token>/confirm/", own.confirm, name="registration-confirm"),
    path("r/<str:token>/accept/", own.accept, name="registration-accept"),
    path("r/<str:token>/decline/", own.decline, name="registration-decline"),
    path("r/<str:token>/cancel/", own.cancel, name="registration-cancel"),
    path("r/<str:token>/calendar/", own.make_calendar, name="registration-calendar"),
    path("r/<str:token>/calendar/revoke/", own.revoke_calendar, name="registration-calendar-revoke"),
]
