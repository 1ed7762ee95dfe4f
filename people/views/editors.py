"""The limits of editors, for administrators of the CMS."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView
from wagtail.admin import messages

from cms import clock
from cms.admin_pages import AdminPage
from cms.models import EditorLimit, Sector
from people import selectors, services
from people.models import User

PERMISSION = "cms.change_editorlimit"


class EditorsView(AdminPage, TemplateView):
    """Every editor with their groups and limits."""

    template_name = "people/admin/editors.html"
    header_icon = "group"
    page_title = gettext_lazy("Limits of editors")
    permission = PERMISSION

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the editors."""
        names = {**dict(Sector.objects.values_list("code", "title")), **dict(settings.KNOWN_LANGUAGES)}
        found = selectors.editors().prefetch_related("groups", "editor_limits")
        listed = [
            (user, [group.name for group in user.groups.all()], [names.get(it.value, it.value) for it in limits])
            for user in found
            for limits in [user.editor_limits.all()]
        ]
        return super().get_context_data(listed=listed, **kwargs)


class LimitsForm(forms.Form):
    """To which sectors and languages an editor is limited."""

    sectors = forms.MultipleChoiceField(
        label=gettext_lazy("Only these sectors"), required=False, widget=forms.CheckboxSelectMultiple
    )
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Only these languages"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = {"sectors": Sector.objects.values_list("code", "title"), "languages": settings.KNOWN_LANGUAGES}
        for name, offered in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.MultipleChoiceField)
            field.choices = list(offered)


class EditorView(AdminPage, FormView[LimitsForm]):
    """The limits of one editor."""

    form_class = LimitsForm
    template_name = "people/admin/editor.html"
    header_icon = "group"
    page_title = gettext_lazy("Limits of editors")
    permission = PERMISSION

    @cached_property
    def editor(self) -> User:
        """Return the editor that the address names."""
        return get_object_or_404(selectors.editors(), pk=self.kwargs["user_id"])

    def get_page_subtitle(self) -> str:
        """Return who it is."""
        return str(self.editor.name or self.editor.email)

    def get_initial(self) -> dict[str, Any]:
        """Tick what holds."""
        rows = list(EditorLimit.objects.filter(user=self.editor).values_list("kind", "value"))
        return {f"{kind}s": [value for each, value in rows if each == kind] for kind in EditorLimit.Kind.values}

    def form_valid(self, form: LimitsForm) -> HttpResponse:
        """Limit them."""
        services.limit_editor(user=self.editor, **form.cleaned_data, by=self.request.user, at=clock.now())
        messages.success(self.request, _("Saved."))
        return redirect(reverse("people_editors:editors"))
