"""Development and the one-command demo: SQLite, mails kept in the database of messages, demo accounts."""

import secrets

from cms.settings.base import *  # noqa: F403  # settings are layered by design
from cms.settings.base import SECRET_KEY, VAR_DIR, env

DEBUG = env.bool("FIELDFARE_DEBUG", default=True)
DEMO = DEBUG
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", "testserver"]
ORIGIN = env.str("FIELDFARE_ORIGIN", default=f"http://127.0.0.1:{env.str('PORT', default='8000')}")
WAGTAILADMIN_BASE_URL = ORIGIN

try:
    VAR_DIR.mkdir(parents=True, exist_ok=True)
except OSError as error:
    raise SystemExit(
        f"{VAR_DIR} cannot be made ({error.strerror}). Choose another: FIELDFARE_VAR_DIR=… make run"
    ) from None
if not SECRET_KEY:
    # Kept, so that sign-ins survive a restart; never used outside development.
    _key_file = VAR_DIR / "secret_key"
    if not _key_file.exists():
        _key_file.write_text(secrets.token_urlsafe(48))
        _key_file.chmod(0o600)
    SECRET_KEY = _key_file.read_text()

# FIELDFARE_CLOCK_SHIFT_DAYS: try the platform some days ahead, e.g. 1096 to see renewals three years on.
CLOCK_SHIFT_DAYS = env.int("FIELDFARE_CLOCK_SHIFT_DAYS", default=0)

# Static files come straight from the apps; production collects them.
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600

# One process does everything here: hundreds of files nobody asked for would keep it from its pages for minutes.
RENDITIONS_OF_LOADED = env.bool("FIELDFARE_RENDITIONS_OF_LOADED", default=False)

# Mails become files that /dev/mail/ shows.
if "EMAIL_URL" not in env.ENVIRON:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR_DIR / "mail"
