"""Refusals of the domain: raised where the fact is found, worded where somebody can answer."""

from collections.abc import Mapping
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


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


class FieldErrors(DomainError):
    """Input that does not fit: field name → sentences. Answered as 400."""

    code = "invalid"
    default_message = _("Some fields need your attention.")

    def __init__(self, errors: Mapping[str, list[str | Promise]]) -> None:
        """Keep the sentences by field; "" is for the whole input."""
        super().__init__()
        self.errors = errors


class MoveNotAllowed(DomainError):
    """The event is in a state from which this move does not exist."""

    code = "move_not_allowed"
    default_message = _("The event is in a state in which this cannot be done.")


class EditConflict(DomainError):
    """Somebody else saved the same object in the meantime."""

    code = "edit_conflict"
    default_message = _("Somebody else has changed this in the meantime. Load it again and repeat your change.")


class OverCapacity(DomainError):
    """More seats are taken than the new capacity allows."""

    code = "over_capacity"
    default_message = _("More seats are taken than that.")


class Gap:
    """One thing that is missing before an event can be published."""

    def __init__(self, code: str, message: str | Promise, *, overridable: bool) -> None:
        """`overridable` gaps may be passed over by an owner who gives a reason."""
        self.code = code
        self._message = message
        self.overridable = overridable

    @property
    def message(self) -> str:
        """The sentence for a person, in the language active now."""
        return str(self._message)

    def as_json(self) -> dict[str, object]:
        """The gap as it stands in a refusal's details."""
        return {"code": self.code, "message": self.message, "overridable": self.overridable}


class NotPublishable(DomainError):
    """The event lacks something; `details["gaps"]` names everything at once."""

    code = "not_publishable"
    default_message = _("The event cannot be published yet.")

    def __init__(self, gaps: list[Gap]) -> None:
        """Take all gaps, so that the organiser mends them in one go."""
        super().__init__(details={"gaps": [gap.as_json() for gap in gaps]})
        self.gaps = gaps


class UnknownFilterValue(DomainError):
    """A filter names something that does not exist; an empty list would look as if nothing happened there."""

    code = "unknown_filter"
    default_message = _("There is nothing by the name of one of these filters.")


class TooManyFilterValues(DomainError):
    """A list is filtered by more values than anybody can mean."""

    code = "too_many_filter_values"
    default_message = _("Use at most 20 filter values at once.")
