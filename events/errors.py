"""Refusals of the domain: raised where the fact is found, worded where somebody can answer."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from events.enums import Role


class DomainError(Exception):
    """A refusal with a stable code and a sentence in the asker's language.

    `details` holds JSON-ready facts that a program may need (for example all gaps of an event that
    cannot be published). Nothing has changed in the database when one is raised out of an action.
    """

    code: ClassVar[str] = "refused"
    default_message: ClassVar[str | Promise] = _("This is not possible.")

    def __init__(self, message: str | Promise | None = None, *, details: Mapping[str, object] | None = None) -> None:
        """Take another sentence than the default one where the facts are known."""
        super().__init__(self.code)
        self._message = message or self.default_message
        self.details: Mapping[str, object] = details or {}

    @property
    def message(self) -> str:
        """The sentence for a person, in the language active now."""
        return str(self._message)

    def say_of(self, which: str) -> None:
        """Say of which of many things that are done together the refusal is."""
        self._message = _said_of(which, self._message)


def _said_of(which: str, sentence: str | Promise) -> str:
    return _("%(which)s: %(sentence)s") % {"which": which, "sentence": sentence}


class FieldErrors(DomainError):
    """Input that does not fit: field name → sentences. Answered as 400."""

    code = "invalid"
    default_message = _("Some fields need your attention.")

    def __init__(self, errors: Mapping[str, list[str | Promise]]) -> None:
        """Keep the sentences by field; "" is for the whole input."""
        super().__init__()
        self.errors = errors

    def say_of(self, which: str) -> None:
        """Say it at every field; the fields are the same for all."""
        super().say_of(which)
        self.errors = {
            name: [_said_of(which, sentence) for sentence in sentences] for name, sentences in self.errors.items()
        }


class MoveNotAllowed(DomainError):
    """The event is in a state from which this move does not exist."""

    code = "move_not_allowed"
    default_message = _("The event is in a state in which this cannot be done.")


class NotBegun(DomainError):
    """What has not begun cannot have taken place."""

    code = "not_begun"
    default_message = _("The meeting has not begun yet.")


class NotOver(DomainError):
    """What nobody has marked as held is closed only when it is over."""

    code = "not_over"
    default_message = _("The meeting is not over yet.")


class EditConflict(DomainError):
    """Somebody else saved the same object in the meantime."""

    code = "edit_conflict"
    default_message = _("Somebody else has changed this in the meantime. Load it again and repeat your change.")


class OverCapacity(DomainError):
    """More seats are taken than the new capacity allows."""

    code = "over_capacity"
    default_message = _("More seats are taken than that.")


class AdministratorsOnly(DomainError):
    """What every unit uses is changed by administrators."""

    code = "administrators_only"
    default_message = _("Only administrators change this, because every unit uses it.")


class RoomTaken(DomainError):
    """Another meeting has the room at that time; `details` names it under `conflicts`, as far as the asker may know it."""

    code = "room_taken"
    default_message = _("The room is taken at that time.")


class Gap:
    """One thing that is missing before an event can be published, or that its organisers should know of."""

    def __init__(
        self,
        code: str,
        message: str | Promise,
        *,
        overridable_by: Sequence[Role] = (),
        is_warning: bool = False,
        legal_basis: str = "",
    ) -> None:
        """`overridable_by`: the roles that may pass it over with a reason; a warning stops nobody."""
        self.code = code
        self._message = message
        self.overridable_by = tuple(overridable_by)
        self.is_warning = is_warning
        self.legal_basis = legal_basis

    @property
    def message(self) -> str:
        """The sentence for a person, in the language active now."""
        return str(self._message)

    @property
    def overridable(self) -> bool:
        """Whether the event can be published all the same, by somebody."""
        return self.is_warning or bool(self.overridable_by)

    def as_json(self) -> dict[str, object]:
        """The gap as it stands in a refusal's details."""
        return {
            "code": self.code,
            "message": self.message,
            "overridable": self.overridable,
            "overridable_by": [role.value for role in self.overridable_by],
            "is_warning": self.is_warning,
            "legal_basis": self.legal_basis,
        }


class NotPublishable(DomainError):
    """The event lacks something; `details` names all of it at once: `gaps` stop it, `warnings` do not."""

    code = "not_publishable"
    default_message = _("The event cannot be published yet.")

    def __init__(self, gaps: list[Gap]) -> None:
        """Take all gaps, so that the organiser mends them in one go."""
        super().__init__(
            details={
                "gaps": [gap.as_json() for gap in gaps if not gap.is_warning],
                "warnings": [gap.as_json() for gap in gaps if gap.is_warning],
            }
        )
        self.gaps = gaps


class UnknownFilterValue(DomainError):
    """A filter names something that does not exist; an empty list would look as if nothing happened there."""

    code = "unknown_filter"
    default_message = _("There is nothing by the name of one of these filters.")


class TooManyFilterValues(DomainError):
    """A list is filtered by more values than anybody can mean."""

    code = "too_many_filter_values"
    default_message = _("Use at most 20 filter values at once.")
