"""A PO file that somebody uploads beside the form of wagtail-localize."""

import polib
import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from wagtail.models import Locale
from wagtail_localize.models import StringTranslation, Translation, TranslationSource

from tests.factories.courses import home_page
from tests.factories.people import UserFactory, sign_in_personally

SPANISH = "Las personas que están aquí con usted"


@pytest.mark.django_db
def test_a_file_that_looks_like_another_language_is_refused_by_piece(client: Client) -> None:
    page = home_page()
    source, _ = TranslationSource.update_or_create_from_instance(page)
    french, _ = Locale.objects.get_or_create(language_code="fr")
    translation = Translation.objects.create(source=source, target_locale=french)
    translation.save_target(publish=False)
    sign_in_personally(client, UserFactory(is_superuser=True, with_email=True))
    address = reverse("wagtail_localize:upload_pofile", args=[translation.pk])

    def sent(content: bytes) -> list[str]:
        client.cookies.pop("messages", None)
        answer = client.post(address, {"file": SimpleUploadedFile("a.po", content), "next": "/cms/"})
        assert (answer.status_code, answer.url) == (302, "/cms/")
        return [str(each).replace("\u2068", "").replace("\u2069", "") for each in get_messages(answer.wsgi_request)]

    def file(words: str) -> bytes:
        po: polib.POFile = translation.export_po()
        po[0].msgstr = words
        return str(po).encode()

    refused = ["title: This looks like another language than the one chosen: Español", "Nothing was taken in."]
    assert sent(file(SPANISH)) == refused
    broken = "This file cannot be read. Save it again as PO in UTF-8, XLIFF 2.0 or .xlsx."
    for content in (b"", b"\0", file("Accueil").replace(b"X-WagtailLocalize", b"X-Other"), file("Accueil")[:-2]):
        assert sent(content)[0].startswith(broken)
    assert StringTranslation.objects.count() == 0
    assert len(sent(file("Accueil"))) == 1
    StringTranslation.objects.update(data=SPANISH)
    # Typed beside the source, and so looked at.
    assert len(sent(file(SPANISH))) == 1
    assert StringTranslation.objects.get().data == SPANISH
