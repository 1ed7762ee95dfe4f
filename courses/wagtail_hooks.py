"""Registers courses with the Wagtail admin."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import URLResolver, include, path, reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.log_actions import LogFormatter
from wagtail.snippets.models import register_snippet

from courses import admin_urls
from courses.editor_rights import check_change
from courses.services.approving import PICTURE_LOG_ACTION
from courses.services.checking import ANSWER_LOG_ACTION
from courses.services.claiming import CLAIM_LOG_ACTION
from courses.services.consenting import CONSENT_LOG_ACTION, TELLER_LOG_ACTION
from courses.services.looking_again import LOOK_AGAIN_LOG_ACTION
from courses.services.overlaying import OVERLAY_LOG_ACTION
from courses.services.owning import OWN_LOG_ACTION, SIGNATORY_LOG_ACTION
from courses.services.releasing import RELEASE_LOG_ACTION
from courses.services.review_doors import DOOR_LOG_ACTION
from courses.services.review_ledger import NAME_LOG_ACTION, PAY_LOG_ACTION
from courses.services.reviewing import ASK_LOG_ACTION, SIGN_OFF_LOG_ACTION
from courses.services.withdrawing import PUT_BACK_LOG_ACTION, WITHDRAW_LOG_ACTION
from courses.views.owning import OWN_PERMISSION
from courses.views.voices import PERMISSION
from courses.viewsets import ClaimViewSet, CourseGroup


@hooks.register("register_admin_urls")
def register_admin_urls() -> list[URLResolver]:
    """Add release and "Try as a learner"; Wagtail lets only those in who may enter the CMS."""
    return [path("courses/", include((admin_urls, admin_urls.app_name)))]


@hooks.register("register_admin_viewset")
def register_viewset() -> CourseGroup:
    """Add courses and lessons to the menu."""
    return CourseGroup()


class _VoicesItem(MenuItem):  # type: ignore[misc]  # Wagtail has no types
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(PERMISSION))  # type: ignore[union-attr]  # Wagtail lets nobody else in


@hooks.register("register_settings_menu_item")
def register_voices() -> MenuItem:
    """Add the voices of the machine, for who may release."""
    return _VoicesItem(gettext_lazy("Voices"), reverse_lazy("courses_admin:voices"), icon_name="media", order=900)


_PERMISSIONS = (
    "release_course",
    "reset_reviewer",
    "add_reviewentry",
    "view_reviewentry",
    "view_revieweridentity",
    "view_storyidentity",
)


register_snippet(ClaimViewSet)


class _ClaimsItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("courses.view_claim"))


@hooks.register("register_admin_menu_item")
def register_claims() -> MenuItem:
    """Add the facts that are to be looked at again to the menu."""
    return _ClaimsItem(gettext_lazy("Claims to look at"), reverse("courses_admin:claims"), icon_name="tasks", order=255)


class _ReviewDatesItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("courses.view_course"))


@hooks.register("register_admin_menu_item")
def register_review_dates() -> MenuItem:
    """Add the courses that are to be looked at again to the menu."""
    return _ReviewDatesItem(
        gettext_lazy("Courses to look at"), reverse("courses_admin:review_dates"), icon_name="calendar-check", order=254
    )


class _OverlaysItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("courses.view_overlay"))


@hooks.register("register_admin_menu_item")
def register_overlays() -> MenuItem:
    """Add the parts of courses for one place, sector or organisation to the menu."""
    label = pgettext_lazy("menu of the CMS", "Local parts")
    return _OverlaysItem(label, reverse("courses_admin:overlays"), icon_name="site", order=257)


class _LedgerItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("courses.view_reviewentry"))


@hooks.register("register_admin_menu_item")
def register_ledger() -> MenuItem:
    """Add the ledger of paid reviews to the menu."""
    return _LedgerItem(
        gettext_lazy("Pay of reviewers"), reverse("courses_admin:ledger"), icon_name="calendar-check", order=260
    )


@hooks.register("before_create_snippet")
def hold_new_snippets(request: HttpRequest, model: type[Model]) -> None:
    """Let nobody make what they may not change."""
    check_change(request.user, [model()], act="create")


@hooks.register("before_edit_snippet")
def hold_snippets(request: HttpRequest, snippet: Model) -> None:
    """Let nobody change what lies outside of their limits."""
    check_change(request.user, [snippet], act="edit")


@hooks.register("before_delete_snippet")
def hold_what_is_deleted(request: HttpRequest, snippets: Iterable[Model]) -> None:
    """Let nobody delete what lies outside of their limits."""
    check_change(request.user, snippets, act="delete")


class _NationsItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(OWN_PERMISSION))


@hooks.register("register_settings_menu_item")
def register_nations() -> MenuItem:
    """Add the Nations, for who edits courses."""
    return _NationsItem(gettext_lazy("Nations"), reverse_lazy("courses_admin:nations"), icon_name="group", order=905)


@hooks.register("register_settings_menu_item")
def register_stories() -> MenuItem:
    """Add the consents to true stories, for who edits courses."""
    return _NationsItem(
        gettext_lazy("True stories"), reverse_lazy("courses_admin:stories"), icon_name="openquote", order=906
    )


@hooks.register("register_permissions")
def register_permissions() -> QuerySet[Permission]:
    """Let groups be given the permission to release, and what concerns reviewers."""
    return Permission.objects.filter(
        content_type__app_label="courses", codename__in=["release_course", "reset_reviewer", "approve_overlay"]
    )


@hooks.register("register_log_actions")
def register_log_actions(actions: Any) -> None:
    """Name releases in the history of pages, withdrawals in that of courses."""

    @actions.register_action(RELEASE_LOG_ACTION)
    class ReleaseFormatter(LogFormatter):
        label = gettext_lazy("Release")

        def format_message(self, log_entry: Any) -> str:
            return _("Released in edition %(number)d") % {"number": log_entry.data["edition"]}

    @actions.register_action(WITHDRAW_LOG_ACTION)
    class WithdrawFormatter(LogFormatter):
        label = gettext_lazy("Withdraw")

        def format_message(self, log_entry: Any) -> str:
            return _("Withdrawn: %(part)s") % {"part": log_entry.data["part"]}

    @actions.register_action(ANSWER_LOG_ACTION)
    class AnswerFormatter(LogFormatter):
        label = gettext_lazy("Answer the harm check")

        def format_message(self, log_entry: Any) -> str:
            return _("Answered the harm check: %(rule)s") % {"rule": log_entry.data["rule"]}

    @actions.register_action(ASK_LOG_ACTION)
    class AskFormatter(LogFormatter):
        label = gettext_lazy("Ask for a review")

        def format_message(self, log_entry: Any) -> str:
            return _("Asked for a review: %(kind)s, %(of_language)s") % log_entry.data

    @actions.register_action(SIGN_OFF_LOG_ACTION)
    class SignOffFormatter(LogFormatter):
        label = gettext_lazy("Review")

        def format_message(self, log_entry: Any) -> str:
            return _("A reviewer said: %(verdict)s (%(kind)s, %(of_language)s)") % log_entry.data

    @actions.register_action(DOOR_LOG_ACTION)
    class DoorFormatter(LogFormatter):
        label = gettext_lazy("Link of a reviewer")

        def format_message(self, log_entry: Any) -> str:
            if log_entry.data.get("shut"):
                return _("The link of a reviewer was shut")
            if log_entry.data.get("key"):
                made = _("A reviewer made a key for a programme of theirs")
                return f"{made}: {_('removed')}" if log_entry.data.get("ended") else made
            if log_entry.data.get("forget_words"):
                return _("A reviewer was given a new link, and chooses new words")
            return _("A reviewer was given a new link")

    @actions.register_action(PAY_LOG_ACTION)
    class PayFormatter(LogFormatter):
        label = gettext_lazy("Pay of a review")
        message = gettext_lazy("Something was noted about the pay of a review")

    class NameFormatter(LogFormatter):
        label = gettext_lazy("Legal name of a reviewer")

        def format_message(self, log_entry: Any) -> str:
            if log_entry.data.get("read"):
                return _("The legal name was read")
            return _("The legal name was kept")

    class TellerFormatter(NameFormatter):
        label = gettext_lazy("Legal name")

        def format_message(self, log_entry: Any) -> str:
            if log_entry.data.get("deleted"):
                return f"{self.label}: {_('removed')}"
            return super().format_message(log_entry)

    actions.register_action(NAME_LOG_ACTION)(NameFormatter)
    actions.register_action(TELLER_LOG_ACTION)(TellerFormatter)

    @actions.register_action(CLAIM_LOG_ACTION)
    class ClaimFormatter(LogFormatter):
        label = gettext_lazy("Claim")

        def format_message(self, log_entry: Any) -> str:
            return _("Said of a claim: %(state)s") % log_entry.data

    @actions.register_action(LOOK_AGAIN_LOG_ACTION)
    class LookAgainFormatter(LogFormatter):
        label = gettext_lazy("Look at it again")

        def format_message(self, log_entry: Any) -> str:
            return _("To look at again by %(review_by)s") % log_entry.data

    @actions.register_action(OVERLAY_LOG_ACTION)
    class OverlayFormatter(LogFormatter):
        label = gettext_lazy("Local part")

        def format_message(self, log_entry: Any) -> str:
            return str(log_entry.data["state"])

    @actions.register_action(OWN_LOG_ACTION)
    class OwnFormatter(LogFormatter):
        label = gettext_lazy("Owners")

        def format_message(self, log_entry: Any) -> str:
            if log_entry.data.get("given_up"):
                return f"{pgettext('said by a Nation', 'This is not ours')}: {log_entry.data['part']}"
            return _("Recorded: %(part)s belongs to %(owner)s.") % {
                "part": log_entry.data["part"],
                "owner": log_entry.data["owner"],
            }

    @actions.register_action(SIGNATORY_LOG_ACTION)
    class SignatoryFormatter(LogFormatter):
        label = gettext_lazy("Who signs for a Nation")

        def format_message(self, log_entry: Any) -> str:
            return _("This person does not sign any more.") if log_entry.data["ended"] else _("Somebody was appointed.")

    @actions.register_action(CONSENT_LOG_ACTION)
    class ConsentFormatter(LogFormatter):
        label = gettext_lazy("Consent to a story")

        def format_message(self, log_entry: Any) -> str:
            if log_entry.data["act"] == "withdrawn":
                return _("They took it back")
            return _("A consent was recorded")

    @actions.register_action(PICTURE_LOG_ACTION)
    class PictureFormatter(LogFormatter):
        label = gettext_lazy("Pictures")

        def format_message(self, log_entry: Any) -> str:
            if log_entry.data["approved"]:
                return _("The picture is approved.")
            return _("The picture waits for approval again.")

    @actions.register_action(PUT_BACK_LOG_ACTION)
    class PutBackFormatter(LogFormatter):
        label = gettext_lazy("Put back")

        def format_message(self, log_entry: Any) -> str:
            return _("Put back: %(part)s") % {"part": log_entry.data["part"]}
