"""LeNet-5 and the MNIST DNN in what else a user might pick: compiled updates on one thread; nothing here is required.

Same layers, batches as ready arrays, cross-entropy, gradient descent with the course's rate and momentum; first weights
are their own.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from core.training.config import TrainConfig

Update = Callable[[np.ndarray, np.ndarray], float]
WIDTHS = (784, 512, 256, 128, 64, 10)
ONE_THREAD = {
    "TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3", "JAX_PLATFORMS": "cpu",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1", "CUDA_VISIBLE_DEVICES": "",
    "DEV": "CPU",
}  # fmt: skip


def keras(lenet: bool, config: TrainConfig) -> Update:
    """Return an update by Keras on TensorFlow."""
    import tensorflow as tf

    layers, pool = tf.keras.layers, lambda: tf.keras.layers.AveragePooling2D(2)
    same, *others = (layers.Conv2D(n, 5, padding="valid" if n > 6 else "same", activation="tanh") for n in (6, 16, 120))
    net = [same, pool(), others[0], pool(), others[1]] if lenet else []
    hidden, act = ((84,), "tanh") if lenet else (WIDTHS[1:-1], "relu")
    dense = [*(layers.Dense(width, activation=act) for width in hidden), layers.Dense(10)]
    model = tf.keras.Sequential([layers.Input((28, 28, 1)), *net, layers.Flatten(), *dense])
    loss = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(tf.keras.optimizers.SGD(config.lr, config.momentum), loss)
    return lambda x, y: float(model.train_on_batch(x.transpose(0, 2, 3, 1), y))


def jax(lenet: bool, config: TrainConfig) -> Update:
    """Return an update by JAX."""
    import jax
    from jax import nn
    from jax import numpy as jnp

    draw = np.random.default_rng(0)
    convs = [(5, 5, 1, 6), (5, 5, 6, 16), (5, 5, 16, 120)] if lenet else []
    widths = (120, 84, 10) if lenet else WIDTHS
    shapes = [*convs, *pairwise(widths)]
    reach = [float(np.prod(shape[:-1])) ** -0.5 for shape in shapes]
    weights = [
        [jnp.array(draw.uniform(-most, most, size), jnp.float32) for size in (shape, shape[-1:])]
        for shape, most in zip(shapes, reach, strict=True)
    ]

    def loss(weights: Any, x: Any, y: Any) -> Any:
        x = x.transpose(0, 2, 3, 1)  # so that XLA's convolutions are its quick ones
        for place, (w, b) in enumerate(weights[: len(convs)]):
            frame = [(2, 2)] * 2 if place == 0 else "VALID"
            z = jax.lax.conv_general_dilated(x, w, (1, 1), frame, dimension_numbers=("NHWC", "HWIO", "NHWC"))
            x = jnp.tanh(z + b)
            if place < 2:
                x = jax.lax.reduce_window(x, 0.0, jax.lax.add, (1, 2, 2, 1), (1, 2, 2, 1), "VALID") / 4
        x = x.reshape(len(x), -1)
        for w, b in weights[len(convs) : -1]:
            x = (jnp.tanh if lenet else nn.relu)(x @ w + b)
        answers = nn.log_softmax(x @ weights[-1][0] + weights[-1][1])
        return -jnp.take_along_axis(answers, y[:, None], 1).mean()

    @jax.jit
    def update(weights: Any, memory: Any, x: Any, y: Any) -> Any:
        value, grads = jax.value_and_grad(loss)(weights, x, y)
        memory = jax.tree.map(lambda m, g: config.momentum * m + g, memory, grads)
        return value, jax.tree.map(lambda w, m: w - config.lr * m, weights, memory), memory

    state = [weights, jax.tree.map(jnp.zeros_like, weights)]

    def one(x: np.ndarray, y: np.ndarray) -> float:
        value, *state[:] = update(*state, x, y)
        return float(value)

    return one


def tinygrad(lenet: bool, config: TrainConfig) -> Update:
    """Return an update by tinygrad."""
    from tinygrad import Tensor, TinyJit, nn

    Tensor.training = True
    convs = [nn.Conv2d(1, 6, 5, padding=2), nn.Conv2d(6, 16, 5), nn.Conv2d(16, 120, 5)] if lenet else []
    widths = (120, 84, 10) if lenet else WIDTHS
    dense = [nn.Linear(*pair) for pair in pairwise(widths)]
    optimiser = nn.optim.SGD(nn.state.get_parameters([convs, dense]), lr=config.lr, momentum=config.momentum)

    @TinyJit
    def update(x: Any, y: Any) -> Any:
        for place, layer in enumerate(convs):
            x = layer(x).tanh().avg_pool2d() if place < 2 else layer(x).tanh()
        x = x.flatten(1)
        for layer in dense[:-1]:
            x = layer(x).tanh() if lenet else layer(x).relu()
        optimiser.zero_grad()
        loss = dense[-1](x).sparse_categorical_crossentropy(y).backward()
        return loss.realize(*optimiser.schedule_step())

    return lambda x, y: float(update(Tensor(x).realize(), Tensor(y).realize()).item())


def compare(name: str, config: TrainConfig, ways: dict[str, Callable[[], object]], x: Any, y: Any, rounds: int) -> None:
    """Print the processor's ms an update, and ratios of neighbouring blocks, of the ways and of each peer."""
    for peer in (keras, jax, tinygrad):
        try:
            update = peer(name == "lenet5", config)
            begin, *_ = (update(x[0], y[0]) for _ in range(3))  # compiles, too
        except Exception as error:
            print(f"{name}: {peer.__name__} is left out: {type(error).__name__}: {str(error)[:90]}", flush=True)
            continue
        every = {**ways, peer.__name__: partial(lambda each: [*map(each, x, y)], update)}
        took: dict[str, list[float]] = {way: [] for way in every}
        for _ in range(rounds):
            for way, work in every.items():
                begun = time.process_time()  # theirs have threads of their own
                work()
                took[way].append((time.process_time() - begun) / len(x))
        print(name, *(f"{way} {statistics.median(took[way]) * 1000:.2f} ms" for way in every), sep=", ", end="; ")
        for a, b in (("notebook", peer.__name__), (peer.__name__, "ours")):
            print(a, "/", b, f"{statistics.median(map(float.__truediv__, took[a], took[b])):.2f}", end=", ")
        print(f"its loss {begin:.2f} → {update(x[0], y[0]):.2f}", flush=True)


os.environ.update(ONE_THREAD)
