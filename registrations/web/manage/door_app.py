"""What makes the door page an application of the phone: its shell without people, its worker, its manifest, its figures."""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from csp.decorators import csp_update
from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from events.models import Event, ParticipantCategory
from events.permissions import DoorRequest, get_door
from registrations.forms.manage import HEADCOUNT_STEPS, UndoForm
from registrations.queries.at_the_door import door_figures
from registrations.web.door_pass import at_the_door

DETECTOR: Final = "barcode-detector/dist/iife/ponyfill.js"
DETECTOR_WASM: Final = "zxing-wasm/dist/reader/zxing_reader.wasm"
# Everything that the page needs where there is no network.
FILES: Final = (
    "@picocss/pico/css/pico.min.css",
    "css/wiec.css",
    "css/manage.css",
    "css/door.css",
    "img/mark.svg",
    "img/door-192.png",
    "js/door/answers.js",
    "js/door/bundle.js",
    "js/door/camera.js",
    "js/door/codes.js",
    "js/door/page.js",
    "js/door/queue.js",
    "js/door/sounds.js",
    "js/door/store.js",
    DETECTOR,
    DETECTOR_WASM,
)
# WebAssembly may be compiled here, and nowhere else: browsers without a detector of their own read codes with it.
CSP: Final = {"script-src": ["'wasm-unsafe-eval'"]}


def door_context(event: Event) -> dict[str, Any]:
    """What the page says of the event and tells its scripts, the same for everybody who stands there."""
    return {
        "event": event,
        "now": timezone.now(),
        "steps": HEADCOUNT_STEPS,
        "undo_empty": UndoForm(auto_id="undo-%s"),
        "categories": {row.code: str(row) for row in ParticipantCategory.objects.order_by("code")},
        "detector": static(DETECTOR),
        "detector_wasm": static(DETECTOR_WASM),
        "api_root": f"/api/v1/manage/events/{event.slug}/",
    }


@csp_update(CSP)
@at_the_door
@never_cache
@require_safe
def shell(request: DoorRequest, slug: str) -> HttpResponse:
    """The page as it opens without network: nobody's name, no figures, no key of a session."""
    event, _actor = get_door(request.user, request.door_pass, slug)
    return HttpResponse(_shell(request, event))


@at_the_door
@never_cache
@require_safe
def worker(request: DoorRequest, slug: str) -> HttpResponse:
    """The service worker of this one door: another text, and so a new worker, whenever page or files change."""
    event, _actor = get_door(request.user, request.door_pass, slug)
    door, shell_address = reverse("manage-door", args=[slug]), reverse("manage-door-shell", args=[slug])
    files = [static(name) for name in FILES]
    digest = hashlib.sha256("\n".join([_shell(request, event), *files, *_times()]).encode()).hexdigest()[:16]
    known = {"door": door, "shell": shell_address, "files": files, "cache": f"wiec-door {door} {digest}"}
    text = f"self.DOOR = {json.dumps(known)};\nimportScripts({json.dumps(static('js/door/worker.js'))});\n"
    return HttpResponse(text, content_type="text/javascript; charset=utf-8")


@at_the_door
@never_cache
@require_safe
def manifest(request: DoorRequest, slug: str) -> HttpResponse:
    """How the door stands on a phone's home screen."""
    event, _actor = get_door(request.user, request.door_pass, slug)
    door = reverse("manage-door", args=[slug])
    icons = [
        {
            "src": static(f"img/door-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": "any maskable",
        }
        for size in (192, 512)
    ]
    facts = {
        "id": door,
        "name": gettext("Door: %(event)s") % {"event": event},
        "short_name": gettext("Door"),
        "lang": get_language(),
        "start_url": door,
        "scope": door,
        "display": "standalone",
        "background_color": "#fbfaf6",
        "theme_color": "#14594a",
        "icons": icons,
    }
    return JsonResponse(facts, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False})


@at_the_door
@never_cache
@require_safe
def figures(request: DoorRequest, slug: str) -> JsonResponse:
    """How many are here; and the key that a page from the phone's own memory needs for posting."""
    event, _actor = get_door(request.user, request.door_pass, slug)
    counted = door_figures(event, at=timezone.now())
    # The second half of the page's line: how a number is said is the language's business.
    sentence = ngettext("here of %(count)s expected", "here of %(count)s expected", counted.expected)
    facts = {**asdict(counted), "sentence": sentence % {"count": counted.expected}}
    return JsonResponse({**facts, "csrf": get_token(request)})


def _shell(request: HttpRequest, event: Event) -> str:
    # Messages are for the page that people read; here they would be lost.
    return render_to_string("manage/door.html", {**door_context(event), "is_shell": True, "messages": ()}, request)


def _times() -> list[str]:
    """When the files were changed, while their names do not say it."""
    if not settings.DEBUG:
        return []
    found = [finders.find(name) for name in (*FILES, "js/door/worker.js")]
    return [str(Path(path).stat().st_mtime_ns) for path in found if path is not None]
