"""Registers certifications with the CMS."""

from wagtail.snippets.models import register_snippet

from certificates.viewsets import CertificationViewSet

register_snippet(CertificationViewSet)
