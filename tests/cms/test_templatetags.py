from datetime import date

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from cms.states import STATES, StateLook, look_of
from cms.templatetags.fieldfare import at, day, shuffled, texts
from tests.factories.cms import SupportServiceFactory


def shown(source: str, **values) -> str:
    return Template(source).render(Context({"request": RequestFactory().get("/"), **values}))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "30 June 2026"),
        ("fr", "30 juin 2026"),
        ("es", "30 de junio de 2026"),
        ("zh-hans", "2026年6月30日"),
        ("ar", "30 يونيو، 2026"),
    ],
)
def test_day_is_written_in_full_in_each_language(language, words):
    with translation.override(language):
        assert day(date(2026, 6, 30)) == words


def test_day_of_nothing_is_nothing():
    assert day(None) == ""


def test_words_of_the_interface_say_their_language_within_a_text_in_another():
    said = "{% lang_of_page %}"
    assert shown(said, language="ar") == ""
    assert shown(said, language="ar", content_language="ar") == ""
    assert shown(said, language="ar", content_language="en") == ' lang="ar" dir="rtl"'


def test_at_finds_or_returns_none():
    assert at({"a": 1}, "a") == 1
    assert at({"a": 1}, "b") is None
    assert at(None, "a") is None


def test_texts_leave_out_keys_and_addresses():
    assert texts({"title": "One", "code": "x", "items": ["Two", {"text": "Three", "url": "/y"}], "n": 3}) == [
        "One",
        "Two",
        "Three",
    ]


class State:
    value = "overdue"


@pytest.mark.parametrize("state", ["overdue", State()])
def test_state_is_a_word_a_shape_and_a_colour(state):
    page = shown("{% state_badge state %}", state=state)
    assert "Past due" in page
    assert "<svg" in page
    assert "state--late" in page


def test_state_word_can_be_replaced():
    assert "Valid through 1 May 2027" in shown('{% state_badge "valid" "Valid through 1 May 2027" %}')


def test_unknown_state_shows_its_own_words_quietly():
    assert look_of("on_hold") == StateLook("On hold", "quiet", "ring")
    assert "On hold" in shown('{% state_badge "on_hold" %}')


def test_states_of_one_colour_differ_in_shape_or_word():
    assert len({str(look.word) for look in STATES.values()}) == len(STATES)


@pytest.mark.parametrize("look", STATES.values(), ids=STATES)
def test_every_state_has_a_shape_to_draw(look):
    assert "<svg" in Template(f'{{% include "cms/components/shapes/{look.shape}.svg" %}}').render(Context())


@pytest.mark.parametrize(
    ("code", "part"),
    [("hospitality", "drawing"), ("no-such-sector", "drawing"), ("../mark", "drawing"), ("", "drawing")],
)
def test_drawing_falls_back_to_the_clipboard(code, part):
    assert f'class="{part}"' in shown("{% drawing code %}", code=code)


@pytest.mark.django_db
def test_help_lines_keep_the_order_asked_for_and_name_nothing_twice():
    SupportServiceFactory(emergency=True)
    SupportServiceFactory()
    page = shown("{% help_lines codes %}", codes=["victimlink-bc", "emergency", "victimlink-bc", "gone"])
    assert page.index("VictimLinkBC") < page.index("911 emergency")
    assert page.count('class="line"') == 2


def test_shuffled_is_a_fixed_order_that_the_name_decides():
    parts = ["a", "b", "c"]
    in_another_language = shuffled(["A", "B", "C"], "the-late-pay/a")
    assert [part.upper() for part in shuffled(parts, "the-late-pay/a")] == in_another_language
    assert sorted(shuffled(parts, "x")) == parts
    assert len({tuple(shuffled(parts, f"story-{n}/a")) for n in range(60)}) == 6
    assert shuffled(None, "x") == []


def test_what_is_in_the_language_of_the_source_says_so_on_other_pages():
    source = "{{ title|in_source }}|{% lang_of spoken %}"
    assert shown(source, title="A & B", spoken="ar") == 'A &amp; B| lang="ar" dir="rtl"'
    with translation.override("ar"):
        assert shown(source, title="A & B", spoken="ar") == '<bdi lang="en" dir="ltr">A &amp; B</bdi>|'
        assert shown(source, title="", spoken="") == "|"


def test_dates_and_codes_keep_their_order_within_a_sentence():
    assert shown("{{ said|codes_whole }}", said="a & b") == "a &amp; b"
    whole = '<bdi dir="ltr" class="whole">2026-05-01</bdi>'
    number = "SS61-BJES-W7CR-R6T2-NZZN"
    assert shown("{{ said|codes_whole }}", said=number) == f'<bdi dir="ltr" class="whole">{number}</bdi>'
    assert shown("{{ said|codes_whole }}", said="%(…)s و .po.").count('<bdi dir="ltr" class="whole">') == 2
    assert shown("{{ said|codes_whole }}", said="مثل 2026-05-01 & 12026-05-01.") == f"مثل {whole} &amp; 12026-05-01."
