"""When certificates end: the shape of the chart, the numbers, and the people of each month."""

from datetime import UTC, date, datetime
from xml.etree import ElementTree

import pytest
from django.urls import reverse

from compliance import charts, selectors, services
from compliance.selectors import Days
from compliance.selectors.endings import month_after
from people.models import Membership, StaffRole
from tests.factories import compliance as factories
from tests.factories.compliance import AT, TODAY
from tests.factories.people import sign_in_personally


def test_bars_stand_on_one_line_and_the_highest_fills_the_room():
    none, low, high = charts.bars([0, 1, 400])
    assert (none.height, low.height) == (0, 2)
    assert high.height == charts.baseline() - 28
    assert {it.y + it.height for it in (none, low, high)} == {charts.baseline()}
    assert none.x + none.width < low.x < high.x
    assert high.x + high.width <= charts.WIDTH
    assert charts.bars([]) == []
    first, second, third = charts.bars([400, 1, 0], from_right=True)
    assert charts.WIDTH >= first.x + first.width > first.x > second.x > third.x >= 0
    assert second.middle == second.x + second.width // 2
    assert [it.height for it in charts.bars([0, 0])] == [0, 0]


@pytest.mark.parametrize(
    ("first_on", "months", "then"),
    [
        (date(2026, 3, 1), 1, date(2026, 4, 1)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 3, 1), 0, date(2026, 3, 1)),
        (date(2026, 3, 1), 22, date(2028, 1, 1)),
    ],
)
def test_months_follow_each_other(first_on, months, then):
    assert month_after(first_on, months) == then


pytestmark = pytest.mark.usefixtures("the_clock")


@pytest.fixture
def people(larch, hospitality):
    """Jo ends in the month of today, Ama in the eleventh after it, Wen much later; Kim never did it, Lou is not asked."""
    larch.ask(hospitality, site=larch.region)
    learnt = {
        "Jo": (larch.fort, datetime(2023, 3, 10, 18, tzinfo=UTC)),
        "Ama": (larch.prince, datetime(2024, 2, 20, 18, tzinfo=UTC)),
        "Wen": (larch.fort, datetime(2026, 3, 1, 18, tzinfo=UTC)),
    }
    for name, (site, at) in learnt.items():
        member = larch.employ(name, site=site, starts_on=date(2022, 1, 3))
        factories.learn(member, hospitality, at=at)
    larch.employ("Kim")
    lou = larch.employ("Lou", ends_on=date(2026, 1, 31))
    factories.learn(lou, hospitality, at=datetime(2025, 12, 1, 18, tzinfo=UTC))
    return larch


@pytest.mark.django_db
def test_what_is_good_and_asked_for_is_counted_by_its_last_good_day(people):
    found = selectors.endings(memberships=Membership.objects.all(), on=Days(TODAY))
    assert [it for it in found.months if it[1]] == [(date(2026, 3, 1), 1), (date(2027, 2, 1), 1)]
    assert (found.months[0][0], found.months[-1][0], len(found.months)) == (date(2026, 3, 1), date(2027, 2, 1), 12)
    assert (found.later, found.total) == (1, 3)


@pytest.mark.django_db
class TestPage:
    def get(self, client, **query):
        return client.get(reverse("compliance:organisation", args=["larch"]), query)

    def test_each_month_leads_to_its_people(self, client, people):
        sign_in_personally(client, people.hr)
        page = self.get(client)
        text = page.content.decode()
        assert "Of 3 certificates that are asked for and good today" in text
        assert "1 ends later." in text
        svg = ElementTree.fromstring(
            text[text.index('<svg class="chart"') : text.index("</svg>", text.index('<svg class="chart"')) + 6]
        )
        links = [it.attrib for it in svg.iter("a")]
        assert links == [
            {"href": "?ends=2026-03#list", "aria-label": "March 2026: 1"},
            {"href": "?ends=2027-02#list", "aria-label": "February 2027: 1"},
        ]
        drilled = self.get(client, ends="2026-03")
        assert [it.name for it in drilled.context["rows"]] == ["Jo"]
        assert drilled.context["filter_words"] == ["certificate ends in March 2026"]
        assert [it.name for it in self.get(client, ends="2027-02").context["rows"]] == ["Ama"]

    @pytest.mark.parametrize("ends", ["2026-13", "soon", "0000-01", "2026-03-01", ""])
    def test_what_is_no_month_filters_nothing(self, client, people, ends):
        sign_in_personally(client, people.hr)
        assert self.get(client, ends=ends).context["filter_words"] == []

    def test_a_lead_sees_the_months_of_their_own_site(self, client, people):
        sign_in_personally(client, people.staff(StaffRole.Kind.SITE_LEAD, site=people.prince))
        assert self.get(client).context["endings"].total == 1

    def test_nothing_to_show_shows_nothing(self, client, larch, hospitality):
        larch.ask(hospitality, membership=larch.employ())
        services.sweep(at=AT)
        sign_in_personally(client, larch.hr)
        assert "When certificates end" not in self.get(client).content.decode()
