"""The test suite, on either profile: DATABASE_URL and REDIS_URL choose it."""

from pathlib import Path
from tempfile import gettempdir

from cms.settings.base import *  # noqa: F403  # settings are layered by design
from cms.settings.base import KNOWN_LANGUAGES

SECRET_KEY = "only-for-tests-" + "x" * 50
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
ORIGIN = "http://testserver"
WAGTAILADMIN_BASE_URL = ORIGIN
DEMO = True
# Scrypt is slow on purpose; tests sign in a thousand times.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
MEDIA_ROOT = Path(gettempdir()) / "fieldfare-test-media"
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
# All of them, catalogue or not: other scripts and right-to-left are tested before their texts exist.
LANGUAGES = KNOWN_LANGUAGES
WAGTAIL_CONTENT_LANGUAGES = KNOWN_LANGUAGES
# Nothing is collected in tests; WhiteNoise looks into the apps.
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
# Each test starts with an empty cache of its own process. Redis itself is met by the served platform of the browser tests.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# Files of every released course would be made again and again; tests of renditions turn it on.
RENDITIONS = False
# Programs of the system: tests of recordings turn it on.
SPEECH = False
