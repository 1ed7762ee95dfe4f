"""What nobody means to send: refused or passed over in words, never a fault, and never half written."""

import pytest
from django.urls import reverse

from people.models import Employment, WorkbookImport
from tests.corpus.workbooks import KEYS, csv_file
from tests.factories.people import sign_in_personally
from tests.people.workbooks.conftest import looked_at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_clock")]

WORDS = ("a\x00b", "9" * 5000, "\u202e٣")


@pytest.fixture
def hr(client, larch, hospitality):
    larch.ask(hospitality, membership=larch.employ(number="0042"))
    sign_in_personally(client, larch.hr)
    return client


def test_filters_that_nobody_offers_are_passed_over(hr):
    lists = {
        "organisation": ("q", "status", "site", "training", "ends", "page"),
        "assign_to_many": ("site", "training", "person"),
    }
    for name, filters in lists.items():
        for word in WORDS:
            answer = hr.get(reverse(f"compliance:{name}", args=["larch"]), dict.fromkeys(filters, word) | {"all": "1"})
            assert answer.status_code in (200, 302), (name, word)


def test_what_nobody_means_to_say_of_an_upload_writes_nothing(hr, larch):
    file = csv_file(KEYS, ["0099", "New", None, "fort-st-john", None, "2026-03-02", None])
    kept = looked_at(file, organisation=larch.organisation, mode="snapshot")
    for word in WORDS:
        said = dict.fromkeys(("sheet", "encoding", "dates", "column-0", "blank"), word)
        assert hr.post(reverse("compliance:import_again", args=["larch", kept.public_id]), said).status_code == 302
        page = reverse("compliance:import_confirm", args=["larch", kept.public_id])
        assert hr.post(page, {"endings": word}).status_code == 302
        assert hr.get(reverse("compliance:import", args=["larch", kept.public_id]), {"page": word}).status_code == 200
    assert Employment.objects.count() == 1
    assert WorkbookImport.objects.get().state in (WorkbookImport.State.READY, WorkbookImport.State.REFUSED)
