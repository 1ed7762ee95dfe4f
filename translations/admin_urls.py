"""Addresses of languages below the CMS's own."""

from django.urls import path

from translations.views.exchange import ExchangeView, ExportView
from translations.views.glossary import GlossaryView
from translations.views.inbox import InboxView
from translations.views.matrix import MatrixCsvView, MatrixView

app_name = "translations_admin"
urlpatterns = [
    path("", MatrixView.as_view(), name="matrix"),
    path("languages.csv", MatrixCsvView.as_view(), name="matrix_csv"),
    path("glossary/", GlossaryView.as_view(), name="glossary"),
    path("to-do/", InboxView.as_view(), name="inbox"),
    path("files/", ExchangeView.as_view(), name="exchange"),
    path("files/download/", ExportView.as_view(), name="export"),
]
