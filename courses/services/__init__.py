"""What writes courses: releasing, withdrawing, learning, completing, merging."""

from courses.services.approving import approve_picture, shown_parts, take_approval_back
from courses.services.attending import (
    count_attendance,
    expect,
    hand_out,
    hold_session,
    mark_attendance,
    may_become,
    take_off_list,
)
from courses.services.checking import (
    Judged,
    answer_finding,
    findings_of,
    open_findings,
    published_findings,
    reading_levels,
)
from courses.services.claiming import contradict_claim, verify_claim, withdraw_claim
from courses.services.completing import complete_if_done
from courses.services.consenting import (
    end_expired_consents,
    forget_teller_name,
    keep_teller_name,
    read_teller_name,
    record_consent,
    withdraw_consent,
)
from courses.services.learning import complete_lesson, enrol, record_event, record_quiz, refold
from courses.services.looking_again import set_review_date
from courses.services.merging import merge_learners, move_learning
from courses.services.overlaying import approve_overlay, preview_part, source_of, withdraw_overlay, write_overlay
from courses.services.owning import (
    add_nation,
    appoint,
    dismiss,
    give_up,
    let_show,
    new_link_for,
    own_part,
    signatories,
    take_back,
)
from courses.services.releasing import (
    Forecast,
    add_text,
    draft_snapshot,
    forecast_release,
    is_released,
    release_course,
)
from courses.services.reminding import remind_owners
from courses.services.rendering import ask_for_renditions, ask_to_look, look_for_stale_renditions, make_renditions
from courses.services.review_doors import come_in, comment_on, door_behind, make_link, settle_comment, shut_link
from courses.services.review_keys import end_reviewer_keys, make_reviewer_key, reviewer_of_key
from courses.services.review_ledger import (
    agree_fee,
    confirm_receipt,
    keep_legal_name,
    pay_elsewhere,
    read_legal_names,
    record_payment,
)
from courses.services.reviewing import (
    add_reviewer,
    ask_for_review,
    published_texts,
    review_problems,
    shown_texts,
    sign_off,
    text_to_review,
)
from courses.services.voices import accept_voice, take_voice_back
from courses.services.withdrawing import put_back, withdraw_part

__all__ = [
    "Forecast",
    "Judged",
    "accept_voice",
    "add_nation",
    "add_reviewer",
    "add_text",
    "agree_fee",
    "answer_finding",
    "appoint",
    "approve_overlay",
    "approve_picture",
    "ask_for_renditions",
    "ask_for_review",
    "ask_to_look",
    "come_in",
    "comment_on",
    "complete_if_done",
    "complete_lesson",
    "confirm_receipt",
    "contradict_claim",
    "count_attendance",
    "dismiss",
    "door_behind",
    "draft_snapshot",
    "end_expired_consents",
    "end_reviewer_keys",
    "enrol",
    "expect",
    "findings_of",
    "forecast_release",
    "forget_teller_name",
    "give_up",
    "hand_out",
    "hold_session",
    "is_released",
    "keep_legal_name",
    "keep_teller_name",
    "let_show",
    "look_for_stale_renditions",
    "make_link",
    "make_renditions",
    "make_reviewer_key",
    "mark_attendance",
    "may_become",
    "merge_learners",
    "move_learning",
    "new_link_for",
    "open_findings",
    "own_part",
    "pay_elsewhere",
    "preview_part",
    "published_findings",
    "published_texts",
    "put_back",
    "read_legal_names",
    "read_teller_name",
    "reading_levels",
    "record_consent",
    "record_event",
    "record_payment",
    "record_quiz",
    "refold",
    "release_course",
    "remind_owners",
    "review_problems",
    "reviewer_of_key",
    "set_review_date",
    "settle_comment",
    "shown_parts",
    "shown_texts",
    "shut_link",
    "sign_off",
    "signatories",
    "source_of",
    "take_approval_back",
    "take_back",
    "take_off_list",
    "take_voice_back",
    "text_to_review",
    "verify_claim",
    "withdraw_claim",
    "withdraw_consent",
    "withdraw_overlay",
    "withdraw_part",
    "write_overlay",
]
