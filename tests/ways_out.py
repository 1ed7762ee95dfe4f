"""Every way on which words of a course leave the house, as text: for tests of what must not be there any more."""

import io
import subprocess
import zipfile
from datetime import date, datetime, timedelta
from typing import Any

from django.test import Client
from django.urls import reverse

from assessments.services import save_answer, start_attempt, submit_attempt
from compliance import services as compliance_services
from compliance.kit_pack import kit_pack
from compliance.models import EvidencePack, SiteKit
from courses import selectors
from courses.bundle import write_bundle
from courses.models import Course, EditionText, Rendition
from courses.renditions import kinds
from courses.renditions.material import material_of
from courses.renditions.transcript import transcript
from courses.services import complete_lesson, enrol, make_renditions, record_quiz
from people import services as people_services
from people.models import Membership, Organisation, Site
from tests.learning import right_response
from translations.exchange import FORMATS
from translations.selectors import file_for


def text_in(data: bytes, name: str) -> str:
    """Return everything that can be read in a file: in an archive in each of its files."""
    if name.endswith(".pdf"):
        return subprocess.run(["pdftotext", "-", "-"], input=data, capture_output=True, check=True).stdout.decode()
    if zipfile.is_zipfile(io.BytesIO(data)):
        archive = zipfile.ZipFile(io.BytesIO(data))
        return "\n".join(f"{each} {text_in(archive.read(each), each)}" for each in archive.namelist())
    return data.decode(errors="replace")


def squeezed(text: str) -> str:
    """Return ``text`` without what typesetting adds or takes: white space and soft hyphens."""
    return "".join(text.replace("\xad", "").split())


def take_course(member: Membership, course: Course, at: datetime) -> None:
    """Let a person do the whole course."""
    enrolment = enrol(learner=member.user, membership=member, course=course, at=at, language="en")
    text = selectors.text_for(enrolment, "en")
    assert text is not None
    about: dict[str, Any] = {"enrolment": enrolment, "edition_text": text}
    for lesson in text.snapshot["lessons"]:
        complete_lesson(**about, lesson_code=lesson["code"], language="en", at=at)
    quiz, learner = text.snapshot["quiz"], member.user
    context = selectors.attempt_context(enrolment)
    attempt = start_attempt(learner=learner, quiz=quiz, context=context, language="en", at=at, since=None)
    for question in attempt.paper["questions"]:
        save_answer(attempt=attempt, question_key=question["key"], response=right_response(question), at=at)
    done = submit_attempt(attempt=attempt, at=at + timedelta(minutes=5))
    record_quiz(**about, attempt=done, at=at + timedelta(minutes=5))


def pages(client: Client, course: Course) -> dict[str, str]:
    """Return the pages of a course in each of its languages, as who is signed in sees them."""
    found = {}
    for language in languages(course):
        client.cookies["django_language"] = language
        names = [("course", {}), ("quiz", {}), ("course_sources", {})]
        snapshot = EditionText.objects.filter(edition__course=course).latest("edition__number").snapshot
        names += [("lesson", {"lesson": each["code"]}) for each in snapshot["lessons"]]
        for name, more in names:
            answer = client.get(reverse(f"courses:{name}", kwargs={"slug": course.slug, **more}), follow=True)
            found[f"page {name} {more.get('lesson', '')} {language}"] = answer.content.decode()
    del client.cookies["django_language"]
    return found


def languages(course: Course) -> list[str]:
    """Return the languages of its editions."""
    return sorted(set(EditionText.objects.filter(edition__course=course).values_list("language", flat=True)))


def renditions(course: Course, at: datetime) -> dict[str, str]:
    """Make and read every file of every edition in every language; what the machine would say too."""
    found = {}
    for edition in course.editions.all():
        for language in languages(course):
            kept = make_renditions(edition=edition, language=language, at=at)
            assert kept is not None
            text = selectors.text_in(edition, language)
            assert text is not None
            material = material_of(text)
            assert {each.name for each in kept.files.all()} == {piece.name for piece in kinds.pieces(material)}
            for each in Rendition.objects.filter(rendition_set=kept):
                with each.file.open("rb") as opened:
                    found[f"file {each.name} {edition.number} {language}"] = text_in(opened.read(), each.name)
            spoken = "\n".join(transcript(material, lesson) for lesson in material.lessons)
            found[f"spoken {edition.number} {language}"] = spoken
    return found


def bundle(course: Course) -> dict[str, str]:
    """Return the bundle."""
    stream = io.BytesIO()
    write_bundle(stream, course=course)
    return {"bundle": text_in(stream.getvalue(), "bundle.zip")}


def exchange(course: Course) -> dict[str, str]:
    """Return the files for translators, in each format and language."""
    found = {}
    for language in languages(course)[1:]:
        file = file_for(language=language, group=f"course:{course.code}")
        for name, file_format in FORMATS.items():
            found[f"exchange {name} {language}"] = text_in(file_format.write(file), f"x.{name}")
    return found


def questions(at: datetime) -> dict[str, str]:
    """Return the export of the question banks."""
    target = io.BytesIO()
    people_services.write_export(organisation=None, kind="question_bank", target=target, at=at, file_format="csv")
    return {"questions": target.getvalue().decode("utf-8-sig")}


def pack(organisation: Organisation, on: date, at: datetime) -> dict[str, str]:
    """Ask for an evidence pack, make it, and return what it holds."""
    asked = compliance_services.request_evidence_pack(organisation=organisation, site=None, on=on, by=None, at=at)
    made = compliance_services.make_evidence_pack(public_id=str(asked.public_id))
    assert made is not None
    with made.file.open("rb") as opened:
        return {"pack": text_in(opened.read(), "pack.zip")}


def packs_kept() -> dict[str, str]:
    """Return the packs that were made before and can still be downloaded."""
    found = {}
    for each in EvidencePack.objects.filter(state=EvidencePack.State.READY):
        with each.file.open("rb") as opened:
            found[f"pack {each.public_id}"] = text_in(opened.read(), "pack.zip")
    return found


def kit(site: Site, on: date) -> dict[str, str]:
    """Return the kit of a site with the booklets in it."""
    kept, _ = SiteKit.objects.get_or_create(site=site, defaults={"changed_on": on})
    return {"kit": text_in(kit_pack(kept, on=on), "kit.zip")}


def everything(client: Client, course: Course, *, site: Site, at: datetime, on: date) -> dict[str, str]:
    """Return all of it, by way."""
    return {
        **pages(client, course),
        **renditions(course, at),
        **bundle(course),
        **exchange(course),
        **questions(at),
        **packs_kept(),
        **pack(site.organisation, on, at),
        **kit(site, on),
    }
