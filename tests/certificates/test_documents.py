"""The PDF, read back: what stands on it, in which languages, tagged, on one page, from many threads."""

import io
import re
import threading
from datetime import UTC, date, datetime

import pytest
from django.utils.translation.trans_real import translation as catalogue
from pypdf import PdfReader

from certificates.documents import file_name, place_of_time, render_pdf, sheet
from certificates.numbers import number_from
from cms import typesetting
from cms.typesetting import MissingGlyphs
from tests.factories.certificates import CertificateFactory, CertificationFactory

# Labels as a translator would give them; the names of months are Django's own.
ARABIC = {
    "Certificate of completion": "شهادة إتمام",
    "has completed": "أتمّ بنجاح",
    "Completed on": "تاريخ الإتمام",
    "Issued on": "تاريخ الإصدار",
    "Valid from": "صالحة من",
    "Edition": "الطبعة",
    "Workplace": "مكان العمل",
    "Certificate number": "رقم الشهادة",
    "Valid through %(day)s (%(zone)s time)": "صالحة حتى %(day)s (بتوقيت %(zone)s)",
    "Renews certificate %(number)s": "تجدّد الشهادة %(number)s",
    "Anybody can check this certificate here:": "يمكن لأي شخص التحقق من هذه الشهادة هنا:",
}
PUNJABI = {
    "Certificate of completion": "ਸੰਪੂਰਨਤਾ ਦਾ ਸਰਟੀਫਿਕੇਟ",
    "has completed": "ਨੇ ਪੂਰਾ ਕੀਤਾ ਹੈ",
    "Valid through %(day)s (%(zone)s time)": "%(day)s ਤੱਕ ਵੈਧ (%(zone)s ਦਾ ਸਮਾਂ)",
}
CONTEXTS = ("", "certificate\x04", "certificate: under a person's name\x04")


@pytest.fixture
def translated(monkeypatch):
    """Translate the labels into Arabic and Punjabi, and nothing into French."""
    for language, labels in (("ar", ARABIC), ("pa", PUNJABI)):
        words = catalogue(language)._catalog
        for label, translation in labels.items():
            for context in CONTEXTS:
                monkeypatch.setitem(words._catalogs[0], context + label, translation)


def certificate(**fields):
    """Return a certificate without any row: the sheet needs none."""
    return CertificateFactory.build(
        **{"certification": CertificationFactory.build(), "number": number_from(0x7A3F9C1D20B84E6F5A1C3D2E9)} | fields
    )


def read(pdf):
    return PdfReader(io.BytesIO(pdf))


def text_of(pdf):
    (page,) = read(pdf).pages
    return " ".join(page.extract_text().split())


def stands_in(words, text):
    """Return whether all letters of ``words`` come in this order; pypdf repeats parts of Gurmukhi clusters."""
    letters = iter(text)
    return all(letter in letters for letter in words)


def test_document_says_everything_in_plain_words():
    text = text_of(render_pdf(certificate()))
    for words in (
        "Certificate of completion",
        "Fieldfare",
        "Mary-Ann O’Brien",
        "has completed",
        "Working safely with guests",
        "Valid through 9 March 2029 (Vancouver time)",
        "Completed on 10 March 2026",
        "Issued on 10 March 2026",
        "Edition 3",
        "Workplace Northern Lights Inn",
        "Certificate number F8ZS-R790-Q176-YPGW-7MQ9",
        "testserver/verify/F8ZS-R790-Q176-YPGW-7MQ9/",
    ):
        assert words in text, words
    assert "Recognising human trafficking" not in text
    assert "Renews" not in text
    assert "Valid from" not in text


def test_document_is_tagged_with_neutral_title_and_language():
    pdf = read(render_pdf(certificate()))
    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert pdf.metadata.title == "Certificate"
    roles = {str(role) for role in _roles(root["/StructTreeRoot"].get_object())}
    assert {"/Document", "/H1", "/P", "/Figure", "/Link"} <= roles


def _roles(element):
    if "/S" in element:
        yield element["/S"]
    kids = element.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        kid = kid.get_object()
        if isinstance(kid, dict):
            yield from _roles(kid)


@pytest.mark.parametrize(("paper", "points"), [("a4", (595, 842)), ("letter", (612, 792))])
def test_document_comes_on_both_papers(paper, points):
    (page,) = read(render_pdf(certificate(), paper=paper)).pages
    assert (round(page.mediabox.width), round(page.mediabox.height)) == points


def test_document_of_a_renewal_says_what_it_renews_and_when_it_starts():
    earlier = certificate(number=number_from(1))
    text = text_of(render_pdf(certificate(renews=earlier, valid_from=date(2026, 4, 1))))
    assert "Renews certificate 0000-0000-0000-0000-0001" in text
    assert "Valid from 1 April 2026" in text


def test_document_is_issued_on_the_day_of_its_own_time_zone():
    at = datetime(2026, 3, 11, 6, 30, tzinfo=UTC)  # still the 10th in Vancouver
    assert "Issued on 10 March 2026" in text_of(render_pdf(certificate(issued_at=at)))


def test_document_is_the_same_however_often_it_is_made():
    assert render_pdf(certificate()) == render_pdf(certificate())


def test_document_prints_what_looks_like_markup_literally():
    name = "Ann #evil() $x$ *b* _c_ <d> `e` \\ @f"
    assert name in text_of(render_pdf(certificate(holder_name=name)))


# --- languages ------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("translated")
def test_holders_copy_speaks_the_workplaces_language_and_hers():
    pdf = render_pdf(certificate(language="pa", holder_name="ਹਰਪ੍ਰੀਤ ਕੌਰ ਗਿੱਲ", learner_title="ਸੁਰੱਖਿਅਤ ਕੰਮ"))
    text = text_of(pdf)
    assert "Certificate of completion" in text
    assert "Valid through 9 March 2029 (Vancouver time)" in text
    for words in ("ਸੰਪੂਰਨਤਾ ਦਾ ਸਰਟੀਫਿਕੇਟ", "ਹਰਪ੍ਰੀਤ ਕੌਰ ਗਿੱਲ", "ਸੁਰੱਖਿਅਤ ਕੰਮ", "9 ਮਾਰਚ 2029 ਤੱਕ ਵੈਧ (Vancouver ਦਾ ਸਮਾਂ)"):
        assert stands_in(words, text), words
    assert read(pdf).trailer["/Root"]["/Lang"] == "en"


@pytest.mark.usefixtures("translated")
def test_workplaces_copy_does_not_show_the_learners_language():
    theirs = certificate(language="pa", learner_title="ਸੁਰੱਖਿਅਤ ਕੰਮ")
    plain = certificate(language="en")
    assert render_pdf(theirs, copy="workplace") == render_pdf(plain, copy="workplace")
    assert render_pdf(theirs) != render_pdf(plain)


def test_language_without_translated_labels_leaves_one_line():
    lines = sheet(certificate(language="so"))
    assert [line["text"] for line in lines["heading"]] == ["Certificate of completion"]
    assert len(lines["valid_through"]) == 1


@pytest.mark.usefixtures("translated")
def test_arabic_name_and_sentence_keep_their_direction_and_isolate_the_place():
    lines = sheet(certificate(language="ar", holder_name="فاطمة Haddad"))
    assert lines["dir"] == "ltr"
    assert (lines["name"]["text"], lines["name"]["dir"]) == ("فاطمة Haddad", "rtl")
    english, arabic = lines["valid_through"]
    assert (english["dir"], arabic["dir"]) == ("ltr", "rtl")
    assert [part["text"] for part in arabic["parts"]] == [
        "صالحة حتى ",
        "9 مارس 2029",
        " (بتوقيت ",
        "\u2068Vancouver\u2069",
        ")",
    ]
    assert [part["text"] for part in arabic["parts"] if part["strong"]] == ["9 مارس 2029"]


@pytest.mark.usefixtures("translated")
def test_document_of_an_arabic_workplace_runs_from_right_to_left():
    fields = {"language": "ar", "workplace_language": "ar", "holder_name": "فاطمة الزهراء"}
    pdf = read(render_pdf(certificate(**fields)))
    assert pdf.trailer["/Root"]["/Lang"] == "ar"
    assert sheet(certificate(**fields))["dir"] == "rtl"
    # Whatever order the words come in, each is there in the letters that were given.
    text = pdf.pages[0].extract_text()
    assert "فاطمة" in text
    assert "الزهراء" in text


@pytest.mark.usefixtures("translated")
@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_longest_names_and_titles_still_stand_on_one_page(paper):
    longest = certificate(
        holder_name=("Maria Fernanda de los Ángeles Guadalupe Rodríguez-Montenegro " * 4)[:200],
        title=("Working safely with guests, and what to do when something looks wrong " * 3)[:200],
        learner_title=("العمل بأمان مع الضيوف وما يجب فعله " * 6)[:200],
        organisation_name=("The Northern Rockies Regional Hotel and Conference Centre " * 4)[:200],
        language="ar",
        renews=certificate(),
        valid_from=date(2026, 4, 1),
    )
    assert len(read(render_pdf(longest, paper=paper)).pages) == 1


@pytest.mark.parametrize("field", ["holder_name", "title", "organisation_name"])
@pytest.mark.parametrize("word", ["Konstantinopolitańczykowianeczka", "W" * 120])
def test_a_word_without_a_break_stays_on_the_sheet(field, word):
    page = read(render_pdf(certificate(**{field: word}))).pages[0]
    lines = []

    def look(text, _matrix, at, _font, size):
        letters = re.sub(r"[\s\u200b]", "", text)
        if letters and letters in word:
            # A W is over nine tenths of its size wide, and these letters are over half of it on average.
            wide = 0.9 if letters[0] == "W" else 0.5
            lines.append((letters, at[4] + wide * size * at[0] * len(letters)))

    page.extract_text(visitor_text=look)
    assert word in "".join(letters for letters, _ in lines)
    assert max(end for _, end in lines) < page.mediabox.width


def test_title_that_nobody_reviewed_says_so_in_both_languages_on_the_holders_copy_alone():
    theirs = certificate(language="fr", learner_title="Travailler en sécurité")
    english, french = sheet(theirs, title_is_draft=True)["draft"]
    assert english["text"] == "Draft, not yet reviewed. If something seems wrong, the English text counts."
    assert (french["lang"], french["text"].split(",")[0]) == ("fr", "Brouillon")
    assert english["text"] in text_of(render_pdf(theirs, title_is_draft=True))
    assert sheet(theirs)["draft"] is None
    assert sheet(theirs, copy="workplace", title_is_draft=True)["draft"] is None
    assert sheet(certificate(), title_is_draft=True)["draft"] is None


def test_traditional_chinese_is_typeset_as_such():
    theirs = certificate(language="zh-hant", workplace_language="zh-hans")
    assert [(line["lang"], line["region"]) for line in sheet(theirs)["heading"]] == [("zh", None), ("zh", "TW")]


# --- letters without a font -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("😀 Ann", "😀"),
        ("ᚠᚢ Ann ᚠ", "ᚠᚢ"),
        ('Ann "ᚠ" \\ ᚢ', "ᚠᚢ"),
        ("Ann \U0001f9ff", "\U0001f9ff"),
        ("An\ufffd", "\ufffd"),
        ("Ann \u202eavliS", "\u202e"),
    ],
)
def test_name_without_a_font_is_not_printed_as_boxes(name, missing):
    with pytest.raises(MissingGlyphs) as error:
        render_pdf(certificate(holder_name=name))
    assert error.value.characters == missing


def test_letters_that_nobody_sees_are_named_by_their_number():
    assert MissingGlyphs("\u200dक\u094d").named == "क"
    assert MissingGlyphs("\u202e\ufe0f").named == "U+202E U+FE0F"


def test_chinese_name_is_refused_where_the_operator_has_no_font_for_it(monkeypatch, tmp_path):
    monkeypatch.setattr(typesetting, "SYSTEM_FONTS", tmp_path)
    monkeypatch.setattr(typesetting, "_press", typesetting._Press)
    with pytest.raises(MissingGlyphs) as error:
        render_pdf(certificate(holder_name="王小明 Ann 明"))
    assert error.value.characters == "王小明"


@pytest.mark.skipif(not any(typesetting.SYSTEM_FONTS.glob("NotoSansCJK*")), reason="fonts-noto-cjk is not installed")
@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_chinese_name_is_printed_where_the_operator_has_a_font_for_it(language):
    assert "王小明" in text_of(render_pdf(certificate(holder_name="王小明", language=language)))


@pytest.mark.parametrize("name", ["Zoë Łukasz Nguyễn Đặng", "Ѐлена Ωμέγα", "ᐃᓄᒃ ᓄᓇᕗᑦ", "\u2068Ann\u2069", "Jo\u0308rg"])
def test_name_in_the_scripts_of_our_fonts_is_printed(name):
    assert render_pdf(certificate(holder_name=name)).startswith(b"%PDF")


# --- the rest -------------------------------------------------------------------------------------------------


def test_document_is_made_in_eight_threads_at_once():
    made, failed = {}, []

    def make(thread):
        for sheet_number in range(5):
            name = f"Thread {thread} sheet {sheet_number}"
            try:
                made[name] = render_pdf(certificate(holder_name=name))
            except Exception as error:  # whatever it is, the test must see it
                failed.append(error)

    threads = [threading.Thread(target=make, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(made) == 40
    for name in ("Thread 0 sheet 0", "Thread 3 sheet 4", "Thread 7 sheet 2"):
        assert name in text_of(made[name])


@pytest.mark.parametrize(
    ("zone", "place"),
    [
        ("America/Fort_Nelson", "Fort Nelson"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires"),
        ("UTC", "UTC"),
    ],
)
def test_time_zone_is_called_after_its_place(zone, place):
    assert place_of_time(zone) == place


def test_file_name_is_neutral():
    assert file_name(certificate()) == "certificate-7mq9.pdf"


def test_erased_holder_leaves_a_dash():
    assert "—" in text_of(render_pdf(certificate(holder_name="")))
