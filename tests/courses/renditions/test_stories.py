from courses.renditions.stories import passages
from tests.courses.renditions.lessons import STORY


def test_choices_that_meet_keep_their_own_why_and_go_on_at_one_number():
    told = {each.number: each for each in passages(STORY)}
    start = told[1]
    by_text = {choice.text: told[choice.to] for choice in start.choices}
    call, ask, stop = (by_text[choice["text"]] for choice in STORY["nodes"][0]["choices"])
    assert (ask.feedback, ask.text, ask.goes_on_at, ask.is_end) == (
        "<p>You give Lee room.</p>",
        "<p>Lee jokes with you.</p>",
        0,
        True,
    )
    assert (call.feedback, stop.feedback) == ("<p>There is a plain reason.</p>", "<p>It shames somebody.</p>")
    assert call.goes_on_at == stop.goes_on_at
    end = told[call.goes_on_at]
    assert (end.feedback, end.text, end.is_end) == ("", "<p>Lee and the aunt go quiet.</p>", True)
    assert sorted(told) == list(range(1, len(told) + 1))


def test_choices_stand_in_the_order_of_the_page():
    from cms.templatetags.fieldfare import shuffled

    shown = shuffled(STORY["nodes"][0]["choices"], "the-quiet-trainee/a")
    assert [choice.text for choice in passages(STORY)[0].choices] == [choice["text"] for choice in shown]
