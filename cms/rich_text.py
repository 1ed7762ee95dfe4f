"""Rich text on its way to a page: a live value of Wagtail or the HTML that an edition froze."""

from typing import Final

import nh3
from django.utils.safestring import SafeString, mark_safe

TAGS: Final = {"a", "b", "br", "em", "h3", "h4", "i", "li", "ol", "p", "strong", "ul"}


def safe_html(value: object) -> SafeString:
    """Return ``value`` (rich text, an HTML string or nothing) as HTML of the tags above and links, safe to print.

    Cleaned even though editors wrote it: a frozen text outlives the code that once made it.
    """
    html = "" if value is None else str(value)
    return mark_safe(
        nh3.clean(html, tags=TAGS, attributes={"a": {"href"}}, url_schemes={"https", "tel", "mailto"}).strip()
    )
