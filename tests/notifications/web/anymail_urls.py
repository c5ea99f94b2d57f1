"""The addresses as they are with `ANYMAIL_WEBHOOK_SECRET` set."""

from django.urls import include, path

from config.urls import urlpatterns as usual

urlpatterns = [path("webhooks/mail/", include("anymail.urls")), *usual]
