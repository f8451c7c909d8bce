"""The command line: train, test, seeds, sizes, predict, pretrain, fetch, compile; each with --json, a line an answer.

torch is imported inside the commands that need it, so that ``sizes`` and a mistyped argument answer at once.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any, NoReturn

from core.errors import InvalidInput
from core.nets.networks import NETWORKS, SHIPPED

TAUGHT = tuple(name for name, network in NETWORKS.items() if network.taught)


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line and leaves with 2."""

    def error(self, message: str) -> NoReturn:
        print(f"{self.prog}: {message} (see {self.prog} --help)", file=sys.stderr)
        raise SystemExit(2)


def main(arguments: list[str]) -> int:
    """Run one command.

    Returns:
        0; 2 for bad arguments or bad input, after one clear line on standard error; 130 when interrupted.
    """
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
        return code
    except (InvalidInput, OSError) as error:  # OSError: a file or folder that cannot be read or written
        print(f"python -m core {options.command}: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m core", description="ChalkNet's jobs without a browser.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=_Parser)

    train = commands.add_parser("train", help="train one of the course's networks and test it")
    train.add_argument("network", choices=TAUGHT)
    train.add_argument("--seed", type=int, default=0, help="of weights, batch order and one-hot data (default 0)")
    train.add_argument("--epochs", type=int, help="default: the course's")
    train.add_argument("--lr", type=float, help="learning rate (default: the course's)")
    train.add_argument("--momentum", type=float, help="default: the course's")
    train.add_argument("--batch-size", type=int, help="0: the whole training set (default: the course's)")
    train.add_argument("--engine", choices=("auto", "torch"), default="auto", help="torch: PyTorch's operations alone")
    train.set_defaults(run=_train)

    test = commands.add_parser("test", help="test the weights in a safetensors or .pth file")
    test.add_argument("file", type=Path, metavar="FILE", help="weights of one of the course's networks")
    test.add_argument("--network", choices=tuple(NETWORKS), help="default: the one whose layers are in the file")
    test.set_defaults(run=_test)

    seeds = commands.add_parser("seeds", help="measure the range over ten seeds that the pages show")
    seeds.add_argument("network", nargs="?", choices=TAUGHT, help="default: all three")
    seeds.set_defaults(run=_seeds)

    sizes = commands.add_parser("sizes", help="trace the sizes of a chain of layers")
    sizes.add_argument("chain", help="a preset's name or a JSON list of layers")
    sizes.add_argument("--input", metavar="CxHxW", help="default: the preset's own, 1x28x28 for a list of layers")
    sizes.set_defaults(run=_sizes)

    predict = commands.add_parser("predict", help="read digits from PNG or JPEG images")
    predict.add_argument("images", nargs="+", metavar="IMAGE")
    predict.add_argument("--model", choices=SHIPPED, default="lenet5")
    predict.set_defaults(run=_predict)

    pretrain = commands.add_parser("pretrain", help="train the weights that the app ships, on MNIST with augmentation")
    pretrain.add_argument("model", nargs="?", choices=SHIPPED, help="default: both")
    pretrain.add_argument("--seed", type=int, default=0)
    pretrain.add_argument("--epochs", type=int, help="default: the recipe's")
    pretrain.add_argument("--out", type=Path, metavar="DIR", help="default: where the app reads its weights")
    pretrain.set_defaults(run=_pretrain)

    fetch = commands.add_parser("fetch", help="put MNIST in place beforehand")
    fetch.add_argument("--from", dest="source", type=Path, metavar="DIR", help="a folder with the four files")
    fetch.set_defaults(run=_fetch)

    build = commands.add_parser("compile", help="compile the compiled engine beforehand (half a minute)")
    build.add_argument("--out", type=Path, metavar="DIR", help="default: where the app looks for it")
    build.set_defaults(run=_compile)

    for command in (train, test, seeds, pretrain):
        command.add_argument("--data", type=Path, metavar="DIR", help="folder with MNIST's four files")
    for command in (train, test, seeds, sizes, predict, pretrain, fetch, build):
        command.add_argument("--json", action="store_true", help="one line of JSON per answer")
    return parser


def _say(options: argparse.Namespace, answer: dict[str, Any], text: str) -> None:
    print(json.dumps(answer, ensure_ascii=False, allow_nan=False) if options.json else text, flush=True)


def _train(options: argparse.Namespace) -> int:
    from dataclasses import asdict, replace

    import torch

    from core.data import mnist
    from core.data.playground import DataConfig, playground
    from core.data.problem import from_mnist
    from core.devices import best_device
    from core.nets.building import build, shape_only
    from core.training.compiled import cache
    from core.training.compiled.pair import cores
    from core.training.courses import COURSES
    from core.training.evaluate import evaluate
    from core.training.fit import fit
    from core.training.preflight import preflight

    name, network = options.network, NETWORKS[options.network]
    given = {"lr": options.lr, "momentum": options.momentum, "batch_size": options.batch_size, "epochs": options.epochs}
    config = replace(
        COURSES[name], seed=options.seed, engine=options.engine, **{k: v for k, v in given.items() if v is not None}
    )
    torch.set_num_threads(1)  # as in the app: the same seed gives the same losses in both
    source: dict[str, Any]
    if network.data == "mnist":
        digits = mnist.load(options.data, best_device())
        data, source = from_mnist(digits), asdict(digits.provenance)
    else:
        if options.data is not None:
            print("one-hot makes its own samples; --data is not used", file=sys.stderr)
        data = playground(DataConfig(seed=options.seed)).data
        source = {
            "source": f"one-hot, seed {options.seed}",
            "train": len(data.train_labels),
            "test": len(data.test_labels),
        }
    preflight(lambda: shape_only(name), network.sample_shape, network.classes, len(data.train_labels), config)
    model = build(name, options.seed).to(data.train_inputs.device)
    if options.engine == "auto":
        cache.prepare(wait=True)
    run = fit(model, data, config)
    run.engine.threads = min(2, cores())
    loss, evaluation, progress = float("nan"), None, None
    from tqdm import tqdm

    with tqdm(total=run.steps, unit="update", disable=None, leave=False) as bar:  # None: only on a terminal
        for progress in run:
            bar.update(len(progress.losses))
            if progress.losses:
                loss = progress.losses[-1]
            evaluation = progress.evaluation or evaluation
            if evaluation:
                bar.set_postfix(loss=f"{loss:.4f}", test=f"{evaluation.accuracy:.2%}")
    assert progress is not None
    if progress.diverged:  # the last look was at weights that are gone
        evaluation = evaluate(model, data.test_inputs, data.test_labels, data.classes, config.loss)
    assert evaluation is not None
    warning = "diverged" if progress.diverged else "not learning" if progress.not_learning else None
    answer = {
        "network": name,
        "test_accuracy": evaluation.accuracy,
        "majority_share": evaluation.majority,
        "loss": None if progress.diverged else loss,
        "steps": progress.step,
        "epochs": config.epochs,
        "seconds": round(progress.seconds, 3),
        "seed": config.seed,
        "data": source,
        "samples": len(data.train_labels),
        "test_samples": evaluation.samples,
        "device": str(data.train_inputs.device),
        "warning": warning,
        "engine": "compiled" if progress.engine.compiled else "torch",
        "difference": progress.engine.difference,
        "engine_reason": None if progress.engine.why is None else str(progress.engine.why),
    }
    text = (
        f"{name}: {evaluation.accuracy:.2%} of {evaluation.samples} test samples right "
        f"({progress.step} updates on {len(data.train_labels)} samples from {source['source']}, "
        f"last loss {loss:.4f}, {progress.seconds:.1f} s)"
    )
    if progress.engine.difference is not None:
        text += f"; first updates agree with PyTorch's autograd to {progress.engine.difference:.0e}"
    _say(options, answer, text + (f"; warning: {warning}" if warning else ""))
    return 0


def _test(options: argparse.Namespace) -> int:
    import torch

    from core.exam.weights_file import examine

    torch.set_num_threads(1)
    network, found = examine(options.file, options.network, options.data)
    answer = {"network": network, "test_accuracy": found.accuracy, "correct": found.correct, "samples": found.samples}
    _say(options, answer, f"{network}: {found.accuracy:.2%} of {found.samples} test samples right")
    return 0


def _seeds(options: argparse.Namespace) -> int:
    import torch

    from core.exam.ten_seeds import measure

    torch.set_num_threads(1)
    for name in [options.network] if options.network else TAUGHT:
        for seed, right, samples in measure(name, options.data):
            answer = {"network": name, "seed": seed, "test_accuracy": right / samples, "samples": samples}
            _say(options, answer, f"{name}, seed {seed}: {right / samples:.2%} of {samples} test samples right")
    return 0


def _sizes(options: argparse.Namespace) -> int:
    from core.conv.parsing import parse_chain, parse_input
    from core.conv.presets import PRESETS
    from core.conv.sizes import trace

    chain, preset = parse_chain(options.chain), PRESETS.get(options.chain.strip())
    usual = preset.input if preset else (1, 28, 28)
    traced = trace(chain, usual if options.input is None else parse_input(options.input))
    rows = [f"{'layer':<14}{'output':>14}{'parameters':>14}"]
    for layer in traced.layers:
        shape = "×".join(map(str, layer.output))
        rows.append(f"{layer.name:<14}{shape:>14}{layer.parameters:>14,}")
    rows.append(f"{'total':<14}{'':>14}{traced.parameters:>14,}")
    _say(options, traced.as_json(), "\n".join(rows))
    return 0


def _predict(options: argparse.Namespace) -> int:
    import torch

    from core.sketch.ink import Blank
    from core.sketch.predict import predict_file

    torch.set_num_threads(1)
    code = 0
    for path in options.images:
        try:
            found = predict_file(Path(path), options.model)
        except Blank as error:
            _say(options, {"image": path, "refused": "blank"}, f"{path}: {error}")
        except InvalidInput as error:
            code = 2
            print(f"python -m core predict: {path}: {error}", file=sys.stderr)
        else:
            answer = {"image": path, "digit": found.digit, "probabilities": list(found.probabilities)}
            _say(options, answer, f"{path}: {found.digit} ({found.probabilities[found.digit]:.1%})")
    return code


def _pretrain(options: argparse.Namespace) -> int:
    from core.pretraining.networks import pretrain

    for name in [options.model] if options.model else SHIPPED:
        about = pretrain(name, seed=options.seed, epochs=options.epochs, data=options.data, out=options.out)
        _say(options, {"model": name, **about}, f"{name}: {about}")
    return 0


def _fetch(options: argparse.Namespace) -> int:
    from core.data.mnist import fetch
    from core.data.mnist_files import CHECKSUMS

    folder = fetch(options.source)
    _say(options, {"folder": str(folder), "files": len(CHECKSUMS)}, f"MNIST is in {folder}")
    return 0


def _compile(options: argparse.Namespace) -> int:
    from tqdm import tqdm

    from core.training.compiled import cache

    place = options.out or cache.folder()
    found = cache.load(place) is not None
    if not found:
        with tqdm(total=None, unit="function", desc="compiling", disable=None, leave=False) as bar:

            def told(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            cache.compile_into(place, told)
    _say(options, {"folder": str(place), "compiled": not found}, f"The compiled engine is in {place}")
    return 0
