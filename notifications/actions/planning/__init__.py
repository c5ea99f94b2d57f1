"""Turns what happened, and reminder rules that are due, into messages: set-wise, and the same however often it runs."""

from datetime import datetime

from notifications.actions.planning.alerts import plan_alerts
from notifications.actions.planning.announcements import plan_announcements
from notifications.actions.planning.events import plan_event_changes, planned_by
from notifications.actions.planning.invitations import plan_invitations
from notifications.actions.planning.registrations import plan_registration_changes, told_along_with
from notifications.actions.planning.reminders import plan_reminders

__all__ = ["plan_alerts", "plan_changes", "plan_reminders", "planned_by", "told_along_with"]


def plan_changes(*, at: datetime) -> int:
    """Make messages of every change row, invitation and announcement that nobody has looked at yet; how many."""
    planned = 0
    for plan_batch in (plan_registration_changes, plan_event_changes, plan_invitations, plan_announcements):
        while (messages := plan_batch(at=at)) is not None:
            planned += messages
    return planned
