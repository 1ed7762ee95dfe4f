"""Files for translators in the CMS: out for who sees the matrix, in for who leads the language."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView, View
from wagtail.admin import messages

from cms import clock
from cms.admin_pages import AdminPage
from translations import selectors, services
from translations.exceptions import ExchangeConflicts, ExchangeDoubts, ExchangeRefused
from translations.exchange import FORMATS
from translations.exchange_words import conflict_in_words, in_words, isolated
from translations.forms import ExportForm, ImportForm
from translations.models import Text
from translations.views.matrix import VIEW_PERMISSION, group_words


def group_choices() -> list[tuple[str, str]]:
    """Return the groups that files are made of, with their names."""
    titles = dict(Text.objects.filter(code__startswith="course:").values_list("code", "title"))
    return [(group, titles.get(group) or group_words(group)) for group in selectors.exchangeable_groups()]


class ExchangeView(AdminPage, FormView[ImportForm]):
    """The form that writes a file, and, for who leads a language, the form that takes one in."""

    form_class = ImportForm
    template_name = "translations/admin/exchange.html"
    header_icon = "wagtail-localize-language"
    page_title = gettext_lazy("Files for translators")
    permission = VIEW_PERMISSION
    has_doubts = False

    def may_enter(self) -> bool:
        """Refuse who may not see the texts; refuse files from who leads no language."""
        return super().may_enter() and (self.request.method != "POST" or bool(self.led))

    @cached_property
    def led(self) -> list[str]:
        """Return the languages that this editor may bring in."""
        return selectors.leads(user=self.request.user)

    def way(self) -> list[dict[str, Any]]:
        """Return the page of all languages."""
        return [{"url": reverse("translations_admin:matrix"), "label": _("Languages")}]

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the languages that this editor leads."""
        return {**super().get_form_kwargs(), "languages": self.led}

    def form_valid(self, form: ImportForm) -> HttpResponse:
        """Take the file in, or say by segment why not."""
        try:
            done = services.import_file(
                file=FORMATS[form.format].read(form.cleaned_data["file"].read()),
                language=form.cleaned_data["language"],
                by=self.request.user,
                at=clock.now(),
                on_conflict=services.OnConflict(form.cleaned_data["on_conflict"]),
                take_doubtful=form.cleaned_data["take_doubtful"],
            )
        except ExchangeRefused as refused:
            return self._refuse(form, [in_words(problem, quote=isolated) for problem in refused.problems])
        except ExchangeDoubts as found:
            self.has_doubts = True
            return self._refuse(form, [in_words(problem, quote=isolated) for problem in found.problems])
        except ExchangeConflicts as found:
            return self._refuse(form, [conflict_in_words(conflict, quote=isolated) for conflict in found.conflicts])
        changed = done.taken + done.signed
        words = ngettext(
            "%(count)d piece was taken in; pages follow within minutes.",
            "%(count)d pieces were taken in; pages follow within minutes.",
            changed,
        )
        if changed or not done.waiting:
            messages.success(self.request, words % {"count": changed} if changed else _("Everything was here already."))
        if done.waiting:
            left = ngettext(
                "%(count)d piece was left alone: the file says that it needs work.",
                "%(count)d pieces were left alone: the file says that they need work.",
                done.waiting,
            )
            messages.warning(self.request, left % {"count": done.waiting})
        return redirect("translations_admin:exchange")

    def _refuse(self, form: ImportForm, said: list[str]) -> HttpResponse:
        form.add_error(None, _("Nothing was taken in."))
        for each in said:
            form.add_error(None, each)
        return self.form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the form that writes a file."""
        export = ExportForm(languages=selectors.target_languages(), groups=group_choices())
        return super().get_context_data(export=export, led=self.led, has_doubts=self.has_doubts, **kwargs)


class ExportView(View):
    """The file that was asked for."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Write it, or lead back where something else was asked."""
        if not request.user.has_perm(VIEW_PERMISSION):
            raise PermissionDenied
        form = ExportForm(request.GET, languages=selectors.target_languages(), groups=group_choices())
        if not form.is_valid():
            return redirect("translations_admin:exchange")
        language, group, ending = (form.cleaned_data[name] for name in ("language", "group", "format"))
        file = selectors.file_for(language=language, group=group)
        name = f"{group.removeprefix('course:') or 'all'}-{language}.{ending}"
        return HttpResponse(
            FORMATS[ending].write(file),
            content_type=FORMATS[ending].media_type,
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
