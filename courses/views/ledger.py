"""The ledger of paid reviews in the CMS, for whoever pays reviewers."""

import csv
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View
from wagtail.admin import messages

from cms import clock
from cms.admin_pages import AdminPage
from cms.sent import word
from courses import selectors, services
from courses.exceptions import DoesNotAddUp, NobodyPays, NoName
from courses.ledger_forms import FeeForm, PaymentForm, words_of
from courses.models import ReviewEntry, ReviewRequest
from courses.review_pay import Account, in_dollars
from people.workbooks.cells import protect

VIEW_PERMISSION = "courses.view_reviewentry"
WRITE_PERMISSION = "courses.add_reviewentry"
NAMES_PERMISSION = "courses.view_revieweridentity"
PAGE_SIZE = 100
COLUMNS = (
    "known_as",
    "course",
    "language",
    "kind",
    "answer",
    "hours",
    "rate",
    "due",
    "due_on",
    "paid",
    "open",
    "receipt",
    "paid_elsewhere",
)


def _today() -> date:
    return clock.today(settings.TIME_ZONE)


def reviews_to_pay() -> QuerySet[ReviewRequest]:
    """Return every review that was asked for, the newest first, with its reviewer and words."""
    asked = ReviewRequest.objects.select_related("reviewer", "course").prefetch_related("sign_offs")
    return asked.order_by("-asked_at", "-pk")


class LedgerView(AdminPage, TemplateView):
    """What is owed for each review, what was paid, and whether it came."""

    template_name = "courses/admin/ledger.html"
    header_icon = "calendar-check"
    page_title = gettext_lazy("Pay of reviewers")
    permission = VIEW_PERMISSION
    write_permission = WRITE_PERMISSION

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the reviews of the page with their accounts."""
        page = Paginator(reviews_to_pay(), PAGE_SIZE).get_page(self.request.GET.get("p"))
        accounts = selectors.accounts([each.pk for each in page])
        today = _today()
        return super().get_context_data(
            page=page,
            listed=[shown(each, accounts[each.pk], today) for each in page],
            may_see_names=self.request.user.has_perm(NAMES_PERMISSION),
            **kwargs,
        )


class ReviewPayView(LedgerView):
    """One review: agree on a fee, note a payment, say who pays, keep the legal name."""

    template_name = "courses/admin/review_pay.html"

    @cached_property
    def asked(self) -> ReviewRequest:
        """Return the review that the address names."""
        return get_object_or_404(reviews_to_pay(), pk=self.kwargs["request_id"])

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Write what was filled in."""
        act = request.POST.get("act", "")
        if act in ("fee", "payment"):
            form = (FeeForm if act == "fee" else PaymentForm)(request.POST, prefix=act)
            return self._write(act, form)
        try:
            if act == "name" and request.user.has_perm(NAMES_PERMISSION):
                services.keep_legal_name(
                    reviewer=self.asked.reviewer,
                    legal_name=word(request.POST, "legal_name")[:200],
                    by=request.user,
                    at=clock.now(),
                )
                messages.success(request, _("Kept. Only who may read legal names sees it."))
            elif act == "elsewhere":
                elsewhere = request.POST.get("elsewhere") == "yes"
                services.pay_elsewhere(reviewer=self.asked.reviewer, elsewhere=elsewhere, by=request.user)
                messages.success(request, _("Noted."))
            else:
                raise PermissionDenied
        except NoName:
            messages.error(request, _("Type the name."))
        except NobodyPays:
            messages.error(request, _("Survivors are paid here, always. Nothing was changed."))
        return self._back()

    def _write(self, act: str, form: FeeForm | PaymentForm) -> HttpResponse:
        about = {"request": self.asked, "by": self.request.user, "on": _today(), "at": clock.now()}
        if form.is_valid():
            try:
                if act == "fee":
                    services.agree_fee(**about, **form.cleaned_data)
                else:
                    services.record_payment(**about, **form.cleaned_data)
            except DoesNotAddUp as wrong:
                form.add_error(wrong.field, words_of(wrong.field))
            else:
                messages.success(self.request, _("Noted."))
                return self._back()
        return self.render_to_response(self.get_context_data(**{f"{act}_form": form}))

    def _back(self) -> HttpResponse:
        return redirect(reverse("courses_admin:review_pay", args=[self.asked.pk]))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the account, its lines and the forms."""
        account = selectors.accounts([self.asked.pk])[self.asked.pk]
        forms = {"fee_form": FeeForm(prefix="fee"), "payment_form": PaymentForm(prefix="payment")}
        return super().get_context_data(
            **{
                **forms,
                "each": shown(self.asked, account, _today()),
                "lines": [(line, in_dollars(line.amount_cents)) for line in self.asked.entries.all()],
                "may_write": self.request.user.has_perm(WRITE_PERMISSION),
                **kwargs,
            }
        )


class LedgerCsvView(View):
    """The ledger as CSV. Legal names stand in it only where they are asked for by who may read them."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Stream it."""
        names: dict[int, str] | None = None
        if not request.user.has_perm(VIEW_PERMISSION):
            raise PermissionDenied
        if "names" in request.GET:
            if not request.user.has_perm(NAMES_PERMISSION):
                raise PermissionDenied
            names = services.read_legal_names(by=request.user)
        headers = {"Content-Disposition": 'attachment; filename="ledger.csv"'}
        return StreamingHttpResponse(_lines(names), content_type="text/csv; charset=utf-8", headers=headers)


class _Echo:
    def write(self, value: str) -> str:
        return value


def _lines(names: dict[int, str] | None) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow([*COLUMNS, *(["legal_name"] if names is not None else [])])
    for number in (pages := Paginator(reviews_to_pay().prefetch_related("entries"), PAGE_SIZE)).page_range:
        page = pages.page(number)
        accounts = selectors.accounts([each.pk for each in page])
        for asked in page:
            row = _row(asked, accounts[asked.pk])
            if names is not None:
                row.append(names.get(asked.reviewer_id, ""))
            yield writer.writerow([protect(cell) for cell in row])


def _row(asked: ReviewRequest, account: Account) -> list[str]:
    word = next(iter(asked.sign_offs.all()), None)
    # What was agreed in several steps stands in one cell, in the order in which it was.
    agreed = [each for each in asked.entries.all() if each.kind == ReviewEntry.Kind.AGREED]
    return [
        asked.reviewer.known_as,
        asked.course.code,
        asked.language,
        asked.kind,
        word.verdict if word else "",
        " + ".join(str(each.hours) for each in agreed),
        " + ".join(in_dollars(each.rate_cents) for each in agreed if each.rate_cents),
        in_dollars(account.due_cents),
        account.due_on.isoformat() if account.due_on else "",
        in_dollars(account.paid_cents),
        in_dollars(account.open_cents),
        "received" if account.confirmed else "missing" if account.missing else "",
        "yes" if asked.reviewer.paid_elsewhere else "",
    ]


def shown(asked: ReviewRequest, account: Account, today: date) -> dict[str, Any]:
    """Return what the pages show of one review."""
    return {
        "asked": asked,
        "word": next(iter(asked.sign_offs.all()), None),
        "account": account,
        "due": in_dollars(account.due_cents),
        "paid": in_dollars(account.paid_cents),
        "open": in_dollars(account.open_cents),
        "is_late": account.is_late(today),
    }
