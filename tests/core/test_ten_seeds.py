"""The range over ten seeds that the pages show beside the notes' figures."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from core.cli import main
from core.data.playground import DataConfig, playground
from core.exam import ten_seeds
from core.exam.ten_seeds import FILE, NOTES, SEEDS, course_job, measured, of_course, reached
from core.runs.digits_job import MnistJob
from core.training.courses import COURSES
from tests.core.mnist_tiny import tiny


def test_all_three_networks_were_measured_at_the_course_s_settings() -> None:
    assert measured().keys() == NOTES.keys()
    for network, found in measured().items():
        assert list(found.correct) == list(SEEDS)
        assert found.samples == (3_000 if network == "one-hot" else 10_000)
        assert found.versions.keys() == {"torch", "ChalkNet"}
        for name, value in found.settings.items():
            assert value == getattr(COURSES[network], name)
        assert found.accuracies[3] == found.correct[3] / found.samples


def test_the_table_in_the_docs_is_the_file() -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "ten_seeds.md").read_text("utf-8")
    every = [measured()[network] for network in NOTES]
    for seed in SEEDS:
        assert f"| {seed} | {' | '.join(f'{found.correct[seed] / found.samples:.2%}' for found in every)} |" in text
    ends = (f"{min(found.accuracies):.2%} – {max(found.accuracies):.2%}" for found in every)
    assert f"| lowest – highest | {' | '.join(ends)} |" in text
    assert f"| the notes | {' | '.join(f'{share:.2%}' for share in NOTES.values())} |" in text
    assert all(found.date in text and found.versions["torch"] in text for found in every)


def test_one_seed_of_the_small_network_gives_its_number_again() -> None:
    torch.set_num_threads(1)
    again, known = reached(course_job("one-hot", 4)), measured()["one-hot"]
    assert again.samples == known.samples
    # exactly here; where another machine rounds otherwise, a sample on the border may fall to the other side
    assert abs(again.correct - known.correct[4]) <= 3


def test_every_seed_of_the_small_network_is_the_middle_class_of_its_table() -> None:
    for seed, right in measured()["one-hot"].correct.items():
        assert right == int((playground(DataConfig(seed=seed)).data.test_labels == 1).sum())


def test_settings_other_than_the_course_s_are_not_compared() -> None:
    job = course_job("one-hot", 3)
    assert of_course(job) == "one-hot"
    assert of_course(replace(job, data=replace(job.data, seed=8))) == "one-hot"
    for other in (
        replace(job, train=replace(job.train, epochs=999)),
        replace(job, net=replace(job.net, activation="tanh")),
        replace(job, data=replace(job.data, samples=9_000)),
    ):
        assert of_course(other) is None


@pytest.mark.parametrize(("network", "tests", "said"), [("lenet5", 10_000, "lenet5"), ("lenet5", 1_000, None)])
def test_only_all_of_mnist_is_compared(network, tests, said) -> None:
    data = tiny(200, 1)
    data = replace(data, test_labels=data.test_labels[:1].repeat(tests))
    job = MnistJob(network, 0, COURSES[network], data)
    assert of_course(job) == said
    assert of_course(replace(job, samples=150)) is None
    assert of_course(replace(job, augment=True)) is None
    assert of_course(replace(job, train=replace(job.train, momentum=0.5))) is None
    assert of_course(MnistJob("lenet5-32", 0, COURSES["lenet5-32"], data)) is None


def test_the_command_goes_on_where_it_was_stopped(tmp_path, monkeypatch, capsys) -> None:
    file = tmp_path / "seeds.json"
    all_ten = json.loads(FILE.read_text("utf-8"))
    from core.exam.ten_seeds import _version

    versions = {"torch": str(torch.__version__), "ChalkNet": _version()}
    kept = {seed: right for seed, right in all_ten["one-hot"]["correct"].items() if seed != "9"}
    file.write_text(json.dumps(all_ten | {"one-hot": all_ten["one-hot"] | {"correct": kept, "versions": versions}}))
    monkeypatch.setattr(ten_seeds, "FILE", file)
    measured.cache_clear()
    try:
        assert main(["seeds", "one-hot", "--json"]) == 0
        said = json.loads(capsys.readouterr().out)
        assert (said["seed"], said["samples"]) == (9, 3_000)
        assert abs(said["test_accuracy"] - all_ten["one-hot"]["correct"]["9"] / 3_000) <= 3 / 3_000
        assert list(measured()["one-hot"].correct) == list(SEEDS)
        assert measured()["lenet5"].correct == {int(s): r for s, r in all_ten["lenet5"]["correct"].items()}
        assert main(["seeds", "one-hot", "--json"]) == 0
        assert capsys.readouterr().out == ""  # nothing is left to measure
    finally:
        measured.cache_clear()
