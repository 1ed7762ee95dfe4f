import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from courses.curriculum.wording import course_texts, site_texts
from tests.curriculum.shipped import shipped_curriculum
from tests.factories.people import UserFactory, sign_in_personally
from tests.translations.samples import AT, recorded, text, translate
from translations.exceptions import (
    ExchangeConflict,
    ExchangeConflicts,
    ExchangeDoubts,
    ExchangeFault,
    ExchangeProblem,
    ExchangeRefused,
)
from translations.exchange import FORMATS, ExchangeFile, Unit
from translations.exchange.units import NO_BASE, base_of, is_for
from translations.exchange_words import in_words
from translations.freshness import Provenance
from translations.models import LanguageLead, Translation
from translations.segments import Markup
from translations.selectors import file_for, local_words
from translations.services import Imported, OnConflict, import_file

every_format = pytest.mark.parametrize("ending", sorted(FORMATS))
SOURCES = {"course/title": "Rooms", "lessons/a/title": "<b>Call</b> %(name)s at 250", "lessons/b/title": "Stay"}
SNARLED = (
    "=1+1", "+1", "-", "@x", "'quoted", '"double"', "a\nb", "\ttab", " blanks ", "\\n \\t \\\\", "<b>&amp;</b> & ]]>",
    "%(name)s %s {x} 100%", "ਕਮਰੇ", "غرفة \u2066250\u2069", "房間", "e\u0301", "_x0041_", "#~ msgid", "TRUE", "0012", "1e5",
)  # fmt: skip


def shipped() -> ExchangeFile:
    """Return all content that comes with the project, each piece with its own words as a translation, and more."""
    curriculum = shipped_curriculum()
    texts = site_texts(curriculum) + [each for course in curriculum.courses for each in course_texts(course)]
    units = [
        Unit(f"{each.group}/{segment.key}", segment.text, segment.text, base_of("before"), note=each.title)
        for each in texts
        for segment in each.segments
    ]
    units += [
        Unit(f"site/{at}", each, each, NO_BASE, reviewer="Ana Ōe (Ⅲ)", note=each.strip("\t\n "))
        for at, each in enumerate(SNARLED)
    ]
    units += [
        Unit("site/old", "New", "Vieux", base_of("Vieux"), needs_work=True),
        Unit("site/none", "New", "", NO_BASE),
    ]
    return ExchangeFile("fr", tuple(units))


@pytest.fixture(scope="module")
def content() -> ExchangeFile:
    return shipped()


@every_format
def test_every_format_carries_all_content_and_back(content: ExchangeFile, ending: str) -> None:
    back = FORMATS[ending].read(FORMATS[ending].write(content))
    assert back.language == content.language
    assert len(back.units) > 5000
    assert [(a, b) for a, b in zip(content.units, back.units, strict=True) if a != b] == []


@every_format
@pytest.mark.parametrize("broken", [b"", b"\0\1\2", b"PK\3\4 nothing", b"<a>", 'msgid "é'.encode("latin-1"), b"{}"])
def test_what_is_no_such_file_is_refused(ending: str, broken: bytes) -> None:
    with pytest.raises(ExchangeRefused) as refused:
        FORMATS[ending].read(broken)
    assert [each.fault for each in refused.value.problems] == [ExchangeFault.UNREADABLE]


def test_xliff_that_names_entities_is_refused() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aa">]><xliff xmlns="urn:oasis:names:tc:xliff:document:2.0">&a;</xliff>'
    with pytest.raises(ExchangeRefused):
        FORMATS["xlf"].read(bomb)


def test_xliff_that_a_tool_split_is_put_together() -> None:
    [unit] = (
        FORMATS["xlf"]
        .read(
            b"""<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.0" srcLang="en" trgLang="fr"><file id="f">
        <unit id="u" name="site/a"><segment id="1" state="translated"><source>One.</source><target>Un.</target></segment>
        <ignorable><source> </source></ignorable>
        <segment id="2" state="final"><source><mrk id="m">Two</mrk>.</source><target>Deux.</target></segment></unit>
        </file></xliff>"""
        )
        .units
    )
    assert (unit.source, unit.target, unit.needs_work) == ("One. Two.", "Un. Deux.", False)


def test_xliff_with_a_mark_that_holds_text_is_refused_by_segment() -> None:
    with pytest.raises(ExchangeRefused) as refused:
        FORMATS["xlf"].read(
            b"""<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.0" srcLang="en" trgLang="fr"><file id="f">
            <unit id="u" name="site/a"><segment><source>One</source><target>U<ph id="1"/>n</target></segment></unit>
            </file></xliff>"""
        )
    assert refused.value.problems == (ExchangeProblem(ExchangeFault.INLINE, "site/a", "ph"),)


def xliff(inside: str, *, version: str = "2.0") -> bytes:
    unit = f'<file id="f"><unit id="u" name="site/a">{inside}</unit></file>'
    namespace = f"urn:oasis:names:tc:xliff:document:{version}"
    return f'<x:xliff xmlns:x="{namespace}" xmlns="{namespace}" trgLang="fr">{unit}</x:xliff>'.encode()


def test_pieces_of_xliff_stand_where_their_order_says() -> None:
    [unit] = FORMATS["xlf"].read(xliff(
        '<segment state="final"><source>One. </source><target order="3">Un.</target></segment>'
        '<ignorable><source>Two </source><target order="2"><![CDATA[& deux ]]></target></ignorable>'
        '<segment state="final"><source>three</source><target order="1">trois </target></segment>',
        version="2.2",
    )).units  # fmt: skip
    assert (unit.source, unit.target, unit.needs_work) == ("One. Two three", "trois & deux Un.", False)


def test_half_a_translation_is_none() -> None:
    [unit] = FORMATS["xlf"].read(xliff(
        f'<notes><note category="base">{base_of("Un. Deux.")}</note></notes>'
        '<segment state="translated"><source>One. </source><target>Un. </target></segment>'
        '<segment state="translated"><source>Two.</source></segment>'
    )).units  # fmt: skip
    assert (unit.source, unit.target, unit.needs_work) == ("One. Two.", "Un. ", True)


def test_a_line_that_is_cut_off_is_named() -> None:
    with pytest.raises(ExchangeRefused) as refused:
        FORMATS["po"].read(b'msgid ""\nmsgstr "Language: fr\\n"\n\nmsgctxt "site/a"\nmsgid "Stay"\nmsgstr "Restez')
    assert refused.value.problems == (ExchangeProblem(ExchangeFault.UNREADABLE, detail="line 6"),)


def test_an_entry_with_a_plural_is_another_source() -> None:
    file = FORMATS["po"].read(b'msgctxt "site/a"\nmsgid "a"\nmsgid_plural "b"\nmsgstr[0] "c"\nmsgstr[1] "d"\n')
    assert file.units == (Unit("site/a", "a\nb"),)


@pytest.mark.parametrize(
    ("said", "language", "expected"),
    [
        ("fr", "fr", True),
        ("fr_CA", "fr", True),
        ("es-419", "es", True),
        ("pa-Guru-IN", "pa", True),
        ("pa-Arab", "pa", False),
        ("fil-PH", "tl", True),
        ("zh-CN", "zh-hans", True),
        ("zh_Hant_HK", "zh-hant", True),
        ("zh-TW", "zh-hans", False),
        ("zh", "zh-hans", False),
        ("es", "fr", False),
        ("fr-be", "fr", False),
        ("French", "fr", False),
        ("", "fr", False),
    ],
)
def test_a_file_says_its_language_as_tools_do(said: str, language: str, expected: bool) -> None:
    assert is_for(said, language, known=["fr", "fr-be", "es", "pa", "zh-hans", "zh-hant", "tl"]) is expected


def test_a_column_that_is_there_twice_is_refused() -> None:
    book = Workbook()
    book.active.title = "fr"
    book.active.append(["segment", "source", "translation", "Translation"])
    book.active.append(["site/a", "One", "Un", "Une"])
    target = io.BytesIO()
    book.save(target)
    with pytest.raises(ExchangeRefused) as refused:
        FORMATS["xlsx"].read(target.getvalue())
    assert refused.value.problems == (ExchangeProblem(ExchangeFault.UNREADABLE, detail="translation"),)


def test_a_formula_in_a_workbook_is_refused_by_segment() -> None:
    book = Workbook()
    book.active.title = "fr"
    book.active.append(["segment", "source", "translation"])
    book.active.append(["site/a", "One", "=1+1"])
    target = io.BytesIO()
    book.save(target)
    with pytest.raises(ExchangeRefused) as refused:
        FORMATS["xlsx"].read(target.getvalue())
    assert refused.value.problems == (ExchangeProblem(ExchangeFault.FORMULA, "site/a", "translation"),)


@pytest.fixture
def hotel(db: None) -> None:
    recorded(text(sources=SOURCES, markup=Markup.HTML))


def filled(words: dict[str, str], *, file: ExchangeFile | None = None, **about) -> ExchangeFile:
    """Return the file as exported, or ``file``, with these translations by key and nothing left to do in them."""
    file = file or file_for(language="fr")
    units = [
        replace(unit, target=words[key], needs_work=False, **about)
        if (key := unit.segment.partition("/")[2]) in words
        else unit
        for unit in file.units
    ]
    return replace(file, units=tuple(units))


def take(file: ExchangeFile, **options) -> Imported:
    return import_file(**{"file": file, "language": "fr", "by": None, "at": AT, **options})


def rows() -> list[tuple[str, str, str, str]]:
    return list(
        Translation.objects.order_by("segment__position").values_list("segment__key", "text", "provenance", "by_name")
    )


@pytest.mark.usefixtures("hotel")
class TestImport:
    def test_takes_words_as_a_persons_and_twice_changes_nothing(self) -> None:
        translate("course/title", "Brouillon")
        file = filled({"course/title": "Chambres", "lessons/b/title": "Restez"})
        assert take(file) == Imported(taken=2)
        assert rows() == [("course/title", "Chambres", "person", ""), ("lessons/b/title", "Restez", "person", "")]
        assert take(file) == Imported(unchanged=2)
        assert take(file_for(language="fr")) == Imported(unchanged=2)
        assert local_words() == {
            ("course:hotel", "fr"): {
                "course/title": local_words()["course:hotel", "fr"]["course/title"],
                "lessons/b/title": local_words()["course:hotel", "fr"]["lessons/b/title"],
            }
        }

    def test_what_needs_work_or_is_empty_is_left_alone(self) -> None:
        translate("course/title", "Brouillon")
        assert take(file_for(language="fr")) == Imported(waiting=1)
        assert take(filled({"lessons/b/title": "  "})) == Imported(waiting=1)
        assert rows() == [("course/title", "Brouillon", "machine", "")]

    def test_a_signature_reviews_and_does_not_outlive_its_words(self) -> None:
        translate("course/title", "Chambres")
        assert take(filled({"course/title": "Chambres"}, reviewer="Ana Silva")) == Imported(signed=1)
        assert rows() == [("course/title", "Chambres", "reviewed", "Ana Silva")]
        # The name still stands in the next file, beside words that Ana never saw.
        assert take(filled({"course/title": "Les chambres"})) == Imported(taken=1)
        assert rows() == [("course/title", "Les chambres", "person", "")]

    def test_newer_edits_are_never_overwritten_in_silence(self) -> None:
        row = translate("course/title", "Chambres", provenance=Provenance.PERSON, is_local=True)
        file = filled({"course/title": "Pièces", "lessons/b/title": "Restez"})
        Translation.objects.filter(pk=row.pk).update(text="Mieux")
        with pytest.raises(ExchangeConflicts) as found:
            take(file)
        assert found.value.conflicts == (ExchangeConflict("course:hotel/course/title", "Mieux", "Pièces"),)
        assert rows() == [("course/title", "Mieux", "person", "")]
        assert take(file, on_conflict=OnConflict.KEEP) == Imported(taken=1, kept=1)
        assert rows()[0] == ("course/title", "Mieux", "person", "")
        assert take(file, on_conflict=OnConflict.TAKE) == Imported(taken=1, unchanged=1)
        assert rows()[0] == ("course/title", "Pièces", "person", "")

    def test_an_edit_here_stays_where_the_file_says_what_it_said(self) -> None:
        row = translate("course/title", "Chambres", provenance=Provenance.PERSON)
        file = file_for(language="fr")
        Translation.objects.filter(pk=row.pk).update(text="Mieux")
        assert take(file) == Imported(unchanged=1)
        assert rows() == [("course/title", "Mieux", "person", "")]

    def test_a_shipped_file_does_not_replace_what_was_signed_here(self) -> None:
        from translations.given import GivenTranslation
        from translations.services import record_translations

        take(filled({"course/title": "Chambres"}, reviewer="Ana Silva"))
        shipped = {"course/title": GivenTranslation("Rooms", "Salles")}
        record_translations(group="course:hotel", language="fr", translations=shipped, at=AT)
        assert rows() == [("course/title", "Chambres", "reviewed", "Ana Silva")]

    @pytest.mark.parametrize(
        ("key", "words", "fault", "detail"),
        [
            ("lessons/a/title", "<b>Appelez</b> le 250", ExchangeFault.PLACEHOLDERS, "-%(name)s"),
            ("lessons/a/title", "Appelez %(name)s au 250", ExchangeFault.MARKUP, "-</b> -<b>"),
            ("lessons/a/title", "<b>Appelez</b> %(name)s au 251", ExchangeFault.NUMBERS, "-250 +251"),
            ("course/title", "<script>x</script>Salles", ExchangeFault.MARKUP, "+</script> +<script>"),
            ("course/title", 'Salles <img src="x" onerror="y">', ExchangeFault.MARKUP, '+<img src="x" onerror="y">'),
            ("course/title", "Salles\u202e", ExchangeFault.CHARACTERS, "U+202E"),
            ("course/title", "Salles\n", ExchangeFault.EDGES, ""),
            ("course/title", "Salle " * 84, ExchangeFault.LENGTH, "504 > 500"),
        ],
    )
    def test_what_breaks_a_piece_is_named_and_nothing_is_taken(
        self, key: str, words: str, fault: ExchangeFault, detail: str
    ) -> None:
        with pytest.raises(ExchangeRefused) as refused:
            take(filled({"lessons/b/title": "Restez", key: words}))
        assert refused.value.problems == (ExchangeProblem(fault, f"course:hotel/{key}", detail),)
        assert rows() == []

    def test_another_version_of_the_source_is_refused_by_segment(self) -> None:
        file = filled({"course/title": "Chambres", "lessons/b/title": "Restez"})
        recorded(text(sources={**SOURCES, "lessons/b/title": "Leave"}, markup=Markup.HTML))
        with pytest.raises(ExchangeRefused) as refused:
            take(file)
        assert refused.value.problems == (ExchangeProblem(ExchangeFault.OTHER_SOURCE, "course:hotel/lessons/b/title"),)
        assert rows() == []

    def test_unknown_double_and_foreign_segments_are_refused(self) -> None:
        recorded(text("course:camp", group="course:camp", sources={"camp/title": "Camps"}))
        file = file_for(language="fr", group="course:hotel")
        [camp] = file_for(language="fr", group="course:camp").units
        more = (file.units[0], camp, Unit("course:hotel/gone", "x", "y"), *[Unit("", "x", "y")] * 2)
        with pytest.raises(ExchangeRefused) as refused:
            take(replace(file, units=file.units + more), group="course:hotel")
        assert [(each.fault, each.segment) for each in refused.value.problems] == [
            (ExchangeFault.TWICE, "course:hotel/course/title"),
            (ExchangeFault.OTHER_COURSE, "course:camp/camp/title"),
            (ExchangeFault.UNKNOWN_SEGMENT, "course:hotel/gone"),
            (ExchangeFault.UNKNOWN_SEGMENT, ""),
            (ExchangeFault.UNKNOWN_SEGMENT, ""),
        ]
        assert refused.value.problems[-1].detail == "x"

    @pytest.mark.parametrize(
        ("language", "said", "words", "fault"),
        [
            ("fr", "es", "Salas", ExchangeFault.WRONG_LANGUAGE),
            ("fr", "", "Chambres", ExchangeFault.WRONG_LANGUAGE),
            ("ar", "ar", "Chambres", ExchangeFault.WRONG_SCRIPT),
        ],
    )
    def test_a_file_in_another_language_is_refused(
        self, language: str, said: str, words: str, fault: ExchangeFault
    ) -> None:
        file = replace(filled({"course/title": words}), language=said)
        with pytest.raises(ExchangeRefused) as refused:
            take(file, language=language)
        assert [each.fault for each in refused.value.problems] == [fault]

    def test_a_piece_in_another_language_waits_for_a_word(self) -> None:
        spanish = "Las personas que están aquí con usted"
        file = filled({"course/title": "Chambres", "lessons/b/title": spanish})
        with pytest.raises(ExchangeDoubts) as found:
            take(file)
        doubt = ExchangeProblem(ExchangeFault.LOOKS_LIKE, "course:hotel/lessons/b/title", "es")
        assert found.value.problems == (doubt,)
        assert in_words(doubt).endswith(
            "/lessons/b/title: This looks like another language than the one chosen: Español"
        )
        assert rows() == []
        assert take(file, take_doubtful=True) == Imported(taken=2)
        # What stands here was looked at once.
        assert take(file) == Imported(unchanged=2)

    def test_a_file_that_is_another_language_is_refused_whatever_is_said(self) -> None:
        recorded(text(sources={f"lessons/{at}/title": f"Ask {at}" for at in range(6)}))
        words = {f"lessons/{at}/title": f"Pida ayuda a las personas que están con usted {at}" for at in range(6)}
        with pytest.raises(ExchangeRefused) as refused:
            take(filled(words), take_doubtful=True)
        assert refused.value.problems == (ExchangeProblem(ExchangeFault.LOOKS_LIKE, detail="es"),)

    def test_the_command_says_what_looks_like_another_language(self, tmp_path: Path) -> None:
        path = tmp_path / "hotel.po"
        path.write_bytes(FORMATS["po"].write(filled({"lessons/b/title": "Las personas que están aquí con usted"})))
        asked, said = ["exchange", "import", path, "--language", "fr"], io.StringIO()
        with pytest.raises(CommandError) as refused:
            call_command(*asked, stderr=said)
        assert refused.value.returncode == 1
        assert (
            "course:hotel/lessons/b/title: This looks like another language than the one chosen: Español"
            in said.getvalue()
        )
        call_command(*asked, "--take-doubtful", stdout=io.StringIO())
        assert len(rows()) == 1

    @every_format
    def test_the_command_writes_what_it_takes_back(self, ending: str, tmp_path: Path) -> None:
        translate("course/title", "Brouillon")
        path = tmp_path / f"hotel.{ending}"
        call_command("exchange", "export", path, "--language", "fr", "--course", "hotel", stdout=io.StringIO())
        form = FORMATS[ending]
        path.write_bytes(form.write(filled({"course/title": "Chambres"}, file=form.read(path.read_bytes()))))
        said = io.StringIO()
        call_command("exchange", "import", path, "--language", "fr", "--course", "hotel", stdout=said)
        assert said.getvalue() == "1 taken, 0 signed, 0 unchanged, 0 kept\n"
        assert rows() == [("course/title", "Chambres", "person", "")]

    @pytest.mark.parametrize("ending", FORMATS)
    def test_the_commands_of_workbooks_lead_here(self, ending: str, tmp_path: Path) -> None:
        translate("course/title", "Brouillon")
        path, report = tmp_path / f"all.{ending}", tmp_path / "report.json"
        call_command("export_workbook", "translations", str(path), "--language", "fr", stdout=io.StringIO())
        form = FORMATS[ending]
        path.write_bytes(form.write(filled({"course/title": "Chambres"}, file=form.read(path.read_bytes()))))
        before = rows()

        def bring(*options: str) -> tuple[int, str]:
            said = io.StringIO()
            with pytest.raises(SystemExit) as ended:
                call_command("import_workbook", "translations", str(path), "--language", "fr", *options, stdout=said)
            return int(ended.value.code or 0), said.getvalue()

        assert bring() == (0, "1 taken, 0 signed, 0 unchanged, 0 kept\n1 changes; nothing was written.\n")
        assert rows() == before
        assert bring("--apply", "--json", str(report))[0] == 0
        assert rows() == [("course/title", "Chambres", "person", "")]
        assert json.loads(report.read_text())["applied"] is True
        path.write_bytes(form.write(replace(filled({"course/title": "Autre"}), language="es")))
        status, said = bring("--apply")
        assert (status, "nothing was written" in said, rows()[0][1]) == (2, True, "Chambres")
        for args, words in (
            (["--language", "en"], "Not a language"),
            (["--language", "fr", "--organisation", "larch"], "no organisation"),
        ):
            with pytest.raises(CommandError, match=words):
                call_command("export_workbook", "translations", str(path), *args)

    @pytest.mark.parametrize(
        "asked",
        [
            ["export", "x.po", "--language", "en"],
            ["export", "x.doc", "--language", "fr"],
            ["export", "x.po", "--language", "fr", "--course", "none"],
            ["import", "none.po", "--language", "fr"],
        ],
    )
    def test_the_command_refuses_what_is_not_there(self, asked: list[str], tmp_path: Path) -> None:
        with pytest.raises(CommandError) as refused:
            call_command("exchange", asked[0], tmp_path / asked[1], *asked[2:])
        assert refused.value.returncode == 2


@pytest.mark.usefixtures("hotel")
class TestPage:
    @pytest.fixture
    def localiser(self, client: Client) -> Client:
        user = UserFactory(with_email=True)
        user.groups.add(Group.objects.get(name="localiser"))
        LanguageLead.objects.create(user=user, language="fr")
        sign_in_personally(client, user)
        return client

    def send(self, client: Client, file: ExchangeFile, *, language: str = "fr", **more: str):
        upload = SimpleUploadedFile("hotel.xlsx", FORMATS["xlsx"].write(file))
        sent = {"language": language, "file": upload, "on_conflict": "refuse", **more}
        return client.post(reverse("translations_admin:exchange"), sent, follow=True)

    def test_a_lead_downloads_translates_and_brings_back(self, localiser: Client) -> None:
        asked = {"language": "fr", "group": "course:hotel", "format": "xlsx"}
        answer = localiser.get(reverse("translations_admin:export"), asked)
        assert answer["Content-Disposition"] == 'attachment; filename="hotel-fr.xlsx"'
        assert load_workbook(io.BytesIO(answer.content)).active["B2"].value == "Rooms"
        file = filled({"course/title": "Chambres"}, file=FORMATS["xlsx"].read(answer.content))
        assert "1 piece was taken in" in self.send(localiser, file).content.decode()
        [row] = Translation.objects.all()
        assert (row.text, row.by.languages_led.get().language) == ("Chambres", "fr")

    def test_what_still_needs_work_is_not_called_taken(self, localiser: Client) -> None:
        translate("course/title", "Brouillon")
        shown = self.send(localiser, file_for(language="fr")).content.decode()
        assert "1 piece was left alone: the file says that it needs work." in shown
        assert "Everything was here already." not in shown

    def test_problems_are_shown_by_segment(self, localiser: Client) -> None:
        shown = self.send(localiser, filled({"course/title": "<i>Chambres</i>"})).content.decode()
        assert "Nothing was taken in." in shown
        # The name of the piece keeps its own direction within a sentence of the other.
        said = (
            "\u2068course:hotel/course/title\u2069: Tags, lists, headings or bold text differ from the source. (\u2068"
        )
        assert said in shown
        assert "<i>Chambres" not in shown
        assert rows() == []

    def test_a_doubt_offers_to_go_on(self, localiser: Client) -> None:
        file = filled({"course/title": "Las personas que están aquí con usted"})
        assert "take_doubtful" not in localiser.get(reverse("translations_admin:exchange")).content.decode()
        shown = self.send(localiser, file).content.decode()
        assert "course/title\u2069: This looks like another language than the one chosen: \u2068Español\u2069" in shown
        assert 'name="take_doubtful"' in shown
        assert "1 piece was taken in" in self.send(localiser, file, take_doubtful="on").content.decode()

    def test_only_who_leads_the_language_brings_back(self, localiser: Client, client: Client) -> None:
        spanish = replace(filled({"course/title": "Salas"}), language="es")
        assert "Select a valid choice" in self.send(localiser, spanish, language="es").content.decode()
        user = UserFactory(with_email=True)
        user.groups.add(Group.objects.get(name="author"))
        sign_in_personally(client, user)
        assert "Only who leads a language" in client.get(reverse("translations_admin:exchange")).content.decode()
        assert self.send(client, filled({"course/title": "Chambres"})).redirect_chain[0][1] == 302
        assert rows() == []
