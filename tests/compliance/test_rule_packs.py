"""Loading packs: versions that are only ever added."""

from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from compliance import services
from compliance.models import RulePackVersion, RuleVersion, TopicVersion
from compliance.services.rule_packs import Change
from tests.factories.compliance import AT
from tests.factories.rule_packs import BOOK, loaded

pytestmark = pytest.mark.django_db


def changed(**values):
    """Return the shipped book with other ``values`` in the rule of California's hotels."""
    packs = tuple(
        replace(pack, rules=tuple(replace(it, **values) if it.code == "us-ca-hotel" else it for it in pack.rules))
        for pack in BOOK.packs
    )
    return replace(BOOK, packs=packs)


def counts():
    return [model.objects.count() for model in (TopicVersion, RuleVersion, RulePackVersion)]


def test_all_shipped_packs_load():
    report = services.load_packs(book=BOOK, at=AT)
    assert counts() == [15, 24, 9]
    assert (len(report.changes), report.unchanged) == (48, 0)
    assert {change.what for change in report.changes} == {"new"}


def test_loading_again_changes_nothing():
    loaded()
    report = services.load_packs(book=BOOK, at=AT)
    assert (report.changes, report.unchanged) == ([], 48)
    assert counts() == [15, 24, 9]


def test_a_rule_in_the_database_is_the_rule_of_the_file():
    pack = loaded()
    rules = {rule.code: rule for each in BOOK.packs for rule in each.rules}
    assert [it.rule for it in pack.rules.order_by("code")] == [
        rules[code]
        for code in sorted(rule.code for each in BOOK.packs if each.code == pack.code for rule in each.rules)
    ]


def test_a_changed_rule_is_a_new_version_of_it_and_of_its_pack_alone():
    first = loaded()
    report = services.load_packs(book=changed(minimum_minutes=30), at=AT)
    assert report.changes == [
        Change("rule", "us-ca-hotel", 2, "changed", ("-minimum_minutes: 20", "+minimum_minutes: 30")),
        Change("pack", "us-lodging", 2, "changed", report.changes[1].diff),
    ]
    newest = RulePackVersion.objects.shipped().get(code="us-lodging")
    assert newest.rules.get(code="us-ca-hotel").rule.minimum_minutes == 30
    assert first.rules.get(code="us-ca-hotel").rule.minimum_minutes == 20
    assert newest.rules.get(code="us-tx-lodging") == first.rules.get(code="us-tx-lodging")


def test_a_check_writes_nothing_and_reports_the_same():
    loaded()
    report = services.load_packs(book=changed(minimum_minutes=30), at=AT, check=True)
    assert [(it.kind, it.what) for it in report.changes] == [("rule", "changed"), ("pack", "changed")]
    assert counts() == [15, 24, 9]


def test_what_is_shipped_no_longer_gets_a_last_version_and_may_come_back():
    loaded()
    services.load_packs(book=replace(BOOK, packs=BOOK.packs[1:]), at=AT)
    gone = BOOK.packs[0].code
    assert not RulePackVersion.objects.shipped().filter(code=gone).exists()
    last = RulePackVersion.objects.newest().get(code=gone)
    assert (last.number, last.is_withdrawn, last.rules.count()) == (2, True, 0)
    services.load_packs(book=BOOK, at=AT)
    assert RulePackVersion.objects.shipped().get(code=gone).number == 3


def test_a_version_is_never_changed_or_deleted():
    version = loaded()
    with pytest.raises(TypeError):
        version.save()
    with pytest.raises(TypeError):
        version.delete()


def test_the_command_says_what_it_did_and_what_differs():
    out = StringIO()
    call_command("load_rule_packs", stdout=out)
    assert out.getvalue().splitlines()[-1] == "48 changes, 0 unchanged"
    out = StringIO()
    call_command("load_rule_packs", check=True, stdout=out)
    assert out.getvalue() == "0 changes to make, 48 unchanged\n"


def test_the_command_refuses_an_unknown_key_and_loads_nothing(tmp_path):
    (tmp_path / "topics.yaml").write_text('topics:\n  - {code: a, title: "A", covered_by: []}\nweather: fine\n')
    said = StringIO()
    with pytest.raises(CommandError, match="1 problems; nothing was loaded"):
        call_command("load_rule_packs", tmp_path, stderr=said)
    assert said.getvalue() == 'topics.yaml:3: unknown key "weather"\n'
    assert counts() == [0, 0, 0]
