"""Refusals of registering, worded for the person who asked."""

from django.utils.translation import gettext_lazy as _

from events.errors import DomainError


class NotOpenYet(DomainError):
    """Registration opens later; `details["opens_at"]` says when (ISO 8601 with offset)."""

    code = "not_open_yet"
    default_message = _("Registration has not opened yet.")


class RegistrationClosed(DomainError):
    """Registration is over, or the event needs none."""

    code = "closed"
    default_message = _("Registration is closed.")


class EventCancelled(DomainError):
    """The event does not take place."""

    code = "event_cancelled"
    default_message = _("The event has been cancelled.")


class EventFull(DomainError):
    """No seat is left and there is no (room on the) reserve list."""

    code = "event_full"
    default_message = _("There are no seats left.")


class PoolFull(DomainError):
    """The seats of the chosen category or session are gone and nobody can wait for one."""

    code = "pool_full"
    default_message = _("There are no seats left in what you chose.")


class SessionsOverlap(DomainError):
    """Two chosen sessions happen at the same time; `details["sessions"]` has the pairs of ids."""

    code = "sessions_overlap"
    default_message = _("Two of the chosen parts happen at the same time.")


class OfferOver(DomainError):
    """The offered seat is no longer offered."""

    code = "offer_over"
    default_message = _("The offer has run out.")


class NotActive(DomainError):
    """The registration has ended, so this can no longer be done with it."""

    code = "not_active"
    default_message = _("This registration is no longer active.")


class NothingAsked(DomainError):
    """Nobody has asked this person whether they come, or the meeting is over."""

    code = "nothing_asked"
    default_message = _("There is nothing to answer at the moment.")


class AlreadyRegistered(DomainError):
    """Told to staff only: the address has an active registration; `details["reference"]` names it."""

    code = "already_registered"
    default_message = _("This person is registered already.")


class InvitationOver(DomainError):
    """The invitation was taken back, or is for another event."""

    code = "invitation_over"
    default_message = _("This invitation is no longer valid.")


class InvitationUsed(DomainError):
    """Somebody has registered with this invitation already."""

    code = "invitation_used"
    default_message = _("Somebody has registered with this invitation already.")


class RoomFull(DomainError):
    """The room holds as many people as it may, by law or by the house's rules; nobody gets past it."""

    code = "room_full"
    default_message = _("The room holds as many people as it may. Nobody can be let in before somebody leaves.")


class ReserveListFirst(DomainError):
    """People of the reserve list stand at the door; `details["waiting_here"]` has their registration numbers."""

    code = "reserve_list_first"
    default_message = _("People of the reserve list are here and come first.")


class ApprovalNeeded(DomainError):
    """Whoever takes part is accepted by an organiser first."""

    code = "approval_needed"
    default_message = _("An organiser decides who takes part in this meeting. Ask one of them to let the person in.")


class NotAnnounced(DomainError):
    """Nobody is written to about an event that is not announced yet, or over."""

    code = "not_announced"
    default_message = _("Invitations are sent once the event is announced, and not after it.")


class ReasonMissing(DomainError):
    """What an organiser does here has to have a reason."""

    code = "reason_missing"
    default_message = _("Say why: it stands in the history of the registration.")


class TooLateToCancel(DomainError):
    """The person has come, or the event is over: cancelling now would only falsify the figures."""

    code = "too_late_to_cancel"
    default_message = _("You have checked in or the event is over, so you can no longer cancel.")


class NotOver(DomainError):
    """Who did not come is not known before the end of a meeting that takes place."""

    code = "not_over"
    default_message = _("Attendance is closed after the end of a meeting that took place.")


class HasCome(DomainError):
    """Somebody who was checked in cannot be excused."""

    code = "has_come"
    default_message = _("This person has been checked in. Take that back first.")


class NeedMoveNotAllowed(DomainError):
    """A need stands where this cannot be said of it, or somebody was quicker."""

    code = "need_move_not_allowed"
    default_message = _("This cannot be said of the need any more. Load the page again and see where it stands.")


class NeedsOpen(DomainError):
    """Somebody still waits for an answer about what they need; `details["count"]` says how many needs are open."""

    code = "needs_open"
    default_message = _("Somebody still waits for what they need. Say first of every need what became of it.")


class TooLateForNeeds(DomainError):
    """The event is over, so nothing can be arranged for it."""

    code = "too_late_for_needs"
    default_message = _("The event is over, so nothing can be arranged for it any more.")


class RateLimited(DomainError):
    """Too many attempts from one address; `details["retry_after"]` is in seconds. Answered as 429."""

    code = "rate_limited"
    default_message = _("Too many attempts. Please wait a moment and try again.")


class KeyUsedForAnother(DomainError):
    """The `Idempotency-Key` came with another body before."""

    code = "idempotency_key_reused"
    default_message = _("This key was used for another request. Take a new one.")


class UnderLegalHold(DomainError):
    """The data have to be kept, whoever asks; the sentence names whom to ask about it."""

    code = "legal_hold"
    default_message = _("The data of this meeting have to be kept for now, so they cannot be erased.")


class NoAddress(DomainError):
    """There is neither an address nor a number to which a new link could go."""

    code = "no_address"
    default_message = _("We have neither an address nor a number for a new link. Please ask the organiser.")
