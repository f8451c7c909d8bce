"""The ONNX file, run by onnxruntime, gives PyTorch's answers."""

import onnx
import onnxruntime
import pytest
import torch

from core.export.onnx_file import onnx_file
from core.nets.building import build
from core.nets.networks import DIGITS
from core.nets.pretrained import pretrained


def run(payload, images):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(payload, options, providers=["CPUExecutionProvider"])
    return torch.from_numpy(session.run(["logits"], {"image": images.numpy()})[0])


@pytest.mark.parametrize("name", DIGITS)
def test_onnxruntime_answers_as_torch_does(name, digits):
    model = build(name, 4).eval()
    images = digits.test_images[:64]
    payload = onnx_file(model.state_dict(), name)
    with torch.no_grad():
        wanted = model(images)
        assert torch.equal(run(payload, images[:1]).argmax(1), wanted[:1].argmax(1))
    largest = float(wanted.abs().max())
    assert (run(payload, images) - wanted).abs().max() <= 1e-5 * max(1, largest / 10)
    assert len(payload) < 1.02 * 4 * sum(p.numel() for p in model.parameters()) + 8_000


@pytest.mark.parametrize("name", ["lenet5", "mnist-dnn"])
def test_trained_weights(name, digits):
    model = pretrained(name)
    images = digits.test_images[:500]
    found, wanted = run(onnx_file(model.state_dict(), name), images), model(images)
    assert (found - wanted).abs().max() <= 1e-4  # logits up to 30
    assert (found.softmax(1) - wanted.softmax(1)).abs().max() <= 1e-5
    assert torch.equal(found.argmax(1), wanted.argmax(1))


def test_the_file_says_what_it_is_and_is_the_same_each_time():
    weights = build("lenet5-32", 0).state_dict()
    payload = onnx_file(weights, "lenet5-32")
    assert payload == onnx_file(weights, "lenet5-32")
    model = onnx.load_from_string(payload)
    onnx.checker.check_model(model, full_check=True)
    said = {prop.key: prop.value for prop in model.metadata_props}
    assert said["network"] == model.graph.name == "lenet5-32"
    assert "0.1307" in said["input"]
    assert [node.op_type for node in model.graph.node][:3] == ["Pad", "Conv", "Tanh"]
    shape = [dim.dim_param or dim.dim_value for dim in model.graph.input[0].type.tensor_type.shape.dim]
    assert shape == ["n", 1, 28, 28]
    names = {tensor.name: tensor for tensor in model.graph.initializer}
    assert torch.equal(
        torch.from_numpy(onnx.numpy_helper.to_array(names["net.c3.weight"]).copy()), weights["net.c3.weight"]
    )
