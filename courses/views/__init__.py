"""Pages of learners, and of those who hold sessions. A view finds what the reader may see, calls one service, and answers."""

from courses.views.course import course, start
from courses.views.events import events
from courses.views.lesson import check, lesson, lesson_done
from courses.views.listening import listen, listen_whole, recording, recording_whole
from courses.views.media import frozen_media, live_picture
from courses.views.nation import nation
from courses.views.quiz import hand_in, quiz, quiz_question
from courses.views.renditions import other_ways, rendition
from courses.views.result import result
from courses.views.reviewing import review, review_door, review_leave, review_part, review_receipt, reviews
from courses.views.sessions import (
    session,
    session_add,
    session_count,
    session_file,
    session_files,
    session_local,
    session_sheet,
    sessions,
    sessions_home,
)
from courses.views.sources import course_sources
from courses.views.training import my_training

__all__ = [
    "check",
    "course",
    "course_sources",
    "events",
    "frozen_media",
    "hand_in",
    "lesson",
    "lesson_done",
    "listen",
    "listen_whole",
    "live_picture",
    "my_training",
    "nation",
    "other_ways",
    "quiz",
    "quiz_question",
    "recording",
    "recording_whole",
    "rendition",
    "result",
    "review",
    "review_door",
    "review_leave",
    "review_part",
    "review_receipt",
    "reviews",
    "session",
    "session_add",
    "session_count",
    "session_file",
    "session_files",
    "session_local",
    "session_sheet",
    "sessions",
    "sessions_home",
    "start",
]
