"""Lesson 2 says what is true: guides, verdicts and words beside the pictures."""

from __future__ import annotations

import pytest

LEARNS = {"dnn_loss": "cross_entropy", "dnn_optimiser": "adam"}


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        (LEARNS | {"dnn_view": "lines"}, "One line, 0 %."),
        (LEARNS | {"dnn_view": "lines", "dnn_sample": "5"}, "One line, 0 %."),
        (LEARNS, "The 67 % trap · Cross-entropy and Adam."),
        (LEARNS | {"dnn_view": "histograms"}, "The 67 % trap · Cross-entropy and Adam."),
        ({"dnn_view": "lines", "dnn_log": "true"}, "One line, 0 % · On a network that learned nothing."),
        (LEARNS | {"dnn_seed": "2", "dnn_width": "16"}, "Dying ReLUs · Wider."),
        ({"dnn_loss": "cross_entropy", "dnn_lr": "0.1"}, "Three learning rates."),
    ],
)
def test_the_guide_is_that_of_the_experiment_whose_link_was_opened(open_page, words, changes, title) -> None:
    shown = words(open_page("dnn_playground", **changes))
    assert f"**{title}**" in shown
    assert shown.count(":material/science: **") == 1


def test_a_variant_has_its_own_words_and_no_guide_stands_where_the_view_is_the_experiment(open_page, words) -> None:
    shown = words(open_page("dnn_playground", **LEARNS))
    assert "answers more than 99 % of the test set rightly" in shown
    assert "every sample is answered with the middle class" not in shown
    assert ":material/science: **" not in words(open_page("dnn_playground", dnn_view="histograms"))
