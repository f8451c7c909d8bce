"""The home page and the frame around every page."""

import pytest

PAGES = ("home", "data_split", "dnn_playground", "conv_calculator", "lenet_training", "sketch_pad")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_home_has_five_cards_with_links_and_questions(open_page, words, lang) -> None:
    at = open_page("home", lang=lang)
    links = [element.proto.page for element in at.get("page_link")]
    assert links == list(PAGES[1:])
    shown = words(at)
    assert ("数据集划分" if lang == "zh" else "Data split") in shown
    assert shown.count("？" if lang == "zh" else "?") >= 5


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("stem", PAGES)
def test_every_page_opens_without_error(open_page, stem, lang) -> None:
    at = open_page(stem, lang=lang)
    assert at.title
    assert not at.error


def test_the_language_of_the_link_stays_on_the_next_page(open_page) -> None:
    at = open_page("home", lang="zh")
    assert "".join(at.query_params["lang"]) == "zh"
    at.switch_page("data_split.py").run()
    assert "".join(at.query_params["lang"]) == "zh"
    assert at.title[0].value == "数据集划分"


def test_the_switch_changes_language_and_address(open_page) -> None:
    at = open_page("home")
    assert "lang" not in at.query_params
    at.get("segmented_control")[0].set_value("zh").run()
    assert "".join(at.query_params["lang"]) == "zh"
    assert "五" in at.subheader[0].value
