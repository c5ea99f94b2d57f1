"""The form of a file that is added to an event."""

from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from events.actions.attachments import MOST_BYTES
from events.actions.file_types import ENDINGS
from events.forms.texts import TranslatedFormField

_MEGABYTE: Final = 1_000_000


class AttachmentForm(forms.Form):
    """A file and what it is called on the page of the event; what it is, the action finds out."""

    title = TranslatedFormField(
        label=_("Title"), max_length=300, help_text=_("What people read instead of the name of the file.")
    )
    file = forms.FileField(
        label=_("File"),
        # An empty file is refused with the other faults of files.
        allow_empty_file=True,
        error_messages={"required": _("Choose a file."), "missing": _("Choose a file.")},
        help_text=_(
            "PDF, DOCX, ODT, XLSX, ODS, CSV, plain text, PNG or JPEG, of at most 10 MB. "
            "Files in PDF need tags, and pictures a description, so that everybody can read them."
        ),
        widget=forms.FileInput(attrs={"accept": ",".join(ENDINGS)}),
    )

    def clean_file(self) -> object:
        """Refuse what is too large before it is read."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than %(size)s MB.") % {"size": MOST_BYTES // _MEGABYTE})
        return file
