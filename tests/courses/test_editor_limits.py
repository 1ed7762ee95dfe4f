"""Rights are a role times limits: every act of the CMS, by every way in, for editors of three roles."""

from collections.abc import Callable
from contextlib import suppress
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from wagtail.models import Locale, Page, PageViewRestriction
from wagtail.test.utils.form_data import rich_text
from wagtail_localize.models import StringTranslation, Translation, TranslationSource

from assessments.models import Quiz, SingleChoiceQuestion
from cms.limits import Limits, OutsideLimits
from cms.models import EditorLimit, SectorPage
from courses import services
from courses.exceptions import ReleaseRefused
from courses.models import Claim, ClaimUse, CoursePage, EditionText, ReviewDate
from people.exceptions import NoSuchLimit, NotAnEditor
from people.models import AuditEntry, User
from people.services import limit_editor
from tests.assessments.test_question_bank_kind import HEADS, NEW
from tests.corpus.workbooks import xlsx
from tests.courses.test_release import LATER, editor
from tests.factories.certificates import CertificationFactory
from tests.factories.cms import SectorFactory
from tests.factories.courses import RELEASED_AT, ClaimFactory, course_page, publish, released_course
from tests.factories.people import UserFactory, sign_in_personally
from tests.people.workbooks.conftest import looked_at, said
from translations.exchange.units import ExchangeFile, Unit
from translations.models import Segment, Text
from translations.services import import_file

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("sectors", "languages", "expected"),
    [
        (None, None, True),
        ({"hotels"}, None, True),
        ({"camps"}, None, False),
        ({"hotels", "camps"}, {"fr"}, True),
        ({"hotels"}, {"en"}, False),
    ],
)
def test_limits_of_both_kinds_hold_at_once(sectors: Any, languages: Any, expected: bool) -> None:
    assert Limits(sectors, languages).allow(sectors=["hotels"], languages=["fr"]) is expected


def test_what_belongs_to_no_sector_lies_outside_of_every_limit() -> None:
    assert not Limits(frozenset({"hotels"})).allow(sectors=[""], languages=["fr"])
    assert Limits().allow(sectors=[""], languages=["fr"])


@pytest.fixture(scope="module")
def _made(module_rows: Any) -> dict[str, Model]:
    """A released course of the sector "hotels" in English, with a page and a question in French."""
    with module_rows.unblock():
        hotels = SectorFactory(code="hotels", slug="hotels")
        SectorFactory(code="camps", slug="camps")
        course = released_course(sector=hotels)
        french = Locale.objects.get_or_create(language_code="fr")[0]
        question = SingleChoiceQuestion.objects.filter(bank=course.final_quiz.bank, locale__language_code="en").first()
        translated = question.copy_for_translation(french)
        translated.save()
        claim = ClaimFactory()
        ClaimUse.objects.create(
            claim=claim, text=EditionText.objects.get(edition__course=course), lesson="facts", block="b"
        )
        text = Text.objects.create(code="course:x", kind="page", title="x", group="course:x", sector="hotels")
        Segment.objects.create(text=text, key="title", source="Rooms", digest="0" * 64, markup="plain", position=1)
        return {
            "course": course,
            "page": CoursePage.objects.get(course=course),
            "french_page": publish(course_page(course, "fr", title="Travail sûr")),
            "question": question,
            "french_question": translated,
            "claim": claim,
            "certification": CertificationFactory(courses=[course]),
        }


@pytest.fixture
def things(_made: dict[str, Model]) -> SimpleNamespace:
    """Return them as they are stored: what a test changes of them, no other sees."""
    return SimpleNamespace(**{name: type(row).objects.get(pk=row.pk) for name, row in _made.items()})


LOOKED = {"reviewed_on": "2026-03-01", "review_by": "2999-03-01", "grace_days": 30, "role": "author"}


def _form(client: Client, url: str) -> bool:
    """Send an empty form: whoever may act is shown what is missing."""
    status = client.post(url, {"outcomes-count": "0"}).status_code
    assert status in (200, 302, 403), status
    return status == 200


def _snippet(thing: Any) -> str:
    return reverse(type(thing).snippet_viewset.get_url_name("edit"), args=[thing.pk])


def _service(act: Callable[[], Any]) -> bool:
    try:
        with suppress(ReleaseRefused):
            act()
    except OutsideLimits:
        return False
    return True


def _bank_import(user: User, bank: str) -> bool:
    kept = looked_at(xlsx(HEADS, [NEW[0], bank, *NEW[2:]]), "question_bank", by=user, at=LATER)
    return all(problem != "outside_limits" for _row, _column, problem in said(kept))


def acts(client: Client, user: User, it: SimpleNamespace) -> dict[str, bool]:
    """Return which acts ``user`` may do."""
    unit = Unit("course:x/title", "Rooms", "Chambres")
    file = ExchangeFile("fr", (unit,))
    edit = "wagtailadmin_pages:edit"
    return {
        "page": _form(client, reverse(edit, args=[it.page.pk])),
        "page fr": _form(client, reverse(edit, args=[it.french_page.pk])),
        "key": _form(client, _snippet(it.question)),
        "question fr": _form(client, _snippet(it.french_question)),
        "pass mark": _form(client, _snippet(it.course.final_quiz)),
        "policy": _form(client, _snippet(it.certification)),
        "course": _form(client, reverse("course:edit", args=[it.course.pk])),
        "claim": client.post(
            reverse("courses_admin:claim", args=[it.claim.pk]), {"act": "contradict", "why": "x"}
        ).status_code
        == 302
        and Claim.objects.get(pk=it.claim.pk).state == "contradicted",
        "review date": client.post(reverse("courses_admin:review_date", args=[it.course.pk]), LOOKED).status_code == 302
        and ReviewDate.objects.exists(),
        "release": user.has_perm("courses.release_course")
        and _service(
            lambda: services.release_course(
                course=it.course, severity="finish_on_old", by=User.objects.get(pk=user.pk), at=LATER
            )
        ),
        "exchange fr": _service(lambda: import_file(file=file, language="fr", by=user, at=LATER)),
        "bank": user.has_perm("assessments.add_question") and _bank_import(user, it.course.final_quiz.bank.code),
    }


ALL = frozenset(
    {"page", "page fr", "key", "question fr", "pass mark", "policy", "course", "claim", "review date", "release",
     "exchange fr", "bank"}
)  # fmt: skip
IN_FRENCH = frozenset({"page fr", "question fr", "exchange fr"})
WRITES = ALL - {"policy", "review date", "release"}


@pytest.mark.parametrize(
    ("role", "sectors", "languages", "allowed"),
    [
        ("localiser", [], [], IN_FRENCH),
        ("localiser", ["hotels"], ["fr", "en"], IN_FRENCH),
        ("localiser", ["camps"], [], set()),
        ("localiser", [], ["es"], set()),
        ("author", [], [], WRITES),
        ("author", ["hotels"], [], WRITES),
        ("author", ["camps"], [], set()),
        ("author", [], ["en"], WRITES - IN_FRENCH),
        ("publisher", [], [], ALL),
        ("publisher", ["hotels", "camps"], ["en", "fr"], ALL),
        ("publisher", ["camps"], [], set()),
        ("publisher", [], ["fr"], IN_FRENCH),
    ],
)
def test_role_times_limits_times_act(
    client: Client, things: SimpleNamespace, role: str, sectors: list[str], languages: list[str], allowed: set[str]
) -> None:
    user = editor(role)
    limit_editor(user=user, sectors=sectors, languages=languages, by=None, at=RELEASED_AT)
    sign_in_personally(client, user)
    assert {name for name, may in acts(client, user, things).items() if may} == allowed


def test_who_translates_changes_words_and_no_key(client: Client, things: SimpleNamespace) -> None:
    sign_in_personally(client, editor("localiser"))
    question = things.french_question
    url = _snippet(question)
    form = client.get(url).context["form"]
    assert not form.fields["stem"].disabled
    assert form.fields["difficulty"].disabled
    options = form.formsets["options"]
    sent = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    sent |= {f"options-{name}": options.management_form[name].value() for name in options.management_form.fields}
    for at, each in enumerate(options.initial_forms):
        sent |= {f"options-{at}-text": rich_text(each.instance.text), f"options-{at}-feedback": rich_text("<p>Non</p>")}
        sent |= {f"options-{at}-id": each.instance.pk, f"options-{at}-ORDER": at + 1}
    before = list(question.options.values_list("pk", "correct"))
    sent["feedback"] = rich_text("<p>Pour protéger.</p>")
    forged = {
        "stem": rich_text("<p>Que faire ?</p>"),
        "difficulty": "hard",
        "options-1-correct": "on",
        "options-0-DELETE": "on",
    }
    client.post(url, sent | forged)
    question.refresh_from_db()
    assert ("Que faire" in question.stem, question.difficulty) == (True, "easy")
    assert list(question.options.values_list("pk", "correct")) == before
    more = {"options-TOTAL_FORMS": len(before) + 1, f"options-{len(before)}-text": rich_text("<p>Autre</p>")}
    assert client.post(url, sent | {"stem": forged["stem"]} | more).status_code == 403
    assert question.options.count() == len(before)


def test_a_refusal_says_so_and_is_written_down(client: Client, things: SimpleNamespace) -> None:
    user = editor("publisher")
    limit_editor(user=user, sectors=["camps"], languages=[], by=None, at=RELEASED_AT)
    sign_in_personally(client, user)
    url = reverse("wagtailadmin_pages:edit", args=[things.page.pk])
    answer = client.post(url, {"action-publish": "yes"})
    assert (answer.status_code, "Nothing was changed." in answer.content.decode()) == (403, True)
    assert (
        client.post(reverse("courses_admin:claim", args=[things.claim.pk]), {"act": "withdraw", "why": "x"}).status_code
        == 403
    )
    assert Claim.objects.get().state == "current"
    refused = AuditEntry.objects.filter(verb="editor.refused", actor=user).order_by("pk")
    assert [it.data for it in refused] == [{"act": "edit"}, {"act": "claim"}]


def test_what_is_not_theirs_is_not_offered(client: Client, things: SimpleNamespace) -> None:
    user = editor("publisher")
    may = things.page.permissions_for_user(user)
    assert (may.can_publish(), may.can_delete(ignore_bulk=True), may.can_add_subpage()) == (True, True, True)
    limit_editor(user=user, sectors=["camps"], languages=[], by=None, at=RELEASED_AT)
    limited = User.objects.get(pk=user.pk)
    for page in (things.page, Page.objects.get(pk=things.page.pk), SectorPage.objects.first()):
        may = page.permissions_for_user(limited)
        assert not any(
            [may.can_edit(), may.can_publish(), may.can_unpublish(), may.can_delete(ignore_bulk=True), may.can_copy(),
             may.can_move(), may.can_add_subpage(), may.can_publish_subpage(), may.can_lock()]
        )  # fmt: skip


def _localized(things: SimpleNamespace) -> tuple[Translation, Translation]:
    """A page and a question that wagtail-localize puts into Spanish."""
    spanish = Locale.objects.get_or_create(language_code="es")[0]
    made = []
    for thing in (things.page.get_parent().specific, things.page, things.question):
        source, _ = TranslationSource.update_or_create_from_instance(thing)
        translation = Translation.objects.create(source=source, target_locale=spanish)
        with suppress(Exception):
            translation.save_target(publish=False)
        made.append(translation)
    return made[1], made[2]


def _doors(it: SimpleNamespace) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return every other door of Wagtail and wagtail-localize to a page, a question or a quiz: address and what is sent."""
    page, question = it.page, it.question
    of_page, of_question = _localized(it)
    spanish = Locale.objects.get(language_code="es")
    string = of_page.source.stringsegment_set.first()
    pages, localize = "wagtailadmin_pages:", "wagtail_localize:"
    bulk = {
        f"bulk {act} {model}": (f"/cms/bulk/{label}/{model}/{act}/?id={thing.pk}", {"confirm": "on", "include_descendants": "on"})
        for label, model, thing, acts in (
            ("wagtailcore", "page", page, ("publish", "unpublish", "delete")),
            ("assessments", "question", question, ("delete",)),
            ("assessments", "quiz", it.course.final_quiz, ("delete",)),
        )
        for act in acts
    }  # fmt: skip
    api = {
        f"api {act}": (f"/cms/api/main/pages/{page.pk}/action/{act}/", sent)
        for act, sent in {
            "copy": {"recursive": "true"}, "delete": {}, "publish": {}, "unpublish": {}, "create_alias": {},
            "move": {"destination_page_id": page.get_parent().pk}, "copy_for_translation": {"locale": "es"},
            "revert_to_page_revision": {"revision_id": page.latest_revision_id or 0},
        }.items()
    }  # fmt: skip
    moved = [page.pk, page.get_parent().pk]
    return {
        **bulk,
        **api,
        "submit page": (reverse(localize + "submit_page_translation", args=[page.pk]), {"locales": [spanish.pk]}),
        "submit question": (
            reverse(localize + "submit_snippet_translation", args=["assessments", "singlechoicequestion", question.pk]),
            {"locales": [spanish.pk]},
        ),
        "update page": (reverse(localize + "update_translations", args=[of_page.source.pk]), {"publish_translations": "on"}),
        "update question": (reverse(localize + "update_translations", args=[of_question.source.pk]), {}),
        **{
            f"{act} {name}": (reverse(localize + act, args=[it.pk]), {})
            for act in ("stop_translation", "machine_translate", "upload_pofile")
            for name, it in (("page", of_page), ("question", of_question))
        },
        "string": (reverse(localize + "edit_string_translation", args=[of_page.pk, string.pk]), {"value": "Hola"}),
        "to alias": (reverse(localize + "convert_to_alias", args=[it.french_page.pk]), {}),
        "restart question": (_snippet(question), {"localize-restart-translation": "on"}),
        "copy": (reverse(pages + "copy", args=[page.pk]), {"new_title": "x", "new_slug": "x", "new_parent_page": page.get_parent().pk}),
        "alias": (reverse(pages + "copy", args=[page.pk]), {"new_title": "x", "new_slug": "x", "alias": "on", "new_parent_page": page.get_parent().pk}),
        "convert alias": (reverse(pages + "convert_alias", args=[page.pk]), {}),
        "move": (reverse(pages + "move_confirm", args=moved), {}),
        "position": (reverse(pages + "set_page_position", args=[page.pk]) + "?position=0", {}),
        "unpublish": (reverse(pages + "unpublish", args=[page.pk]), {}),
        "delete": (reverse(pages + "delete", args=[page.pk]), {}),
        "schedule": (reverse(pages + "edit", args=[page.pk]), {"go_live_at": "2999-01-01 00:00", "action-publish": "on"}),
        "unschedule": (reverse(pages + "revisions_unschedule", args=[page.pk, page.latest_revision_id or 0]), {}),
        "revert": (reverse(pages + "revisions_revert", args=[page.pk, page.latest_revision_id or 0]), {"action-publish": "on"}),
        "privacy": (reverse(pages + "set_privacy", args=[page.pk]), {"restriction_type": "login"}),
        "lock": (reverse(pages + "lock", args=[page.pk]), {}),
    }  # fmt: skip


def _state() -> list[Any]:
    return [
        list(Page.objects.order_by("pk").values_list("pk", "path", "live", "alias_of", "locked", "latest_revision", "go_live_at")),
        list(SingleChoiceQuestion.objects.order_by("pk").values_list("pk", "locale")),
        list(Translation.objects.order_by("pk").values_list("pk", "enabled")),
        list(TranslationSource.objects.order_by("pk").values_list("pk", "last_updated_at")),
        Quiz.objects.count(),
        StringTranslation.objects.count(),
        PageViewRestriction.objects.count(),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("sectors", "languages"), [(["camps"], []), (["hotels"], ["fr"])], ids=["another sector", "another language"]
)
def test_every_door_of_wagtail_and_of_its_translations_refuses_in_words(
    client: Client, things: SimpleNamespace, sectors: list[str], languages: list[str]
) -> None:
    doors = _doors(things)
    if languages:
        del doors["to alias"]  # that page is French
    user = editor("publisher")
    submit = Permission.objects.get(codename="submit_translation", content_type__app_label="wagtail_localize")
    user.user_permissions.add(submit, *Permission.objects.filter(content_type__app_label="assessments"))
    limit_editor(user=user, sectors=sectors, languages=languages, by=None, at=RELEASED_AT)
    sign_in_personally(client, user)
    before = _state()
    for name, (address, sent) in doors.items():
        if name == "string":
            answer = client.put(address, sent, content_type="application/json")
        else:
            answer = client.post(address, sent)
        assert (name, answer.status_code, "Nothing was changed." in answer.content.decode()) == (name, 403, True)
        assert (name, _state()) == (name, before)


def test_who_may_act_in_a_language_still_submits_for_it(client: Client, things: SimpleNamespace) -> None:
    user = editor("publisher")
    user.user_permissions.add(
        Permission.objects.get(codename="submit_translation", content_type__app_label="wagtail_localize")
    )
    limit_editor(user=user, sectors=["hotels"], languages=["es"], by=None, at=RELEASED_AT)
    sign_in_personally(client, user)
    spanish, tagalog = (Locale.objects.get_or_create(language_code=code)[0] for code in ("es", "tl"))
    address = reverse("wagtail_localize:submit_page_translation", args=[things.page.get_parent().pk])
    assert client.post(address, {"locales": [spanish.pk, tagalog.pk]}).status_code == 403
    assert client.post(address, {"locales": [spanish.pk]}).status_code == 302
    assert Translation.objects.get().target_locale == spanish


class TestGranting:
    def test_is_checked_written_down_and_done_once(self) -> None:
        SectorFactory(code="hotels", slug="hotels")
        user, admin = editor("author"), UserFactory(with_email=True, is_superuser=True)
        about: dict[str, Any] = {"user": user, "by": admin, "at": RELEASED_AT}
        for _ in range(2):
            limit_editor(**about, sectors=["hotels"], languages=["fr"])
        limit_editor(**about, sectors=[], languages=["fr"])
        assert [str(it) for it in EditorLimit.objects.all()] == ["language fr"]
        written = AuditEntry.objects.order_by("pk").values_list("verb", "actor", "data__limited_to")
        assert list(written) == [
            ("editor_limit.added", admin.pk, "hotels"),
            ("editor_limit.added", admin.pk, "fr"),
            ("editor_limit.removed", admin.pk, "hotels"),
        ]
        with pytest.raises(NoSuchLimit):
            limit_editor(**about, sectors=["moon"], languages=[])
        for nobody in (admin, UserFactory(with_email=True)):
            with pytest.raises(NotAnEditor):
                limit_editor(**about | {"user": nobody}, sectors=[], languages=["fr"])
        assert EditorLimit.objects.count() == 1

    def test_is_for_administrators(self, client: Client) -> None:
        SectorFactory(code="hotels", slug="hotels")
        author = editor("author")
        urls = [reverse("people_editors:editors"), reverse("people_editors:editor", args=[author.pk])]
        sign_in_personally(client, editor("publisher"))
        assert [client.get(url).status_code for url in urls] == [302, 302]
        client.post(urls[1], {"sectors": ["hotels"]})
        assert not EditorLimit.objects.exists()
        admin = Client()
        sign_in_personally(admin, UserFactory(with_email=True, is_superuser=True))
        assert admin.post(urls[1], {"sectors": ["hotels"], "languages": ["fr"]}).status_code == 302
        listed = {user: limits for user, _groups, limits in admin.get(urls[0]).context["listed"]}
        assert len(listed[author]) == 2
        assert admin.get(urls[1]).context["form"].initial == {"sectors": ["hotels"], "languages": ["fr"]}

    def test_by_command(self) -> None:
        user, out = editor("localiser"), StringIO()
        call_command("editor_limits", user.email, "--language", "fr", stdout=out)
        assert out.getvalue() == f"{user.email}: fr.\n"
        with pytest.raises(CommandError, match="no sector or language “xx”"):
            call_command("editor_limits", user.email, "--language", "xx")
        with pytest.raises(CommandError, match="no editor"):
            call_command("editor_limits", "nobody@example.org")
