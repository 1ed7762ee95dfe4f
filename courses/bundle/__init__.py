"""A course as one signed file: written out, and brought into another site without losing what was changed there.

A bundle is a zip of plain text: the form of each thing (``curriculum.registry``) as JSON, in ``<part>/<code>.json``, and
its media by their content. The same course gives the same bytes.
"""

from courses.bundle.importing import Conflicts, ImportReport, OnConflict, import_bundle
from courses.bundle.reading import Bundle, BundleRefused, open_bundle
from courses.bundle.writing import write_bundle

__all__ = [
    "Bundle",
    "BundleRefused",
    "Conflicts",
    "ImportReport",
    "OnConflict",
    "import_bundle",
    "open_bundle",
    "write_bundle",
]
