"""What is named is not deleted, and who tries is told what names it."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import ProtectedError
from django.urls import reverse

from certificates.models import Certification
from certificates.viewsets import CertificationViewSet
from cms.deletions import named_by
from courses.models import Course
from tests.factories.certificates import CertificateFactory, CertificationFactory, course
from tests.factories.compliance import workplace
from tests.factories.people import UserFactory, sign_in_personally

pytestmark = pytest.mark.django_db


@pytest.fixture
def publisher(client):
    user = UserFactory(with_email=True)
    group = Group.objects.create(name="publishers who delete")
    names = ["access_admin"] + [f"{act}_{what}" for act in ("view", "delete") for what in ("certification", "course")]
    group.permissions.set(Permission.objects.filter(codename__in=names))
    user.groups.add(group)
    sign_in_personally(client, user)
    return client


def deleting(certification):
    return reverse(CertificationViewSet().get_url_name("delete"), args=[certification.pk])


def test_a_certification_that_anothers_expression_names_stays(publisher):
    core = CertificationFactory(code="core", title="Core")
    taken = course("hotel")
    expression = {"any": [{"course": "hotel"}, {"all": [{"certification": "core"}, {"course": "hotel"}]}]}
    CertificationFactory(title="Hotels", courses=[taken, *core.courses.all()], expression=expression)
    CertificationFactory(title="Camps", refreshers=[{"certification": "core"}])

    for method in (publisher.get, publisher.post):
        response = method(deleting(core), follow=True)

        assert "“Core” cannot be deleted: it is named by Camps, Hotels." in response.content.decode()
    with pytest.raises(ProtectedError), transaction.atomic():
        core.delete()
    assert Certification.objects.filter(code="core").exists()


def test_a_certification_that_employers_ask_for_or_people_hold_stays_without_saying_who(publisher):
    larch = workplace()
    certification = CertificationFactory(title="Core")
    certificate = CertificateFactory(certification=certification)
    larch.ask(certification, membership=larch.employ())

    said = publisher.post(deleting(certification), follow=True).content.decode()

    assert "“Core” cannot be deleted: it is named by certificates, what employers ask of their people." in said
    assert larch.organisation.name not in said
    assert certificate.number not in said


@pytest.mark.parametrize("kind", ["course", "session"])
def test_a_course_that_a_certification_names_stays(publisher, kind):
    named, ticked = course("named"), course("ticked")
    expression = {"all": [{kind: "named"}, {"course": "ticked"}]}
    certification = CertificationFactory(title="Hotels", courses=[ticked], expression=expression)

    for each in (named, ticked):
        response = publisher.post(reverse("course:delete", args=[each.pk]), follow=True)

        said = f"“{each}” cannot be deleted: it is named by Hotels."
        assert said in response.content.decode()
        with pytest.raises(ProtectedError), transaction.atomic():
            each.delete()

    certification.delete()
    publisher.post(reverse("course:delete", args=[named.pk]))
    assert [it.code for it in Course.objects.all()] == ["ticked"]


def test_what_nothing_names_is_deleted(publisher):
    certification = CertificationFactory()

    publisher.post(deleting(certification))

    assert not Certification.objects.exists()


def test_naming_is_asked_for_in_few_queries(django_assert_num_queries):
    core = CertificationFactory(code="core")
    for number in range(3):
        CertificationFactory(title=f"No. {number}", refreshers=[{"certification": "core"}])

    with django_assert_num_queries(4):
        assert named_by(core) == ["No. 0", "No. 1", "No. 2"]
