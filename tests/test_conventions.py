"""What holds everywhere. A new page type, question type, field or address that breaks a convention fails here."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from wagtail.models import Page

from assessments.models import Question
from tests.factories import assessments as question_factories
from tests.factories import cms as page_factories
from tests.factories.courses import released_course

ROOT = Path(__file__).resolve().parents[1]
OURS = ("cms", "people", "translations", "assessments", "courses", "certificates", "compliance", "interop")
FORBIDDEN_FIELDS = re.compile(
    r"nationalit|citizen|passport|immigra|\bmigrant|refugee|asylum|visa\b|permit(?!ted)|deport|country_of|"
    r"religio|faith|ethnic|(?:^|_|\b)race\b|tribe|caste|ancestry|indigen|"
    r"health|medical|diagnos|disab(?:ility|ilities)|illness|pregnan|victim|survivor|traffick|"
    r"gender|\bsex\b|_sex\b|sexual_|birth|marital",
    re.IGNORECASE,
)


def our_models():
    return [model for model in apps.get_models() if model._meta.app_label in OURS]


def test_no_model_has_a_field_for_what_must_not_be_known():
    found = [
        f"{model.__name__}.{field.name}"
        for model in our_models()
        for field in model._meta.get_fields()
        if FORBIDDEN_FIELDS.search(f"{field.name} {getattr(field, 'verbose_name', '')}")
    ]
    assert found == []


@pytest.mark.parametrize(
    "name",
    [
        "nationality", "citizenship", "passport_number", "immigration_status", "visa", "work_permit", "religion",
        "ethnicity", "race", "health_notes", "medical_leave", "disability", "is_victim", "survivor", "gender", "sex",
        "date_of_birth", "country_of_origin",
    ],
)  # fmt: skip
def test_names_that_no_field_may_have_are_recognised(name):
    assert FORBIDDEN_FIELDS.search(name)


@pytest.mark.parametrize("name", ["permitted", "trace", "sector", "essex", "section", "embrace", "advisable", "sites"])
def test_names_that_only_sound_alike_are_free(name):
    assert not FORBIDDEN_FIELDS.search(name)


def test_no_telephone_of_a_person_is_kept():
    people = [model for model in our_models() if model._meta.app_label == "people"]
    assert [
        f"{m.__name__}.{f.name}"
        for m in people
        for f in m._meta.get_fields()
        if re.search(r"phone|mobile|tel\b", f.name)
    ] == []


@pytest.mark.django_db
def test_no_migration_is_missing():
    said = io.StringIO()
    try:
        call_command("makemigrations", *OURS, check=True, dry_run=True, stdout=said, no_color=True)
    except SystemExit:
        pytest.fail(said.getvalue())


def page_types() -> list[type[Page]]:
    return [model for model in apps.get_models() if issubclass(model, Page) and model._meta.app_label in OURS]


PAGE_FACTORIES = {
    "HomePage": page_factories.HomePageFactory,
    "SectorPage": page_factories.SectorPageFactory,
    "ResourcePage": page_factories.ResourcePageFactory,
    "CoursePage": lambda: released_course().pages.get(),
    "LessonPage": lambda: released_course().lessons.first().pages.get(),
}


@pytest.mark.django_db
@pytest.mark.parametrize("page_type", page_types(), ids=lambda it: it.__name__)
def test_every_page_type_has_a_factory_and_renders(page_type, client):
    page = PAGE_FACTORIES[page_type.__name__]()
    assert type(page) is page_type
    answer = client.get(page.url, follow=True)
    assert answer.status_code == 200


def question_types() -> list[type[Question]]:
    return sorted(Question.__subclasses__(), key=lambda it: it.__name__)


@pytest.mark.django_db
@pytest.mark.parametrize("question_type", question_types(), ids=lambda it: it.__name__)
def test_every_question_type_has_a_factory_a_grader_and_an_editor(question_type, admin_client):
    from assessments.freezing import freeze_question
    from assessments.grading import grade_question
    from tests.learning import right_response

    question = getattr(question_factories, f"{question_type.__name__}Factory")()
    frozen = freeze_question(question)
    assert frozen["type"] == question_type.kind
    if question_type.kind != "reflection":
        assert grade_question(frozen, right_response(frozen)).score == 1
    from wagtail.admin.admin_url_finder import AdminURLFinder

    assert admin_client.get(AdminURLFinder().get_edit_url(question) or "").status_code == 200


def addresses(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in (resolver or get_resolver()).url_patterns:
        here = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry, here)
        else:
            yield here, entry


SAMPLE = {
    "slug": "larch",
    "uuid": "6f0a8ef2-9a3e-4d7d-8d7e-0f3a7a3f3c11",
    "int": "1",
    "str": "x",
    "path": "x",
}


def concrete(pattern: str) -> str:
    # Of a regular expression the first alternative: "live" of (?P<a>live|\d+), "1" of \d+, "x" of .+.
    pattern = re.sub(
        r"\(\?P<\w+>([^()|]+)[^()]*\)", lambda m: {r"\d+": "1", ".+": "x"}.get(m.group(1), m.group(1)), pattern
    ).replace(r"\.", ".")
    filled = re.sub(r"<(?:(\w+):)?\w+>", lambda m: SAMPLE.get(m.group(1) or "str", "x"), pattern)
    return "/" + filled.replace("^", "").replace("$", "").replace("\\Z", "")


WORKPLACE = sorted({concrete(pattern) for pattern, entry in addresses() if pattern.startswith("workplace/")})


def test_there_are_addresses_of_the_portal_to_walk():
    assert len(WORKPLACE) > 12


@pytest.mark.django_db
@pytest.mark.parametrize("address", WORKPLACE)
def test_every_address_of_the_portal_is_closed_to_anonymous(address, client):
    answer = client.get(address)
    assert answer.status_code in (302, 405)
    posted = client.post(address)
    assert posted.status_code in (302, 405)
    led_to = [it.headers["Location"] for it in (answer, posted) if it.status_code == 302]
    assert led_to
    assert [it for it in led_to if not it.startswith(reverse("people:sign_in"))] == []


# Words of the interface and its drawings; the ways to sign in and out; what raises on purpose.
CMS_OPEN_TO_ALL = {"wagtailadmin_javascript_catalog", "wagtailadmin_sprite", "wagtailadmin_login"}
CMS_NOT_ASKED = {"wagtailadmin_logout", "wagtailadmin_error_test"}
# Off: passwords are reset where a second factor is known.
CMS_OFF = "/cms/password_reset/"
CMS = sorted(
    {
        concrete(pattern)
        for pattern, entry in addresses()
        if pattern.startswith("cms/") and entry.name not in CMS_OPEN_TO_ALL | CMS_NOT_ASKED
    }
)


@pytest.mark.django_db
def test_every_address_of_the_cms_is_closed_to_anonymous(client):
    assert len(CMS) > 300
    opened = []
    for address in CMS:
        for answer in (client.get(address), client.post(address)):
            led_to = answer.headers.get("Location", "")
            if answer.status_code == 404 and address.startswith(CMS_OFF):
                continue
            if answer.status_code != 302 or not led_to.startswith(("/accounts/login/", "/cms/login/")):
                opened.append((address, answer.status_code, led_to))
    assert opened == []


# What anybody may ask for, by the name of the address. Whatever is not here has to lead to a way to sign in.
PUBLIC = {
    "healthz", "readyz", "help", "exit", "privacy", "visible", "language", "other_languages", "after_sign_in",
    "sign_in", "set_pin", "sign_in_recovery", "sign_out", "unlock",
    "course", "course_sources", "start", "quiz", "lesson", "check", "events", "frozen_media", "verify", "verify_number",
    # Only where mails are kept for looking at, in development.
    "dev_mail", "dev_mail_message", "dev_mail_html",
    # A link that only its holder has; without it they show a closed door.
    "review_door", "reviews", "review", "review_part", "review_receipt", "review_leave", "nation", "review_keys",
    "live_picture", "live_rendition",
    "wagtaildocs_serve", "wagtaildocs_authenticate_with_password",
    "wagtailcore_authenticate_with_password", "wagtailcore_login", "wagtail_serve",
}  # fmt: skip


@pytest.mark.django_db
def test_every_other_address_is_public_by_name_or_closed_to_anonymous(client):
    released_course(("act", SAMPLE["slug"]), slug=SAMPLE["slug"])  # so that no page is merely not found
    opened = []
    for pattern, entry in addresses():
        if pattern.startswith(("cms/", "workplace/", "accounts/")) or entry.name in PUBLIC:
            continue
        answer = client.get(concrete(pattern))
        answer = client.post(concrete(pattern)) if answer.status_code == 405 else answer
        led_to = answer.headers.get("Location", "")
        closed = answer.status_code == 302 and led_to.startswith((reverse("people:sign_in"), "/accounts/login/"))
        # Other systems sign in by a key of their own, and are told so.
        closed = closed or (pattern.startswith("api/") and answer.status_code == 401)
        if not closed:
            opened.append((pattern, answer.status_code, led_to))
    assert opened == []


def test_curriculum_ships_an_example_of_every_question_type():
    from tests.curriculum.shipped import shipped_curriculum

    shipped = {question.type for course in shipped_curriculum().courses for question in course.questions}
    assert shipped == {question_type.kind for question_type in question_types()}


TEMPLATES = sorted(path for app in OURS for path in (ROOT / app).rglob("templates/**/*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda it: str(it.relative_to(ROOT)))
def test_no_template_has_inline_style_script_or_a_third_party(path):
    text = path.read_text()
    if "mails" in path.parts:
        return
    assert not re.search(r"<[^>]*\sstyle\s*=", text), "inline style"
    assert not re.search(r"<[^>]*\son[a-z]+\s*=\s*[\"']", text), "inline handler"
    assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>", text), "inline script"
    assert not re.search(r"(?:src|href|action)=[\"']https?://", text), "third party"


def test_no_file_names_a_path_of_a_machine():
    suspicious = re.compile(r"/(?:home|root|Users)/[a-z]")
    found = []
    for path in ROOT.rglob("*"):
        parts = path.relative_to(ROOT).parts
        if not path.is_file() or parts[0] in {
            ".venv",
            ".git",
            "var",
            "screenshots",
            ".ruff_cache",
            ".mypy_cache",
            ".import_linter_cache",
        }:
            continue
        is_text = path.suffix in {".py", ".md", ".toml", ".txt", ".yaml", ".html", ".css", ".js", ".typ", ""}
        if is_text and path.stat().st_size < 2_000_000 and suspicious.search(path.read_text(errors="ignore")):
            found.append(str(path.relative_to(ROOT)))
    assert [it for it in found if it != "tests/test_conventions.py"] == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-production.txt", "requirements-dev.txt"])
def test_lock_files_hold_hashes_and_no_address(name):
    text = (ROOT / name).read_text()
    assert "--hash=sha256:" in text
    assert not re.search(r"https?://|file:|--index-url|--find-links", text)
