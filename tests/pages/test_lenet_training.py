"""Lesson 4 through its widgets; the run itself is watched in the browser tests and measured in tests/core."""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.experiment_links import queries
from ui.lenet import digit_curve, experiments
from ui.lenet.settings import Settings

pytestmark = pytest.mark.usefixtures("ready_digits", "scheduler")

LINKS = queries(Settings, experiments.first() + experiments.others())

SHORT = {"lenet_epochs": "1", "lenet_batch": "64"}
ALL_LOOKS = ("maps", "filters", "saliency", "curves", "test", "compare")


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> object:
    """600 training and 200 test digits, so that a whole run takes a second."""
    from core import cache

    every = cache.mnist()
    small = replace(
        every,
        train_images=every.train_images[:600],
        train_labels=every.train_labels[:600],
        test_images=every.test_images[:200],
        test_labels=every.test_labels[:200],
    )
    monkeypatch.setattr(cache, "mnist", lambda: small)
    return small


def wait(at: AppTest, state: str, seconds: float = 60) -> object:
    """Wait until the page's run is in a state, then draw the page again."""
    from core.runs.scheduler import SCHEDULER

    until = time.monotonic() + seconds
    while time.monotonic() < until:
        snapshot = SCHEDULER.snapshot(str(at.session_state["lenet_run"]))
        assert snapshot is not None
        if snapshot.state == state and not snapshot.busy:
            at.run()
            assert not at.exception, at.exception[0].message
            return snapshot
        time.sleep(0.02)
    raise AssertionError(f"still {snapshot.state}, update {snapshot.step}")


def trained(open_page, **parameters: str) -> tuple[AppTest, object]:
    at = open_page("lenet_training", **(SHORT | parameters))
    at.button(key="lenet_train").click().run()
    return at, wait(at, "finished")


def test_why_and_the_guide_speak_of_the_network_that_is_chosen(open_page, words) -> None:
    dense = {"lenet_network": "mnist-dnn", "lenet_lr": "0.01", "lenet_momentum": "0.5", "lenet_batch": "64"}
    said = words(open_page("lenet_training", **dense, lenet_look="curves", inside="why"))
    assert "784-512-256-128-64-10" in said
    assert "401,920 of the 575,050 parameters" in said
    assert "no convolution and no sigmoid here" in said
    assert "A convolution layer looks" not in said
    assert "Sigmoid waits" not in said
    said = words(open_page("lenet_training", inside="why"))
    assert "A convolution layer looks" in said
    assert "784-512" not in said


def component(at: AppTest, field: str) -> dict[str, Any]:
    """Return what the component that has such a field was sent."""
    every = [json.loads(element.proto.json) for element in at.get("bidi_component")]
    return next(data for data in every if field in data)


def look(at: AppTest, name: str) -> None:
    at.segmented_control(key="lenet_look").set_value(name).run()
    assert not at.exception, at.exception[0].message
    assert not at.error


def test_one_update_at_the_course_settings(open_page, words, scheduler) -> None:
    at = open_page("lenet_training")
    at.button(key="lenet_step").click().run()
    run = at.session_state["lenet_run"]
    until = time.monotonic() + 30
    while scheduler.snapshot(run).step < 1 and time.monotonic() < until:
        time.sleep(0.05)
    at.run()
    snapshot = scheduler.snapshot(run)
    assert (snapshot.state, snapshot.step) == ("paused", 1)
    assert abs(snapshot.losses[0][1] - 2.303) < 0.05  # ten equal answers: ln 10
    assert snapshot.job.train.lr == 0.9
    assert snapshot.job.train.batch_size == 256
    assert snapshot.job.train.momentum == 0
    shown = words(at)
    assert f"{snapshot.evaluation.accuracy:.2%}" in shown
    assert f"{snapshot.job.data.train_labels.shape[0]:,}" in shown  # the page names its data
    at.button(key="lenet_stop").click().run()


def test_each_network_brings_its_settings_along(open_page) -> None:
    from core.nets.networks import DIGITS
    from core.training.courses import COURSES

    at = open_page("lenet_training")
    for network in DIGITS[1:] + DIGITS[:1]:
        at.selectbox(key="lenet_network").set_value(network).run()
        own = COURSES[network]
        assert at.number_input(key="lenet_lr").value == own.lr
        assert at.number_input(key="lenet_momentum").value == own.momentum
        assert at.number_input(key="lenet_batch").value == own.batch_size
        assert not at.exception, at.exception[0].message
        assert not at.error


def test_the_notes_two_networks_are_a_first_choice(open_page) -> None:
    from ui.course.place import MNIST_DNN

    at = open_page("lenet_training", lenet_look="curves", lenet_seed="3")
    head = at.segmented_control(key="lenet_network_first")
    assert (list(head.options), head.value) == (["LeNet-5", "Handwriting DNN"], "lenet5")
    head.set_value("mnist-dnn").run()
    asked = {f"lenet_{name}": f"{value:g}" if name != "network" else value for name, value in MNIST_DNN.items()}
    assert at.query_params == asked | {"lenet_look": "curves", "lenet_seed": "3"}
    assert at.selectbox(key="lenet_network").value == "mnist-dnn"
    at.segmented_control(key="lenet_network_first").set_value("lenet5").run()
    assert at.query_params == {"lenet_look": "curves", "lenet_seed": "3"}
    # an address of before, and the menu, which has the variants too
    assert open_page("lenet_training", **asked).segmented_control(key="lenet_network_first").value == "mnist-dnn"
    at.selectbox(key="lenet_network").set_value("lenet5-32").run()
    assert at.segmented_control(key="lenet_network_first").value == "lenet5"


@pytest.mark.parametrize("network", ["lenet5", "lenet5-rbf", "lenet5-32", "mnist-dnn"])
def test_every_look_before_and_after_a_run(open_page, few, network) -> None:
    at = open_page("lenet_training", lenet_network=network, lenet_lr="0.01", **SHORT)
    for name in ALL_LOOKS:
        look(at, name)
    at.button(key="lenet_train").click().run()
    snapshot = wait(at, "finished")
    assert snapshot.step == 10
    for name in ALL_LOOKS:
        look(at, name)


def test_a_cell_is_written_out_with_the_numbers_of_the_layer_itself(open_page, few, words) -> None:
    import torch
    import torch.nn.functional as F

    from core.nets.building import build
    from ui.words import plain

    at = open_page("lenet_training", lenet_cell="c1.2.10.12", lenet_digit="3")
    net = build("lenet5").net  # no run yet: the first weights
    image = few.test_images[2:3]
    with torch.no_grad():
        sums = F.conv2d(F.pad(image, (2, 2, 2, 2)), net.c1.weight, net.c1.bias)
    z = float(sums[0, 1, 9, 11])
    shown = words(at)
    assert plain(z).replace("−", "-") in shown
    assert plain(float(torch.tanh(sums[0, 1, 9, 11]))).replace("−", "-") in shown
    at.button(key="lenet_cell_close").click().run()
    assert at.query_params.get("lenet_cell") is None
    for cell in ("s2.1.3.4", "c3.5.4.4", "s4.16.5.5", "c5.7", "f6.84", "out.3"):
        opened = open_page("lenet_training", lenet_cell=cell)
        assert opened.button(key="lenet_cell_close") is not None, cell


def test_the_map_that_is_written_out_stays_while_others_grow_stronger(open_page, few, monkeypatch) -> None:
    """A default that changes under a control would count as a visitor's choice, and stand in the address."""
    from ui.lenet import cell

    def part() -> object:
        return next(one for one in at.segmented_control if str(one.key).startswith("lenet_cell_part"))

    at = open_page("lenet_training", lenet_cell="c3.5.5.5", **SHORT)
    first, real = part().value, cell.explain

    def others_are_stronger(*given: object) -> object:
        found = real(*given)
        sums = found.channel_sums.clone()
        sums[(first + 1) % len(sums)] = 1_000.0
        return replace(found, channel_sums=sums)

    monkeypatch.setattr(cell, "explain", others_are_stronger)
    at.run()
    assert (part().value, list(part().proto.default)) == (first, [first])


@pytest.mark.parametrize("cell", ["c9.1.1.1", "c1.7.1.1", "c1.1.29.1", "f6.85", "c1", "c1.0.1.1", "out.11", "…"])
def test_a_cell_that_does_not_exist_is_none(open_page, cell) -> None:
    at = open_page("lenet_training", lenet_cell=cell)
    assert "lenet_cell_close" not in {button.key for button in at.button}


def test_a_hidden_map_changes_the_answer_and_comes_back(open_page, few, words) -> None:
    at = open_page("lenet_training", lenet_cell="c3.5.4.4")
    at.button(key="lenet_cell_hide").click().run()
    assert at.query_params["lenet_hide"] == "c3.5"
    assert "C3 5" in words(at)
    assert "Of 200 test digits" in words(at)
    at.button(key="lenet_unhide").click().run()
    assert "lenet_hide" not in at.query_params
    assert not open_page("lenet_training", lenet_hide="c1.1,c1.2,f6.84,s2.3").error


@pytest.mark.parametrize(
    ("network", "hide"), [("lenet5", "c9.1,x,c1.99,out.1,in.1,[win](//x).1"), ("mnist-dnn", "c1.1,f6.3")]
)
def test_what_a_network_has_not_is_not_said_to_be_hidden(open_page, few, words, network, hide) -> None:
    at = open_page("lenet_training", lenet_network=network, lenet_hide=hide)
    assert "Hidden" not in words(at)
    assert "WIN" not in words(at)
    assert not at.error


@pytest.mark.parametrize(
    ("network", "gradcam", "weights"),
    [("lenet5", True, "In C3 each column"), ("mnist-dnn", False, "48 of 512 neurons")],
)
def test_what_is_said_of_a_picture_is_in_it(open_page, few, words, network, gradcam, weights) -> None:
    at = open_page("lenet_training", lenet_network=network, lenet_look="saliency")
    assert ("Grad-CAM" in words(at)) == gradcam
    look(at, "filters")
    assert weights in words(at)


def test_the_test_and_what_mattered_say_what_is_hidden(open_page, few, words) -> None:
    at = open_page("lenet_training", lenet_hide="c1.2")
    assert "thin marks" in words(at)
    for name in ("saliency", "test"):
        look(at, name)
        assert "Hidden: C1 2. What is shown here is the network without them." in words(at)
        assert "thin marks" not in words(at)


def test_a_diverged_network_is_looked_into_all_the_same(open_page, few, words) -> None:
    from core.nets.digit_files import model_of

    at = open_page("lenet_training", lenet_network="mnist-dnn", lenet_lr="100", lenet_cell="h2.5", lenet_hide="h1.1")
    at.button(key="lenet_train").click().run()
    snapshot = wait(at, "diverged")
    outputs = model_of(snapshot.weights, "mnist-dnn")(few.test_images)
    assert not bool(outputs.isfinite().all())
    assert "smaller learning rate" in words(at)
    for name in ALL_LOOKS:
        at.segmented_control(key="lenet_look").set_value(name).run()
        assert not at.exception, at.exception[0].message


def test_what_is_looked_at_stands_in_the_address(open_page, few) -> None:
    at = open_page("lenet_training", lenet_cell="c3.5.4.4", lenet_part="2")
    parts = next(one for one in at.segmented_control if str(one.key).startswith("lenet_cell_part"))
    assert parts.value == 1
    parts.set_value(5).run()
    assert at.query_params["lenet_part"] == "6"
    at = open_page("lenet_training", lenet_look="saliency", lenet_output="3")
    assert at.segmented_control(key="lenet_output").value == "3"
    at = open_page("lenet_training", lenet_look="test", lenet_mixed="4.9")
    assert any("Truth **4**, answer **9**" in str(one.value) for one in at.markdown)
    for mixed in ("4", "a.b", "12.1", "4.9.9", "²."):
        assert not open_page("lenet_training", lenet_look="test", lenet_mixed=mixed).exception


def test_the_next_digit_and_a_misread_one(open_page, few) -> None:
    from core.nets.building import build

    at = open_page("lenet_training")
    at.button(key="lenet_next").click().run()
    assert at.number_input(key="lenet_digit").value == 2
    at.button(key="lenet_misread").click().run()
    row = at.number_input(key="lenet_digit").value - 1
    assert row >= 2
    assert int(build("lenet5")(few.test_images[row : row + 1]).argmax()) != int(few.test_labels[row])


def test_rewinding_shows_the_numbers_of_then(open_page, few, words) -> None:
    from core.nets.digit_files import model_of

    at, snapshot = trained(open_page, lenet_epochs="2")
    moments = snapshot.kept.moments
    assert len(moments) >= 3
    assert moments[0].step == 0
    again = open_page("lenet_training", lenet_at="0", lenet_run=snapshot.run_id, **(SHORT | {"lenet_epochs": "2"}))
    first = moments[0].test
    assert f"**{first.accuracy:.2%}**" in words(again)
    assert "at update 0" in words(again)
    assert f"**{moments[-1].test.accuracy:.2%}**" in words(at)
    assert again.query_params["lenet_at"] == "0"
    look(again, "curves")  # here is no slider: the whole run, as it stands
    assert f"**{moments[-1].test.accuracy:.2%}**" in words(again)
    assert "at update 0" not in words(again)
    label = int(few.test_labels[0])
    points = digit_curve.followed(snapshot, few.test_images[:1], label, 0)["points"]
    truth, other = (np.frombuffer(rows.rows, "<f8").reshape(-1, 2) for rows in points)
    assert truth[:, 0].tolist() == other[:, 0].tolist() == [moment.step for moment in moments]
    shares = model_of(moments[-1].weights, "lenet5")(few.test_images[:1])[0].softmax(dim=0).tolist()
    assert truth[-1, 1] == pytest.approx(shares.pop(label))
    assert other[-1, 1] == pytest.approx(max(shares))
    look(again, "test")  # the test of then, digit by digit
    found = again.session_state["_kept_lenet_tested"]
    assert found[1] == 0
    assert found[2].score.correct == first.correct


def test_recall_and_precision_digit_by_digit(open_page, few) -> None:
    at, snapshot = trained(open_page, lenet_look="test", lenet_tested="classes")
    table, counts = at.dataframe[0].value, snapshot.evaluation.confusion
    for digit in range(10):
        row, column = sum(counts[digit]), sum(line[digit] for line in counts)
        assert table["test digits"][digit] == row
        assert table["read right (recall)"][digit] == pytest.approx(100 * counts[digit][digit] / row)
        if column:
            found = table["right when answered (precision)"][digit]
            assert found == pytest.approx(100 * counts[digit][digit] / column)
    assert '"format": "%.2f%%"' in at.dataframe[0].proto.columns  # equal places, so that points stand below points


def test_another_run_is_looked_at_as_it_stands(open_page, few) -> None:
    at, first = trained(open_page)
    at.session_state["lenet_at"] = 0
    at.run()
    assert at.query_params["lenet_at"] == "0"
    at.button(key="lenet_train").click().run()
    assert wait(at, "finished").run_id != first.run_id
    assert "lenet_at" not in at.query_params


@pytest.mark.parametrize(
    ("batch", "often"),
    [("8", "every quarter of an epoch"), ("40", "every third of an epoch"), ("100", "after every epoch")],
)
def test_it_says_how_often_the_test_set_is_looked_at(open_page, few, words, batch, often) -> None:
    from ui.lenet.settings import looks

    at, snapshot = trained(open_page, lenet_look="curves", lenet_batch=batch, lenet_samples="100")
    assert f"looked at {often}, on 200 test digits and the first 100 training" in words(at)
    assert len(snapshot.evaluations) == 1 + looks(1, -(-100 // int(batch)), 200)


def test_a_finished_run_goes_on_as_one_long_run(open_page, few, scheduler) -> None:
    at, short = trained(open_page)
    assert at.button(key="lenet_go_on").label == "One more epoch"
    at.button(key="lenet_go_on").click().run()
    longer = wait(at, "finished")
    assert (short.step, longer.step) == (10, 20)
    assert longer.losses[:10] == short.losses
    assert at.number_input(key="lenet_epochs").value == 2
    at.button(key="lenet_train").click().run()  # the same from the start
    assert wait(at, "finished").losses == longer.losses


def test_two_visitors_with_the_same_settings_get_the_same_losses(open_page, few) -> None:
    settings = {"lenet_samples": "300", "lenet_augment": "1", "lenet_seed": "7"}
    (first, one), (second, other) = trained(open_page, **settings), trained(open_page, **settings)
    assert first.session_state["_owner"] != second.session_state["_owner"]
    assert one.losses == other.losses
    assert one.evaluation == other.evaluation


def test_both_networks_learn_from_the_same_batches(open_page, few, words, scheduler) -> None:
    at = open_page("lenet_training", lenet_look="compare", **SHORT)
    at.button(key="lenet_both").click().run()
    wait(at, "finished")
    owner = at.session_state["_owner"]
    until = time.monotonic() + 60
    while (other := scheduler.newest(owner, "mnist-dnn")).state != "finished" and time.monotonic() < until:
        time.sleep(0.05)
    own = scheduler.snapshot(at.session_state["lenet_run"])
    mine, theirs = own.job.train, other.job.train
    assert (mine.batch_size, mine.epochs, mine.seed) == (theirs.batch_size, theirs.epochs, theirs.seed)
    assert own.job.chosen() is other.job.chosen() is None
    at.run()
    columns = [each["columns"][0] for each in component(at, "names")["each"]]
    assert [len(column) for column in columns] == [7, 7]
    assert [column[2] for column in columns] == ["61,706", "575,050"]
    assert [column[0] for column in columns] == [f"{run.evaluation.accuracy:.2%}" for run in (own, other)]
    for kind in ("turn", "size", "thickness", "noise", "shift"):
        at.segmented_control(key="lenet_change").set_value(kind).run()
        assert not at.exception, at.exception[0].message
    measured = at.session_state["_kept_lenet_changed"]
    shift = next(points for key, points in measured.items() if key[0] == "shift")
    assert [point.amount for point in shift] == [0, 1, 2, 3, 4, 5, 6]
    assert shift[0].scores["lenet5"].correct == own.evaluation.correct  # not shifted: the whole test set
    gaps = {point.amount: abs(point.scores["lenet5"].accuracy - point.scores["mnist-dnn"].accuracy) for point in shift}
    widest = shift[int(max(gaps, key=gaps.get))]
    said = next(caption.value for caption in at.caption if "Farthest apart" in caption.value)
    assert f"at {widest.amount} px: LeNet-5 reads {widest.scores['lenet5'].accuracy:.1%} right" in said
    assert said.endswith(f"Fully connected {widest.scores['mnist-dnn'].accuracy:.1%}.")


def inside(at: AppTest, tab: str) -> AppTest:
    at.session_state["lesson_inside"] = True
    at.session_state["lesson_tabs"] = tab
    return at.run()


def test_the_layer_table_is_course_5(open_page) -> None:
    at = inside(open_page("lenet_training"), "Layers")
    table = at.dataframe[0].value
    assert list(table["layer"]) == ["In", "C1", "S2", "C3", "S4", "C5", "F6", "Out"]
    sizes = ["1×28×28", "6×28×28", "6×14×14", "16×10×10", "16×5×5", "120×1×1", "84", "10"]
    assert list(table["output"]) == sizes
    assert table["parameters"].sum() == 61_706
    assert list(table["activation"]) == ["", "tanh", "", "tanh", "", "tanh", "tanh", "softmax"]
    assert "nn.AvgPool2d" in at.code[0].value


@pytest.mark.parametrize(
    ("network", "output", "said", "padding"),
    [
        ("lenet5", "softmax", "says RBF, the outputs of 1998", "28 + 2·2 − 5 + 1 = 28"),
        ("lenet5-32", "softmax", "says RBF, the outputs of 1998", "32 + 2·0 − 5 + 1 = 28"),
        ("lenet5-rbf", "RBF", "Ten RBF outputs", "28 + 2·2 − 5 + 1 = 28"),
        ("mnist-dnn", "softmax", "inside nn.CrossEntropyLoss", ""),
    ],
)
def test_outputs_and_the_arguments_of_a_convolution_are_explained(
    open_page, words, network, output, said, padding
) -> None:
    at = inside(open_page("lenet_training", lenet_network=network), "Layers")
    assert list(at.dataframe[0].value["activation"])[-1] == output
    shown = words(at)
    assert said in shown
    assert ("<td>padding = 2</td>" in shown) == ("padding=2" in at.code[0].value)
    for name in ("in_channels", "out_channels", "kernel_size", "padding", "stride"):
        assert (f"<td>{name} = " in shown) == bool(padding)
    assert padding in shown


def test_the_data_are_shown_as_they_are_used(open_page, few) -> None:
    at = inside(open_page("lenet_training", lenet_samples="300", lenet_augment="1"), "Data")
    shown = next(each.proto.body for each in at.get("html") if "ck-facts" in each.proto.body)
    rows = re.findall(r"<th>(\d)</th><td>(\d+)</td><td>(\d+)</td>", shown)
    assert [int(digit) for digit, _train, _test in rows] == list(range(10))
    assert sum(int(train) for _digit, train, _test in rows) == 300
    assert [int(test) for _digit, _train, test in rows] == few.test_labels.bincount(minlength=10).tolist()
    assert not at.exception


def test_weights_are_saved_loaded_and_tested_to_the_last_digit(open_page, few) -> None:
    from core.export.weights import digit_file

    at, snapshot = trained(open_page)
    payload = digit_file(snapshot.weights, "lenet5", snapshot.evaluation)
    inside(at, "Take it away")
    at.segmented_control(key="lenet_take").set_value("weights").run()
    assert {"lenet_safetensors", "lenet_onnx", "lenet_pth"} <= {str(one.key) for one in at.get("download_button")}
    at.file_uploader(key="lenet_weights_file0").upload("mine.safetensors", payload, "application/octet-stream").run()
    said = at.success[0].value
    assert f"{100 * snapshot.evaluation.accuracy:.4f} %" in said
    assert "to the last digit" in said
    at.button(key="lenet_train").click().run()  # goes on from these weights
    assert wait(at, "finished").job.start is not None
    at.selectbox(key="lenet_network").set_value("lenet5-relu-max").run()
    assert "weights of lenet5" in at.error[0].value
    at.button(key="lenet_choose_network").click().run()
    assert at.selectbox(key="lenet_network").value == "lenet5"
    at.button(key="lenet_forget").click().run()
    assert not at.success


@pytest.mark.parametrize(("chosen", "theirs"), [("lenet5", "mnist-dnn"), ("mnist-dnn", "lenet5")])
def test_a_file_without_a_name_is_offered_the_network_that_it_fits(open_page, few, chosen, theirs) -> None:
    import torch

    from tests.core.notes_classes import CNN, DNN, pth

    torch.manual_seed(2)
    net = {"lenet5": CNN, "mnist-dnn": DNN}[theirs]()
    at = inside(open_page("lenet_training", lenet_network=chosen), "Take it away")
    at.segmented_control(key="lenet_take").set_value("weights").run()
    at.file_uploader(key="lenet_weights_file0").upload("model.pth", pth(net.state_dict()), "application/x").run()
    assert len(at.error) == 1
    at.button(key="lenet_choose_network").click().run()
    assert at.selectbox(key="lenet_network").value == theirs
    assert not at.error
    right = int((net(few.test_images).argmax(dim=1) == few.test_labels).sum())
    assert f"{100 * right / 200:.4f} % of 200" in at.success[0].value


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"lenet_batch": "1", "lenet_epochs": "50", "lenet_samples": "0"}, "larger batch"),
        ({"lenet_samples": "50"}, "between 100 and"),
        ({"lenet_optimiser": "nesterov"}, "Nesterov"),
    ],
)
def test_what_cannot_be_trained_is_refused_with_a_sentence(open_page, query, said) -> None:
    at = open_page("lenet_training", **query)
    assert len(at.error) == 1
    assert at.button(key="lenet_train").disabled
    assert said in at.error[0].value


def test_hostile_addresses_fall_back_to_the_defaults(open_page) -> None:
    at = open_page(
        "lenet_training",
        lenet_lr="-1",
        lenet_batch="0",
        lenet_network="resnet",
        lenet_epochs="1e9",
        lenet_look="<b>",
        lenet_at="-7",
        lenet_digit="0",
        lenet_run="../../etc/passwd",
    )
    assert at.number_input(key="lenet_lr").value == 0.9
    assert at.number_input(key="lenet_batch").value == 256
    assert at.number_input(key="lenet_epochs").value == 5
    assert not at.error


@pytest.mark.parametrize(("label", "query"), LINKS, ids=lambda value: value if isinstance(value, str) else "")
def test_every_experiment_opens_by_link_alone_with_its_guide(open_page, label, query) -> None:
    at = open_page("lenet_training", **query)
    assert not at.error
    assert at.button(key="lenet_train").disabled is False
    guides = [str(element.value) for element in at.markdown if ":material/science:" in str(element.value)]
    assert len(guides) == 1
    shown = {key: value for key, value in at.query_params.items() if key.startswith("lenet_") and key != "lenet_run"}
    assert shown == query
