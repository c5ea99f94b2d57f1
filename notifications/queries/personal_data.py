"""What was said to a person, for their own copy of their data."""

from collections.abc import Iterable

from django.db.models import Q

from notifications.models import Message
from registrations.models import Registration
from registrations.queries.handovers import is_of_earlier_person


def messages_to(registrations: Iterable[Registration]) -> list[Message]:
    """Every message to the people behind these registrations and to the same as invited, planned ones too, oldest first.

    What went to others of their party, and to somebody who passed the registration on, is those people's own.
    """
    own = list(registrations)
    invitations = [registration.invitation_id for registration in own if registration.invitation_id is not None]
    theirs = Q(registration__in=own, member=None) | Q(invitation__in=invitations)
    rows = (
        Message.objects.filter(theirs)
        .exclude(is_of_earlier_person(moment="created_at"))
        .select_related("registration__participant")
    )
    return list(rows.order_by("created_at", "id"))
