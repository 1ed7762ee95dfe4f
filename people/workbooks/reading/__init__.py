"""Reading files of others: .xlsx, .ods, .csv and JSON, as streams of rows. Every file is taken to be hostile."""

from people.workbooks.reading.opening import open_source
from people.workbooks.reading.source import LARGEST_BYTES, MOST_ROWS, Source

__all__ = ["LARGEST_BYTES", "MOST_ROWS", "Source", "open_source"]
