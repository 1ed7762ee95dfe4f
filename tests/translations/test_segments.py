import pytest

from translations.segments import (
    Fault,
    Markup,
    Segment,
    SegmentProblem,
    faults,
    normalise,
    numbers,
    placeholders,
)


def test_placeholders_are_counted_and_a_percent_sign_is_none():
    assert placeholders("%(day)s and %(day)s, {name}, %d, 100 %% of 80 % sure") == {
        "%(day)s": 2,
        "{name}": 1,
        "%d": 1,
    }


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Call 1-833-900-1010 or 911", {"18339001010": 1, "911": 1}),
        ("1 833 900-1010", {"18339001010": 1}),
        ("1,600,000 people", {"1600000": 1}),
        ("1 600 000 personnes", {"1600000": 1}),
        ("٩١١", {"911": 1}),
        ("in 12 months", {}),
    ],
)
def test_numbers_are_compared_without_grouping(text, found):
    assert numbers(text) == found


@pytest.mark.parametrize(
    ("source", "target", "markup", "expected"),
    [
        ("Hello", "Bonjour", Markup.PLAIN, []),
        ("Hello", "  ", Markup.PLAIN, [(Fault.EMPTY, "")]),
        ("Until %(day)s", "Jusqu’à %(jour)s", Markup.PLAIN, [(Fault.PLACEHOLDERS, "-%(day)s +%(jour)s")]),
        ("Call 911", "Appelez le 912", Markup.PLAIN, [(Fault.NUMBERS, "-911 +912")]),
        ("Hi", "<script>x</script>", Markup.PLAIN, [(Fault.MARKUP, "+</script> +<script>")]),
        ('<a href="/x">a</a>', '<a href="/y">a</a>', Markup.HTML, [(Fault.MARKUP, '-<a href="/x"> +<a href="/y">')]),
        ("**A** b", "A b", Markup.MARKDOWN, [(Fault.MARKUP, "strong 1→0")]),
        ("- a\n- b", "- a", Markup.MARKDOWN, [(Fault.MARKUP, "bullet 2→1")]),
        ("Hi", "H\u202ei", Markup.PLAIN, [(Fault.CHARACTERS, "U+202E")]),
        ("Hi", "\u2068H", Markup.PLAIN, [(Fault.CHARACTERS, "U+2069")]),
        ("Hi\n", "Salut", Markup.PLAIN, [(Fault.EDGES, "")]),
        ("Hi", "Salut <script ", Markup.PLAIN, [(Fault.MARKUP, "+<script ")]),
        ("Hi", "[a](javascript:b)", Markup.MARKDOWN, [(Fault.MARKUP, "+javascript:b)")]),
        ("See www.a.ca", "Voir www.b.ca", Markup.PLAIN, [(Fault.MARKUP, "-www.a.ca +www.b.ca")]),
        ("ana@example.org", "anne@example.org", Markup.PLAIN, []),
        ("Hi", "a@b.ca", Markup.PLAIN, [(Fault.MARKUP, "+a@b.ca")]),
        ("x" * 60, "y" * 120, Markup.PLAIN, []),
        ("x" * 60, "y" * 121, Markup.PLAIN, [(Fault.LENGTH, "121 > 120")]),
        ("x" * 61, "y" * 251, Markup.PLAIN, [(Fault.LENGTH, "251 > 250")]),
        ("x" * 240, "y" * 361, Markup.PLAIN, [(Fault.LENGTH, "361 > 360")]),
        ("Hi", "y" * 501, Markup.MARKDOWN, [(Fault.LENGTH, "501 > 500")]),
    ],
)
def test_a_fault_is_named_with_its_piece(source, target, markup, expected):
    found = faults(Segment("a/b", source, markup), target)
    assert found == [SegmentProblem("a/b", fault, detail) for fault, detail in expected]


def test_text_is_composed_and_has_plain_line_ends():
    assert normalise("e\u0301\r\nx") == "\u00e9\nx"
