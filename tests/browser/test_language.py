"""The page's language reaches the document and Streamlit's own words, and follows the switch without a reload."""

from __future__ import annotations

import pytest

pytest.importorskip("playwright")
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import new_context, open_page, settle

pytestmark = pytest.mark.browser


def switch(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name).or_(page.get_by_role("button", name=name)).first.click()
    settle(page)


def test_streamlit_s_words_and_the_document_follow_the_switch(page: Page, server: str) -> None:
    open_page(page, f"{server}/sketch_pad?sketch_topic=photo")
    root, chooser = page.locator("html"), page.locator(".stFileUploader")
    expect(root).to_have_attribute("lang", "en")
    expect(chooser).to_contain_text("4MB per file")
    for name, tag, choose, most, menu, dark in (
        ("中文", "zh-CN", "选择文件", "每个文件最多 4MB", "主菜单", "深色"),
        ("English", "en", "Upload", "4MB per file", "Main menu", "Dark"),
        ("中文", "zh-CN", "选择文件", "每个文件最多 4MB", "主菜单", "深色"),
    ):
        switch(page, name)
        expect(root).to_have_attribute("lang", tag)
        expect(chooser).to_contain_text(choose)
        expect(chooser).to_contain_text(most)
        page.get_by_role("button", name=menu).click()
        expect(page.get_by_test_id("stMainMenuPopover")).to_contain_text(dark)
        page.keyboard.press("Escape")
    page.get_by_role("link", name="卷积计算器").first.click()  # another page: the component's place is a new one
    expect(page.locator("h1")).to_have_text("卷积计算器")
    expect(root).to_have_attribute("lang", "zh-CN")
    expect(page.get_by_label("展开", exact=True).first).to_be_attached()
    expect(page.get_by_label("Open", exact=True)).to_have_count(0)


def test_a_page_that_is_not_there_is_missed_in_chinese(browser: Browser, server: str) -> None:
    with new_context(browser) as visitor:  # not watched: Streamlit complains of the address on the console
        page = visitor.new_page()
        page.goto(f"{server}/nothing?lang=zh")
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("找不到页面")
        expect(dialog).to_contain_text("现在显示首页")
        dialog.get_by_label("关闭").click()
        expect(page.locator("h1")).to_have_text("ChalkNet")


def test_what_a_lesson_or_a_pupil_wrote_is_left_alone(page: Page, server: str) -> None:
    open_page(page, f"{server}/?lang=zh")
    page.evaluate("""() => {
        const add = (className, text) => {
            const made = Object.assign(document.createElement("p"), { className, textContent: text })
            document.querySelector(".stMain").append(made)
        }
        add("stMarkdown", "Stop")
        add("known", "Stop")
        add("longer", "Stop the run")
    }""")
    expect(page.locator("p.known")).to_have_text("停止")
    expect(page.locator("p.longer")).to_have_text("Stop the run")
    expect(page.locator("p.stMarkdown")).to_have_text("Stop")
