"""Django's settings, made from the checked environment."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import django_stubs_ext
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _
from psycopg.conninfo import conninfo_to_dict

from config import embedded_postgres
from config.environment import WrongSettingError, read_environment
from config.error_reports import report_errors
from config.logging import LOGGING_SETTINGS, configure_structlog

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

try:
    ENVIRONMENT = read_environment(os.environ, var=VAR_DIR)
except WrongSettingError as wrong:
    sys.exit(f"{wrong} See docs/reference/settings.md.")

# What the apps may ask for: `from django.conf import settings`

SECRET_KEY = ENVIRONMENT.secret_key
LINK_KEY = ENVIRONMENT.link_key
DEBUG = ENVIRONMENT.debug
ALLOWED_HOSTS = list(ENVIRONMENT.allowed_hosts)
BASE_URL = ENVIRONMENT.base_url
SMS_PRICE_PER_SEGMENT = ENVIRONMENT.sms_price_per_segment  # None: no costs are estimated
SMS_CURRENCY = ENVIRONMENT.sms_currency
SENDING_ENABLED = ENVIRONMENT.sending_enabled
QUIET_HOURS = ENVIRONMENT.quiet_hours
CHANGES_GATHER_MINUTES = ENVIRONMENT.changes_gather_minutes
REGISTRATION_RATE = ENVIRONMENT.registration_rate  # how many, in how many seconds
TRUSTED_PROXIES = ENVIRONMENT.trusted_proxies
ALLOW_CLOCK = ENVIRONMENT.allow_clock
TWILIO_ACCOUNT_SID = ENVIRONMENT.twilio_account_sid
TWILIO_AUTH_TOKEN = ENVIRONMENT.twilio_auth_token
TWILIO_MESSAGING_SERVICE_SID = ENVIRONMENT.twilio_messaging_service_sid
TWILIO_FROM = ENVIRONMENT.twilio_from
TWILIO_API_URL = ENVIRONMENT.twilio_api_url
MAIL_PER_SECOND = ENVIRONMENT.mail_per_second  # 0: as many as the server takes
SMS_PER_SECOND = ENVIRONMENT.sms_per_second
SMS_COUNTRIES = ENVIRONMENT.sms_countries
SMS_TRANSLITERATE = ENVIRONMENT.sms_transliterate
SMS_MOST_SEGMENTS = ENVIRONMENT.sms_most_segments

# The database

USES_EMBEDDED_DATABASE = ENVIRONMENT.database_url is None
DATABASE_PARTS = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
LIMITS = (
    "-c statement_timeout=15s -c lock_timeout=5s -c idle_in_transaction_session_timeout=60s "
    # What a thread of the web server that ended has left open; one that lives would open a new one anyway.
    "-c idle_session_timeout=600s"
)
# The server keeps a plan for what a connection asks again and again; planning was most of its work (decision 0011).
PREPARED = {"server_side_binding": True, "prepare_threshold": 3}


def _database() -> dict[str, Any]:
    if ENVIRONMENT.database_url is None:
        try:
            return {
                **embedded_postgres.ensure_running(VAR_DIR / "postgres"),
                "OPTIONS": {"options": LIMITS, **PREPARED},
            }
        except embedded_postgres.EmbeddedPostgresError as failure:
            sys.exit(str(failure))
    given = conninfo_to_dict(ENVIRONMENT.database_url)
    parts = {key: str(given.pop(name, None) or "") for key, name in DATABASE_PARTS.items()}
    options = f"{LIMITS} {given.pop('options', '') or ''}".strip()
    return {**parts, "OPTIONS": {"connect_timeout": 5, **given, "options": options, **PREPARED}}


DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        **_database(),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        # Every run has its own, so that two of them do not meet.
        "TEST": {"NAME": f"test_wiec_{os.getpid()}"},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# What the service is made of

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "phonenumber_field",
    "django_q",
    "config",
    "notifications",
    "registrations",
    "events",
]
if DEBUG:
    # Tools for writing migrations; a production environment does without them.
    INSTALLED_APPS += [name for name in ("django_linear_migrations", "django_migration_linter") if find_spec(name)]
    MIGRATION_LINTER_OPTIONS = {
        "include_apps": ["events", "registrations", "notifications"],
        "no_cache": True,
        # The names of arguments harm no database; ruff wants unused ones to begin with an underscore.
        "exclude_migration_tests": ["RUNPYTHON_ARGS_NAMING_CONVENTION"],
        # Nothing is released yet: no older version runs beside these, and their tables are small when they are changed.
        "ignore_name": [
            "0003_agenda_series_bookings",
            "0006_remove_event_search_text",
            "0003_message_to_staff_and_suppliers",
            "0007_invited_asked_released",
            "0005_parties_invitations_consents",
            "0007_registration_one_per_invitation",
            "0004_message_to_member_and_invited",
            "0009_reminders_after_and_for_others",
            "0005_channels_announcements_overrides",
            "0010_door_passes_limits_no_shows",
            "0009_door_log_and_no_shows",
            "0010_queue_of_those_who_wait_last",
        ],
    }

MIDDLEWARE = [
    "config.middleware.RequestIdMiddleware",
    "config.middleware.ClientAddressMiddleware",
    "config.middleware.DatabaseTroubleMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Before whatever may refuse, so that refusals speak the page's language too.
    "config.middleware.LanguageMiddleware",
    "config.middleware.ReadableInputMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"  # widgets of ours lie in templates/widgets/
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# People who sign in: staff, by e-mail address, with accounts made by `create_staff`

AUTH_USER_MODEL = "events.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "manage-home"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "config.accounts.StaffAccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # Accounts are made by staff who know whose address it is.
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # No mail to people who have no account: anybody may type an address.
ACCOUNT_FORMS = {
    "login": "config.accounts.SignInForm",
    "reset_password": "config.accounts.ForgottenPasswordForm",
    "reset_password_from_key": "config.accounts.NewPasswordForm",
    "change_password": "config.accounts.ChangePasswordForm",
}
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
SESSION_COOKIE_AGE = 12 * 3600  # a working day

# Languages: a page's is decided by its address alone, the API's by what the asker accepts

LANGUAGE_CODE = "pl"
LANGUAGES = [("pl", _("Polish")), ("en", _("English")), ("uk", _("Ukrainian"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
TIME_ZONE = ENVIRONMENT.time_zone
USE_TZ = True
PHONENUMBER_DEFAULT_REGION = "PL"
PHONENUMBER_DB_FORMAT = "E164"

# Files that browsers load

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "config.front_end_files.PackageFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "config.front_end_files.HashedFiles"
    },
}
# In a trial the files are served as they lie; production serves what `collectstatic` collected.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG
MEDIA_ROOT = VAR_DIR / "media"

# What may come in, and what browsers are told

DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
# An agenda of a hundred points and a hundred people is one form.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000
DATA_UPLOAD_MAX_NUMBER_FILES = 1
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000  # What is larger waits on the disk until a form has looked at it.
IS_SERVED_OVER_HTTPS = BASE_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [BASE_URL]
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE = IS_SERVED_OVER_HTTPS
CSRF_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = IS_SERVED_OVER_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]  # A monitor on the same machine asks without TLS.
SECURE_HSTS_SECONDS = 31_536_000 if IS_SERVED_OVER_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_SERVED_OVER_HTTPS
SECURE_REFERRER_POLICY = "same-origin"  # A personal link must not travel to another site.
X_FRAME_OPTIONS = "DENY"
# Whether a city's whole domain goes on the browsers' preload list is not for one of its services to say.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# Mail: the one connection for all of it

DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENVIRONMENT.default_from_email
EMAIL_TIMEOUT = 20
BOUNCE_ADDRESS = ENVIRONMENT.bounce_address
# What a mail provider tells us afterwards; mail itself goes out by SMTP.
ANYMAIL: dict[str, str] = {}
if ENVIRONMENT.anymail_webhook_secret:
    if not find_spec("anymail"):
        sys.exit(
            "ANYMAIL_WEBHOOK_SECRET is set, but django-anymail is not installed: run `pip install django-anymail`."
        )
    INSTALLED_APPS += ["anymail"]
    ANYMAIL = {**ENVIRONMENT.anymail_webhook_keys, "WEBHOOK_SECRET": ENVIRONMENT.anymail_webhook_secret}
MAIL_IS_SET_UP = ENVIRONMENT.email_url is not None
if ENVIRONMENT.email_url is None:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR_DIR / "mail"  # Nothing leaves.
else:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = ENVIRONMENT.email_url.host
    EMAIL_PORT = ENVIRONMENT.email_url.port
    EMAIL_HOST_USER = ENVIRONMENT.email_url.user
    EMAIL_HOST_PASSWORD = ENVIRONMENT.email_url.password
    EMAIL_USE_TLS = ENVIRONMENT.email_url.use_tls
    EMAIL_USE_SSL = ENVIRONMENT.email_url.use_ssl

# The queue: a task only says "look at the tables", so none is worth repeating

Q_CLUSTER: dict[str, Any] = {
    "name": "wiec",
    "orm": "default",
    "workers": ENVIRONMENT.queue_workers,
    # Little in memory, little to repeat; retry > timeout × (1 + queue_limit / workers). A tick takes 40 s, its last call
    # 60 s and writing down the answer, while the database is away, 60 s more: it must not be ended before that.
    "queue_limit": ENVIRONMENT.queue_workers,
    "bulk": 1,
    "timeout": 180,
    "retry": 420,
    "max_attempts": 1,
    "ack_failures": True,
    "save_limit": -1,
    "catch_up": False,
    "poll": 0.5,
    "recycle": 200,
    "max_rss": 250_000,
    "log_level": "INFO",
}

# The API

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["config.json_body.StrictJSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "config.api.authentication.TokenAuthentication",
        "config.api.authentication.DoorPassAuthentication",
        "config.api.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "config.api.errors.handle",
    "DEFAULT_METADATA_CLASS": None,  # The schema says it better than OPTIONS.
    "URL_FORMAT_OVERRIDE": None,  # `format` is no word of ours; a query with it is read like any other.
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Wiec",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "POSTPROCESSING_HOOKS": ["config.api.schema.add_problems"],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
}

# Calendar feeds: finished files that each process keeps in memory, at most

CALENDAR_CACHE_BYTES = 32 * 1024 * 1024

# What the service says about itself

LOGGING_CONFIG = "logging.config.dictConfig"
LOGGING = LOGGING_SETTINGS
configure_structlog()

if ENVIRONMENT.sentry_dsn:
    if not find_spec("sentry_sdk"):
        sys.exit("SENTRY_DSN is set, but sentry-sdk is not installed: run `pip install sentry-sdk`, or unset it.")
    report_errors(ENVIRONMENT.sentry_dsn)
