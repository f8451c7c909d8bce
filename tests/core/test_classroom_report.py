"""A class set as files, and how well the networks read it."""

from __future__ import annotations

import doctest
import io
import threading
import zipfile

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torchvision.datasets.mnist import read_image_file, read_label_file

from core import score as interval
from core.classroom import export
from core.classroom.entries import Collection, Counts
from core.classroom.report import Readings, mnist_score
from core.data.grey import denormalise
from core.errors import InvalidInput
from core.nets.pretrained import pretrained
from core.score import Score, wilson


def collected(images: np.ndarray, labels: np.ndarray, code: str = "CDFGHJKM", first: int = 1) -> Collection:
    """A class set without a database, ten hands in turn."""
    n = len(labels)
    counts = Counts(code, n, True, tuple(np.bincount(labels, minlength=10).tolist()), min(n, 10))
    return Collection(
        counts, np.arange(first, first + n), labels.astype(np.int64), images, np.arange(n) + 10**9, np.arange(n) % 10
    )


@pytest.fixture
def some(digits) -> Collection:
    """Sixty of MNIST's test digits as if a class had given them."""
    images = denormalise(digits.test_images[:60, 0]).cpu().numpy()
    return collected(images, digits.test_labels[:60].cpu().numpy())


EMPTY = collected(np.zeros((0, 28, 28), np.uint8), np.zeros(0, np.int64))


# -- files -------------------------------------------------------------------------------------------------------------


def test_npz_holds_what_was_given_and_nothing_of_the_givers(some) -> None:
    file = np.load(io.BytesIO(export.as_npz(some)), allow_pickle=False)
    assert sorted(file.files) == ["given_at", "images", "labels"]
    np.testing.assert_array_equal(file["images"], some.images)
    np.testing.assert_array_equal(file["labels"], some.labels)
    np.testing.assert_array_equal(file["given_at"], some.given_at)
    assert file["images"].dtype == file["labels"].dtype == np.uint8


def test_torchvision_reads_the_idx_pair_as_it_reads_mnist(some, tmp_path) -> None:
    """The oracle: the code that reads MNIST's own files."""
    import gzip

    with zipfile.ZipFile(io.BytesIO(export.as_idx_zip(some))) as archive:
        assert archive.namelist() == [export.IMAGES, export.LABELS]
        for name in archive.namelist():
            (tmp_path / name.removesuffix(".gz")).write_bytes(gzip.decompress(archive.read(name)))
    images = read_image_file(str(tmp_path / export.IMAGES.removesuffix(".gz")))
    labels = read_label_file(str(tmp_path / export.LABELS.removesuffix(".gz")))
    np.testing.assert_array_equal(images.numpy(), some.images)
    np.testing.assert_array_equal(labels.numpy(), some.labels)
    assert export.as_idx_zip(some) == export.as_idx_zip(some)


@pytest.mark.parametrize("make", [export.as_npz, export.as_idx, export.as_idx_zip])
def test_an_empty_class_set_makes_no_file(make) -> None:
    with pytest.raises(InvalidInput, match="is empty"):
        make(EMPTY)


# -- intervals ---------------------------------------------------------------------------------------------------------


@given(st.integers(1, 20_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
@settings(max_examples=60, deadline=None)
def test_wilson_agrees_with_scipy(pair) -> None:
    from scipy.stats import binomtest

    correct, samples = pair
    oracle = binomtest(correct, samples).proportion_ci(0.95, method="wilson")
    assert wilson(correct, samples) == pytest.approx((oracle.low, oracle.high), abs=1e-12)
    assert Score(correct, samples).interval == wilson(correct, samples)


def test_doctests() -> None:
    from core.classroom import codes

    assert [doctest.testmod(module).failed for module in (interval, codes)] == [0, 0]
    assert doctest.testmod(codes).attempted >= 2


# -- reading -----------------------------------------------------------------------------------------------------------


class Counting(torch.nn.Module):
    """Answers every picture with the number of its brightest column's tens, and counts the pictures."""

    def __init__(self, inner: torch.nn.Module) -> None:
        super().__init__()
        self.inner, self.seen = inner, 0

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        self.seen += len(images)
        return self.inner(images)


def test_a_reading_is_what_the_network_answers_one_by_one(some, digits) -> None:
    model = pretrained("lenet5")
    found = Readings().read(some, "lenet5", model)
    probabilities = model(digits.test_images[:60]).softmax(1)
    assert found.answers.tolist() == probabilities.argmax(1).tolist()
    np.testing.assert_allclose(found.sure, probabilities.max(1).values.numpy(), rtol=1e-5)
    right = int((probabilities.argmax(1) == digits.test_labels[:60]).sum())
    assert found.score == Score(right, 60)
    assert sum(map(sum, found.confusion)) == 60
    assert sum(found.confusion[digit][digit] for digit in range(10)) == right


def test_confusion_and_misread_by_hand(digits) -> None:
    images = denormalise(digits.test_images[:4, 0]).cpu().numpy()
    truth = digits.test_labels[:4].cpu().numpy()
    answers = pretrained("lenet5")(digits.test_images[:4]).argmax(1).tolist()
    assert answers == truth.tolist()  # the first four are easy
    wrong = truth.copy()
    wrong[1] = (truth[1] + 1) % 10  # a giver who says something else than what is to be seen
    wrong[3] = (truth[3] + 5) % 10
    found = Readings().read(collected(images, wrong, first=70), "lenet5", pretrained("lenet5"))
    assert found.confusion[wrong[1]][truth[1]] >= 1
    misread = found.surest_mistakes()
    assert {(found.ids[entry.index], entry.label, entry.answer) for entry in misread} == {
        (71, wrong[1], truth[1]),
        (73, wrong[3], truth[3]),
    }
    assert misread[0].sure >= misread[1].sure > 0.5
    assert [found.ids[entry.index] for entry in found.readings(int(wrong[1]), int(truth[1]))] == [71]
    assert {found.ids[entry.index] for entry in found.readings(int(truth[0]), int(truth[0]))} == {70}
    assert found.readings(int(wrong[1]), int(wrong[1])) == ()


def test_each_picture_is_read_once_however_often_it_is_asked_for(some) -> None:
    model, readings = Counting(pretrained("lenet5")), Readings()
    first = readings.read(some, "lenet5", model)
    assert model.seen == 60
    assert readings.read(some, "lenet5", model) is first
    again = collected(some.images, some.labels)
    assert readings.read(again, "lenet5", model).answers.tolist() == first.answers.tolist()
    assert model.seen == 60
    fewer = collected(some.images[10:], some.labels[10:], first=11)  # some were taken back
    assert readings.read(fewer, "lenet5", model).answers.tolist() == first.answers[10:].tolist()
    assert model.seen == 60
    readings.read(collected(some.images[:3], some.labels[:3], code="WXYCDFGH"), "lenet5", model)  # another class
    assert model.seen == 63
    readings.read(fewer, "mnist-dnn", model)  # another network
    assert model.seen == 113


def test_what_is_kept_is_bounded_and_still_right(some) -> None:
    model, readings = Counting(pretrained("lenet5")), Readings(kept=20)
    first = readings.read(some, "lenet5", model).answers.tolist()
    again = collected(some.images, some.labels)  # the same digits, read from the database anew
    assert readings.read(again, "lenet5", model).answers.tolist() == first
    assert model.seen == 100  # 60, and the 40 that were forgotten
    assert len(readings._answers) == 20


def test_many_pages_may_ask_at_once(some) -> None:
    readings, model, said = Readings(), pretrained("lenet5"), []
    threads = [
        threading.Thread(target=lambda: said.append(readings.read(some, "lenet5", model).answers.tolist()))
        for _n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(said) == 8
    assert all(answers == said[0] for answers in said)


def test_an_empty_class_set_has_nothing_to_read() -> None:
    found = Readings().read(EMPTY, "lenet5", pretrained("lenet5"))
    assert found.samples == 0
    assert found.surest_mistakes() == ()
    assert sum(map(sum, found.confusion)) == 0


def test_mnist_beside_it_is_the_number_in_the_weights_file(full_mnist) -> None:
    from core.nets.pretrained import about

    score = mnist_score(pretrained("lenet5"), full_mnist)
    assert score.samples == 10_000
    assert score.accuracy == pytest.approx(float(about("lenet5")["test_accuracy"]), abs=1e-9)
    assert mnist_score(pretrained("lenet5"), full_mnist, most=500).samples == 500
