"""Addresses of the site itself. They say nothing of the subject: addresses stay in histories."""

from django.urls import path

from cms import views

app_name = "site"
urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("help/", views.help_page, name="help"),
    path("exit/", views.exit_page, name="exit"),
    path("privacy/", views.privacy, name="privacy"),
]
