"""The story in the pages: a sheet from the clerk to the audit, a card from phone to phone."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from deploy.demo import county, sheets
from deploy.demo.clerk import CLERK, prepare_register
from deploy.demo.county_office import AUDITOR, REVIEWER
from deploy.demo.sheets import FIRST_ROW, Story, write_story_xlsx
from deploy.demo.stage import Stage, open_stage
from deploy.demo.story import first_list
from tests.journeys.visiting import FLAGS, PHONE, log_in, log_in_by_phone, visiting
from tests.platform import Platform
from tests.qr_reader import read_qr

pytestmark = pytest.mark.browser
TOWN_UNION = county.catching_union(county.STORY_TOWN)


@pytest.fixture(scope="module")
def stage(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("sheets")
    opened = open_stage(Path(platform.home), platform.url, folder)
    with closing(opened.http):
        yield opened


@pytest.fixture(scope="module")
def story(stage: Stage) -> Story:
    """The sheet of 500, two of whose people are members already."""
    made = first_list(stage)
    prepare_register(stage, made)
    return made


@pytest.fixture
def browser(browser_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=browser_path, args=FLAGS)
        yield opened
        opened.close()


def test_sheet_goes_from_the_clerk_to_the_audit(
    stage: Stage, story: Story, browser: Browser
) -> None:
    with visiting(browser, stage) as clerk:
        log_in(clerk, stage, CLERK)
        address = upload(clerk, stage, story)
        see_dry_run(clerk)
        mend_two_rows(clerk, story)
        apply(clerk)
        take_rejected(clerk, stage.sheets / "退回.xlsx")
    with visiting(browser, stage) as reviewer:
        log_in(reviewer, stage, REVIEWER)
        approve_in_bulk(reviewer, address)
    with visiting(browser, stage) as auditor:
        log_in(auditor, stage, AUDITOR)
        see_audit(auditor, address)


def test_card_is_verified_by_another_phone(stage: Stage, story: Story, browser: Browser) -> None:
    with visiting(browser, stage, PHONE) as member:
        log_in_by_phone(member, stage, story.registered.phone)
        member.get_by_role("link", name="出示会员卡").click()
        card = member.locator("#card")
        expect(card).to_contain_text(story.registered.name)
        scanned = read_qr(card.locator("svg").last.evaluate("drawing => drawing.outerHTML"))
    with visiting(browser, stage, PHONE) as other:
        other.goto(scanned)
        verdict = other.locator(".verdict")
        expect(verdict).to_contain_text("有效")
        expect(verdict).not_to_contain_text("无效")
        expect(verdict).not_to_contain_text(story.registered.name)
        expect(verdict).to_contain_text(TOWN_UNION)
        assert "#" not in other.url


def upload(clerk: Page, stage: Stage, story: Story) -> str:
    """The sheet as it came; the address of its import."""
    sheet = stage.sheets / "唐桥镇快递员名单.xlsx"
    write_story_xlsx(sheet, story.rows)
    clerk.get_by_role("link", name="批量导入").first.click()
    clerk.get_by_role("link", name="上传名单").click()
    clerk.get_by_label("导入到哪个工会").select_option(label=TOWN_UNION)
    clerk.get_by_label("文件").set_input_files(sheet)
    clerk.get_by_role("button", name="上传并检查").click()
    expect(clerk.get_by_role("heading", name=sheet.name)).to_be_visible()
    return clerk.url


def see_dry_run(clerk: Page) -> None:
    """It opens on the rows that need mending, with the totals above them."""
    expect(clerk.get_by_role("button", name="导入 488 人")).to_be_visible()
    totals = clerk.get_by_role("navigation", name="按检查结果")
    for total in ("488", "9", "3", "500"):
        expect(totals).to_contain_text(total)
    expect(clerk.locator("tbody tr")).to_have_count(9)


def mend_two_rows(clerk: Page, story: Story) -> None:
    """The totals follow each mended cell, and what was typed elsewhere on the page stays."""
    evidence = clerk.get_by_label("签字名单编号或存放处")
    evidence.fill("现场签字名册 2026-01")
    for position, field in ((sheets.WRONG_CHECK_DIGIT[0], "document"), (150, "phone")):
        person, number = story.people[position], position + FIRST_ROW
        right = {"document": person.id_number, "phone": person.phone}[field]
        box = clerk.locator(f"#c-{number}-{field}")
        box.fill(right)
        box.press("Enter")
        expect(clerk.locator(f"#row-{number}")).to_contain_text("可导入")
    expect(clerk.get_by_role("navigation", name="按检查结果")).to_contain_text("490")
    expect(evidence).to_have_value("现场签字名册 2026-01")


def apply(clerk: Page) -> None:
    """Confirmed for as many as are right by now, and waited for on the page."""
    clerk.get_by_role("button", name="导入 490 人").click()
    expect(clerk.get_by_text("已导入").first).to_be_visible()
    expect(clerk.get_by_role("link", name="下载要改的 10 行")).to_be_visible()


def take_rejected(clerk: Page, kept: Path) -> None:
    with clerk.expect_download() as downloading:
        clerk.get_by_role("link", name="下载要改的 10 行").click()
    downloading.value.save_as(kept)
    rows = list(openpyxl.load_workbook(kept).worksheets[0].iter_rows(min_row=2))
    assert len(rows) == 10
    assert all(str(row[-1].value).endswith("。") for row in rows)


def approve_in_bulk(reviewer: Page, address: str) -> None:
    reviewer.goto(address)
    reviewer.get_by_role("link", name="审核这一批").click()
    reviewer.get_by_label("这一批名单全部办理").check()
    reviewer.get_by_role("button", name="同意入会").click()
    expect(reviewer.get_by_text("整批 490 份已开始办理")).to_be_visible()
    batch = address.rpartition("/")[2]
    for _ in range(30):
        reviewer.goto(f"/applications?batch={batch}")
        if reviewer.get_by_text("这里没有申请。").is_visible():
            break
        reviewer.wait_for_timeout(500)
    reviewer.goto(f"/applications?state=admitted&batch={batch}")
    expect(reviewer.locator("tbody tr").first).to_contain_text("已入会")


def see_audit(auditor: Page, address: str) -> None:
    auditor.goto(f"/audit?subject={address.rpartition('/')[2]}")
    table = auditor.locator("tbody")
    expect(table).to_contain_text("李经办")
    auditor.goto("/audit/verification")
    for service in ("identity", "membership"):
        expect(auditor.locator("main")).not_to_contain_text(f"{service}：有问题")
    expect(auditor.locator("section.notice")).to_have_count(2)
    expect(auditor.locator("section.notice.bad")).to_have_count(0)
