"""Texts, their segments, and what is known of each segment in each language."""

from translations.models.text import Segment, Text
from translations.models.translation import Translation

__all__ = ["Segment", "Text", "Translation"]
