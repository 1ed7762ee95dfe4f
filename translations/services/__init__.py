"""Services of translations: what is known of each segment in each language."""

from translations.services.carrying import record_carried
from translations.services.changing import finish_task, report_answers, source_changed
from translations.services.digests import deliver_digest, look_for_digests
from translations.services.drafting import draft_by_machine
from translations.services.exchanging import Imported, OnConflict, import_file
from translations.services.interface import are_recorded, record_catalogues
from translations.services.recording import record_texts, record_translations

__all__ = [
    "Imported",
    "OnConflict",
    "are_recorded",
    "deliver_digest",
    "draft_by_machine",
    "finish_task",
    "import_file",
    "look_for_digests",
    "record_carried",
    "record_catalogues",
    "record_texts",
    "record_translations",
    "report_answers",
    "source_changed",
]
