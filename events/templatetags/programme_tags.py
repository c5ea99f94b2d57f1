"""The agenda, the languages and the age rule of an event in the words of the page's language."""

from django import template
from django.utils.text import capfirst
from django.utils.translation import get_language_info, gettext

from events.enums import AgeRule, EventRoleKind, Language
from events.models import AgendaItem, Event, EventRole
from events.templatetags.event_tags import clock_text

register = template.Library()


@register.filter
def languages_of(event: Event) -> str:
    """The languages of the meeting itself, in one phrase; Polish where none is named."""
    return capfirst(", ".join(_language(code) for code in event.languages or [Language.PL.value]))


def _language(code: str) -> str:
    if code in Language.values:
        return str(Language(code).label).lower()
    try:
        return str(get_language_info(code)["name_translated"]).lower()
    except KeyError:
        return code


@register.filter
def age_rule_of(event: Event) -> str:
    """Whom the event is for by age, in one sentence; empty where there is no rule."""
    if event.age_rule == AgeRule.ADULTS_ONLY:
        return gettext("For adults only.")
    if event.age_rule == AgeRule.GUARDIAN_STATEMENT:
        return gettext("Whoever is under %(age)s comes with the consent of a parent or guardian.") % {
            "age": event.age_limit
        }
    return ""


@register.simple_tag
def point_time(item: AgendaItem, zone: str) -> str:
    """When a point of the agenda is on the wall's clock; empty where only the order is known."""
    if item.starts_at is None:
        return ""
    start = clock_text(item.starts_at, zone)
    return f"{start}–{clock_text(item.ends_at, zone)}" if item.ends_at is not None else start


@register.filter
def person_line(role: EventRole) -> str:
    """Somebody with their organization; of a chair it is said that they chair."""
    name = f"{role.name} ({role.organization.name})" if role.organization is not None else role.name
    return gettext("%(name)s, chair") % {"name": name} if role.kind == EventRoleKind.CHAIR else name
