"""Break the code in forty places that matter, one after the other, and see that the tests notice each.

``python -m tools.mutants`` runs all of them, ``python -m tools.mutants 7 owner-check`` some. The working tree stays
as it is: each is put into a copy. Nothing here decides ``make test``; tests/test_mutants.py only holds that each text
still stands where it is looked for.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import Queue
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
PYTEST: Final = ("-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--timeout", "240")
GREEN, RED = 0, 1  # pytest's exit statuses; any other says that tests were not run


@dataclass(frozen=True)
class Mutant:
    """One place to break.

    Attributes:
        name: what it breaks.
        file: from the project's root.
        old: a text that stands there exactly once.
        new: what takes its place.
        tests: files (or node ids) of which at least one test must fail, with blanks between.
    """

    name: str
    file: str
    old: str
    new: str
    tests: str

    def count(self, root: Path) -> int:
        """Return how often the text stands in the file."""
        path = root / self.file
        return path.read_text(encoding="utf-8").count(self.old) if path.is_file() else 0


MUTANTS: Final = (
    # Losses, optimisers, learning rates
    Mutant(
        "smooth-l1",
        "core/training/losses.py",
        "Loss(nn.functional.smooth_l1_loss, one_hot=True)",
        "Loss(nn.SmoothL1Loss(beta=0.5), one_hot=True)",
        "tests/core/test_playground_jobs.py",
    ),
    Mutant(
        "penalty-on-biases",
        "core/training/losses.py",
        "if value.ndim > 1]",
        "if value.ndim > 0]",
        "tests/core/test_playground_jobs.py",
    ),
    Mutant(
        "penalty-l2",
        "core/training/losses.py",
        "value.square().sum()",
        "value.square().mean()",
        "tests/core/test_playground_jobs.py",
    ),
    Mutant(
        "nesterov",
        "core/training/optimisers.py",
        "nesterov=True)",
        "nesterov=False)",
        "tests/core/test_playground_jobs.py",
    ),
    Mutant(
        "cosine-schedule",
        "core/training/schedules.py",
        "math.cos(math.pi * (epoch - 1) / epochs)",
        "math.cos(math.pi * max(0, epoch - 2) / epochs)",
        "tests/core/test_playground_jobs.py",
    ),
    # Order of the batches, timetable, changes by hand
    Mutant(
        "batch-order",
        "core/data/batch_order.py",
        "torch.empty((), dtype=torch.int64).random_(generator=self.generator)",
        "pass",
        "tests/core/test_fit.py",
    ),
    Mutant(
        "last-batch-of-an-epoch",
        "core/data/batch_order.py",
        "place * part.batch_size : (place + 1) * part.batch_size",
        "place * part.batch_size : min(place + 1, self.samples // part.batch_size) * part.batch_size",
        "tests/core/test_fit.py",
    ),
    Mutant(
        "end-of-epoch",
        "core/data/timetable.py",
        "return step + (part.step - step) % part.updates_per_epoch",
        "return step + part.updates_per_epoch - (step - part.step) % part.updates_per_epoch",
        "tests/core/test_changes.py tests/core/test_fit.py",
    ),
    Mutant(
        "change-after-an-epoch",
        "core/training/changes.py",
        "while given and given[0].step < at:",
        "while given and given[0].step <= at:",
        "tests/core/test_changes.py",
    ),
    Mutant(
        "too-many-changes",
        "core/training/changes.py",
        "if len(kept) >= MAX_CHANGES:",
        "if len(kept) > MAX_CHANGES:",
        "tests/core/test_changes.py",
    ),
    Mutant(
        "early-stopping",
        "core/training/looks.py",
        "0 < self.config.patience <= self.worse",
        "0 < self.config.patience < self.worse",
        "tests/core/test_fit.py tests/core/test_playground_jobs.py",
    ),
    # Evaluation
    Mutant(
        "confusion-matrix-turned",
        "core/training/evaluate.py",
        "labels * classes + outputs.max(dim=1).indices",
        "outputs.max(dim=1).indices * classes + labels",
        "tests/core/test_evaluate.py",
    ),
    Mutant(
        "majority",
        "core/training/evaluate.py",
        "max(sum(row) for row in self.confusion)",
        "max(max(row) for row in self.confusion)",
        "tests/core/test_evaluate.py",
    ),
    Mutant(
        "not-learning",
        "core/training/health.py",
        "sum(p * (1 - p) for p in shares) / classes",
        "sum(p * (1 - p) for p in shares) / 2",
        "tests/core/test_health.py",
    ),
    Mutant(
        "wilson-interval",
        "core/score.py",
        "middle = (share + spread / 2) / (1 + spread)",
        "middle = (share + spread) / (1 + spread)",
        "tests/core/test_classroom_report.py",
    ),
    # What may start, and go on
    Mutant(
        "preflight-last-batch-of-one",
        "core/training/preflight.py",
        "1 not in (size, samples % size)",
        "1 not in (size,)",
        "tests/core/test_preflight.py tests/core/test_playground_jobs.py",
    ),
    Mutant(
        "preflight-backward-pass",
        "core/training/preflight.py",
        "flops = 3.0 * forward",
        "flops = 1.0 * forward",
        "tests/core/test_preflight.py",
    ),
    Mutant(
        "checkpoint-not-finite",
        "core/training/checkpoints.py",
        "bool(value.isfinite().all()) for value in tensors.values()",
        "True for value in tensors.values()",
        "tests/core/test_checkpoints.py",
    ),
    Mutant(
        "checkpoint-batch-order",
        "core/training/engine.py",
        "self.order.restore(updates, table)",
        "self.order.restore(0, table)",
        "tests/core/test_checkpoints.py",
    ),
    Mutant(
        "checkpoint-optimisers-memory",
        "core/training/optimisers.py",
        '"exp_avg", "exp_avg_sq")',
        '"exp_avg")',
        "tests/core/test_checkpoints.py",
    ),
    # Runs of a class
    Mutant(
        "owner-check",
        "core/runs/scheduler.py",
        "not hmac.compare_digest(run.owner.encode(), owner.encode())",
        "not owner",
        "tests/core/test_scheduler.py",
    ),
    Mutant(
        "never-parked",
        "core/runs/scheduler.py",
        "elif silent > PARK_AFTER_S and run.state is State.RUNNING:",
        "elif silent > DROP_AFTER_S and run.state is State.RUNNING:",
        "tests/core/test_scheduler.py",
    ),
    Mutant(
        "never-dropped",
        "core/runs/scheduler.py",
        "if silent > DROP_AFTER_S:",
        "if silent > 10 * DROP_AFTER_S:",
        "tests/core/test_scheduler.py",
    ),
    Mutant(
        "unfair-turns",
        "core/runs/pool.py",
        "min(asked or self._ready, key=self._turn)",
        "max(asked or self._ready, key=self._turn)",
        "tests/core/test_turns.py",
    ),
    Mutant(
        "shared-across-engines",
        "core/runs/job.py",
        "data, cache.machine() is not None, torch",
        "data, torch",
        "tests/core/test_shared.py",
    ),
    Mutant(
        "own-run-from-the-last-look",
        "core/runs/run.py",
        "self.parked = source.fit.checkpoint()",
        "self.parked = source._record.moments.points()[-1][1].checkpoint",
        "tests/core/test_shared.py",
    ),
    Mutant(
        "room-for-one-owner",
        "core/runs/pool.py",
        "if own >= MAX_PER_OWNER:",
        "if own > MAX_PER_OWNER:",
        "tests/core/test_scheduler.py",
    ),
    Mutant(
        "curves-cut-off",
        "core/runs/history.py",
        "self.kept = self.kept[::2]",
        "self.kept = self.kept[self.most // 2 :]",
        "tests/core/test_history.py",
    ),
    # Addresses
    Mutant(
        "address-upper-limit",
        "ui/state/fields.py",
        "math.isfinite(value) and self.low <= value <= self.high",
        "math.isfinite(value) and self.low <= value",
        "tests/ui/test_state.py",
    ),
    Mutant(
        "address-unknown-option",
        "ui/state/fields.py",
        "if unknown := set(chosen) - set(self.options):",
        "if unknown := set(chosen) - set(chosen):",
        "tests/ui/test_state.py",
    ),
    Mutant(
        "address-markup",
        "ui/state/address.py",
        'not each.isprintable() or each == "`"',
        "not each.isprintable()",
        "tests/pages/test_addresses.py::test_nothing_in_an_address_becomes_markup",
    ),
    Mutant(
        "address-defaults-left-out",
        "ui/state/controls.py",
        "if values[name] != default",
        "if values[name] is not None",
        "tests/ui/test_state.py",
    ),
    # Files from strangers
    Mutant(
        "upload-not-finite",
        "core/nets/files.py",
        "if not bool(torch.isfinite(value).all()):",
        "if not value.numel():",
        "tests/core/test_weight_files.py",
    ),
    Mutant(
        "upload-type-of-a-tensor",
        "core/nets/files.py",
        'TYPES.get(str(entry.get("dtype"))) != value.dtype or ',
        "",
        "tests/core/test_weight_files.py",
    ),
    Mutant(
        "upload-photo-size",
        "core/sketch/photo.py",
        "if len(payload) > MAX_PHOTO_BYTES:",
        "if len(payload) > 10 * MAX_PHOTO_BYTES:",
        "tests/core/test_sketch_photo.py",
    ),
    # Class sets
    Mutant(
        "class-limit-of-a-visitor",
        "core/classroom/giving.py",
        "if own >= limits.per_visitor:",
        "if own > limits.per_visitor:",
        "tests/core/test_classroom_store.py",
    ),
    Mutant(
        "class-clock-set-back",
        "core/classroom/giving.py",
        "if not 0 <= now - visitor.minute_at < MINUTE_S",
        "if not now - visitor.minute_at < MINUTE_S",
        "tests/core/test_classroom_store.py",
    ),
    Mutant(
        "class-shut-out",
        "core/classroom/giving.py",
        "if visitor.shut_out:",
        "if visitor.shut_out > 1:",
        "tests/core/test_classroom_store.py",
    ),
    Mutant(
        "class-same-mark-everywhere",
        "core/classroom/codes.py",
        "hmac.new(salt, owner",
        'hmac.new(b"salt", owner',
        "tests/core/test_classroom_store.py",
    ),
    Mutant(
        "class-not-on-the-disk",
        "core/classroom/database.py",
        '"synchronous = FULL"',
        '"synchronous = NORMAL"',
        "tests/core/test_classroom_durability.py",
    ),
    # Sizes, splits, digits
    Mutant(
        "conv-dilation",
        "core/conv/axis.py",
        "self.dilation * (self.kernel - 1) + 1",
        "self.dilation * self.kernel",
        "tests/core/test_conv_sizes.py",
    ),
    Mutant(
        "pooling-ceil-mode",
        "core/conv/axis.py",
        ">= self.size + self.padding else",
        "> self.size + self.padding else",
        "tests/core/test_conv_torch.py",
    ),
    Mutant(
        "stratified-split",
        "core/data/splits.py",
        "(place >= train[of_row]).astype",
        "(place > train[of_row]).astype",
        "tests/core/test_splits.py",
    ),
    Mutant(
        "centre-of-mass",
        "core/sketch/form.py",
        "round(SIDE / 2 - mean)",
        "round(SIDE / 2 - 1 - mean)",
        "tests/core/test_sketch_preprocess.py",
    ),
    # Scripts, sentences, headers
    Mutant(
        "script-schedule",
        "core/export/loop_part.py",
        "step_size={max(1, train.epochs // 4)}",
        "step_size={max(1, train.epochs // 5)}",
        "tests/core/test_train_script.py",
    ),
    Mutant(
        "script-test",
        "core/export/final_part.py",
        "Pred.argmax(dim=1), {outputs}",
        "Pred.argmax(dim=0), {outputs}",
        "tests/core/test_train_script.py",
    ),
    Mutant(
        "field-lost-in-translation",
        "locale/zh/LC_MESSAGES/chalknet.po",
        "请使用整数。",
        "请使用整数 {whole}。",
        "tests/test_translations.py::test_translations_have_the_same_fields",
    ),
    Mutant(
        "cookie-for-scripts",
        "ui/server.py",
        "; HttpOnly; SameSite=Lax",
        "; SameSite=Lax",
        "tests/ui/test_server.py",
    ),
)


def copy_tree(to: Path) -> Path:
    """Copy what git knows or would take, and put shared/ beside it as the tests expect."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    tree = to / "tree"
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, tree / name)
    if (ROOT.parent / "shared").exists():
        (to / "shared").symlink_to(ROOT.parent / "shared")
    return tree


def run_tests(tree: Path, tests: Sequence[str]) -> tuple[int, str]:
    """Return pytest's exit status in a copy, and the last line that it said."""
    variables = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": "."}
    command = [sys.executable, *PYTEST, *tests]
    done = subprocess.run(command, cwd=tree, env=variables, capture_output=True, text=True, check=False)
    said = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return done.returncode, said[0] if said else (done.stdout.strip() or done.stderr.strip()).rpartition("\n")[2]


def try_out(mutant: Mutant, tree: Path) -> tuple[str, str]:
    """Return how a mutant fared in a copy, which stays as it was, and which test noticed it."""
    if mutant.count(tree) != 1:
        return "text not found", mutant.old
    path = tree / mutant.file
    before = path.read_text(encoding="utf-8")
    try:
        path.write_text(before.replace(mutant.old, mutant.new), encoding="utf-8")
        status, said = run_tests(tree, mutant.tests.split())
    finally:
        path.write_text(before, encoding="utf-8")
    return {GREEN: "SURVIVED", RED: "killed"}.get(status, f"not run ({status})"), said


def chosen(names: Sequence[str]) -> list[tuple[int, Mutant]]:
    """Return the mutants with these names or numbers, all when there are none."""
    numbered = list(enumerate(MUTANTS, 1))
    found = [each for each in numbered if not names or each[1].name in names or str(each[0]) in names]
    if len(found) < len(names):
        raise SystemExit(f"choose numbers from 1 to {len(MUTANTS)}, or names: {', '.join(m.name for m in MUTANTS)}")
    return found


def main() -> int:
    """Try them out and print a table; 0 when each was noticed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("which", nargs="*", help="names or numbers; all when left out")
    parser.add_argument("--jobs", type=int, default=1, help="how many at a time, each in its own copy")
    asked = parser.parse_args()
    mutants = chosen(asked.which)
    with tempfile.TemporaryDirectory(prefix="chalknet-mutants-") as folder:
        trees: Queue[Path] = Queue()
        for job in range(asked.jobs):
            trees.put(copy_tree(Path(folder) / str(job)))
        tree = trees.get()
        status, said = run_tests(tree, sorted({test for _, mutant in mutants for test in mutant.tests.split()}))
        trees.put(tree)
        if status != GREEN:
            print(f"these tests are not green without a mutant: {said}")
            return 1

        def attempt(numbered: tuple[int, Mutant]) -> bool:
            tree, started = trees.get(), time.monotonic()
            try:
                how, said = try_out(numbered[1], tree)
            finally:
                trees.put(tree)
            seconds = time.monotonic() - started
            print(f"{numbered[0]:2} {numbered[1].name:30} {how:14} {seconds:4.0f} s  {said[:110]}", flush=True)
            return how == "killed"

        with ThreadPoolExecutor(asked.jobs) as pool:
            results = list(pool.map(attempt, mutants))
    print(f"{sum(results)} of {len(results)} killed")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
