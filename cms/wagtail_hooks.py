"""Registers the directory and our look with the Wagtail admin."""

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.snippets.models import register_snippet

from cms.viewsets import DirectoryGroup

register_snippet(DirectoryGroup)


@hooks.register("insert_global_admin_css")
def admin_css() -> SafeString:
    """Add our colours, and text that follows its own direction."""
    return format_html('<link rel="stylesheet" href="{}">', static("cms/css/admin.css"))
