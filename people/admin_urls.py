"""Addresses of shared workbooks below the CMS's own."""

from django.urls import path

from people.views import shared_workbooks as views

app_name = "people_admin"
urlpatterns = [
    path("", views.workbooks, name="workbooks"),
    path("<slug:kind>/upload/", views.upload, name="upload"),
    path("<slug:kind>/template.xlsx", views.template, name="template"),
    path("<slug:kind>/export.<slug:file_format>", views.export, name="export"),
    path("uploads/<uuid:upload>/", views.upload_page, name="upload_page"),
    path("uploads/<uuid:upload>/confirm/", views.confirm, name="confirm"),
    path("uploads/<uuid:upload>/undo/", views.undo, name="undo"),
    path("uploads/<uuid:upload>/marked-up.xlsx", views.marked_up, name="marked_up"),
]
