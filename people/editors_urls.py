"""Addresses of the limits of editors below the CMS's own."""

from django.urls import path

from people.views.editors import EditorsView, EditorView

app_name = "people_editors"
urlpatterns = [
    path("", EditorsView.as_view(), name="editors"),
    path("<int:user_id>/", EditorView.as_view(), name="editor"),
]
