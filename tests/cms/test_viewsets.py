"""The directory in the CMS: one person can mend a help line, and it shows at once."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from cms.forms import SupportServiceForm
from cms.models import Audience, Sector, Source, SupportService
from people.models import User
from tests.factories.cms import AudienceFactory, SectorFactory, SourceFactory, SupportServiceFactory

pytestmark = pytest.mark.django_db

FACTORIES = {
    SupportService: SupportServiceFactory,
    Source: SourceFactory,
    Sector: SectorFactory,
    Audience: AudienceFactory,
}


def address(model, view: str, *args) -> str:
    return reverse(model.snippet_viewset.get_url_name(view), args=args)


@pytest.fixture
def editor(client):
    """Somebody who may change help lines and nothing else."""
    user = User.objects.create_user("editor@example.org", "a-long-password-1", name="Editor")
    user.user_permissions.add(
        Permission.objects.get(codename="access_admin"), Permission.objects.get(codename="change_supportservice")
    )
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def fields(service: SupportService, **changes) -> dict[str, object]:
    names = ("name", "kind", "phone", "text", "website", "hours", "languages", "coverage", "what_happens", "position")
    values = {name: getattr(service, name) for name in names}
    values |= {
        "verified_on": service.verified_on.isoformat(),
        "review_by": service.review_by.isoformat(),
        "audiences": ["worker"],
    }
    return values | changes


@pytest.mark.parametrize("model", FACTORIES, ids=lambda it: it.__name__)
def test_list_and_form_open(admin_client, model):
    item = FACTORIES[model]()
    assert str(item) in admin_client.get(address(model, "list")).content.decode()
    assert admin_client.get(address(model, "edit", item.pk)).status_code == 200
    assert admin_client.get(address(model, "add")).status_code == 200


def test_directory_is_one_menu_of_the_cms(admin_client):
    page = admin_client.get("/cms/").content.decode()
    assert "Directory" in page
    assert "cms/css/admin.css" in page


def test_one_person_withdraws_a_line_and_it_is_gone_from_every_page(editor):
    service = SupportServiceFactory()
    assert "VictimLinkBC" in Client().get("/help/").content.decode()
    answer = editor.post(address(SupportService, "edit", service.pk), fields(service, withdrawn="on"))
    assert answer.status_code == 302
    service.refresh_from_db()
    assert service.withdrawn
    assert "VictimLinkBC" not in Client().get("/help/").content.decode()


def test_one_person_corrects_a_number_and_it_shows_at_once(editor):
    service = SupportServiceFactory()
    editor.post(address(SupportService, "edit", service.pk), fields(service, phone="1-800-555-0199"))
    assert 'href="tel:18005550199"' in Client().get("/help/").content.decode()


def test_code_stays_what_it_was(editor):
    service = SupportServiceFactory()
    editor.post(address(SupportService, "edit", service.pk), fields(service, code="another"))
    service.refresh_from_db()
    assert service.code == "victimlink-bc"


def test_list_names_lines_past_their_review(admin_client):
    from datetime import date

    SupportServiceFactory(review_by=date(2020, 1, 1))
    page = admin_client.get(address(SupportService, "list")).content.decode()
    assert 'class="past-review"' in page


def form(**changes) -> SupportServiceForm:
    service = SupportServiceFactory()
    editing = SupportService.snippet_viewset.get_edit_handler().get_form_class()
    data = fields(service, **changes)
    return editing(data, instance=service, for_user=User(is_superuser=True, is_active=True))


def test_line_needs_a_way_to_reach_it():
    assert list(form(phone="", text="", website="").errors) == ["phone"]
    assert form(phone="", website="cybertip.ca").is_valid()


@pytest.mark.parametrize("review_by", ["2026-11-22", "2026-11-21"])
def test_review_comes_after_the_verification(review_by):
    assert list(form(verified_on="2026-11-22", review_by=review_by).errors) == ["review_by"]


def test_block_previews_wear_our_look(admin_client):
    from django.template.loader import render_to_string

    page = render_to_string("wagtailcore/shared/block_preview.html", {"page_title": "x"})
    assert "cms/css/fieldfare.css" in page
