"""Registers certifications with the CMS."""

from collections.abc import Iterable

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from wagtail import hooks
from wagtail.snippets.models import register_snippet

from certificates.models import Certification
from certificates.viewsets import CertificationViewSet
from cms.admin_deletions import refused

register_snippet(CertificationViewSet)


@hooks.register("before_delete_snippet")
def keep_what_is_named(request: HttpRequest, instances: Iterable[Model]) -> HttpResponse | None:
    """Keep a certification that something names, and say what."""
    ours = [it for it in instances if isinstance(it, Certification)]
    return refused(request, ours, reverse(CertificationViewSet().get_url_name("list"))) if ours else None
