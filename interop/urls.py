"""Addresses for other systems."""

from django.urls import path

from interop import views

app_name = "interop"
urlpatterns = [
    path("api/1/<slug:code>/workbooks/<slug:kind>/", views.imports, name="imports"),
    path("api/1/<slug:code>/imports/<uuid:upload>/", views.import_report, name="import_report"),
    path("api/1/<slug:code>/imports/<uuid:upload>/confirm/", views.import_confirm, name="import_confirm"),
]
