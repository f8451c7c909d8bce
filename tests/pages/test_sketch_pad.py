"""The sketch pad's page: every topic in both languages, who reads, what is left out, what is refused."""

from __future__ import annotations

import base64
import io
import json
import re
import struct

import pytest
from PIL import Image, ImageDraw
from streamlit.testing.v1 import AppTest

from core import cache
from core.errors import InvalidInput
from core.export.weights import course_names, pth_file

BOARD, CHALK = "#1E3A32", "#F7F5EC"
TOPICS = ("draw", "photo", "sample", "several", "class")


def png(*strokes: tuple[tuple[int, int], ...], width: int = 20, size: tuple[int, int] = (280, 280)) -> bytes:
    image = Image.new("RGBA", size, BOARD)
    for stroke in strokes:
        ImageDraw.Draw(image).line(stroke, fill=CHALK, width=width, joint="curve")
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


ONE = png(((140, 40), (135, 240)))
SEVEN = png(((70, 60), (210, 60), (130, 240)))
CORNER = png(((200, 200), (250, 200), (220, 265)), width=10)  # a seven, small, at the lower right
LETTER = png(((60, 230), (100, 60), (140, 200), (180, 60), (220, 230)), width=16)  # an M
NUMBER = png(((60, 40), (58, 180)), ((180, 40), (280, 40), (220, 180)), size=(620, 220))
DRAWING = {"objects": [{"type": "path", "stroke": 1}, {"type": "path", "stroke": 2}]}


def components(at) -> dict[str, dict]:
    """Data of every component on the page, by key."""
    return {element.proto.id.rsplit("-", 1)[1]: json.loads(element.proto.json) for element in at.get("bidi_component")}


def drawn(at, picture: bytes, what: str = "digit"):
    """As if this visitor had drawn that, on whatever page."""
    at.session_state[f"_kept_sketch_{what}_picture"] = picture
    at.session_state[f"_kept_sketch_{what}_drawing"] = DRAWING
    return at.run()


def best(column: dict) -> int:
    return max(range(10), key=column["probabilities"].__getitem__)


def bests(at, key: str = "lesson_answers") -> list[int]:
    return [best(column) for column in components(at)[key]["networks"]]


def choose(at, key: str, value: str):
    return next(found for found in at.segmented_control if found.key == key).set_value(value).run()


def button(at, key: str):
    return next(found for found in at.button if found.key == key)


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_opens_from_its_address(open_page, topic) -> None:
    cache.mnist()
    at = open_page("sketch_pad", sketch_topic=topic)
    assert not at.error
    assert next(found for found in at.segmented_control if found.key == "sketch_topic").value == topic
    at.session_state["lesson_inside"] = True
    at.run()
    assert not at.exception


def test_an_empty_board_teaches_what_to_do(open_page) -> None:
    shown = components(open_page("sketch_pad"))
    assert "Draw a digit from 0 to 9." in shown["lesson_answers"]["note"]
    assert [column["probabilities"] for column in shown["lesson_answers"]["networks"]] == [[], []]
    stages = shown["sketch_strip"]["stages"]
    assert [stage["step"] for stage in stages] == ["", "crop", "fit", "centre", "normalise"]
    assert all(stage["alt"] and stage["title"] and not stage["effects"] for stage in stages)


@pytest.mark.parametrize(("picture", "digit"), [(ONE, 1), (SEVEN, 7), (CORNER, 7)])
def test_both_networks_read_what_was_drawn_on_another_page(open_page, picture, digit) -> None:
    at = drawn(open_page("sketch_pad"), picture)
    shown = components(at)["lesson_answers"]
    assert [column["name"] for column in shown["networks"]] == ["LeNet-5", "MNIST DNN"]
    assert bests(at) == [digit, digit]
    assert str(digit) in shown["note"]
    assert str(digit) in shown["spoken"]
    assert shown["seen"]["source"].startswith("data:image/png")
    for column in shown["networks"]:
        assert sum(column["probabilities"]) == pytest.approx(1)
        assert 0 <= float(column["entropy"]) <= 3.33
        assert column["before"] == [], "nothing is left out, so there is nothing to compare with"


def test_home_has_lenet_and_what_it_sees(open_page) -> None:
    at = drawn(open_page("home"), SEVEN)
    shown = components(at)["home_answers"]
    assert bests(at, "home_answers") == [7]
    assert shown["big"]
    assert [picture["alt"] for picture in shown["pictures"]] != [""]


def test_the_drawing_is_handed_to_the_next_board_and_clear_wipes_it(open_page) -> None:
    at = drawn(open_page("sketch_pad"), SEVEN)
    assert components(at)["board_lesson_0"]["initialDrawing"]["objects"] == DRAWING["objects"]
    button(at, "clear_lesson").click().run()
    shown = components(at)
    assert shown["board_lesson_1"]["initialDrawing"]["objects"] == []
    assert shown["lesson_answers"]["networks"][0]["probabilities"] == []
    at.switch_page("home.py").run()
    assert components(at)["home_answers"]["networks"][0]["probabilities"] == []


def test_undo_takes_one_stroke_after_the_other(open_page) -> None:
    at = drawn(open_page("sketch_pad"), SEVEN)
    button(at, "undo_lesson").click().run()
    left = components(at)["board_lesson_0"]["initialDrawing"]
    assert left["objects"] == DRAWING["objects"][:1]
    button(at, "undo_lesson").click().run()
    assert components(at)["board_lesson_1"]["initialDrawing"]["objects"] == []
    assert button(at, "undo_lesson").disabled


def test_a_number_has_a_board_of_its_own(open_page) -> None:
    at = drawn(open_page("sketch_pad", sketch_topic="several"), NUMBER, "number")
    assert "17" in [str(title.value) for title in at.title]
    shown = components(at)
    [frames] = [element.proto.body for element in at.get("html") if "Frames around 2 digits" in element.proto.body]
    assert base64.b64decode(re.search(r"base64,([^\"]+)", frames).group(1)).count(b"<rect") == 2
    assert len(shown["sketch_several_digits"]["rows"][0]["tiles"]) == 2
    choose(at, "sketch_topic", "draw")
    assert components(at)["lesson_answers"]["networks"][0]["probabilities"] == []


def test_leaving_steps_out_changes_the_answer_and_shows_both(open_page) -> None:
    at = drawn(open_page("sketch_pad", sketch_steps="normalise"), CORNER)
    shown = components(at)
    now, before = shown["lesson_answers"]["networks"][0], shown["lesson_answers"]["networks"][0]["before"]
    assert max(range(10), key=before.__getitem__) == 7
    assert best(now) != 7, "merely shrunk, the small seven in the corner is misread"
    assert [stage["on"] for stage in shown["sketch_strip"]["stages"]] == [True, False, False, False, True]
    crop = shown["sketch_strip"]["stages"][1]["effects"]
    assert [effect["network"] for effect in crop] == ["LeNet", "DNN"]
    assert crop[0]["changed"] == (crop[0]["digit"] != best(now))


def test_a_letter_is_doubted_and_the_bars_still_share_everything(open_page, words) -> None:
    at = drawn(open_page("sketch_pad"), LETTER)
    shown = components(at)["lesson_answers"]
    assert shown["judgement"]["doubtful"]
    assert "not look like a digit" in shown["judgement"]["words"]
    assert "not look like a digit" in shown["spoken"]
    assert "softmax" in shown["judgement"]["help"].lower()
    assert sum(shown["networks"][0]["probabilities"]) == pytest.approx(1)
    at = drawn(at, SEVEN)
    assert not components(at)["lesson_answers"]["judgement"]["doubtful"]


def test_a_dot_is_refused_with_a_sentence_and_no_error(open_page) -> None:
    at = drawn(open_page("sketch_pad"), png(((140, 140), (141, 150))))
    shown = components(at)["lesson_answers"]
    assert shown["networks"][0]["probabilities"] == []
    assert len(shown["note"]) > 8
    assert "blank" in shown["note"]
    assert not at.error


def test_the_hand_moves_what_was_drawn_and_leaves_the_drawing_alone(open_page) -> None:
    at = drawn(open_page("sketch_pad", sketch_tool="move", sketch_turn="180"), SEVEN)
    shown = components(at)
    assert shown["sketch_hand"]["place"]["turn"] == 180
    assert bests(at)[0] != 7
    choose(at, "sketch_tool", "chalk")
    assert bests(at) == [7, 7]
    assert components(at)["board_lesson_0"]["initialDrawing"]["objects"] == DRAWING["objects"]


def test_the_pen_is_in_the_address(open_page) -> None:
    at = open_page("sketch_pad", sketch_pen="6")
    assert components(at)["board_lesson_0"]["strokeWidth"] == 6
    at.slider[0].set_value(30).run()
    assert "30" in at.query_params["sketch_pen"]


def test_without_drawing_there_are_test_samples(open_page, digits, words) -> None:
    """The way in for those who use a keyboard."""
    cache.mnist()  # or the page says that it is being loaded
    at = open_page("sketch_pad", sketch_topic="sample", sketch_index="3")
    assert f"Test sample 3: “{int(digits.test_labels[3])}”" in words(at)
    assert bests(at)[0] == int(digits.test_labels[3])
    next(found for found in at.button if "Next" in found.label).click().run()
    assert "4" in at.query_params["sketch_index"]
    assert f"Test sample 4: “{int(digits.test_labels[4])}”" in words(at)


@pytest.mark.parametrize("look", ["maps", "saliency", "nearest"])
def test_closer_looks(open_page, look) -> None:
    import threading

    cache.mnist()
    at = drawn(open_page("sketch_pad", sketch_look=look), SEVEN)
    for thread in threading.enumerate():
        if thread.name == "neighbours":
            thread.join(120)
    shown = components(at.run())
    assert not at.error
    if look == "maps":
        assert [layer["name"] for layer in shown["sketch_maps"]["layers"]] == [
            "Input",
            "C1",
            "S2",
            "C3",
            "S4",
            "C5",
            "F6",
        ]
    elif look == "saliency":
        assert len(shown["sketch_saliency"]["layers"]) == 4
    else:
        captions = [tile["note"] for tile in shown["sketch_nearest"]["rows"][0]["tiles"]]
        assert len(captions) == 10
        assert sum("7" in caption.split("·")[0] for caption in captions) >= 6


def test_a_network_of_ones_own_reads_too(open_page, digits) -> None:
    from core.runs.digits_job import MnistJob
    from core.runs.scheduler import SCHEDULER
    from core.training.config import TrainConfig

    at = drawn(open_page("sketch_pad"), SEVEN)
    me = at.session_state["_owner"]
    train = TrainConfig(lr=0.5, loss="cross_entropy", optimiser="sgd", batch_size=64, epochs=1, evaluations=1)
    SCHEDULER.start()
    try:
        run = SCHEDULER.submit(MnistJob("lenet5", 0, train, cache.mnist_data(), samples=1000), me, updates=2)
        assert SCHEDULER.settle(run, 60)
        shown = components(at.run())["lesson_answers"]["networks"]
        assert [column["name"] for column in shown] == ["LeNet", "DNN", "Your LeNet-5"]
        assert "2" in shown[2]["sub"]
        assert sum(shown[2]["probabilities"]) == pytest.approx(1)
        assert shown[2]["probabilities"] != shown[0]["probabilities"]
        assert SCHEDULER.newest("somebody else", "lenet5") is None
    finally:
        SCHEDULER.cancel(run, me)
        SCHEDULER.forget(run, me)
        SCHEDULER.stop()


def test_the_experiments_show_what_they_promise(full_mnist, open_page) -> None:
    from core.data.grey import denormalise
    from core.nets.pretrained import pretrained
    from core.sketch.preprocess import Steps
    from core.sketch.reading import STEPS, digit_sheet, read
    from core.sketch.transform import Change
    from ui.sketch.experiments import DISAGREE, DRAGGED, GREY, HARD, THICK, TURNED

    images, labels = full_mnist.test_images, full_mnist.test_labels.tolist()
    models = [pretrained(name) for name in ("lenet5", "mnist-dnn")]

    def answers(**changes) -> list[int]:
        taken = Steps(**{name: name in changes.get("steps", STEPS) for name in STEPS})
        move = Change(changes.get("right", 0.0), 0.0, float(changes.get("turn", 0)), 1.0, changes.get("thick", 0.0))
        page = digit_sheet(denormalise(images[changes["index"], 0]).numpy())
        return [answer.digit for answer in read(page, models, taken, move).answers]

    found = answers(index=DISAGREE)
    assert found[0] == labels[DISAGREE] != found[1]
    assert answers(index=HARD)[0] != labels[HARD]
    assert labels[DRAGGED["index"]] == 4
    assert answers(**DRAGGED)[0] == 4 != answers(**DRAGGED)[1]
    assert answers(**DRAGGED | {"steps": STEPS}) == [4, 4]
    assert labels[TURNED["index"]] == 6
    assert answers(**TURNED) == [9, 9]
    assert labels[GREY["index"]] == 7
    assert answers(**GREY)[0] != 7
    assert answers(**GREY | {"steps": STEPS}) == [7, 7]
    assert labels[THICK["index"]] == 9
    assert answers(**THICK) == [8, 8]
    assert answers(**THICK | {"thick": 0.0}) == [9, 9]


def test_a_guide_stays_while_its_switches_are_tried(open_page, words) -> None:
    at = open_page("sketch_pad", sketch_steps="normalise")
    assert "As most demos do." in words(at)
    at.query_params["sketch_strip"] = "crop.normalise"
    at.session_state["sketch_strip"] = ("crop", "normalise")
    at.run()
    assert "As most demos do." in words(at)
    choose(at, "sketch_topic", "sample")
    assert "As most demos do." not in words(at)


def test_inside_tells_accuracy_theory_and_code(open_page, words) -> None:
    at = open_page("sketch_pad", sketch_topic="sample", sketch_index="7")
    at.session_state["lesson_inside"] = True
    at.run()
    assert not at.exception
    assert "61,706" in words(at)


def test_few_test_digits_are_doubted_and_most_spoilt_ones(open_page) -> None:
    cache.mnist()
    at = open_page("sketch_pad")
    at.session_state["lesson_inside"] = True
    at.session_state["lesson_tabs"] = "A digit at all?"
    at.run()
    assert not at.exception
    shown = next(each.proto.body for each in at.get("html") if "ck-facts" in each.proto.body)
    doubted = [float(share) for share in re.findall(r"([\d.]+)%", shown)][::2]  # the other share is the median
    assert doubted[0] < 5
    assert doubted[1] > 60


def code_says(at, folder, monkeypatch, capsys) -> list[int]:
    """Run the code tab's script beside the files that the tab gives; return both networks' digits."""
    from ui.sketch import code

    monkeypatch.chdir(folder)
    monkeypatch.setattr("torchvision.datasets.MNIST.mirrors", ["http://127.0.0.1:9/"])
    text = at.code[0].value
    for source, name in code.FILES.items():
        if f'"{name}"' in text:
            (folder / name).write_bytes(code._file(source, at.session_state["_kept_sketch_newest"]))
    for network in code.SHIPPED:
        weights = pth_file(course_names(cache.pretrained(network).cpu().state_dict(), network))
        (folder / f"{network}.pth").write_bytes(weights)
    exec(text, {})
    return [
        int(line.split()[1]) for line in capsys.readouterr().out.splitlines() if line.startswith(("lenet5", "mnist"))
    ]


@pytest.mark.parametrize(
    "settings",
    [
        {"topic": "sample", "index": "3"},
        {"topic": "sample", "index": "65", "steps": "normalise", "right": "6"},
        {"topic": "draw"},
        {"tool": "move", "turn": "30", "size": "0.8", "steps": "fit.normalise"},
    ],
    ids=["sample", "dragged sample", "sketch", "turned sketch"],
)
def test_the_code_does_what_the_page_does(open_page, tmp_path, monkeypatch, capsys, full_mnist, settings) -> None:
    cache.mnist()
    at = open_page("sketch_pad", inside="code", **{f"sketch_{name}": value for name, value in settings.items()})
    if settings.get("topic") != "sample":
        at = drawn(at, SEVEN)
    assert code_says(at, tmp_path, monkeypatch, capsys) == bests(at)[:2]


def test_the_code_of_a_number_reads_its_digits(open_page, tmp_path, monkeypatch, capsys) -> None:
    at = drawn(open_page("sketch_pad", inside="code", sketch_topic="several"), NUMBER, "number")
    assert code_says(at, tmp_path, monkeypatch, capsys) == [1, 1, 7, 7]  # each digit by both networks


def test_an_empty_board_has_its_files_too() -> None:
    from ui.sketch.code import _file
    from ui.sketch.newest import Newest

    for source in ("board", "ink", "number"):
        assert Image.open(io.BytesIO(_file(source, Newest()))).size in {(280, 280), (28, 28)}


def test_a_link_into_a_class_opens_its_topic_once(open_page) -> None:
    from core.classroom.store import class_store

    code = class_store().create_class("teacher-of-this-test").code
    at = open_page("sketch_pad", **{"class": code})
    assert "class" in at.query_params["sketch_topic"]
    choose(at, "sketch_topic", "draw")
    assert "sketch_topic" not in at.query_params
    assert code in at.query_params["class"]


def test_without_a_class_the_way_into_one_comes_first(open_page) -> None:
    at = open_page("sketch_pad", sketch_topic="class")
    assert {"class_begin", "class_join_view"} <= {found.key for found in at.button}
    assert "undo_class" not in {found.key for found in at.button}, "nothing to draw on before there is a class"


def test_three_networks_have_short_names(open_page) -> None:
    open_page("home")
    from ui.sketch.answer import Answered, columns
    from ui.sketch.readers import shipped

    two = shipped()
    assert [column.name for column in columns(Answered(None, None, ""), two)] == ["LeNet-5", "MNIST DNN"]
    assert [column.name for column in columns(Answered(None, None, ""), [*two, two[0]])] == ["LeNet", "DNN", "LeNet"]


def test_a_file_that_is_no_photo_is_refused_and_the_page_says_how_to_go_on(open_page) -> None:
    at = open_page("sketch_pad", sketch_topic="photo")
    at.session_state["_kept_sketch_photo"] = b"no photo at all"
    at.run()
    assert "no readable photo" in at.error[0].value
    assert "upload that" in components(at)["lesson_answers"]["note"]


def test_an_answer_stands_above_its_frame_or_below_where_there_is_no_room(open_page) -> None:
    open_page("home")
    from ui.sketch.several import HEIGHT, _beside

    assert _beside(60, 150) == 51
    assert _beside(10, 150) == 174
    assert _beside(10, HEIGHT - 10) == 16


def test_a_stroke_is_kept_when_it_arrives_and_not_when_the_board_is_drawn(open_page) -> None:
    """Else it would be lost to a visitor who leaves the page at once: the run that brings it is another page's."""

    def page() -> None:
        from types import SimpleNamespace

        import streamlit as st
        from streamlit_drawable_canvas import CanvasResult

        from ui import board
        from ui.state.session import recall

        def canvas(on_change, key, **_more):
            st.session_state[key] = SimpleNamespace(
                drawing={"raw": {"objects": [1]}, "data": "data:image/png;base64,QUJD"}
            )
            on_change()
            return CanvasResult(None, None, return_image_data=True)

        board.drawable = canvas
        board.draw("lesson", 20)
        st.text(repr((recall("sketch_digit_drawing"), recall("sketch_digit_picture"))))

    open_page("home")  # the board's component wants a running app
    from ui import board

    real = board.drawable
    try:
        at = AppTest.from_function(page).run()
    finally:
        board.drawable = real
    assert not at.exception
    assert at.text[0].value == "({'objects': [1]}, b'ABC')"


def test_whatever_a_board_sends_the_page_stands(open_page) -> None:
    open_page("home")
    from streamlit_drawable_canvas import CanvasResult

    from ui.board import _sent

    for picture in (None, 7, "", "data:", "data:image/png;base64,=", "data:image/png;base64,§§"):
        for drawing in (None, [], "x", {}, {"objects": 5}, {"objects": None}, {"objects": {}}):
            image, strokes = _sent(CanvasResult(drawing, picture, return_image_data=True))
            assert image is None or decoded(image) is None
            assert strokes == {}


def decoded(image: bytes):
    from core.errors import InvalidInput
    from ui.board import decode

    try:
        return decode(image)
    except InvalidInput:
        return None


def test_pictures_from_the_browser_are_checked_before_they_are_decoded(open_page) -> None:
    open_page("home")  # the board's component wants a running app
    from ui.board import MAX_PNG_BYTES, decode

    assert decode(SEVEN).size == (280, 280)
    bomb = SEVEN[:16] + struct.pack(">II", 60_000, 60_000) + SEVEN[24:]
    for bad in (bomb, b"", b"\x89PNG", SEVEN[:60], SEVEN + bytes(MAX_PNG_BYTES), b"GIF89a" + SEVEN[6:]):
        with pytest.raises(InvalidInput, match="board's picture"):
            decode(bad)


@pytest.mark.parametrize(
    "raw",
    [None, "x", [], {"right": 1}, {"right": "1", "down": 0, "turn": 0, "size": 1, "thick": 0}, {"evil": 1}]
    + [{"right": bad, "down": 0, "turn": 0, "size": 1, "thick": 0} for bad in (float("nan"), float("inf"), True)],
)
def test_what_is_no_place_is_not_believed(open_page, raw) -> None:
    open_page("home")
    from ui.components.mover import _checked

    assert _checked(raw) is None


def test_a_place_is_brought_into_its_limits(open_page) -> None:
    open_page("home")
    from ui.components.mover import Place, _checked

    far = {"right": 1e9, "down": -1e9, "turn": 7, "size": 0, "thick": 2, "count": 5}
    assert _checked(far) == Place(14, -14, 7, 0.3, 2)


@pytest.mark.parametrize("network", ["CNN", "DNN"])
@pytest.mark.parametrize("lesson", ["sketch", "lenet"])
def test_a_network_from_a_file_reads_beside_the_others(open_page, lesson, network) -> None:
    import torch

    from tests.core import notes_classes

    cache.mnist()
    torch.manual_seed(4)
    theirs = getattr(notes_classes, network)()
    payload = notes_classes.pth(theirs.state_dict())
    at = drawn(open_page("sketch_pad", sketch_topic="sample", sketch_index="5", inside="networks"), SEVEN)
    assert len(components(at)["lesson_answers"]["networks"]) == 2
    if lesson == "sketch":
        at.file_uploader(key="sketch_weights_file0").upload("a pupil's own network.pth", payload, "application/x").run()
        assert "test samples right" in at.success[0].value
    else:  # as if it had been chosen in lesson 4
        at.session_state["_kept_lenet_weights"] = ("a pupil's own network.pth", payload)
        at.run()
    own = components(at)["lesson_answers"]["networks"][2]
    assert (own["name"], own["sub"]) == ("File", "a pupil's own network.p…")
    with torch.no_grad():
        expected = theirs(cache.mnist().test_images[5:6])[0].softmax(dim=0)
    shown = own["probabilities"]
    assert best(own) == int(expected.argmax())
    assert shown == pytest.approx(expected.tolist(), abs=0.02)  # cropped and centred once more


@pytest.mark.parametrize("spoilt", [b"nothing", None])
def test_a_file_that_reads_no_digits_is_refused(open_page, spoilt) -> None:
    from tests.core import notes_classes

    cache.mnist()
    payload = spoilt or notes_classes.pth(notes_classes.Plain().state_dict())
    at = open_page("sketch_pad", inside="networks")
    at.file_uploader(key="sketch_weights_file0").upload("mine.pth", payload, "application/x").run()
    assert len(at.error) == 1
    assert not at.exception
    assert len(components(at)["lesson_answers"]["networks"]) == 2
