"""What the access log is narrowed by."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events.enums import AccessKind
from events.queries.accesses import AccessFilter


class AccessFilterForm(forms.Form):
    """A colleague, an event and a kind of access."""

    user = forms.EmailField(label=_("E-mail of a colleague"), max_length=254, required=False)
    event = forms.SlugField(label=_("Short name of an event"), max_length=120, required=False)
    kind = forms.ChoiceField(
        label=_("What was looked at"),
        choices=(("", pgettext_lazy("filter", "All")), *AccessKind.choices),
        required=False,
    )

    def filters(self) -> AccessFilter:
        """The same as the query wants it; what cannot be meant narrows nothing, and its field says so."""
        self.is_valid()
        said = self.cleaned_data
        kinds = (AccessKind(said["kind"]),) if said.get("kind") else ()
        return AccessFilter(user=said.get("user", ""), event=said.get("event", ""), kind=kinds)
