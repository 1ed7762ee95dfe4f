"""What there is to do in the languages that somebody leads."""

from typing import Any, Final

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages

from cms import clock
from cms.admin_pages import AdminPage
from translations import selectors, services
from translations.selectors.inbox import Inbox, inboxes, open_tasks
from translations.views.matrix import VIEW_PERMISSION, group_words, state_words

TASKS_ON_A_PAGE: Final = 50


class InboxView(AdminPage, TemplateView):
    """Tasks first, then what is stale, unsigned, in review or past its review, course by course."""

    template_name = "translations/admin/inbox.html"
    header_icon = "wagtail-localize-language"
    page_title = gettext_lazy("To do in my languages")
    permission = VIEW_PERMISSION

    @cached_property
    def led(self) -> list[str]:
        """Return the languages that this editor leads."""
        return selectors.leads(user=self.request.user)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Say that a task is done."""
        asked = request.POST.get("task", "")
        tasks = open_tasks(languages=self.led)
        task = get_object_or_404(tasks, pk=int(asked) if asked.isdecimal() and len(asked) < 18 else 0)
        services.finish_task(task=task, by=request.user, at=clock.now())
        messages.success(request, _("The task is done."))
        return redirect("translations_admin:inbox")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the tasks and the counts."""
        names = dict(settings.KNOWN_LANGUAGES)
        found = inboxes(languages=self.led, on=clock.now().date())
        page = Paginator(open_tasks(languages=self.led), TASKS_ON_A_PAGE).get_page(self.request.GET.get("p"))
        return super().get_context_data(
            led=self.led,
            tasks=page,
            task_rows=[
                {"row": task, "language": names[task.language], "words": task.get_cause_display()} for task in page
            ],
            languages=[_shown(each, names[each.language]) for each in found if each.groups],
            **kwargs,
        )


def _shown(each: Inbox, name: str) -> dict[str, Any]:
    return {
        "code": each.language,
        "name": name,
        "groups": [
            {
                "title": row.title if row.group.startswith("course:") else group_words(row.group),
                "group": row.group,
                "words": state_words(cell),
            }
            for row, cell in each.groups
        ],
    }
