"""How gunicorn serves the pages: `gunicorn -c python:config.gunicorn_settings config.wsgi`."""

from typing import Final

from config.logging import LOGGING_SETTINGS
from config.settings import ENVIRONMENT

bind: Final = f"127.0.0.1:{ENVIRONMENT.port}"
workers: Final = ENVIRONMENT.web_workers
worker_class: Final = "gthread"
threads: Final = 4
# The application is loaded once and shared by the workers: less memory, and a wrong setting stops the start.
preload_app: Final = True
keepalive: Final = 75
timeout: Final = 60
graceful_timeout: Final = 5
forwarded_allow_ips: Final = ",".join(map(str, ENVIRONMENT.trusted_proxies)) or "127.0.0.1,::1"
# Neither the visitor's address nor the query: both may say who it was.
access_log_format: Final = "%(m)s %(U)s %(s)s %(B)s %(M)sms"
logconfig_dict: Final = LOGGING_SETTINGS
control_socket_disable: Final = True
