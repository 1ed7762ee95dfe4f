"""What all profiles share. Every value that a site may change is read from the environment, once, here."""

from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _
from django.utils.translation import to_locale

from cms.languages import install_missing_languages

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parents[2]
# FIELDFARE_VAR_DIR: where the embedded profile keeps its database, media and collected static files.
VAR_DIR = Path(env.str("FIELDFARE_VAR_DIR", default=str(BASE_DIR / "var")))

# FIELDFARE_SECRET_KEY: required in production; dev makes and keeps one in VAR_DIR.
SECRET_KEY = env.str("FIELDFARE_SECRET_KEY", default="")
DEBUG = False
# FIELDFARE_HOSTS: comma-separated host names.
ALLOWED_HOSTS = env.list("FIELDFARE_HOSTS", default=[])
# FIELDFARE_ORIGIN: scheme and host of the public site, for links in mails, QR codes and PDFs.
ORIGIN = env.str("FIELDFARE_ORIGIN", default="http://127.0.0.1:8000").rstrip("/")

INSTALLED_APPS = [
    # Ours, bottom first; the direction of imports is held by import-linter.
    "cms",
    "people",
    "translations",
    "assessments",
    "courses",
    "certificates",
    "compliance",
    "interop",
    # Wagtail
    "wagtail_localize",
    "wagtail_localize.locales",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "polymorphic",
    # Sign-in of staff
    "allauth",
    "allauth.account",
    "allauth.mfa",
    # Django
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    # Above WhiteNoise, so that the embedded profile's static files are compressed too. Django masks form tokens and pads
    # compressed pages, which is its answer to BREACH.
    "django.middleware.gzip.GZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "cms.middleware.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "cms.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "cms.middleware.PrivatePagesMiddleware",
    "people.middleware.SignInScopeMiddleware",
    "courses.middleware.EditorLimitsMiddleware",
    "translations.middleware.UploadedWordsMiddleware",
]

ROOT_URLCONF = "cms.urls"
WSGI_APPLICATION = "cms.wsgi.application"
AUTH_USER_MODEL = "people.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "cms.context_processors.site",
                "people.context_processors.person",
            ],
            "builtins": ["cms.templatetags.fieldfare"],
        },
    },
]

# DATABASE_URL: e.g. postgres://user:password@host/name; unset means SQLite in VAR_DIR.
DATABASE_URL = env.str("DATABASE_URL", default="") or f"sqlite:///{VAR_DIR / 'fieldfare.sqlite3'}"
DATABASES = {"default": environ.Env.db_url_config(DATABASE_URL)}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # Writers queue instead of failing: take the write lock at BEGIN, wait up to 20 s for it.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=20000;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("DATABASE_CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

# REDIS_URL: cache (and queue, unless CELERY_BROKER_URL says otherwise); unset means the embedded defaults.
REDIS_URL = env.str("REDIS_URL", default="")
if REDIS_URL:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# Background work. A message is only a hint: what must happen is a row that a sweep can find (ADR 0003).
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default=REDIS_URL or "memory://localhost")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"polling_interval": 0.5} if CELERY_BROKER_URL.startswith("memory:") else {}
CELERY_TIMEZONE = "UTC"
# FIELDFARE_RENDITIONS: 0 makes no files (handouts, books, slides) in the background and offers none.
RENDITIONS = env.bool("FIELDFARE_RENDITIONS", default=True)
# FIELDFARE_SPEECH: 0 never lets the machine read lessons aloud, even where espeak-ng and opusenc are installed.
SPEECH = env.bool("FIELDFARE_SPEECH", default=True)
# FIELDFARE_RENDITIONS_OF_LOADED: 0 makes them of a loaded curriculum only once somebody wants one.
RENDITIONS_OF_LOADED = env.bool("FIELDFARE_RENDITIONS_OF_LOADED", default=True)

CELERY_BEAT_SCHEDULE = {
    # Delivers what a lost message or a killed worker left in the outbox.
    "outbox": {"task": "people.tasks.sweep_outbox", "schedule": 5.0},
    # Forgets failed sign-ins, ended sessions and what the outbox did long ago.
    "forgettable": {"task": "people.tasks.sweep_forgettable", "schedule": 3600.0},
    # Asks for regular exports that are due.
    "exports": {"task": "people.tasks.sweep_exports", "schedule": 900.0},
    # Finds what is due and not yet told; every quarter of an hour, since "nightly" means nothing across time zones.
    "reminders": {"task": "compliance.tasks.sweep_reminders", "schedule": 900.0},
    # Forgets evidence packs and previews that were made long ago.
    "evidence": {"task": "compliance.tasks.sweep_evidence", "schedule": 3600.0},
    # Recomputes a sample of kept standing; what differs is an error in the log, and is mended.
    "check_obligations": {"task": "compliance.tasks.check_obligations", "schedule": 3600.0},
    # Issues certificates whose completion was recorded and whose issue failed.
    "certificates": {"task": "certificates.tasks.sweep_unissued", "schedule": 300.0},
    # Asks for files whose help lines passed their review date, and for those of texts that never had any.
    "renditions": {"task": "courses.tasks.look_for_stale_renditions", "schedule": 3600.0},
    # Counts once a day what there is to do in each language, and tells who leads it where something is new.
    "translations": {"task": "translations.tasks.look_for_digests", "schedule": 3600.0},
    # Asks who leads a language to look at questions that are failed far more often in it.
    "item_statistics": {"task": "assessments.tasks.ask_about_languages", "schedule": 21600.0},
    # Takes out the stories whose consent ended with a day; finds nothing the next time.
    "consents": {"task": "courses.tasks.end_expired_consents", "schedule": 900.0},
    # Reminds owners of claims that are to be looked at again; each claim once in 30 days.
    "claims": {"task": "courses.tasks.remind_owners_of_claims", "schedule": 21600.0},
    # Takes the person out of answers 30 days after grading.
    "answers": {"task": "assessments.tasks.sweep_answers", "schedule": 3600.0},
}

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTHENTICATION_BACKENDS = [
    # Only refuses; Django stops asking at a refusal, so it stands first.
    "people.backends.StaffOfOrganisationsStayOut",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# Staff (HR, editors) sign in by e-mail and password, learners who chose an e-mail by a code sent to it.
ACCOUNT_ADAPTER = "people.adapters.AccountAdapter"
ACCOUNT_FORMS = {"login": "people.staff_forms.StaffSignInForm"}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = False
# A whole office stands behind one address, so an address may do much more than anybody may at one account: as people.lockout.
ACCOUNT_RATE_LIMITS = {
    "login": "120/m/ip",
    "login_failed": "100/900s/ip,5/300s/key",
    "request_login_code": "60/m/ip,3/m/key",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Fieldfare"
LOGIN_URL = "people:sign_in"
LOGIN_REDIRECT_URL = "people:after_sign_in"
LOGOUT_REDIRECT_URL = "/"

# Sessions end with the browser and lock when idle; the learner pages may be on a shared phone.
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "session"
CSRF_COOKIE_HTTPONLY = True
# Gone with the browser: Django's own would say for a year on a shared phone that this site was open there.
CSRF_COOKIE_AGE = None
CSRF_COOKIE_NAME = "form"
LANGUAGE_COOKIE_NAME = "language"
# FIELDFARE_IDLE_LOCK_MINUTES: an idle learner session asks for the PIN again after this.
IDLE_LOCK_MINUTES = env.int("FIELDFARE_IDLE_LOCK_MINUTES", default=20)

# How many proxies in front append to X-Forwarded-For; 0 means the peer is the client.
TRUSTED_PROXY_COUNT = env.int("FIELDFARE_TRUSTED_PROXIES", default=0)

LANGUAGE_CODE = "en"
# Languages that the platform is made for, each in its own name.
KNOWN_LANGUAGES = [
    ("en", "English"),
    ("fr", "Français"),
    ("pa", "ਪੰਜਾਬੀ"),
    ("zh-hans", "简体中文"),
    ("zh-hant", "繁體中文"),
    ("tl", "Tagalog"),
    ("es", "Español"),
    ("ar", "العربية"),
]
install_missing_languages()
LOCALE_PATHS = [BASE_DIR / "locale"]
# Offered: English and what has a catalogue of ours. Otherwise a page would mix English with Django's own translations.
LANGUAGES = [
    (code, name)
    for code, name in KNOWN_LANGUAGES
    if code == "en" or (LOCALE_PATHS[0] / to_locale(code) / "LC_MESSAGES" / "django.mo").exists()
]
# Interfaces that no native speaker has reviewed; every page says so. A test holds this equal to the catalogues' own headers.
DRAFT_LANGUAGES = ("ar", "es", "fr", "pa", "tl", "zh-hans", "zh-hant")
# FIELDFARE_MACHINE_TRANSLATOR: path of a class that drafts translations (translations.machine); none by default.
MACHINE_TRANSLATOR = env.str("FIELDFARE_MACHINE_TRANSLATOR", default="")
# Which languages to look for, in their order, where a course is not in the one that somebody reads. Pages say so.
LANGUAGE_FALLBACKS = {"zh-hant": ("zh-hans",), "zh-hans": ("zh-hant",)}
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
WAGTAIL_I18N_ENABLED = True
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES

STATIC_URL = "/static/"
STATIC_ROOT = env.str("FIELDFARE_STATIC_ROOT", default=str(VAR_DIR / "static"))
MEDIA_URL = "/media/"
MEDIA_ROOT = env.str("FIELDFARE_MEDIA_ROOT", default=str(VAR_DIR / "media"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# S3_BUCKET: media in S3-compatible storage (needs the production requirements).
if S3_BUCKET := env.str("S3_BUCKET", default=""):
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": S3_BUCKET,
            "endpoint_url": env.str("S3_ENDPOINT_URL", default=None),
            "region_name": env.str("S3_REGION", default=None),
            "querystring_auth": True,
            "file_overwrite": False,
        },
    }

# Wagtail: its own calls to the outside are off; staff sign in by the same door as everybody else.
WAGTAIL_SITE_NAME = "Fieldfare"
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILADMIN_BASE_URL = ORIGIN
WAGTAILADMIN_LOGIN_URL = "account_login"
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_WORKFLOW_REQUIRE_REAPPROVAL_ON_EDIT = True
WAGTAILEMBEDS_FINDERS = []
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}

# EMAIL_URL: e.g. smtp+tls://user:password@host:587
EMAIL_CONFIG = env.email("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("FIELDFARE_MAIL_FROM", default="Learning <learning@localhost>")
# FIELDFARE_MAIL_DOMAIN: right-hand side of our deterministic Message-IDs.
MAIL_DOMAIN = env.str("FIELDFARE_MAIL_DOMAIN", default="fieldfare.invalid")
# FIELDFARE_REMINDER_CHANNEL: dotted path of the class that sends reminders and digests (compliance.channels.Channel).
REMINDER_CHANNEL = env.str("FIELDFARE_REMINDER_CHANNEL", default="compliance.channels.smtp.SmtpChannel")

# A strict policy everywhere; only the CMS path gets a looser one (cms.middleware), since its editor writes inline style.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "media-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [SELF],
        "object-src": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
# Not "no-referrer": with it browsers send "Origin: null" on forms, which the check of form tokens must refuse. Nothing is sent
# to other sites either way.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440

# FIELDFARE_EVIDENCE_KEY: 32 bytes in base64, the Ed25519 seed that signs evidence packs and course bundles; unset: derived from the secret key.
EVIDENCE_SIGNING_KEY = env.str("FIELDFARE_EVIDENCE_KEY", default="")
# FIELDFARE_TRUSTED_KEYS: public keys of other platforms, in base64, separated by commas: their course bundles are read.
TRUSTED_KEYS = env.list("FIELDFARE_TRUSTED_KEYS", default=[])

# Where "Leave this page" goes: a neutral site chosen by the operator; the link carries no referrer.
EXIT_URL = env.str("FIELDFARE_EXIT_URL", default="https://weather.gc.ca/")
SITE_NAME = _("Fieldfare")
# Whose help lines a reader sees who neither chose a place nor signed in at a workplace: a code of cms/places.py.
DEFAULT_PLACE = env.str("FIELDFARE_PLACE", default="ca-bc")

# Days by which cms.clock is ahead of the real one; only development may set it.
CLOCK_SHIFT_DAYS = 0

# Demo accounts and /dev/mail/ exist only where this is on, and only dev and test turn it on.
DEMO = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "cms.logs.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": env.str("FIELDFARE_LOG_LEVEL", default="INFO")},
    "loggers": {
        # Django brings handlers of its own: in development one that writes paths, otherwise one that mails them.
        "django": {"handlers": []},
        # Request lines carry addresses and paths: they stay out of the logs (see docs/concepts/privacy.md).
        "django.server": {"handlers": [], "propagate": False},
        "waitress.queue": {"level": "ERROR"},
        "celery": {"level": "WARNING"},
        "kombu": {"level": "WARNING"},
    },
}
