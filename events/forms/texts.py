"""One form field for a text in several languages."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from events.enums import Language
from events.models import Translated

_ORDER: Final = (Language.PL, Language.EN, Language.UK)


class TranslatedWidget(forms.MultiWidget):
    """An input per language; Polish first and always open, the others unfold without a script."""

    template_name = "widgets/translated.html"
    use_fieldset = True

    def __init__(self, *, rows: int = 0, max_length: int | None = None) -> None:
        """`rows`: areas instead of lines."""
        attrs: dict[str, Any] = {"rows": rows} if rows else {}
        if max_length is not None:
            attrs["maxlength"] = max_length
        widget = forms.Textarea if rows else forms.TextInput
        super().__init__({code.value: widget(attrs={**attrs, "lang": code.value}) for code in _ORDER})

    def decompress(self, value: Translated | None) -> list[str]:
        """Give each language its part."""
        return [(value or {}).get(code, "") for code in _ORDER]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Name each input by its language, and say whether a translation is there."""
        context = super().get_context(name, value, attrs)
        parts: list[dict[str, Any]] = context["widget"]["subwidgets"]
        for code, part in zip(_ORDER, parts, strict=True):
            part["label"] = code.label
            # The field's own "required" is about Polish alone.
            if code is not Language.PL:
                part["attrs"].pop("required", None)
        context["widget"]["polish"] = parts[0]
        context["widget"]["translations"] = parts[1:]
        context["widget"]["is_translated"] = any(part["value"] for part in parts[1:])
        return context


class TranslatedFormField(forms.MultiValueField):
    """{"pl": …, "en": …, "uk": …} with Polish always there and empty translations left out."""

    def __init__(self, *, rows: int = 0, max_length: int | None = None, required: bool = True, **options: Any) -> None:
        """`required` is about the Polish text."""
        languages: Sequence[forms.CharField] = [
            forms.CharField(
                required=required and code is Language.PL,
                max_length=max_length,
                error_messages={"required": _("Write this in Polish."), "incomplete": _("Write this in Polish.")},
            )
            for code in _ORDER
        ]
        options.setdefault("error_messages", {"required": _("Write this in Polish.")})
        super().__init__(
            fields=languages,
            widget=TranslatedWidget(rows=rows, max_length=max_length),
            require_all_fields=False,
            required=required,
            **options,
        )

    def compress(self, data_list: list[str]) -> Translated:
        """Put the parts together."""
        texts = dict(zip(_ORDER, data_list or [""] * len(_ORDER), strict=True))
        return {code.value: text for code, text in texts.items() if text or code is Language.PL}

    def validate(self, value: Translated) -> None:
        """Refuse a translation of a text that is not there in Polish."""
        super().validate(value)
        if len(value) > 1 and not value[Language.PL]:
            raise forms.ValidationError(_("Write this in Polish."), code="incomplete")


def written(text: Translated | None) -> Translated | None:
    """The text, or nothing where nobody wrote any."""
    return text if text and any(text.values()) else None
