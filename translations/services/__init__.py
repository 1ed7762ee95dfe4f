"""Services of translations: what is known of each segment in each language."""

from translations.services.recording import record_texts, record_translations

__all__ = ["record_texts", "record_translations"]
