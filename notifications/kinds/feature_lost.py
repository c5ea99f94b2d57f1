"""Something that somebody asked for in order to take part will not be there; only they are told."""

from collections.abc import Iterable, Mapping
from typing import Final

from events.enums import AccessibilityFeature, EventChangeKind
from notifications.enums import Priority
from notifications.kinds.base import Kind, until_event_ends
from registrations.enums import NeedKind

FEATURE_LOST = Kind(
    name="feature_lost",
    priority=Priority.CHANGE,
    tells=(EventChangeKind.FEATURE_LOST,),
    useful_until=until_event_ends,
    waits_for_daytime=True,
    tells_of_needs=True,
)

_F, _N = AccessibilityFeature, NeedKind
# Nobody can ask for captions, a quiet room or the like by a kind of their own; there the coordinator alone is alerted.
_NEEDS_SERVED_BY: Final[Mapping[str, tuple[NeedKind, ...]]] = {
    _F.STEP_FREE: (_N.WHEELCHAIR,),
    _F.ACCESSIBLE_TOILET: (_N.WHEELCHAIR,),
    _F.ACCESSIBLE_PARKING: (_N.WHEELCHAIR,),
    _F.INDUCTION_LOOP: (_N.INDUCTION_LOOP,),
    _F.PJM: (_N.PJM,),
    _F.ASSISTANCE_DOG: (_N.ASSISTANCE_DOG,),
    _F.EASY_TO_READ: (_N.EASY_TO_READ,),
}


def needs_served_by(features: Iterable[str]) -> frozenset[NeedKind]:
    """The needs of people whom these features are there for.

    >>> sorted(needs_served_by(["pjm", "step_free", "captions"]))
    [NeedKind.PJM, NeedKind.WHEELCHAIR]
    """
    return frozenset(need for feature in features for need in _NEEDS_SERVED_BY.get(feature, ()))
