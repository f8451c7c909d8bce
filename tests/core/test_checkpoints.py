"""Checkpoints: a run goes on bit for bit from a file, and no file does harm."""

import io
import json
import math
import os
import pickle
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load, save

from core.data.problem import ClassData
from core.data.synthetic import one_hot
from core.errors import InvalidInput
from core.nets.building import build
from core.nets.mlp import MlpConfig, mlp
from core.training import checkpoints
from core.training.checkpoints import MAX_BYTES, MAX_HEADER, Checkpoint, from_bytes
from core.training.config import TrainConfig
from core.training.fit import fit
from tests.core.one_hot import from_one_hot

DATA = from_one_hot(one_hot(140, 1), 0.5, 1)
SGD = TrainConfig(lr=0.3, momentum=0.9, batch_size=16, epochs=6, seed=4, evaluations=5)
ADAM = TrainConfig(optimiser="adam", lr=0.05, batch_size=20, epochs=6, seed=5, evaluations=4)
CONFIGS = {
    "sgd with momentum": SGD,
    "adam": ADAM,
    "plain sgd": replace(SGD, momentum=0.0, batch_size=70),
    "full batch": replace(SGD, loss="mse", batch_size=0, epochs=30),
    "adam full batch": replace(ADAM, batch_size=0, epochs=30),
}


def start(config, resume=None):
    return fit(mlp(MlpConfig(seed=2)), DATA, config, resume=resume)


def finish(run):
    """Losses, (step, evaluation) and the last progress."""
    losses, looks, progress = [], [], None
    for progress in run:
        losses += progress.losses
        if progress.evaluation:
            looks.append((progress.step, progress.evaluation))
    return losses, looks, progress


def after(config, updates):
    """A run stopped after exactly that many updates, and the losses and looks so far."""
    run, losses, looks = start(config), [], []
    while run.step < updates:
        progress = run.take(updates - run.step)
        losses += progress.losses
        if progress.evaluation:
            looks.append((progress.step, progress.evaluation))
    return run, losses, looks


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_a_run_goes_on_bit_for_bit_from_any_update(config):
    whole, whole_looks, last = finish(start(config))
    for updates in range(len(whole) + 1):
        run, losses, looks = after(config, updates)
        payload = run.checkpoint().to_bytes()
        assert len(payload) < 64_000
        again = start(config, from_bytes(payload))
        rest, rest_looks, end = finish(again)
        assert losses + rest == whole, f"resumed after {updates} of {len(whole)} updates"
        assert looks + rest_looks == whole_looks
        assert (end.step, end.done, end.not_learning) == (last.step, True, last.not_learning)
        assert all(torch.equal(a, b) for a, b in zip(again.model.parameters(), finished(config), strict=True))


def finished(config, kept={}):  # noqa: B006
    if config not in kept:
        run = start(config)
        finish(run)
        kept[config] = [p.detach() for p in run.model.parameters()]
    return kept[config]


def test_lenet_goes_on_in_the_middle_of_an_epoch():
    images = torch.randn(40, 1, 28, 28, generator=torch.Generator().manual_seed(1))
    data = ClassData(images, torch.arange(40) % 10, images[:3], torch.arange(3), 10, "noise")
    config = TrainConfig(lr=0.1, momentum=0.5, batch_size=16, epochs=3, evaluations=1)
    whole = finish(fit(build("lenet5", 1), data, config))[0]
    run = fit(build("lenet5", 1), data, config)
    run.take(1)
    first = run.take(4).losses  # the second update of the second epoch
    rest = finish(fit(build("lenet5", 9), data, config, resume=from_bytes(run.checkpoint().to_bytes())))[0]
    assert [*first, *rest] == whole


@pytest.mark.parametrize("config", [SGD, ADAM])
def test_a_checkpoint_is_not_changed_by_any_run(config):
    run, *_ = after(config, 7)
    checkpoint = run.checkpoint()
    kept = {name: value.clone() for name, value in checkpoint.tensors.items()}
    goes_on = finish(run)[0]
    for _ in range(2):
        assert finish(start(config, checkpoint))[0] == goes_on
        assert all(torch.equal(value, kept[name]) for name, value in checkpoint.tensors.items())


def test_what_a_run_knows_of_its_health_goes_on():
    """One by one a lazy network's losses jump about: the verdict hangs on the mean of the last 50."""
    stuck = replace(SGD, lr=1e-9, momentum=0.0, batch_size=1, epochs=5, evaluations=1)
    verdicts = set()
    for updates in range(130, 190, 4):
        run, *_ = after(stuck, updates)
        resumed = start(stuck, from_bytes(run.checkpoint().to_bytes()))
        expected = run.take(1)
        again = resumed.take(1)
        assert (again.not_learning, again.losses) == (expected.not_learning, expected.losses)
        verdicts.add((again.not_learning, again.losses[0] > resumed._watch.baseline))
    assert len({jump for _, jump in verdicts}) == 2  # a single loss would have said now this, now that


def test_the_time_spent_goes_on():
    run, *_ = after(SGD, 5)
    checkpoint = replace(run.checkpoint(), seconds=100.0)
    assert 100 < start(SGD, from_bytes(checkpoint.to_bytes())).take(1).seconds < 110


def test_the_file_is_safetensors_with_the_settings_in_plain_json():
    run, *_ = after(SGD, 5)
    payload = run.checkpoint().to_bytes()
    tensors = load(payload)
    assert torch.equal(tensors["model.net.0.weight"], run.model.net[0].weight)
    length = int.from_bytes(payload[:8], "little")
    about = json.loads(json.loads(payload[8 : 8 + length])["__metadata__"]["chalknet"])
    assert about["config"]["lr"] == 0.3
    assert about["step"] == 5


# --- files that are not ours -----------------------------------------------------------------------------------------


def payload_of(config=SGD, updates=5):
    return after(config, updates)[0].checkpoint().to_bytes()


VALID = {config: payload_of(config) for config in (SGD, ADAM)}


def changed(payload, tensors=None, about=None, **metadata):
    """The payload with tensors (None: removed) and JSON entries replaced."""
    length = int.from_bytes(payload[:8], "little")
    meta = json.loads(payload[8 : 8 + length])["__metadata__"]
    run = {**json.loads(meta["chalknet"]), **(about or {})}
    values = {**load(payload), **(tensors or {})}
    values = {name: value for name, value in values.items() if value is not None}
    return save(values, metadata={**meta, "chalknet": json.dumps(run), **metadata})


def use(payload, config=SGD):
    """Everything that the app would do with a file."""
    run = start(config, from_bytes(payload))
    run.take(1)
    if not run._done:
        run.take(3)
    return run


def test_changed_without_changes_is_accepted():
    use(changed(VALID[SGD]))


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([SGD, ADAM]), st.data())
def test_a_mutated_file_is_refused_or_harmless(config, data):
    payload = bytearray(VALID[config])
    header = 8 + int.from_bytes(payload[:8], "little")
    for _ in range(data.draw(st.integers(1, 4))):
        end = data.draw(st.sampled_from([8, header, len(payload)]))
        place = data.draw(st.integers(0, end - 1))
        kind = data.draw(st.sampled_from(["set", "insert", "cut"]))
        if kind == "set":
            payload[place] = data.draw(st.integers(0, 255))
        elif kind == "insert":
            payload[place:place] = data.draw(st.binary(min_size=1, max_size=9))
        else:
            del payload[place : place + data.draw(st.integers(1, 40))]
        if len(payload) < header:
            break
    try:
        use(bytes(payload), config)
    except InvalidInput as error:
        assert str(error).endswith(".")  # noqa: PT017


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_refused(payload):
    with pytest.raises(InvalidInput):
        from_bytes(payload)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["config", "step", "seconds", "numbers", "changes"]), JSON)
def test_arbitrary_json_in_its_place_is_refused_or_harmless(key, value):
    try:
        use(changed(VALID[SGD], about={key: value}))
    except InvalidInput:
        return
    assert key == "seconds" or (key == "changes" and not value)


@pytest.mark.parametrize(
    "changes",
    [
        [[3, "lr", "", 0.1], [2, "lr", "", 0.1]],
        [[6, "lr", "", 0.1]],  # later than the checkpoint
        [[2, "lr", "", 0]],
        [[2, "lr", "", math.nan]],
        [[2, "lr", ""]],
        [[2, "lr", None, 0.1]],
        [[2, "weight", "", 0]],
        [[2, "weight", None, 0]],
        [[2, "weight", "net.0.weight", 0]],
        [[2, "weight", "net.0.weight[1, -1]", 0]],
        [[2, "weight", "net.0.weight[1,1]", 0]],
        [[2, "weight", f"net.0.weight[{'9' * 5000}]", 0]],
        [[2, "epochs", "", 3]],
        [[2, "batch_size", "", 10**9]],
        [[n // 100, "weight", f"a[{n}]", 0] for n in range(301)],
        [2],
        {"a": 1},
        "lr",
    ],
    ids=str,
)
def test_changes_that_could_not_have_been_made_are_refused(changes):
    with pytest.raises(InvalidInput):
        use(changed(VALID[SGD], about={"changes": changes}))


def test_a_file_names_the_place_of_a_weight_as_it_always_did():
    run = fit(mlp(MlpConfig()), DATA, SGD)
    run.edit("net.0.weight", (2, 1), 0.5)
    run.edit("net.2.bias", (4,), -1)
    run.change(lr=0.25)
    payload = run.checkpoint().to_bytes()
    about = json.loads(json.loads(payload[8 : 8 + int.from_bytes(payload[:8], "little")])["__metadata__"]["chalknet"])
    assert about["changes"] == [
        [0, "weight", "net.0.weight[2, 1]", 0.5],
        [0, "weight", "net.2.bias[4]", -1.0],
        [0, "lr", "", 0.25],
    ]
    assert from_bytes(payload).changes == run.changes
    assert run.changes[0].index == (2, 1)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(list(TrainConfig().__dict__)), JSON)
def test_arbitrary_settings_are_refused_unless_they_are_the_runs(name, value):
    config = {**SGD.__dict__, name: value}
    payload = changed(VALID[SGD], about={"config": config})
    own = getattr(SGD, name)
    if value == own and isinstance(value, bool) == isinstance(own, bool):
        use(payload)
    else:
        with pytest.raises(InvalidInput):
            use(payload)


@pytest.mark.parametrize(
    "tensors",
    [
        {"model.net.0.weight": None},
        {"model.net.0.weight": torch.zeros(3, 5)},
        {"model.net.0.weight": torch.zeros(5, 3, dtype=torch.float64)},
        {"model.net.0.weight": torch.zeros(5, 3, dtype=torch.float16)},
        {"model.net.0.weight": torch.full((5, 3), math.nan)},
        {"model.net.0.bias": torch.tensor([0, 0, math.inf, 0, 0])},
        {"model.net.9.weight": torch.zeros(5, 3)},
        {"optimiser.0.momentum_buffer": None},
        {"optimiser.0.momentum_buffer": torch.zeros(5)},
        {"optimiser.0.exp_avg": torch.zeros(5, 3)},
        {"optimiser.99.momentum_buffer": torch.zeros(5, 3)},
        {"optimiser.x.momentum_buffer": torch.zeros(5, 3)},
        {"optimiser.0": torch.zeros(5, 3)},
        {"watch.recent": None},
        {"watch.recent": torch.zeros(2, 2)},
        {"watch.recent": torch.zeros(2).long()},
        {"looks.best": torch.zeros(2)},
        {"looks.best": torch.zeros(())},
    ],
    ids=str,
)
def test_tensors_that_do_not_fit_are_refused(tensors):
    with pytest.raises(InvalidInput):
        use(changed(VALID[SGD], tensors))


@pytest.mark.parametrize("step", [-1.0, 0.0, 4.0, 6.0, 1e30])
def test_adams_own_count_must_be_the_runs(step):
    with pytest.raises(InvalidInput, match="optimiser"):
        use(changed(VALID[ADAM], {"optimiser.0.step": torch.tensor(step)}), ADAM)


@pytest.mark.parametrize(
    "about",
    [
        {"step": 6},
        {"step": -5, "numbers": {"updates": -5, "looking": 0}},
        {"step": 31, "numbers": {"updates": 31, "looking": 0}},  # 30 updates in all
        {"step": 10**15, "numbers": {"updates": 10**15, "looking": 0}},
        {"step": 5.0},
        {"step": True},
        {"seconds": -1},
        {"seconds": math.nan},
        {"seconds": math.inf},
        {"numbers": {}},
        {"numbers": {"updates": 5.5}},
        {"config": {}},
        {"config": {"lr": 10**400}},
        {"config": {"extra": 1}},
    ],
    ids=str,
)
def test_numbers_that_do_not_fit_are_refused(about):
    with pytest.raises(InvalidInput):
        use(changed(VALID[SGD], about=about))


def test_another_runs_checkpoint_is_refused():
    for config in (replace(SGD, lr=0.2), replace(SGD, seed=9), replace(SGD, epochs=7), ADAM):
        with pytest.raises(InvalidInput, match="settings"):
            use(VALID[SGD], config)
    with pytest.raises(InvalidInput, match="parameters"):
        fit(mlp(MlpConfig((3, 6, 3))), DATA, SGD, resume=from_bytes(VALID[SGD]))


def test_a_refused_checkpoint_leaves_the_model_as_it_was():
    model = mlp(MlpConfig(seed=2))
    with pytest.raises(InvalidInput):
        fit(model, DATA, SGD, resume=from_bytes(changed(VALID[SGD], {"optimiser.7.momentum_buffer": None})))
    fresh = mlp(MlpConfig(seed=2))
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), fresh.parameters(), strict=True))


def test_other_versions_are_named():
    with pytest.raises(InvalidInput, match="version 2, this app reads 1"):
        from_bytes(changed(VALID[SGD], version="2"))


def test_a_pickle_is_not_even_looked_into(tmp_path):
    class Harm:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "harm"),)

    buffer = io.BytesIO()
    torch.save(mlp(MlpConfig()).state_dict(), buffer)
    for payload in (pickle.dumps(Harm()), buffer.getvalue()):
        with pytest.raises(InvalidInput):
            from_bytes(payload)
    assert not (tmp_path / "harm").exists()


def test_large_files_and_headers_are_refused_before_they_are_read(monkeypatch):
    def never(_):
        raise AssertionError("it was read")

    monkeypatch.setattr(checkpoints.json, "loads", never)
    monkeypatch.setattr(checkpoints, "load", never)
    for payload in (bytes(MAX_BYTES + 1), (MAX_HEADER + 1).to_bytes(8, "little") + b"{}", b"\xff" * 100):
        with pytest.raises(InvalidInput, match="too large"):
            from_bytes(payload)


def test_deep_json_is_refused():
    for text in (b"[" * 50_000, b'{"a":' * 9_000):
        with pytest.raises(InvalidInput):
            from_bytes(len(text).to_bytes(8, "little") + text)
    deep = json.dumps({"config": {}})[:-1] + ', "x": ' + "[" * 20_000 + "]" * 20_000 + "}"
    with pytest.raises(InvalidInput):
        from_bytes(save({}, metadata={"version": "1", "chalknet": deep}))


def test_a_checkpoint_of_the_largest_network_fits():

    images = torch.zeros(4, 1, 28, 28)
    data = ClassData(images, torch.arange(4), images[:1], torch.arange(1), 10, "blank")
    config = TrainConfig(optimiser="adam", batch_size=2, epochs=2)
    run = fit(build("mnist-dnn"), data, config)
    run.take(1)
    run.take(1)
    payload = run.checkpoint().to_bytes()
    assert len(payload) < MAX_BYTES
    assert from_bytes(payload).step == 1


def test_a_checkpoint_cannot_be_made_of_nonsense():
    for step, seconds, numbers in ((-1, 0.0, {}), (1, -1.0, {}), (1, 0.0, {"updates": "1"}), (1, "0", {})):
        with pytest.raises(InvalidInput):
            Checkpoint(SGD, step, seconds, {}, numbers)
