"""Staff pages of the texts of messages: which the city has put into its own words, and putting them."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from events.enums import Language
from events.errors import DomainError
from events.forms.refusals import show_refusal
from events.permissions import May, StaffRequest, require_anywhere
from events.web.manage.previews import PREVIEW
from notifications.actions.overriding import check_own_words, write_own_words
from notifications.enums import TemplatePart
from notifications.forms.overrides import OwnWordsForm
from notifications.kinds import KINDS
from notifications.queries.overrides import own_words
from notifications.rendering.overrides import OVERRIDABLE, placeholders_of, sample_of
from notifications.rendering.short_messages import segments
from notifications.templatetags.message_tags import kind_in_words


@dataclass(frozen=True)
class Row:
    """A kind with its languages, and in which of them the city has own words."""

    kind: str
    languages: list[tuple[Language, int]]


@dataclass(frozen=True)
class Sample:
    """A part with the city's own words, as an example person would read it."""

    part: TemplatePart
    text: str
    segments: int


@login_required
@require_safe
def texts(request: StaffRequest) -> HttpResponse:
    """Every kind of message, by its words."""
    require_anywhere(request.user, May.ADMINISTER)
    own = own_words()
    rows = [
        Row(kind, [(language, len(own.of(kind, language))) for language in Language])
        for kind in sorted(OVERRIDABLE, key=kind_in_words)
    ]
    return render(request, "manage/texts.html", {"rows": rows})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def text(request: StaffRequest, kind: str, language: str) -> HttpResponse:
    """One kind in one language: the original beside the city's own words, a look at them, and saving."""
    require_anywhere(request.user, May.ADMINISTER)
    if kind not in OVERRIDABLE or language not in Language.values:
        raise Http404
    chosen = KINDS[kind]
    known = own_words().of(kind, language)
    form = OwnWordsForm(request.POST if request.method == "POST" else None, kind=chosen, language=language, known=known)
    samples: list[Sample] = []
    if request.method == "POST" and form.is_valid():
        try:
            if PREVIEW not in request.POST:
                write_own_words(chosen, language, form.words, by=request.user, at=timezone.now())
                messages.success(request, _("The texts are saved and hold for every message from now on."))
                return redirect("manage-texts")
            words = check_own_words(chosen, language, form.words)
            samples = [_sample(kind, part, words[part], language) for part in words if words[part]]
        except DomainError as refusal:
            show_refusal(form, refusal)
    context = {
        "kind": kind,
        "language": Language(language),
        "form": form,
        "names": [f"{{{{ {name} }}}}" for name in placeholders_of(chosen)],
        "samples": samples,
        "is_preview": PREVIEW in request.POST and not form.errors,
    }
    return render(request, "manage/text.html", context)


def _sample(kind: str, part: TemplatePart, words: str, language: str) -> Sample:
    text = sample_of(KINDS[kind], part, words, language)
    return Sample(part, text, segments(text) if part == TemplatePart.SMS else 0)
