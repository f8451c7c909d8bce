"""The home page and the frame around every page."""

PAGES = ("home", "data_split", "dnn_playground", "conv_calculator", "lenet_training", "sketch_pad")


def test_home_has_five_cards_with_links_and_questions(open_page, words) -> None:
    at = open_page("home")
    links = [element.proto.page for element in at.get("page_link")]
    assert links == [*PAGES[1:], "course"]
    shown = words(at)
    assert "Data split" in shown
    assert shown.count("?") >= 5


def test_a_visitor_goes_from_home_through_all_lessons_and_back(open_page) -> None:
    at = open_page("home")
    titles = [at.title[0].value]
    for stem in (*PAGES[1:], "home"):
        at.switch_page(f"{stem}.py").run()
        assert not at.exception, at.exception[0].message
        assert not at.error
        titles.append(at.title[0].value)
    assert len(set(titles)) == len(PAGES)


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
