"""Every page, every look at it and every tab once in Chinese; what they do is tested in English.

That each sentence has a translation with the same fields is the catalogue's own test, tests/test_translations.py.
"""

from __future__ import annotations

import re

import pytest

pytestmark = pytest.mark.usefixtures("ready_digits", "scheduler")

CHINESE = re.compile("[\u4e00-\u9fff]")
# page: its setting that chooses what is looked at, and the choices
LOOKS = {
    "home": ("", ("",)),
    "data_split": ("split_view", ("rows", "classes", "picture", "leaks", "folds")),
    "dnn_playground": ("dnn_view", ("curves", "confusion", "histograms", "lines")),
    "conv_calculator": ("conv_mode", ("layer", "chain", "picture")),
    "lenet_training": ("lenet_look", ("maps", "filters", "saliency", "curves", "test", "compare")),
    "sketch_pad": ("sketch_topic", ("draw", "photo", "sample", "several", "class")),
}
INSIDE_DIFFERS = ("conv_calculator", "sketch_pad")  # from look to look
REFUSED = {
    "data_split": {"split_samples": "10", "split_batch_size": "100", "split_drop_last": "1"},
    "dnn_playground": {"dnn_widths": "5-x"},
    "conv_calculator": {"conv_height": "2"},
    "lenet_training": {"lenet_optimiser": "nesterov"},
}


def look_inside(at) -> None:
    """Open the expander and each of its tabs."""
    at.session_state["lesson_inside"] = True
    at.run()
    assert not at.exception, at.exception[0].message
    for tab in [tab.label for tab in at.tabs]:
        assert CHINESE.search(tab)
        at.session_state["lesson_tabs"] = tab
        at.run()
        assert not at.exception, f"{tab}: {at.exception[0].message}"


@pytest.mark.parametrize("page", LOOKS)
def test_every_look_and_every_tab(open_page, words, page) -> None:
    setting, looks = LOOKS[page]
    for look in looks:
        at = open_page(page, lang="zh", **({setting: look} if look else {}))
        assert not at.error, look
        assert CHINESE.search(words(at)), look
        if page in INSIDE_DIFFERS or (page != "home" and look == looks[0]):
            look_inside(at)


@pytest.mark.parametrize("topic", ["batches", "overfit"])
def test_the_other_topics_of_the_data_split(open_page, topic) -> None:
    look_inside(open_page("data_split", lang="zh", split_topic=topic))


@pytest.mark.parametrize("page", ["dnn_playground", "lenet_training"])
def test_every_look_at_a_run(open_page, words, page) -> None:
    setting, looks = LOOKS[page]
    prefix = setting.split("_")[0]
    at = open_page(page, lang="zh")
    at.button(key=f"{prefix}_step").click().run()
    for look in looks:
        at.segmented_control(key=setting).set_value(look).run()
        assert not at.exception, f"{look}: {at.exception[0].message}"
        assert CHINESE.search(words(at)), look
    look_inside(at)


@pytest.mark.parametrize("page", REFUSED)
def test_a_refusal_is_a_chinese_sentence(open_page, page) -> None:
    (error,) = open_page(page, lang="zh", **REFUSED[page]).error
    assert CHINESE.search(error.value)
