"""The glossary beside the text that is being translated."""

from typing import Any

from django import template
from django.conf import settings
from wagtail_localize.models import Translation

from translations.glossary import hints, mentioned
from translations.selectors import terms

register = template.Library()


@register.inclusion_tag("translations/admin/glossary_beside.html")
def glossary_beside(translation: Translation) -> dict[str, Any]:
    """Show what the glossary says about the text at hand, in the language that it is translated into."""
    language = translation.target_locale.language_code
    source = "\n".join(translation.source.stringsegment_set.values_list("string__data", flat=True))
    concepts = mentioned(source, terms(language=settings.LANGUAGE_CODE))
    return {"terms": hints(concepts, terms(language=language)), "language": language}
