"""Files for translators, out and in: PO, XLIFF 2.0 and xlsx. Plain Python; every file that comes in is taken to be hostile.

``FORMATS`` maps the end of a file's name to what writes and reads it.
"""

from typing import Final

from translations.exchange import po, xliff, xlsx
from translations.exchange.placing import put
from translations.exchange.units import ExchangeFile, Format, Unit

FORMATS: Final[dict[str, Format]] = {
    "po": Format(po.write, po.read, "text/x-gettext-translation; charset=utf-8"),
    "xlf": Format(xliff.write, xliff.read, "application/xliff+xml"),
    "xlsx": Format(xlsx.write, xlsx.read, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}

__all__ = ["FORMATS", "ExchangeFile", "Format", "Unit", "put"]
