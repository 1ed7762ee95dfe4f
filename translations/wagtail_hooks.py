"""Registers languages with the Wagtail admin."""

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLResolver, include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.model import ModelViewSet

from translations import admin_urls
from translations.views.matrix import VIEW_PERMISSION
from translations.viewsets import GlossaryTermViewSet, LanguageLeadViewSet


@hooks.register("register_admin_urls")
def register_admin_urls() -> list[URLResolver]:
    """Add the matrix; Wagtail lets only those in who may enter the CMS."""
    return [path("languages/", include((admin_urls, admin_urls.app_name)))]


@hooks.register("register_admin_viewset")
def register_viewsets() -> list[ModelViewSet]:
    """Add language leads and the glossary to the settings."""
    return [LanguageLeadViewSet(), GlossaryTermViewSet()]


class _LanguagesItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(VIEW_PERMISSION))


@hooks.register("register_admin_menu_item")
def register_menu_item() -> MenuItem:
    """Add the matrix to the menu."""
    return _LanguagesItem(
        _("Languages"), reverse("translations_admin:matrix"), icon_name="wagtail-localize-language", order=250
    )


@hooks.register("register_permissions")
def register_permissions() -> QuerySet[Permission]:
    """Let groups be given the permission to see the matrix."""
    return Permission.objects.filter(content_type__app_label="translations", codename="view_text")
