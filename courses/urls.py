"""Addresses of courses."""

from django.urls import path

from courses import views

app_name = "courses"
urlpatterns = [
    path("training/", views.my_training, name="my_training"),
    # Before the courses: a course may not be called "events".
    path("learn/events/", views.events, name="events"),
    path("learn/<slug:slug>/", views.course, name="course"),
    path("learn/<slug:slug>/start/", views.start, name="start"),
    path("learn/<slug:slug>/quiz/", views.quiz, name="quiz"),
    path("learn/<slug:slug>/quiz/hand-in/", views.hand_in, name="hand_in"),
    path("learn/<slug:slug>/quiz/<int:position>/", views.quiz_question, name="quiz_question"),
    path("learn/<slug:slug>/result/", views.result, name="result"),
    path("learn/<slug:slug>/sources/", views.course_sources, name="course_sources"),
    path("learn/<slug:slug>/other-ways/", views.other_ways, name="other_ways"),
    path("learn/<slug:slug>/other-ways/<str:name>", views.rendition, name="rendition"),
    # Beneath a word that is taken already: a lesson may be called "listen".
    path("learn/<slug:slug>/other-ways/listen/", views.listen_whole, name="listen_whole"),
    path("learn/<slug:slug>/other-ways/listen/sound", views.recording_whole, name="recording_whole"),
    path("learn/<slug:slug>/<slug:lesson>/", views.lesson, name="lesson"),
    path("learn/<slug:slug>/<slug:lesson>/listen/", views.listen, name="listen"),
    path("learn/<slug:slug>/<slug:lesson>/listen/sound", views.recording, name="recording"),
    path("learn/<slug:slug>/<slug:lesson>/done/", views.lesson_done, name="lesson_done"),
    path("learn/<slug:slug>/<slug:lesson>/check/<slug:question>/", views.check, name="check"),
    path("sessions/", views.sessions_home, name="sessions_home"),
    path("sessions/<slug:code>/", views.sessions, name="sessions"),
    path("sessions/<slug:code>/<slug:session>/", views.session, name="session"),
    path("sessions/<slug:code>/<slug:session>/add/", views.session_add, name="session_add"),
    path("sessions/<slug:code>/<slug:session>/count/", views.session_count, name="session_count"),
    path("sessions/<slug:code>/<slug:session>/sign-in.pdf", views.session_sheet, name="session_sheet"),
    path("sessions/<slug:code>/<slug:session>/local.pdf", views.session_local, name="session_local"),
    path("sessions/<slug:code>/<slug:session>/files/", views.session_files, name="session_files"),
    path("sessions/<slug:code>/<slug:session>/files/<str:name>", views.session_file, name="session_file"),
    path("read/", views.reviews, name="reviews"),
    path("read/nation/", views.nation, name="nation"),
    path("read/leave/", views.review_leave, name="review_leave"),
    path("read/in/<str:token>/", views.review_door, name="review_door"),
    path("read/<uuid:asked>/", views.review, name="review"),
    path("read/<uuid:asked>/receipt/", views.review_receipt, name="review_receipt"),
    path("read/<uuid:asked>/part/<slug:part>/", views.review_part, name="review_part"),
    path("media/frozen/<str:sha256>/", views.frozen_media, name="frozen_media"),
    # Where Wagtail keeps uploads in a folder: what is not released yet, for editors and reviewers.
    path("media/original_images/<path:name>", views.live_picture, {"folder": "original_images"}, name="live_picture"),
    path("media/images/<path:name>", views.live_picture, {"folder": "images"}, name="live_rendition"),
]
