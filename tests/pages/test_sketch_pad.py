"""The sketch pad's page: what is drawn for a picture that the browser sent, in both languages, and what is refused."""

from __future__ import annotations

import io
import json
import struct

import pytest
from PIL import Image, ImageDraw

from core import cache
from core.errors import InvalidInput

BOARD, CHALK = "#1E3A32", "#F7F5EC"


def png(*strokes: tuple[tuple[int, int], ...], width: int = 20) -> bytes:
    image = Image.new("RGBA", (280, 280), BOARD)
    for stroke in strokes:
        ImageDraw.Draw(image).line(stroke, fill=CHALK, width=width, joint="curve")
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


ONE = png(((140, 40), (135, 240)))
SEVEN = png(((70, 60), (210, 60), (130, 240)))
DRAWING = {"objects": [{"type": "path"}]}


def components(at) -> dict[str, dict]:
    """Data of every component on the page, by key."""
    return {element.proto.id.rsplit("-", 1)[1]: json.loads(element.proto.json) for element in at.get("bidi_component")}


def drawn(at, picture: bytes):
    """As if this visitor had drawn that, on whatever page."""
    at.session_state["_kept_sketch_picture"] = picture
    at.session_state["_kept_sketch_drawing"] = DRAWING
    return at.run()


def best(column: dict) -> int:
    return max(range(10), key=column["probabilities"].__getitem__)


@pytest.mark.parametrize(("lang", "says"), [("en", "Draw a digit from 0 to 9."), ("zh", "0")], ids=["en", "zh"])
def test_an_empty_board_teaches_what_to_do(open_page, lang, says) -> None:
    shown = components(open_page("sketch_pad", lang=lang))
    assert says in shown["lesson_answers"]["note"]
    assert [column["probabilities"] for column in shown["lesson_answers"]["networks"]] == [[], []]
    assert len(shown["lesson_stages"]["pictures"]) == 3
    assert all(picture["alt"] and picture["caption"] for picture in shown["lesson_stages"]["pictures"])


@pytest.mark.parametrize(("picture", "digit"), [(ONE, 1), (SEVEN, 7)])
def test_both_networks_read_what_was_drawn_on_another_page(open_page, picture, digit) -> None:
    at = drawn(open_page("sketch_pad"), picture)
    shown = components(at)["lesson_answers"]
    assert [column["name"] for column in shown["networks"]] == ["LeNet-5", "MNIST DNN"]
    assert [best(column) for column in shown["networks"]] == [digit, digit]
    assert str(digit) in shown["note"]
    assert str(digit) in shown["spoken"]
    for column in shown["networks"]:
        assert sum(column["probabilities"]) == pytest.approx(1)


def test_home_has_lenet_and_what_it_sees(open_page) -> None:
    shown = components(drawn(open_page("home"), SEVEN))["home_answers"]
    assert [best(column) for column in shown["networks"]] == [7]
    assert shown["big"]
    assert [picture["alt"] for picture in shown["pictures"]] != [""]


def test_the_drawing_is_handed_to_the_next_board_and_clear_wipes_it(open_page) -> None:
    at = drawn(open_page("sketch_pad"), SEVEN)
    board = components(at)["board_lesson_0"]
    assert board["initialDrawing"]["objects"] == DRAWING["objects"]
    next(button for button in at.button if button.key == "clear_lesson").click().run()
    shown = components(at)
    assert shown["board_lesson_1"]["initialDrawing"]["objects"] == []
    assert shown["lesson_answers"]["networks"][0]["probabilities"] == []
    at.switch_page("home.py").run()
    assert components(at)["home_answers"]["networks"][0]["probabilities"] == []


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_dot_is_refused_with_a_sentence_and_no_error(open_page, lang) -> None:
    at = drawn(open_page("sketch_pad", lang=lang), png(((140, 140), (141, 150))))
    shown = components(at)["lesson_answers"]
    assert shown["networks"][0]["probabilities"] == []
    assert len(shown["note"]) > 8
    assert ("blank" in shown["note"]) == (lang == "en")
    assert not at.error


def test_the_pen_is_in_the_address(open_page) -> None:
    at = open_page("sketch_pad", sketch_pen="6")
    assert components(at)["board_lesson_0"]["strokeWidth"] == 6
    at.slider[0].set_value(30).run()
    assert "30" in at.query_params["sketch_pen"]


def test_without_drawing_there_are_test_samples(open_page, digits, words) -> None:
    """The way in for those who use a keyboard."""
    cache.mnist()  # or the page says that it is being loaded
    at = open_page("sketch_pad", sketch_source="sample", sketch_index="3")
    shown = components(at)
    assert f"Test sample 3: “{int(digits.test_labels[3])}”" in words(at)
    assert best(shown["sample_answers"]["networks"][0]) == int(digits.test_labels[3])
    next(button for button in at.button if "Next" in button.label).click().run()
    assert "4" in at.query_params["sketch_index"]
    assert f"Test sample 4: “{int(digits.test_labels[4])}”" in words(at)


def test_the_experiments_show_what_they_promise(full_mnist) -> None:
    from core.nets.pretrained import pretrained
    from ui.sketch_inside import DISAGREE, HARD

    images, labels = full_mnist.test_images, full_mnist.test_labels
    lenet, dnn = (pretrained(name)(images[[DISAGREE, HARD]]).argmax(1).tolist() for name in ("lenet5", "mnist-dnn"))
    assert lenet[0] == labels[DISAGREE] != dnn[0]
    assert lenet[1] != labels[HARD]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_inside_tells_accuracy_theory_and_code(open_page, lang) -> None:
    at = open_page("sketch_pad", lang=lang, sketch_source="sample", sketch_index="7")
    at.session_state["lesson_inside"] = True
    at.run()
    assert not at.exception
    assert "61,706" in str(at.dataframe[0].value)


def test_the_code_runs(capsys, digits) -> None:
    from ui.sketch_inside import _FROM_MNIST

    exec(_FROM_MNIST.format(index=3), {})
    said = capsys.readouterr().out.split()
    assert said[:2] == ["truth", str(int(digits.test_labels[3]))]
    assert said[3] == said[1]


def test_pictures_from_the_browser_are_checked_before_they_are_decoded() -> None:
    from ui.sketch import MAX_PNG_BYTES, decode

    assert decode(SEVEN).size == (280, 280)
    bomb = SEVEN[:16] + struct.pack(">II", 60_000, 60_000) + SEVEN[24:]
    for bad in (bomb, b"", b"\x89PNG", SEVEN[:60], SEVEN + bytes(MAX_PNG_BYTES), b"GIF89a" + SEVEN[6:]):
        with pytest.raises(InvalidInput, match="board's picture"):
            decode(bad)
