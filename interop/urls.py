"""Addresses for other systems."""

from django.urls import path

from interop import review_views, views

app_name = "interop"
urlpatterns = [
    path("api/1/reviews/", review_views.reviews, name="reviews"),
    path("api/1/reviews/keys/", review_views.review_keys, name="review_keys"),
    path("api/1/reviews/<uuid:asked>/", review_views.review, name="review"),
    path("api/1/reviews/<uuid:asked>/word/", review_views.review_word, name="review_word"),
    path("api/1/<slug:code>/workbooks/<slug:kind>/", views.imports, name="imports"),
    path("api/1/<slug:code>/imports/<uuid:upload>/", views.import_report, name="import_report"),
    path("api/1/<slug:code>/imports/<uuid:upload>/confirm/", views.import_confirm, name="import_confirm"),
]
