"""Whether this is a trial: example data must never stand beside real people's."""

from events.models import Event, InformationNotice, Organization, User, Venue


def example_data_exists() -> bool:
    """Whether any example event, account, place, organization or notice is in the database."""
    return any(
        model.objects.filter(is_example=True).exists()
        for model in (Event, User, Venue, Organization, InformationNotice)
    )
