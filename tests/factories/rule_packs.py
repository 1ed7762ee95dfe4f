"""Rule packs in the database: those that are shipped, loaded as of ``AT``."""

from compliance import services
from compliance.models import RulePackVersion
from compliance.rules.reader import SHIPPED, read_packs
from compliance.rules.schema import RuleBook
from tests.factories.compliance import AT

BOOK: RuleBook = read_packs(SHIPPED)


def loaded(code: str = "us-lodging") -> RulePackVersion:
    """Load the shipped packs and return the newest version of one."""
    services.load_packs(book=BOOK, at=AT)
    return RulePackVersion.objects.shipped().get(code=code)
