"""Words in addresses that pages of the site have; a course or a lesson of that name could not be reached."""

from typing import Final

OF_SITE: Final = frozenset({"events"})
"""What may follow “learn/” beside the addresses of courses."""
OF_COURSES: Final = frozenset({"start", "quiz", "result", "sources", "other-ways"})
"""What may follow the address of a course beside the codes of its lessons."""
