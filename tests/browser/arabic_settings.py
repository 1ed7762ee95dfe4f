"""The development settings with Arabic offered, also where no catalogue of it is shipped: for tests of right-to-left.

``test_right_to_left`` writes a small catalogue into the folder of data; a shipped one goes before it.
"""

from cms.settings.dev import *  # noqa: F403  # the same but for two settings
from cms.settings.dev import LANGUAGES, LOCALE_PATHS, VAR_DIR

if "ar" not in dict(LANGUAGES):
    LOCALE_PATHS = [*LOCALE_PATHS, VAR_DIR / "locale"]
    LANGUAGES = [*LANGUAGES, ("ar", "العربية")]
    WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
