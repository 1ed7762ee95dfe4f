"""Addresses of courses below the CMS's own."""

from django.urls import path

from courses.views import trying
from courses.views.asking import ReviewsView
from courses.views.checking import CheckView
from courses.views.claims import ClaimsView, ClaimView
from courses.views.course_files import CourseFilesView, course_file
from courses.views.ledger import LedgerCsvView, LedgerView, ReviewPayView
from courses.views.overlays import OverlaysView, OverlayView, WriteOverlayView
from courses.views.owning import NationsView, OwnersView
from courses.views.pictures import PicturesView
from courses.views.releasing import ReleaseView
from courses.views.review_dates import ReviewDatesView, ReviewDateView
from courses.views.stories import StoriesView
from courses.views.voices import VoicesView, voice_sample
from courses.views.withdrawing import WithdrawView

app_name = "courses_admin"
urlpatterns = [
    path("voices/", VoicesView.as_view(), name="voices"),
    path("voices/<str:language>/sample", voice_sample, name="voice_sample"),
    path("claims/", ClaimsView.as_view(), name="claims"),
    path("claims/<int:claim_id>/", ClaimView.as_view(), name="claim"),
    path("reviews-due/", ReviewDatesView.as_view(), name="review_dates"),
    path("<int:course_id>/review-date/", ReviewDateView.as_view(), name="review_date"),
    path("local/", OverlaysView.as_view(), name="overlays"),
    path("local/<int:overlay_id>/", OverlayView.as_view(), name="overlay"),
    path("local/<int:overlay_id>/edit/", WriteOverlayView.as_view(), name="edit_overlay"),
    path("<int:course_id>/local/", WriteOverlayView.as_view(), name="write_overlay"),
    path("nations/", NationsView.as_view(), name="nations"),
    path("stories/", StoriesView.as_view(), name="stories"),
    path("ledger/", LedgerView.as_view(), name="ledger"),
    path("ledger/ledger.csv", LedgerCsvView.as_view(), name="ledger_csv"),
    path("ledger/<int:request_id>/", ReviewPayView.as_view(), name="review_pay"),
    path("<int:course_id>/check/", CheckView.as_view(), name="check"),
    path("<int:course_id>/reviews/", ReviewsView.as_view(), name="reviews"),
    path("<int:course_id>/owners/", OwnersView.as_view(), name="owners"),
    path("<int:course_id>/pictures/", PicturesView.as_view(), name="pictures"),
    path("<int:course_id>/release/", ReleaseView.as_view(), name="release"),
    path("<int:course_id>/withdraw/", WithdrawView.as_view(), name="withdraw"),
    path("<int:course_id>/files/", CourseFilesView.as_view(), name="files"),
    path("<int:course_id>/files/<str:language>/<str:name>", course_file, name="file"),
    path("<int:course_id>/try/", trying.try_course, name="try_course"),
    path("<int:course_id>/try/quiz/", trying.try_quiz, name="try_quiz"),
    path("<int:course_id>/try/lesson/<slug:lesson>/", trying.try_lesson, name="try_lesson"),
    path("<int:course_id>/try/lesson/<slug:lesson>/<slug:question>/", trying.try_check, name="try_check"),
]
