"""Registers shared workbooks with the Wagtail admin."""

from django.http import HttpRequest
from django.urls import URLResolver, include, path, reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from people import admin_urls, editors_urls
from people.views.editors import PERMISSION
from people.views.shared_workbooks import kinds_for


@hooks.register("register_admin_urls")
def register_admin_urls() -> list[URLResolver]:
    """Add the pages; Wagtail lets only those in who may enter the CMS."""
    return [
        path("workbooks/", include((admin_urls, admin_urls.app_name))),
        path("editors/", include((editors_urls, editors_urls.app_name))),
    ]


class _WorkbooksItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(kinds_for(request.user))


@hooks.register("register_admin_menu_item")
def register_menu_item() -> MenuItem:
    """Add the pages to the menu."""
    return _WorkbooksItem(_("Workbooks"), reverse("people_admin:workbooks"), icon_name="table", order=260)


class _EditorsItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(PERMISSION))  # type: ignore[union-attr]  # Wagtail lets nobody else in


@hooks.register("register_settings_menu_item")
def register_editors() -> MenuItem:
    """Add the limits of editors, for administrators."""
    return _EditorsItem(_("Limits of editors"), reverse_lazy("people_editors:editors"), icon_name="group", order=910)
