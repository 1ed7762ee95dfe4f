"""The directory of help lines: what is withdrawn, what is stale, what serves a place, and what it costs."""

from datetime import date
from types import SimpleNamespace

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from cms.models import SupportService
from cms.places import PLACES, covers, known_place, place_name
from cms.selectors import help_directory, help_directory_of, place_of
from tests.factories.cms import SupportServiceFactory

pytestmark = pytest.mark.django_db

REVIEW_BY = date(2027, 2, 20)


def codes(lines) -> list[str]:
    return [line.service.code for line in lines]


def shown(source: str, **values) -> str:
    return Template(source).render(Context({"request": RequestFactory().get("/"), **values}))


@pytest.mark.parametrize(("on", "stale"), [(date(2027, 2, 20), False), (date(2027, 2, 21), True)])
def test_line_is_stale_from_the_day_after_its_review_date(on, stale):
    SupportServiceFactory(review_by=REVIEW_BY)
    assert [line.stale for line in help_directory(on=on).lines] == [stale]


def test_withdrawn_line_is_nowhere():
    SupportServiceFactory(withdrawn=True)
    SupportServiceFactory(hotline=True)
    directory = help_directory()
    assert codes(directory.lines) == ["ca-hotline"]
    assert codes(directory.with_codes(["victimlink-bc"])) == []


@pytest.mark.parametrize("place", ["ca-bc", "ca-on", "ca", "us-fl"])
def test_python_and_sql_agree_on_what_serves_a_place(place):
    for coverage in ("", "ca", "ca-bc", "ca-on", "us", "us-fl"):
        SupportServiceFactory(code=f"line-{coverage or 'all'}", coverage=coverage)
    by_sql = [service.code for service in SupportService.objects.for_place(place)]
    assert codes(help_directory().in_place(place)) == by_sql
    assert by_sql


@pytest.mark.parametrize(
    ("coverage", "serves"), [("", True), ("ca", True), ("ca-bc", True), ("ca-on", False), ("us", False)]
)
def test_coverage_is_the_place_its_country_or_everywhere(coverage, serves):
    assert covers(coverage, "ca-bc") is serves


def test_fallback_names_only_lines_that_are_fresh():
    SupportServiceFactory(emergency=True)
    SupportServiceFactory(hotline=True, review_by=REVIEW_BY)
    assert codes(help_directory(on=date(2027, 2, 20)).fallback()) == ["emergency", "ca-hotline"]
    assert codes(help_directory(on=date(2027, 2, 21)).fallback()) == ["emergency"]


def test_withdrawal_shows_on_the_next_page():
    line = SupportServiceFactory()
    first = RequestFactory().get("/")
    assert codes(help_directory_of(first).lines) == ["victimlink-bc"]
    SupportService.objects.filter(pk=line.pk).update(withdrawn=True)
    assert codes(help_directory_of(first).lines) == ["victimlink-bc"]
    assert codes(help_directory_of(RequestFactory().get("/")).lines) == []


def test_page_with_many_lists_asks_once(django_assert_num_queries):
    SupportServiceFactory(hotline=True)
    SupportServiceFactory()
    with django_assert_num_queries(1):
        page = shown("{% help_lines a %}{% help_lines b %}{% place_lines %}", a=["ca-hotline"], b=["victimlink-bc"])
    assert page.count('class="line"') == 4


def test_stale_line_says_so_and_names_what_to_fall_back_on():
    SupportServiceFactory(emergency=True)
    SupportServiceFactory(hotline=True)
    SupportServiceFactory(verified_on=date(2020, 5, 1), review_by=date(2020, 8, 1))
    page = shown("{% help_lines codes %}", codes=["victimlink-bc"])
    assert "Check before you rely on it: last confirmed on 1 May 2020." in page
    fallback = page[page.index("lines__fallback") :]
    assert 'href="tel:911"' in fallback
    assert 'href="tel:18339001010"' in fallback


def test_fresh_lines_need_no_fallback():
    SupportServiceFactory(hotline=True)
    assert "lines__fallback" not in shown("{% help_lines codes %}", codes=["ca-hotline"])


def test_list_whose_lines_are_all_withdrawn_shows_the_fallback_in_their_place():
    SupportServiceFactory(withdrawn=True)
    SupportServiceFactory(emergency=True)
    page = shown("{% help_lines codes %}", codes=["victimlink-bc"])
    assert "VictimLinkBC" not in page
    assert 'href="tel:911"' in page


def test_empty_directory_still_names_911():
    assert 'href="tel:911"' in shown("{% help_lines codes %}{% place_lines %}", codes=["x"])


def test_page_says_who_answers():
    SupportServiceFactory()
    SupportServiceFactory(emergency=True, is_police=True, is_government=True)
    page = shown("{% place_lines %}")
    assert "not police and not government" in page
    assert "works with police" in page


def test_number_is_dialled_without_its_hyphens():
    SupportServiceFactory()
    page = shown("{% place_lines %}")
    assert '<a href="tel:18005630808"><bdi dir="ltr">1-800-563-0808</bdi></a>' in page


@pytest.mark.parametrize(
    ("asked", "workplace", "place"),
    [
        ("", "", "ca-bc"),
        ("", "us-fl", "us-fl"),
        ("?place=ca-ab", "", "ca-ab"),
        ("?place=ca-ab", "us-fl", "ca-ab"),
        ("?place=xx-yy", "", "ca-bc"),
        ("?place=%3Cscript%3E", "us-fl", "us-fl"),
        ("?place=%00", "", "ca-bc"),
        ("?place=ca-ab&place=ca-on", "", "ca-on"),
    ],
)
def test_place_is_the_chosen_one_then_the_workplace_then_the_site(asked, workplace, place):
    request = RequestFactory().get(f"/{asked}")
    request.scope = SimpleNamespace(place=workplace)
    assert place_of(request) == place


def test_place_without_a_request_is_the_one_of_the_site(settings):
    settings.DEFAULT_PLACE = "ca-yt"
    assert place_of(None) == "ca-yt"


def test_reader_may_choose_only_known_places():
    assert known_place("ca-on") == "ca-on"
    assert known_place("<script>") == ""
    assert place_name("ca-on") == "Ontario"
    assert place_name("us-fl") == "US-FL"
    assert "ca-bc" in PLACES
