"""Services of translations: what is known of each segment in each language."""

from translations.services.exchanging import Imported, OnConflict, import_file
from translations.services.interface import are_recorded, record_catalogues
from translations.services.recording import record_texts, record_translations

__all__ = [
    "Imported",
    "OnConflict",
    "are_recorded",
    "import_file",
    "record_catalogues",
    "record_texts",
    "record_translations",
]
