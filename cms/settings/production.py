"""Production: everything that matters comes from the environment, and what is missing stops the start."""

from cms.settings.base import *  # noqa: F403  # settings are layered by design
from cms.settings.base import STORAGES, env

SECRET_KEY = env.str("FIELDFARE_SECRET_KEY")
ALLOWED_HOSTS = env.list("FIELDFARE_HOSTS")
ORIGIN = env.str("FIELDFARE_ORIGIN").rstrip("/")
WAGTAILADMIN_BASE_URL = ORIGIN
DEBUG = False
DEMO = False

STORAGES["staticfiles"] = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
SECURE_SSL_REDIRECT = env.bool("FIELDFARE_SSL_REDIRECT", default=True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = env.int("FIELDFARE_HSTS_SECONDS", default=31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_NAME = "__Host-form"
LANGUAGE_COOKIE_SECURE = True

# X_FRAME_OPTIONS stays SAMEORIGIN: the CMS shows previews in a frame of its own site.
SILENCED_SYSTEM_CHECKS = ["security.W019"]
