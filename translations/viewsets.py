"""Who answers for which language, in the CMS."""

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel
from wagtail.admin.viewsets.model import ModelViewSet

from translations.forms import GlossaryTermForm
from translations.models import GlossaryTerm, LanguageLead


class LanguageLeadForm(WagtailAdminModelForm):
    """A lead's form; the language is chosen, and only who may enter the CMS is offered."""

    language = forms.ChoiceField(label=_("Language"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [
            (code, name) for code, name in settings.KNOWN_LANGUAGES if code != settings.LANGUAGE_CODE
        ]
        editors = self.fields["user"].queryset
        self.fields["user"].queryset = (
            editors.filter(is_superuser=True) | editors.filter(groups__permissions__codename="access_admin")
        ).distinct()


class LanguageLeadViewSet(ModelViewSet):
    """Language leads: who may bring in files and is told what there is to do."""

    model = LanguageLead
    icon = "wagtail-localize-language"
    menu_label = _("Language leads")
    add_to_settings_menu = True
    list_display: ClassVar = ["language", "user"]
    copy_view_enabled = False
    inspect_view_enabled = False
    panels: ClassVar = [FieldPanel("user", widget=forms.Select), FieldPanel("language")]

    def get_edit_handler(self) -> Any:
        """Use the form that offers languages and editors."""
        handler = super().get_edit_handler()
        handler.base_form_class = LanguageLeadForm
        return handler


class GlossaryTermViewSet(ModelViewSet):
    """The glossary: how things are called, by language and audience."""

    model = GlossaryTerm
    icon = "glasses"
    menu_label = _("Glossary")
    add_to_settings_menu = True
    list_display: ClassVar = ["concept", "language", "audience", "preferred"]
    list_filter: ClassVar = ["language", "audience"]
    search_fields: ClassVar = ["concept", "preferred", "note"]
    copy_view_enabled = False
    inspect_view_enabled = False
    panels: ClassVar = [
        FieldPanel("language"),
        FieldPanel("concept"),
        FieldPanel("audience"),
        FieldPanel("preferred"),
        FieldPanel("avoided"),
        FieldPanel("note"),
    ]

    def get_edit_handler(self) -> Any:
        """Use the form in which avoided words stand one on a line."""
        handler = super().get_edit_handler()
        handler.base_form_class = GlossaryTermForm
        return handler
