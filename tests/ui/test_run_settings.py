"""A run's settings lead back to the page: what is loaded trains the very same job."""

import dataclasses

import pytest

from core.runs.book import plain_settings
from ui.dnn.run_settings import FIELDS, controls_of, setting_name, setting_value
from ui.dnn.settings import Settings, job
from ui.state.fields import rules

PAGES = [
    Settings(),
    Settings(layers=0),
    Settings(widths="8-4-2", activations="relu-tanh-sigmoid"),
    Settings(widths="64"),
    Settings(layers=8, width=64, dropout=0.4, norm=True, batch=32, loss="cross_entropy", optimiser="adamw"),
    Settings(data="spiral", noise=0.2, samples=300, features=("x1", "sin x2", "x1^2", "x1x2"), share=0.5),
    Settings(data="hills", loss="smooth_l1", optimiser="nesterov", momentum=0.9, schedule="cosine", l1=0.001, l2=0.1),
    Settings(data="blobs", seed=7, data_seed=8, init="he", activation="gelu", shuffle=False, patience=5, epochs=3),
    Settings(optimiser="rmsprop", lr=0.00123, momentum=0.25),
]


@pytest.mark.parametrize("settings", PAGES, ids=range(len(PAGES)))
def test_loading_a_runs_settings_gives_its_job_again(settings):
    begun = job(settings)
    loaded = Settings(**controls_of(plain_settings(begun)))
    assert job(loaded) == begun
    for name, (rule, _default) in rules(Settings).items():
        assert rule.valid(getattr(loaded, name)), name  # else the page would refuse the link


def test_every_setting_has_a_name_and_a_value_on_the_screen():
    settings = plain_settings(job(PAGES[4]))
    for name, value in settings.items():
        assert setting_name(name) != name, name
        assert setting_value(name, value)
    assert setting_value("train.batch_size", 0) == "all samples"
    assert setting_value("train.lr", 0.1) == "0.1"
    assert setting_value("net.batch_norm", True) == "yes"
    assert setting_value("start", "") == "–"
    assert setting_value("net.activation", "leaky_relu") == "LeakyReLU"
    assert setting_name("new") == "new"


def test_every_field_that_is_loaded_is_a_field_of_the_page():
    assert set(FIELDS.values()) <= {field.name for field in dataclasses.fields(Settings)}
