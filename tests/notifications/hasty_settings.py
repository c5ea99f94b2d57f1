"""The service's settings for runs that kill it again and again: whoever waits, waits for seconds (see `haste`)."""

from config.settings import *  # noqa: F403 - the point is to run the same service
from config.settings import BASE_DIR, INSTALLED_APPS, Q_CLUSTER

INSTALLED_APPS = [*INSTALLED_APPS, "tests.notifications.haste.HasteConfig"]
VAR_DIR = BASE_DIR / "var" / "faults"
VAR_DIR.mkdir(parents=True, exist_ok=True)
EMAIL_TIMEOUT = 1
# A tick that nobody has acknowledged is run again within the run, as it is within minutes otherwise.
Q_CLUSTER = {**Q_CLUSTER, "timeout": 10, "retry": 24, "poll": 0.1}
