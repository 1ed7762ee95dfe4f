"""The glossary: which words are avoided for whom, in every script, and where translators and releases meet it."""

from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from wagtail.models import Locale
from wagtail_localize.models import Translation, TranslationSource

from courses.curriculum import Problem, read_curriculum
from courses.curriculum.loader import load
from courses.curriculum.reader import examine_curriculum
from courses.harm import Document, Passage, Place, Use, term_findings
from tests.courses import curricula
from tests.factories.courses import home_page, publish
from tests.factories.people import UserFactory, sign_in_personally
from tests.translations.samples import AT, recorded, text
from translations.glossary import Audience, Misuse, Term, in_force, mentioned, misuses
from translations.models import GlossaryTerm
from translations.selectors import file_for, terms

EVERYBODY, PUBLIC, INTERNAL, TITLE = Audience
FILE = """terms:
  - {concept: smuggling, preferred: smuggling}
  - {concept: person, preferred: the person, avoided: ["victim*"], audience: public}
  - {concept: person, preferred: a person who is exploited, avoided: [trafficking victim]}
"""


def term(*avoided: str, language: str = "en", audience: Audience = EVERYBODY, preferred: str = "the person") -> Term:
    return Term(language, "person", audience, preferred, avoided)


@pytest.mark.parametrize(
    ("language", "avoided", "said", "is_found"),
    [
        ("en", "victim", "A victim speaks.", True),
        ("en", "victim", "VICTIM", True),
        ("en", "victim", "Victims speak.", False),
        ("en", "victim*", "Victims speak.", True),
        ("en", "victim", "Call VictimLinkBC.", False),
        ("en", "child's play", "A child’s play.", True),
        ("en", "help line", "the help\nline", True),
        ("fr", "victime", "la victime", True),
        ("fr", "é", "e\u0301", True),  # composed or not
        ("ar", "ضحية", "هي ضحية.", True),
        ("ar", "ضحية", "الضحية", False),
        ("ar", "*ضحية", "الضحية", True),
        ("pa", "ਪੀੜ", "ਪੀੜਤ", False),
        ("pa", "ਪੀੜਤ", "ਉਹ ਪੀੜਤ ਹੈ", True),
        ("pa", "ਕਮਰ", "ਕਮਰੇ", False),  # a vowel sign goes on with the word
        ("zh-hans", "受害者", "她是受害者吗", True),
    ],
)
def test_an_avoided_word_is_found_as_a_word(language: str, avoided: str, said: str, is_found: bool) -> None:
    entry = term(avoided, language=language, preferred="")
    assert misuses(said, [entry]) == ([Misuse(entry, avoided)] if is_found else [])


def test_an_avoided_word_within_the_preferred_one_is_not_meant() -> None:
    entry = term("exploited", preferred="person who is exploited")
    assert misuses("A person who is exploited here.", [entry]) == []
    assert misuses("A person who is exploited, or the exploited.", [entry]) == [Misuse(entry, "exploited")]


def test_an_entry_for_an_audience_takes_the_place_of_the_one_for_everybody() -> None:
    everybody, public = term("trafficking victim"), term("victim", audience=PUBLIC)
    assert in_force([everybody, public], audiences=(PUBLIC, EVERYBODY)) == [public]
    assert in_force([public, everybody], audiences=(INTERNAL, EVERYBODY)) == [everybody]
    assert in_force([public], audiences=(INTERNAL, EVERYBODY)) == []


def test_a_source_mentions_a_concept_by_any_of_its_words() -> None:
    entries = [term("victim"), Term("en", "smuggling", EVERYBODY, "smuggling", ())]
    assert mentioned("No victim and no Smuggling.", entries) == {"person", "smuggling"}
    assert mentioned("A persona.", entries) == set()


def finding_words(document: Document, audience: Audience) -> list[tuple[str, str]]:
    entries = [term("trafficking victim"), term("victim", audience=PUBLIC), term("victim", "work", audience=TITLE)]
    return [(each.sentence, str(each.place)) for each in term_findings(document, entries, audience=audience)]


def test_a_release_finds_avoided_words_by_reader_and_by_place() -> None:
    def passage(said: str, use: Use = Use.PROSE, part: str = "block 1") -> Passage:
        return Passage(Place("signs", part), use, said)

    document = Document(
        "en",
        (
            passage("Victims at work", part="title"),
            passage("The victim waits. The trafficking victim waits."),
            passage('Do not say "victim".'),
            passage("You are a victim.", Use.NEVER),
            passage("A victim, a victim.", Use.SIGN),
        ),
    )
    title = ("Victims at work", "signs / title")
    assert finding_words(document, INTERNAL) == [title, ("The trafficking victim waits.", "signs / block 1")]
    assert finding_words(document, PUBLIC) == [
        title,
        ("The victim waits.", "signs / block 1"),
        ("The trafficking victim waits.", "signs / block 1"),
        ("A victim, a victim.", "signs / block 1"),
    ]


def test_mistakes_in_a_glossary_are_named_by_file_and_line(tmp_path: Path) -> None:
    bad = """terms:
  - {concept: a, audience: police, preferred: x}
  - {concept: b}
  - {concept: c, avoided: ["*"]}
  - {concept: d, preferred: x}
  - {concept: d, preferred: y}
"""
    root = curricula.write(tmp_path, **{"glossary/fr.yaml": bad, "glossary/words.txt": ""})
    _, problems = examine_curriculum(root)
    assert problems == [
        Problem("glossary/fr.yaml", 2, "\"audience\" is 'police'; it has to be one of: public, internal, title"),
        Problem("glossary/fr.yaml", 3, "a term has a preferred word, or words to avoid"),
        Problem("glossary/fr.yaml", 4, '"avoided" holds "*" alone'),
        Problem("glossary/fr.yaml", 6, '"d" is given twice for the same audience'),
        Problem("glossary/words.txt", 1, "this does not belong here"),
    ]


def test_loading_keeps_what_was_changed_here_and_takes_away_what_is_shipped_no_more(db: None, tmp_path: Path) -> None:
    def load_glossary(name: str, content: str) -> None:
        root = curricula.write(tmp_path / name, **{"glossary/en.yaml": content, "hospitality/media/door.svg": PICTURE})
        load(read_curriculum(root), at=AT)

    load_glossary("first", FILE)
    assert [(each.concept, each.audience.value, each.preferred) for each in terms(language="en-ca")] == [
        ("person", "", "a person who is exploited"),
        ("person", "public", "the person"),
        ("smuggling", "", "smuggling"),
    ]
    GlossaryTerm.objects.filter(concept="smuggling").update(note="Ours")
    later = FILE.replace("preferred: smuggling", "preferred: crossing").replace(
        "preferred: the person", "preferred: them"
    )
    load_glossary("second", later.rpartition("  - ")[0])
    assert list(GlossaryTerm.objects.values_list("concept", "preferred", "note")) == [
        ("person", "them", ""),
        ("smuggling", "smuggling", "Ours"),
    ]


PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30" viewBox="0 0 40 30"><path d="M0 0h9v9z"/></svg>'
)


def test_translators_see_the_glossary_beside_what_it_is_about(db: None) -> None:
    recorded(text(sources={"a": "A victim speaks.", "b": "Rooms"}))
    GlossaryTerm.objects.create(language="en", concept="person", preferred="the person", avoided=["victim"])
    GlossaryTerm.objects.create(language="fr", concept="person", preferred="la personne", avoided=["victime"])
    GlossaryTerm.objects.create(language="fr", concept="person", audience="title", avoided=["personne"], note="Neutre")
    assert [unit.note for unit in file_for(language="fr").units] == [
        "Course:Hotel\nGlossary: la personne (not: victime).\nGlossary, title: not: personne. Neutre.",
        "Course:Hotel",
    ]


def test_an_administrator_changes_a_term_in_the_cms(client: Client, db: None) -> None:
    sign_in_personally(client, UserFactory(with_email=True, is_superuser=True))
    about = {"language": "pa", "concept": "person", "audience": "", "preferred": "", "note": ""}
    refused = client.post(reverse("glossaryterm:add"), {**about, "avoided": " * "})
    assert "A line holds * alone." in refused.content.decode()
    client.post(reverse("glossaryterm:add"), {**about, "avoided": "ਪੀੜਤ\n ਪੀੜਤ \n\nਗ਼ੁਲਾਮ"})
    [row] = GlossaryTerm.objects.all()
    assert (row.language, row.avoided) == ("pa", ["ਪੀੜਤ", "ਗ਼ੁਲਾਮ"])
    assert "ਪੀੜਤ\nਗ਼ੁਲਾਮ" in client.get(reverse("glossaryterm:edit", args=[row.pk])).content.decode()


def test_translators_see_the_glossary_in_the_cms(client: Client, db: None) -> None:
    author = UserFactory(with_email=True)
    author.groups.add(Group.objects.get(name="author"))
    sign_in_personally(client, author)
    GlossaryTerm.objects.create(
        language="fr", concept="person", audience="public", preferred="la personne", note="Neutre"
    )
    page = client.get("/cms/languages/glossary/?language=fr").content.decode()
    assert "la personne" in page
    assert (
        "There is nothing in this language yet." in client.get("/cms/languages/glossary/?language=x").content.decode()
    )
    other = Client()
    sign_in_personally(other, UserFactory(with_email=True))
    assert other.get("/cms/languages/glossary/").status_code in (302, 403)


def test_the_editor_of_a_translation_shows_the_glossary_on_its_text(client: Client, db: None) -> None:
    sign_in_personally(client, UserFactory(with_email=True, is_superuser=True))
    page = home_page()
    page.intro = "<p>No victim here.</p>"
    publish(page)
    french, _ = Locale.objects.get_or_create(language_code="fr")
    source, _ = TranslationSource.get_or_create_from_instance(page)
    translation = Translation.objects.create(source=source, target_locale=french)
    translation.save_target(publish=True)
    for concept, word in (("person", "victim"), ("help-line", "tip line")):
        GlossaryTerm.objects.create(language="en", concept=concept, avoided=[word])
        GlossaryTerm.objects.create(language="fr", concept=concept, preferred=f"{concept} en français")
    target = page.get_translation(french)
    shown = client.get(reverse("wagtailadmin_pages:edit", args=[target.pk])).content.decode()
    assert "person en français" in shown
    assert "help-line en français" not in shown
