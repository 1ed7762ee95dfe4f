"""A clerk's file with mistakes, in a real browser: marked up, corrected, uploaded again; and a worker that is killed."""

import os
import re
import signal
from pathlib import Path

from openpyxl import Workbook, load_workbook
from playwright.sync_api import Page, expect

from compliance import demo
from tests.browser.conftest import Served, shoot
from tests.browser.test_main_way import sign_in_as_staff

HEADS = ["Employee number", "Name", "E-mail", "Site", "First day"]
SITE = "Larch Hotel Fort St. John"
# Enough for some steps: PostgreSQL takes its rows by COPY.
MANY = 20_000 if os.environ.get("DATABASE_URL") else 3_000
MINUTES = 5 * 60_000


def write(path: Path, rows: list[list[str]]) -> Path:
    book = Workbook()
    book.active.append(HEADS)
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def upload(desk: Page, served: Served, path: Path) -> None:
    desk.goto(f"{served.origin}/workplace/larch/workbooks/people/upload/")
    desk.locator("input[type=file]").set_input_files(path)
    desk.get_by_role("button", name="Check the file").click()


def test_marked_up_file_is_corrected_and_uploaded_to_no_error(served: Served, desk: Page, tmp_path: Path) -> None:
    sign_in_as_staff(desk, served, demo.HR)
    people = [
        ["0901", "Wren Alder", "", SITE, "2026-03-02"],
        ["0902", "Ash Linden", "not an address", SITE, "2026-03-02"],
        ["0903", "Kit Hazel", "", "Nowhere", "2026-03-02"],
    ]
    upload(desk, served, write(tmp_path / "crew.xlsx", people))
    expect(desk.get_by_text("1 new, 0 changed, 0 unchanged, 2 to correct.")).to_be_visible()
    shoot(desk, "workbook-to-correct")
    with desk.expect_download() as download:
        desk.get_by_role("link", name="Download your file with these marks").click()
    assert download.value.suggested_filename == "crew-marked.xlsx"
    marked = tmp_path / "crew-marked.xlsx"
    download.value.save_as(marked)

    book = load_workbook(marked)
    sheet = book.worksheets[0]
    assert [sheet.cell(row, 2).value for row in (2, 3, 4)] == ["Wren Alder", "Ash Linden", "Kit Hazel"]
    sheet["C3"], sheet["D4"] = "ash@larch.example", SITE
    # The clerk works on the list itself; the sheet of failing rows is not needed then.
    for other in book.worksheets[1:]:
        book.remove(other)
    book.save(marked)
    upload(desk, served, marked)
    expect(desk.get_by_text("3 new, 0 changed, 0 unchanged, 0 to correct.")).to_be_visible()
    shoot(desk, "workbook-corrected")
    desk.get_by_role("button", name="Add 3").click()
    expect(desk.get_by_text("Undo this upload").first).to_be_visible(timeout=MINUTES)
    upload(desk, served, marked)
    expect(desk.get_by_text("0 changes.")).to_be_visible()


def test_worker_killed_in_the_middle_leaves_a_whole_result(served: Served, desk: Page, tmp_path: Path) -> None:
    sign_in_as_staff(desk, served, demo.HR)
    people = [[f"7{number:05}", f"Person {number}", "", SITE, "2026-03-02"] for number in range(MANY)]
    path = write(tmp_path / "many.xlsx", people)
    upload(desk, served, path)
    button = desk.get_by_role("button", name=re.compile(f"Add {MANY}"))
    expect(button).to_be_visible(timeout=MINUTES)
    button.click()
    # Some steps are written, others not.
    expect(desk.locator("progress")).to_have_attribute("value", re.compile(r"^[1-9]\d*$"), timeout=MINUTES)
    # The page calls again every few seconds, also where nobody answers: another one looks afterwards.
    address, later = desk.url, desk.context.new_page()
    desk.close()
    for process in served.processes:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(20)
    assert f"WRITTEN {MANY} " not in served.manage("shell", "-c", WRITTEN)
    # The worker's hold on the job ends by itself after five minutes; the test does not wait for that.
    served.manage("shell", "-c", LET_GO)
    served.start()
    later.goto(address)
    expect(later.get_by_text("Undo this upload").first).to_be_visible(timeout=MINUTES)
    assert f"WRITTEN {MANY} {MANY}" in served.manage("shell", "-c", WRITTEN)
    assert "0 changes" in served.manage("import_workbook", "people", str(path), "--organisation", "larch")


LET_GO = """
from people.models import OutboxEntry
OutboxEntry.objects.filter(done_at=None).update(claimed_until=None)
"""
WRITTEN = """
from people.models import Employment, Membership
people = Membership.objects.filter(organisation__code="larch", employee_number__regex="^7[0-9]{5}$")
print("WRITTEN", people.count(), Employment.objects.filter(membership__in=people).count())
"""
