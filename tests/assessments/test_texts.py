"""Rich texts as plain texts, and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.texts import html_of, text_of


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ('<p data-block-key="a1">One.</p><p>Two<br/>lines &amp; more.</p>', "One.\n\nTwo\nlines & more."),
        ("<p>A <b>bold</b> and an <i>odd</i> word</p>", "A **bold** and an *odd* word"),
        (
            "<h3>Head</h3><ul><li>One</li><li>Two</li></ul><ol><li>First</li></ol>",
            "### Head\n\n• One\n• Two\n\n1. First",
        ),
    ],
)
def test_rich_text_is_written_as_plain_text_and_comes_back(html: str, text: str) -> None:
    assert text_of(html) == text
    assert html_of(text) == html.replace(' data-block-key="a1"', "")


def test_what_looks_like_html_is_shown_and_not_run() -> None:
    assert html_of("<script>x</script>") == "<p>&lt;script&gt;x&lt;/script&gt;</p>"
    assert text_of(html_of("<script>x</script>")) == "<script>x</script>"


@given(st.text(alphabet="ab1.•-*#<&\n "))
def test_text_that_went_out_once_is_the_same_ever_after(text: str) -> None:
    once = text_of(html_of(text))
    assert text_of(html_of(once)) == text_of(html_of(text_of(html_of(once))))
