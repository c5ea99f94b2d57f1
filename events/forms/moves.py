"""What an organiser says when an event takes its next step: a word, a reason, a new date."""

from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from events.actions.definitions import SessionDefinition
from events.errors import DomainError, FieldErrors, RoomTaken
from events.forms.manage import SessionForm, is_written, room_reason
from events.forms.refusals import show_at, show_refusal

_LONGEST_REASON: Final = 1000


def _words(*, rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class MoveForm(forms.Form):
    """A step that needs no word; `version` is the one that the person saw, null where nothing was shown."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    @property
    def seen_version(self) -> int | None:
        """The version that the person saw."""
        version: int | None = self.cleaned_data["version"]
        return version


class SubmitForm(MoveForm):
    """Asking somebody for a review."""

    reason = forms.CharField(
        label=_("A word to whoever reviews it"), max_length=_LONGEST_REASON, required=False, widget=_words()
    )


class CancelForm(MoveForm):
    """Why an event is called off, and whether its people are told."""

    reason = forms.CharField(
        label=_("Why the event is cancelled"),
        max_length=_LONGEST_REASON,
        widget=_words(),
        help_text=_("People read this on the page of the event and in the message. Write it in Polish."),
    )
    notify = forms.BooleanField(label=_("Tell everybody who registered"), required=False, initial=True)


class SendBackForm(MoveForm):
    """Giving a draft back to its authors."""

    reason = forms.CharField(
        label=_("What has to be changed"),
        max_length=_LONGEST_REASON,
        widget=_words(),
        help_text=_("Its authors read this in the history of the event."),
    )


class PublishForm(MoveForm):
    """Why an event is published although something is missing."""

    reason = forms.CharField(
        label=_("Why it may be published like this (needed for publishing anyway)"),
        max_length=_LONGEST_REASON,
        required=False,
        widget=_words(),
    )


class PostponeForm(MoveForm):
    """Why an event is put off, and whether its people are told."""

    reason = forms.CharField(
        label=_("Why the event is postponed"),
        max_length=_LONGEST_REASON,
        required=False,
        widget=_words(),
        help_text=_("It is kept in the history of the event."),
    )
    notify = forms.BooleanField(label=_("Tell everybody who registered"), required=False, initial=True)


class NewDateForm(MoveForm):
    """Whether people are told of a new date, and why it may be as soon, or in a room that is taken."""

    reason = forms.CharField(
        label=_("Why it may be announced so late"),
        max_length=_LONGEST_REASON,
        required=False,
        widget=_words(rows=2),
        help_text=_("Only where the new date comes sooner than this kind of meeting is usually announced."),
    )
    room_override_reason = room_reason()
    notify = forms.BooleanField(
        label=_("Tell everybody who registered, and ask whether they are still coming"), required=False, initial=True
    )

    @property
    def asks_why_room_is_shared(self) -> bool:
        """Whether a room turned out to be taken, and this person may let two meetings share it."""
        return is_written(self, "room_override_reason")

    def show_refusal(
        self, refusal: DomainError, rows: forms.BaseFormSet[SessionForm], *, may_share_rooms: bool
    ) -> None:
        """Say what was refused at the date that it is about; of a taken room, ask who may decide it for the reason."""
        if isinstance(refusal, RoomTaken) and may_share_rooms:
            show_at(self, "room_override_reason", [refusal.message])
            return
        if not isinstance(refusal, FieldErrors):
            show_refusal(self, refusal)
            return
        dated = [row for row in kept_rows(rows) if not row.is_empty]
        for path, sentences in refusal.errors.items():
            part, _dot, rest = path.partition(".")
            number, _dot, name = rest.partition(".")
            words = [str(sentence) for sentence in sentences]
            if part == "sessions" and number.isdecimal() and int(number) < len(dated):
                show_at(dated[int(number)], name, words)
            else:
                show_at(self, part, words)


def kept_rows(rows: forms.BaseFormSet[SessionForm]) -> list[SessionForm]:
    """The rows that nobody has ticked for taking out."""
    return [row for row in rows.forms if row not in rows.deleted_forms]


def dates_typed(rows: forms.BaseFormSet[SessionForm]) -> tuple[SessionDefinition, ...]:
    """The dates of a checked set of rows."""
    return tuple(row.definition() for row in kept_rows(rows) if not row.is_empty)
