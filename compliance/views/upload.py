"""A workbook of people: all of it, or nothing and every problem by row and column."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms import clock
from compliance import forms
from compliance.views.portal import Desk, portal, posted
from people import audit
from people import services as people_services
from people.exceptions import WorkbookRefused
from people.explanations import Explanation, explain
from people.workbooks import CONTENT_TYPE, people_template, read_people_workbook

PROBLEMS_SHOWN = 200


@portal(writes=True)
def upload(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Take a workbook of people."""
    form = forms.UploadForm(*posted(request, request.FILES))
    problems: list[Explanation] = []
    if request.method == "POST" and form.is_valid():
        try:
            rows = read_people_workbook(form.cleaned_data["file"], organisation=desk.organisation)
            result = people_services.apply_people(
                rows=rows, organisation=desk.organisation, by=desk.user, at=clock.now()
            )
        except WorkbookRefused as refused:
            problems = [explain(it) for it in refused.problems]
        else:
            messages.success(
                request,
                _("Done: %(new)s new, %(changed)s changed, %(same)s unchanged.")
                % {"new": result.created, "changed": result.changed, "same": result.unchanged},
            )
            return redirect("compliance:people", code=desk.organisation.code)
    context = desk.context("people", form=form, problems=problems[:PROBLEMS_SHOWN], found=len(problems))
    return render(request, "compliance/upload.html", context, status=422 if problems or form.errors else 200)


@portal(writes=True)
@require_safe
def upload_template(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The workbook to fill in."""
    response = HttpResponse(people_template(desk.organisation), content_type=CONTENT_TYPE)
    response.headers["Content-Disposition"] = 'attachment; filename="people.xlsx"'
    audit.record(organisation=desk.organisation, actor=desk.user, verb="people.template")
    return response
