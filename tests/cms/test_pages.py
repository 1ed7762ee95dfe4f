"""The frame of every page, and the pages of the site."""

import itertools
import re
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import reverse

from cms import views
from tests.factories.cms import HomePageFactory, ResourcePageFactory, SectorPageFactory, SupportServiceFactory

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]


def soup(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


@pytest.fixture
def lines():
    SupportServiceFactory(emergency=True)
    SupportServiceFactory(hotline=True)
    SupportServiceFactory()


@pytest.fixture(params=["help", "exit", "privacy"])
def page(request, client, lines):
    return soup(client.get(reverse(f"site:{request.param}")))


def test_first_stops_of_the_keyboard_are_skip_mark_settings_and_leave(page):
    top = page.select_one(".top")
    stops = [it for it in top.select("a[href], summary, button") if not it.find_parent(class_="menu__list")]
    assert stops[0]["href"] == "#main"
    assert stops[1]["href"] == "/"
    assert stops[-1]["class"] == ["leave"]
    assert page.select_one("main#main")["tabindex"] == "-1"


def test_leaving_is_a_plain_link_without_a_referrer(page, settings):
    link = page.select_one("a.leave")
    assert link["href"] == settings.EXIT_URL
    assert link["rel"] == ["noreferrer", "nofollow"]
    assert link.text.strip() == "Leave this page"


def test_nothing_is_inline(page):
    assert page.select("style, [style]") == []
    assert [it for it in page.select("script") if not it.get("src") or it.text.strip()] == []
    assert [name for it in page.find_all(True) for name in it.attrs if name.startswith("on")] == []


def test_nothing_is_loaded_from_elsewhere(page):
    loaded = [
        it.get("src") or it.get("href")
        for it in page.select("script, link, img, iframe, audio, video, source, track, object, embed")
    ]
    assert [address for address in loaded if not address.startswith("/static/")] == []


def test_language_is_chosen_by_a_form_in_each_language_itself(page, settings):
    form = page.select_one('form[action="/language/"]')
    assert form["method"] == "post"
    assert [(it["value"], it["lang"], it.text) for it in form.select("button")] == [
        (code, code, name) for code, name in settings.LANGUAGES
    ]


def test_size_of_text_waits_for_its_script(page):
    assert page.select_one("[data-text-size]").has_attr("hidden")


def test_title_is_neutral(page):
    assert not re.search(r"traffick|exploit|victim|sex|police", page.title.text, re.IGNORECASE)


def test_page_has_one_heading_of_the_first_rank_and_skips_none(page):
    ranks = [int(it.name[1]) for it in page.select("main :is(h1, h2, h3, h4), footer :is(h1, h2, h3, h4)")]
    assert ranks.count(1) == 1
    assert ranks[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(ranks))


def test_messages_are_announced(page):
    assert page.select_one(".messages")["role"] == "status"


def test_footer_leads_to_what_the_workplace_sees_and_how_to_leave(page):
    links = [it.text.strip() for it in page.select("footer a")]
    assert "How to leave quickly and what stays behind" in links
    assert "What your workplace can see" in links


def test_page_costs_one_query_for_the_lines(client, lines, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.get(reverse("site:privacy"))


def test_footer_shows_at_most_four_lines_of_the_place(client):
    for number in range(6):
        SupportServiceFactory(code=f"line-{number}", name=f"Line {number}", position=number)
    SupportServiceFactory(code="far", name="Far away", coverage="ca-on", position=0)
    page = soup(client.get(reverse("site:privacy")))
    assert [it.text for it in page.select("footer .line__name")] == ["Line 0", "Line 1", "Line 2", "Line 3"]


def test_help_page_lists_all_lines_of_the_chosen_place(client, lines):
    SupportServiceFactory(code="ontario", name="Ontario line", coverage="ca-on")
    page = soup(client.get(reverse("site:help"), {"place": "ca-on"}))
    assert [it.text for it in page.select("main .line__name")] == ["911 emergency", "Canadian hotline", "Ontario line"]
    assert page.select_one("option[selected]")["value"] == "ca-on"


def test_a_reader_without_an_account_chooses_the_place_on_any_page(client, lines):
    SupportServiceFactory(code="ontario", name="Ontario line", coverage="ca-on")
    page = soup(client.get(reverse("site:privacy"), {"place": "ca-on"}))
    assert "Somebody to talk to in Ontario" in page.select_one("footer").text
    assert "Ontario line" in [it.text for it in page.select("footer .line__name")]
    assert page.select_one("footer option[selected]")["value"] == "ca-on"
    assert page.select_one("footer .foot__help > p > a")["href"] == "/help/?place=ca-on"
    assert "ca-on" not in client.cookies.output()


def test_choosing_a_place_keeps_what_else_stands_in_the_address(client, lines):
    page = soup(client.get(reverse("site:exit"), {"q": '"><b>', "place": "ca-on"}))
    form = page.select_one("footer form.elsewhere__form")
    assert (form["method"], form["action"]) == ("get", "/exit/#help-lines-title")
    assert [(it["name"], it["value"]) for it in form.select("input")] == [("q", '"><b>')]


def test_where_something_was_sent_no_place_is_chosen(client, lines):
    page = soup(client.post(reverse("people:sign_in"), {}))
    assert page.select_one("footer .foot__help")
    assert not page.select("footer form.elsewhere__form")


def test_help_page_takes_an_unknown_place_for_the_usual_one(client, lines):
    page = soup(client.get(reverse("site:help"), {"place": '"><script>'}))
    assert page.select_one("option[selected]")["value"] == "ca-bc"


def test_answers_are_never_stored_and_the_policy_is_strict(client, lines):
    answer = client.get(reverse("site:help"))
    assert answer.headers["Cache-Control"] == "no-store"
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "default-src 'none'" in policy
    # "no-referrer" would make browsers send our own forms with "Origin: null", which the CSRF check refuses.
    assert answer.headers["Referrer-Policy"] == "same-origin"


def test_only_the_cms_has_a_looser_policy(client):
    policy = client.get("/cms/").headers["Content-Security-Policy"]
    assert "script-src 'self' 'unsafe-inline'" in policy
    assert "default-src 'none'" in policy


def test_home_lists_sectors_and_resources(client, lines):
    page = SectorPageFactory()
    ResourcePageFactory()
    shown = soup(client.get("/"))
    assert shown.h1.text == "Training to notice, and to act safely"
    assert [(it.text, it["href"]) for it in shown.select("main .row__title a")] == [
        ("Hospitality", page.url),
        ("Pocket card", "/pocket-card/"),
    ]


def test_sector_lists_its_live_courses_with_minutes(client, lines, django_assert_max_num_queries):
    from courses.models import Course, CoursePage

    page = SectorPageFactory()
    for slug, live in (("one", True), ("two", True), ("draft", False)):
        course = Course.objects.create(code=slug, slug=slug, sector=page.sector, tier="recorded", minutes=43)
        page.add_child(
            instance=CoursePage(
                title=slug.title(), slug=slug, course=course, full_title="Full", summary="Short.", live=live
            )
        )
    client.get(page.url)
    with django_assert_max_num_queries(13):
        shown = soup(client.get(page.url))
    assert [it.text for it in shown.select("main .row__title")] == ["One", "Two"]
    assert shown.select_one("main .row a")["href"] == reverse("courses:course", args=["one"])
    assert "About 43 minutes" in shown.select_one("main .row .meta").text


def test_sector_without_courses_says_so_kindly(client, lines):
    shown = soup(client.get(SectorPageFactory().url))
    assert "There is no course here yet" in shown.select_one(".empty").text


def test_resource_page_shows_its_blocks(client, lines):
    shown = soup(client.get(ResourcePageFactory().url))
    assert shown.select_one("main h2").text == "Four steps"


def test_page_in_another_language_than_the_reader_says_so(client, lines):
    HomePageFactory()
    shown = soup(client.get("/fr/"))
    assert shown.html["lang"] == "fr"
    assert shown.h1["lang"] == "en"
    assert "English" in shown.select_one("main .message").text


def test_unknown_address_keeps_the_help_lines(client, lines):
    answer = client.get("/no/such/page/")
    page = soup(answer)
    assert answer.status_code == 404
    assert page.select_one('footer a[href="tel:911"]')
    assert page.select_one("a.leave")


def test_unknown_address_speaks_the_language_of_its_reader_or_its_own(client, lines):
    client.cookies["language"] = "ar"
    for address, language in (("/no/such/page/", "ar"), ("/fr/no/such/page/", "fr"), ("/sign-in/no/such/", "ar")):
        answer = client.get(address)
        assert (answer.status_code, soup(answer).html["lang"]) == (404, language), address


def test_forbidden_page_keeps_the_help_lines(lines):
    page = BeautifulSoup(render_to_string("403.html", request=RequestFactory().get("/")), "html.parser")
    assert page.select_one('footer a[href="tel:911"]')


def test_forged_form_is_told_what_to_do(lines):
    from django.test import Client

    answer = Client(enforce_csrf_checks=True).post("/language/", {"language": "fr"})
    assert answer.status_code == 403
    assert "Please send it again" in answer.content.decode()
    # Gone when the browser is closed: nothing on a shared phone says that this site was open there.
    assert answer.cookies["form"]["max-age"] == ""
    assert soup(answer).select_one('footer a[href="tel:911"]')


def test_failure_is_answered_without_the_database(django_assert_num_queries, settings):
    with django_assert_num_queries(0):
        answer = views.server_error(RequestFactory().get("/"))
    page = soup(answer)
    assert answer.status_code == 500
    assert [it["href"] for it in page.select('a[href^="tel:"]')] == ["tel:911", "tel:18339001010"]
    assert page.select_one("a.leave")["href"] == settings.EXIT_URL


def test_failure_page_needs_no_context_at_all():
    assert 'href="tel:911"' in render_to_string("500.html")


def test_failure_of_the_failure_page_still_says_911(monkeypatch):
    def fail(*args, **kwargs):
        raise ValueError

    monkeypatch.setattr(views, "render_to_string", fail)
    answer = views.server_error(RequestFactory().get("/"))
    assert answer.status_code == 500
    assert b"911" in answer.content


def test_unforeseen_failure_takes_that_page(client, monkeypatch):
    def fail(*args, **kwargs):
        raise ValueError

    client.raise_request_exception = False
    monkeypatch.setattr("cms.views.help_directory_of", fail, raising=False)
    monkeypatch.setattr("cms.views.place_of", fail)
    answer = client.get(reverse("site:help"))
    assert answer.status_code == 500
    assert b"Something went wrong on our side" in answer.content


def test_numbers_of_the_failure_page_are_those_of_the_directory():
    services = {it["code"]: it for it in yaml.safe_load((ROOT / "curriculum/services.yaml").read_text())["services"]}
    page = BeautifulSoup(render_to_string("500.html"), "html.parser")
    assert [it.text for it in page.select(".line__number a")] == [
        services["emergency"]["phone"],
        services["ca-hotline"]["phone"],
    ]
    assert page.select(".line__name")[1].text == services["ca-hotline"]["name"]


def test_healthz_touches_nothing(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_readyz_is_ready_when_all_parts_answer(client):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (200, b"ready\n")


@pytest.mark.parametrize("part", ["database", "cache", "queue"])
def test_readyz_names_no_part_that_fails(client, monkeypatch, part):
    from cms import readiness

    def fail():
        raise ConnectionError("secret-host:6379")

    monkeypatch.setitem(readiness._CHECKS, part, fail)
    assert readiness.unready_parts() == [part]
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"not ready\n")


def test_readyz_reaches_for_a_queue_only_where_there_is_one(settings):
    from cms import readiness

    settings.CELERY_BROKER_URL = "memory://"
    readiness._check_queue()


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/help/", "/exit/", "/privacy/"])
def test_pages_of_the_site_are_for_reading_only(client, address):
    assert client.post(address).status_code == 405
