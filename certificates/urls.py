"""Addresses of certificates."""

from django.urls import path

from certificates import views

app_name = "certificates"
urlpatterns = [
    path("verify/", views.verify, name="verify"),
    # Whatever stands behind the slash is looked up: what cannot be a number gets the same page as what is none.
    path("verify/<path:number>/", views.verify_number, name="verify_number"),
    path("certificates/<uuid:public_id>/", views.certificate, name="certificate"),
    path("certificates/<uuid:public_id>/document/", views.document, name="document"),
]
