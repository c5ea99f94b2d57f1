"""The words and moves of registrations and attendance."""

from collections.abc import Mapping
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy, pgettext_lazy


class RegistrationState(models.TextChoices):
    """Where a registration stands; `REGISTRATION_MOVES` has the allowed moves."""

    AWAITING_APPROVAL = "awaiting_approval", pgettext_lazy("registration state", "Waiting for approval")
    HELD = "held", pgettext_lazy("registration state", "Waiting for the address to be confirmed")
    CONFIRMED = "confirmed", pgettext_lazy("registration state", "Confirmed")
    WAITLISTED = "waitlisted", pgettext_lazy("registration state", "On the reserve list")
    OFFERED = "offered", pgettext_lazy("registration state", "A seat is offered")
    REJECTED = "rejected", pgettext_lazy("registration state", "Rejected")
    EXPIRED = "expired", pgettext_lazy("registration state", "Expired")
    DECLINED = "declined", pgettext_lazy("registration state", "Offer declined")
    CANCELLED_BY_PARTICIPANT = (
        "cancelled_by_participant",
        pgettext_lazy("registration state", "Cancelled by the participant"),
    )
    CANCELLED_BY_ORGANIZER = "cancelled_by_organizer", pgettext_lazy("registration state", "Cancelled by the organiser")


_S = RegistrationState
_CANCELLED: Final = frozenset({_S.CANCELLED_BY_PARTICIPANT, _S.CANCELLED_BY_ORGANIZER})

# As in the glossary; a registration that ran out may come back when its person confirms late or asks again. One move is
# ours: who has applied may take the application back (docs/decisions/0017).
REGISTRATION_MOVES: Final[Mapping[RegistrationState, frozenset[RegistrationState]]] = {
    _S.AWAITING_APPROVAL: frozenset({_S.HELD, _S.CONFIRMED, _S.WAITLISTED, _S.REJECTED, _S.CANCELLED_BY_PARTICIPANT}),
    _S.HELD: frozenset({_S.CONFIRMED, _S.WAITLISTED, _S.EXPIRED}) | _CANCELLED,
    _S.WAITLISTED: frozenset({_S.OFFERED, _S.CONFIRMED}) | _CANCELLED,
    _S.OFFERED: frozenset({_S.CONFIRMED, _S.EXPIRED, _S.DECLINED}) | _CANCELLED,
    _S.CONFIRMED: _CANCELLED,
    _S.EXPIRED: frozenset({_S.CONFIRMED, _S.WAITLISTED}),
    _S.REJECTED: frozenset(),
    _S.DECLINED: frozenset(),
    _S.CANCELLED_BY_PARTICIPANT: frozenset(),
    _S.CANCELLED_BY_ORGANIZER: frozenset(),
}

# One active registration per person and event; these are the active ones.
ACTIVE_STATES: Final = (_S.AWAITING_APPROVAL, _S.HELD, _S.CONFIRMED, _S.WAITLISTED, _S.OFFERED)


class RegistrationSource(models.TextChoices):
    """How a registration came in."""

    WEB = "web", pgettext_lazy("source", "Website")
    API = "api", pgettext_lazy("source", "API")
    PHONE = "phone", pgettext_lazy("source", "By phone")
    PAPER = "paper", pgettext_lazy("source", "On paper")
    WALK_IN = "walk_in", pgettext_lazy("source", "At the door")
    INVITATION = "invitation", pgettext_lazy("source", "By invitation")


class ChangeCause(models.TextChoices):
    """Why a registration changed, or what was asked of it; messages are planned from these."""

    SIGNED_UP = "signed_up", pgettext_lazy("registration change", "Signed up")
    ADDRESS_CONFIRMED = "address_confirmed", pgettext_lazy("registration change", "Address confirmed")
    HOLD_EXPIRED = "hold_expired", pgettext_lazy("registration change", "The time to confirm ran out")
    PROMOTED = "promoted", pgettext_lazy("registration change", "A seat became free")
    QUEUE_CHANGED = "queue_changed", pgettext_lazy("registration change", "Waits for another kind of seat")
    OFFER_ACCEPTED = "offer_accepted", pgettext_lazy("registration change", "Offer accepted")
    OFFER_DECLINED = "offer_declined", pgettext_lazy("registration change", "Offer declined")
    OFFER_LAPSED = "offer_lapsed", pgettext_lazy("registration change", "The offer ran out")
    CANCELLED = "cancelled", pgettext_lazy("registration change", "Cancelled")
    EVENT_CANCELLED = "event_cancelled", pgettext_lazy("registration change", "The event was cancelled")
    ADDRESS_CORRECTED = "address_corrected", pgettext_lazy("registration change", "Address corrected")
    LINK_REQUESTED = "link_requested", pgettext_lazy("registration change", "Asked for the link again")
    OVERVIEW_REQUESTED = "overview_requested", pgettext_lazy("registration change", "Asked for all own registrations")
    ASKED_AGAIN = "asked_again", pgettext_lazy("registration change", "Tried to register again")
    EDITED = "edited", pgettext_lazy("registration change", "Details changed")
    SAID_COMING = "said_coming", pgettext_lazy("registration change", "Said that they are coming")
    ERASED = "erased", pgettext_lazy("registration change", "Personal data erased")
    APPROVED = "approved", pgettext_lazy("registration change", "Application accepted")
    REJECTED = "rejected", pgettext_lazy("registration change", "Application rejected")
    FORCED_IN = "forced_in", pgettext_lazy("registration change", "Let in over the number of seats")
    MEMBER_ADDED = "member_added", pgettext_lazy("registration change", "Somebody joined the group")
    MEMBER_CANCELLED = "member_cancelled", pgettext_lazy("registration change", "Somebody of the group does not come")
    MEMBER_SUBSTITUTED = "member_substituted", pgettext_lazy("registration change", "Somebody else comes instead")
    SEATS_CHANGED = "seats_changed", pgettext_lazy("registration change", "Number of seats changed")
    ASKED_STILL_COMING = "asked_still_coming", pgettext_lazy("registration change", "Asked whether they still come")
    NO_ANSWER = "no_answer", pgettext_lazy("registration change", "Did not answer whether they still come")
    NEED_ANSWERED = "need_answered", pgettext_lazy("registration change", "A need was answered")
    LINK_REVOKED = "link_revoked", pgettext_lazy("registration change", "Old links closed")


# Causes whose reason the form says the person reads; any other reason is a word among colleagues.
REASONS_FOR_PERSON: Final = frozenset(
    {ChangeCause.REJECTED, ChangeCause.CANCELLED, ChangeCause.MEMBER_CANCELLED, ChangeCause.NO_ANSWER}
)


class CalendarAlarm(models.IntegerChoices):
    """How many minutes before a meeting somebody's own calendar reminds them."""

    HOUR = 60, gettext_lazy("An hour before")
    DAY = 24 * 60, gettext_lazy("A day before")


class AttendanceIntent(models.TextChoices):
    """What a person said when asked whether they (still) come; not the same as a confirmed registration."""

    NOT_ASKED = "not_asked", pgettext_lazy("attendance intent", "Not asked")
    ASKED = "asked", pgettext_lazy("attendance intent", "Asked, no answer yet")
    COMING = "coming", pgettext_lazy("attendance intent", "Is coming")


class NeedKind(models.TextChoices):
    """What somebody may need to take part: the methods of the act on sign language, and what venues can provide."""

    PJM = "pjm", pgettext_lazy("need", "Polish Sign Language (PJM)")
    SJM = "sjm", pgettext_lazy("need", "Signed Polish (SJM)")
    SKOGN = "skogn", pgettext_lazy("need", "Communication for deaf-blind people (SKOGN)")
    INDUCTION_LOOP = "induction_loop", pgettext_lazy("need", "Induction loop")
    EASY_TO_READ = "easy_to_read", pgettext_lazy("need", "Easy-to-read text")
    LARGE_PRINT = "large_print", pgettext_lazy("need", "Large print")
    WHEELCHAIR = "wheelchair", pgettext_lazy("need", "Place for a wheelchair")
    ASSISTANT = "assistant", pgettext_lazy("need", "I come with an assistant")
    ASSISTANCE_DOG = "assistance_dog", pgettext_lazy("need", "I come with an assistance dog")
    OTHER = "other", pgettext_lazy("need", "Something else")


class NeedState(models.TextChoices):
    """Where a request for an accommodation stands."""

    REQUESTED = "requested", pgettext_lazy("need state", "Asked for")
    ACKNOWLEDGED = "acknowledged", pgettext_lazy("need state", "Seen")
    ARRANGED = "arranged", pgettext_lazy("need state", "Arranged")
    FULFILLED = "fulfilled", pgettext_lazy("need state", "Provided")
    NOT_POSSIBLE = "not_possible", pgettext_lazy("need state", "Not possible")
    WITHDRAWN = "withdrawn", pgettext_lazy("need state", "Withdrawn")


# Who took a need back, or knows already that it cannot be met, counts on nothing.
OPEN_NEEDS: Final = (NeedState.REQUESTED, NeedState.ACKNOWLEDGED, NeedState.ARRANGED, NeedState.FULFILLED)


# As in the glossary. What is not possible has a reason and an alternative.
NEED_MOVES: Final[Mapping[NeedState, frozenset[NeedState]]] = {
    NeedState.REQUESTED: frozenset({NeedState.ACKNOWLEDGED, NeedState.NOT_POSSIBLE, NeedState.WITHDRAWN}),
    NeedState.ACKNOWLEDGED: frozenset({NeedState.ARRANGED, NeedState.NOT_POSSIBLE, NeedState.WITHDRAWN}),
    NeedState.ARRANGED: frozenset({NeedState.FULFILLED, NeedState.NOT_POSSIBLE, NeedState.WITHDRAWN}),
    NeedState.FULFILLED: frozenset(),
    NeedState.NOT_POSSIBLE: frozenset({NeedState.WITHDRAWN}),
    NeedState.WITHDRAWN: frozenset(),
}

# Somebody still has to see to these; an event is not closed before.
UNSETTLED_NEEDS: Final = (NeedState.REQUESTED, NeedState.ACKNOWLEDGED, NeedState.ARRANGED)
SIGN_LANGUAGES: Final = (NeedKind.PJM, NeedKind.SJM, NeedKind.SKOGN)


class MemberState(models.TextChoices):
    """Whether somebody of a party comes."""

    COMING = "coming", pgettext_lazy("party member", "Comes")
    CANCELLED = "cancelled", pgettext_lazy("party member", "Does not come")
    REPLACED = "replaced", pgettext_lazy("party member", "Somebody else comes instead")


class InvitationState(models.TextChoices):
    """What came of an invitation; computed, never stored."""

    INVITED = "invited", pgettext_lazy("invitation", "Not sent yet")
    SENDING = "sending", pgettext_lazy("invitation", "Is being sent")
    SENT = "sent", pgettext_lazy("invitation", "Sent")
    REGISTERED = "registered", pgettext_lazy("invitation", "Registered")
    REVOKED = "revoked", pgettext_lazy("invitation", "Taken back")


class ConsentPurpose(models.TextChoices):
    """What a person may allow beyond taking part; each apart, and none needed for a seat."""

    SMS_REMINDERS = "sms_reminders", pgettext_lazy("consent", "SMS reminders of this meeting")
    NEWS = "news", pgettext_lazy("consent", "News of similar meetings")
    PHOTO = "photo", pgettext_lazy("consent", "Photographs")
    CONTACT_SHARING = "contact_sharing", pgettext_lazy("consent", "Passing on contact data to other participants")


class Attendance(models.TextChoices):
    """Whether the person came; never guessed from the registration."""

    NOT_RECORDED = "not_recorded", pgettext_lazy("attendance", "Not recorded")
    PRESENT = "present", pgettext_lazy("attendance", "Present")
    NO_SHOW = "no_show", pgettext_lazy("attendance", "Did not come")
    EXCUSED = "excused", pgettext_lazy("attendance", "Excused")


class CheckInKind(models.TextChoices):
    """A row of the door's log: somebody was admitted, or an admission was taken back."""

    ADMIT = "admit", pgettext_lazy("check-in", "Admitted")
    VOID = "void", pgettext_lazy("check-in", "Taken back")
    # Somebody who was in already, scanned by another device meanwhile.
    REPEAT = "repeat", pgettext_lazy("check-in", "Scanned once more")
    EXCUSE = "excuse", pgettext_lazy("check-in", "Excused")


# Somebody stood at the door, for the first time or once more.
SCANS: Final = (CheckInKind.ADMIT, CheckInKind.REPEAT)


class CheckInSource(models.TextChoices):
    """How a person was found at the door."""

    QR = "qr", pgettext_lazy("check-in source", "QR code")
    SEARCH = "search", pgettext_lazy("check-in source", "Search")
    LIST = "list", pgettext_lazy("check-in source", "List")
    WALK_IN = "walk_in", pgettext_lazy("check-in source", "Registered at the door")
    ONLINE_IMPORT = "online_import", pgettext_lazy("check-in source", "List of an online meeting")


class CheckInResult(models.TextChoices):
    """What the door is told about a code."""

    ADMITTED = "admitted", pgettext_lazy("check-in result", "Admitted")
    ALREADY_PRESENT = "already_present", pgettext_lazy("check-in result", "Already checked in")
    WRONG_EVENT = "wrong_event", pgettext_lazy("check-in result", "Registered for another event")
    CANCELLED = "cancelled", pgettext_lazy("check-in result", "The registration is cancelled")
    WAITLISTED = "waitlisted", pgettext_lazy("check-in result", "On the reserve list, no seat yet")
    UNKNOWN = "unknown", pgettext_lazy("check-in result", "No such code")
