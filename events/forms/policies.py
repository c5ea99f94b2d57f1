"""How people sign up, as far as it is seldom changed: the address, the reserve list, groups, applications, the question."""

from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from events.actions.rules import ASK_DAYS, GROUP_MAX, OFFER_HOURS
from events.enums import NoAnswer, WaitlistPolicy

QUEUE: Final = ("confirm_email", "hold_minutes", "waitlist", "waitlist_limit", "waitlist_policy", "offer_hours")
GROUPS: Final = ("group_max", "approval", "approval_holds_seat")
ASKING: Final = ("ask_days_before", "ask_reply_hours", "ask_no_answer")
ACCESS: Final = ("wheelchair_places", "assistants_take_seats")
POLICY: Final = (*QUEUE, *GROUPS, *ASKING, *ACCESS)
_MOST_PEOPLE: Final = 1_000_000
_MOST_MINUTES: Final = 60 * 24 * 60
_MOST_WHEELCHAIRS: Final = 32_767


class PolicyForm(forms.Form):
    """Rules that are as usual for the kind unless somebody says otherwise."""

    usual_policy = forms.BooleanField(
        label=_("As is usual for this kind of meeting, unless I change something below"), required=False, initial=True
    )
    confirm_email = forms.BooleanField(
        label=_("People confirm their e-mail address before they get the seat"), required=False, initial=True
    )
    hold_minutes = forms.IntegerField(
        label=_("Minutes for confirming the address"), min_value=1, max_value=_MOST_MINUTES, initial=60
    )
    waitlist = forms.BooleanField(label=_("Keep a reserve list when all seats are taken"), required=False, initial=True)
    waitlist_limit = forms.IntegerField(
        label=_("Longest reserve list"),
        min_value=0,
        max_value=_MOST_PEOPLE,
        required=False,
        help_text=_("Left empty, it has no limit."),
    )
    waitlist_policy = forms.ChoiceField(
        label=_("Who gets a freed seat"), choices=WaitlistPolicy.choices, initial=WaitlistPolicy.STRICT
    )
    offer_hours = forms.IntegerField(
        label=_("Hours for accepting a freed seat"),
        min_value=1,
        max_value=_MOST_MINUTES // 60,
        required=False,
        initial=24,
        help_text=_("Left empty, the next person gets the seat at once."),
    )
    wheelchair_places = forms.IntegerField(
        label=_("Places for wheelchairs"),
        min_value=0,
        max_value=_MOST_WHEELCHAIRS,
        required=False,
        initial=2,
        help_text=_(
            "Nobody is refused when more are needed, but whoever coordinates accessibility is told. "
            "Left empty, there are as many as come."
        ),
    )
    assistants_take_seats = forms.BooleanField(
        label=_("An assistant takes one of the seats; else they come in beside them"), required=False
    )
    group_max = forms.IntegerField(
        label=_("People whom one person may register at once"),
        min_value=1,
        max_value=GROUP_MAX,
        initial=1,
        help_text=_("Themselves included. Each of them gets an entry code of their own."),
    )
    approval = forms.BooleanField(
        label=_("Registrations are applications: the organiser decides about each"), required=False
    )
    approval_holds_seat = forms.BooleanField(
        label=_("An application takes a seat before it is decided about"), required=False
    )
    ask_days_before = forms.IntegerField(
        label=_("Ask people whether they still come, so many days before"),
        min_value=1,
        max_value=ASK_DAYS,
        required=False,
        help_text=_("At 10 in the morning of that day. Left empty, nobody is asked."),
    )
    ask_reply_hours = forms.IntegerField(
        label=_("Hours for the answer"),
        min_value=1,
        max_value=OFFER_HOURS,
        initial=48,
        help_text=_("Answers are due six hours before the start at the latest, and never in the night."),
    )
    ask_no_answer = forms.ChoiceField(
        label=_("Who does not answer in time"),
        choices=NoAnswer.choices,
        initial=NoAnswer.KEEP,
        help_text=_("The first message says so, and so does the question."),
    )
