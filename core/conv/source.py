"""Python text → its modules in the order in which an input meets them. The text is parsed with ast and never run.

Read are an ``nn.Sequential``, a class in the notes' and PyTorch's own style, and what ``print(network)`` shows. Of a
class, ``forward`` decides the order as long as it passes one value on from layer to layer; where there is none, the
lines of ``__init__`` do.
"""

import ast
import re
import warnings
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from core.conv.layers import ACTIVATION_MODULES, shown
from core.conv.names import (
    SAME,
    Module,
    Names,
    Unread,
    assign,
    at,
    bare,
    called,
    changed_by,
    entries,
    few,
    is_modules,
    module_of,
    modules_of,
    print_it,
    stored,
    value,
)
from core.errors import InvalidInput

MAX_PASTED: Final = 20_000
"""Longest text that is read, in characters."""
_FUNCTIONS: Final = {
    **ACTIVATION_MODULES,
    "relu_": "ReLU",
    "max_pool2d": "MaxPool2d",
    "avg_pool2d": "AvgPool2d",
    "adaptive_avg_pool2d": "AdaptiveAvgPool2d",
    "dropout": "Dropout",
    "dropout2d": "Dropout2d",
    "flatten": "flatten",
    "view": "view",
    "reshape": "view",
}
"""What a forward may call, as torch.…, F.… or a method of the value → the module that does the same."""
_LIBRARIES: Final = ("F", "torch", "nn.functional", "torch.nn.functional")


@dataclass(frozen=True)
class Source:
    """A text's modules, in the order in which an input meets them.

    Args:
        modules: at least one.
        decided_by: what says the order: Sequential, forward, __init__ or print.
        line: where that stands in the text, from 1.
    """

    modules: tuple[Module, ...]
    decided_by: str
    line: int


def read_source(text: str) -> Source:
    """Return the modules of the network in a text; of several networks, the last.

    Raises:
        InvalidInput: if there is none, or if its order cannot be read; the sentence names the line.
    """
    tree, printed = _parsed(text)
    try:
        if printed:
            return Source(modules_of(tree.body[0], {}, printed=True), "print", 1)
        return _network(tree)
    except RecursionError as error:
        raise InvalidInput("the text is nested too deeply; write the layers one after another.") from error


def _parsed(text: str) -> tuple[ast.Module, bool]:
    if len(text) > MAX_PASTED:
        raise InvalidInput(
            "the text is {length} characters long; at most {most} are read.", length=len(text), most=MAX_PASTED
        )
    printed = re.search(r"^\s*\(\w+\): ", text, re.MULTILINE) is not None
    if printed:  # "(conv1): Conv2d(1, 6)" → "Conv2d(1, 6),"
        text = re.sub(r"^\s*\(\w+\): ", "", text, flags=re.MULTILINE)
        text = re.sub(r"\)[ \t]*$", "),", text, flags=re.MULTILINE).rstrip().removesuffix(",")
    text = _flush(re.sub(r"^([ \t]*)(?:In ?)?\[\d*\]: ?", r"\1", text, count=1, flags=re.MULTILINE))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about code such as 1(2), which is never run
            tree = ast.parse(text.lstrip() if printed else text)
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        line = error.lineno if isinstance(error, SyntaxError) and error.lineno else 1
        raise InvalidInput(
            "the text is not Python (line {line}); paste a whole nn.Sequential(…) with its last bracket.", line=line
        ) from error
    return tree, printed and len(tree.body) == 1 and isinstance(tree.body[0], ast.Expr)


def _flush(text: str) -> str:
    """Return the lines without the blanks before the first one, which were copied along with it."""
    first = re.search(r"^[ \t]*(?=\S)", text, re.MULTILINE)
    return re.sub("^" + first[0], "", text, flags=re.MULTILINE) if first else ""


def _network(tree: ast.Module) -> Source:
    names: Names = {}
    found: Source | None = None
    if any(isinstance(node, ast.FunctionDef) and node.name == "__init__" for node in tree.body):
        return _class(tree.body, "", tree, names)
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            if _is_network(node):
                found = _class_of(node, tree, names)
            continue
        assign(node, names)
        made = getattr(node, "value", None)
        made = bare(made) if isinstance(made, ast.expr) else None
        if isinstance(made, ast.Call) and called(made) == "Sequential":
            found = Source(modules_of(made, names), "Sequential", made.lineno)
        elif found and isinstance(node, ast.Expr) and changed_by(node):
            raise print_it(node.lineno)
    if found:
        return found
    if own := _own_layers(names):
        return Source(own, "__init__", own[0].line)
    for part in ast.walk(tree):  # in a function, say
        if isinstance(part, ast.Call) and called(part) == "Sequential":
            return Source(modules_of(part, names), "Sequential", part.lineno)
    raise InvalidInput(
        "there is no nn.Sequential(…) and no class with layers in the text; paste one, such as "
        "nn.Sequential(nn.Flatten())."
    )


def _is_network(node: ast.ClassDef) -> bool:
    """Return whether a class has layers; a data set's has none."""
    made = (call for call in ast.walk(node) if isinstance(call, ast.Call))
    return any(getattr(part, "name", "") == "forward" for part in node.body) or any(
        ast.unparse(call.func).startswith(("nn.", "torch.nn.")) for call in made
    )


def _class_of(node: ast.ClassDef, tree: ast.Module, names: Names) -> Source:
    base = ast.unparse(node.bases[0]) if node.bases else ""
    return _class(node.body, base.rpartition(".")[2], tree, names, node.name)


def _class(body: Sequence[ast.stmt], base: str, tree: ast.Module, names: Names, name: str = "") -> Source:
    methods = {part.name: part for part in body if isinstance(part, ast.FunctionDef)}
    inner = dict(names)
    start, forward = methods.get("__init__"), methods.get("forward")
    line = start.lineno if start else body[0].lineno
    if start:
        made = [call for call in ast.walk(tree) if isinstance(call, ast.Call) and called(call) == name]
        _arguments(start, made[-1] if made else None, inner)
        for statement in start.body:
            assign(statement, inner)
            call = statement.value if isinstance(statement, ast.Expr) else None
            if base == "Sequential" and isinstance(call, ast.Call) and ast.unparse(call.func).startswith("super()"):
                return Source(entries(call, inner), "Sequential", call.lineno)
    if forward is None:
        return _one(_own_layers(inner), inner, "__init__", line)
    return _one(_forward(forward, inner), inner, "forward", forward.lineno)


def _one(modules: tuple[Module, ...], names: Names, decided_by: str, line: int) -> Source:
    """Say that a Sequential decides where it is all that there is."""
    within = {module.within for module in modules}
    if len(within) == 1 and 0 not in within and modules in names.values():
        return Source(modules, "Sequential", within.pop())
    return Source(modules, decided_by, line)


def _own_layers(names: Names) -> tuple[Module, ...]:
    """Return the modules of all attributes, in the order of their lines; a loss is none of them."""
    found: list[Module] = []
    for name, stands in names.items():
        if name.startswith("self."):
            if isinstance(stands, Unread) and stands.calls:
                raise stands.why
            if is_modules(stands):
                found += stands  # type: ignore[arg-type]
    return tuple(module for module in found if not module.kind.endswith("Loss"))


def _arguments(start: ast.FunctionDef, call: ast.Call | None, names: Names) -> None:
    """Give __init__'s parameters what the last call of the class gives them, else what they have by default."""
    parameters = [argument.arg for argument in start.args.args[1:]]
    given = dict(zip(reversed(parameters), reversed(start.args.defaults), strict=False))
    given |= {a.arg: d for a, d in zip(start.args.kwonlyargs, start.args.kw_defaults, strict=True) if d is not None}
    if call:
        given |= dict(zip(parameters, call.args, strict=False))
        given |= {word.arg: word.value for word in call.keywords if word.arg}
    for name in [*parameters, *(argument.arg for argument in start.args.kwonlyargs)]:
        names.pop(name, None)  # not what the same name means outside
    outside = dict(names)
    for name, node in given.items():
        try:
            names[name] = value(node, outside)
        except ValueError:
            continue


def _forward(forward: ast.FunctionDef, names: Names) -> tuple[Module, ...]:
    """Return what the value that forward returns has met since it came in."""
    values: Names = {argument.arg: () for argument in forward.args.args[1:2]}
    names = dict(names)
    for node in forward.body:
        if isinstance(node, ast.Return) and node.value is not None:
            return _flow(node.value, values, names)
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            target = node.targets[0].id
            with suppress(ValueError):
                names[target] = value(node.value, names)
            try:
                values[target] = _flow(node.value, values, names)
            except InvalidInput as why:
                values[target] = Unread(why, calls=True)
        elif not isinstance(node, ast.Expr):
            if any(isinstance(part, ast.Return) for part in ast.walk(node)):
                raise print_it(node.lineno)
            for name in stored(node):
                values[name] = Unread(print_it(node.lineno), calls=True)
    raise at(forward.lineno, InvalidInput("forward returns nothing; paste it with its return."))


def _flow(node: ast.expr, values: Names, names: Names) -> tuple[Module, ...]:
    """Return the modules that an expression has passed the input through."""
    if isinstance(node, ast.Name) and node.id in values:
        found = values[node.id]
        if isinstance(found, Unread):
            raise found.why
        return found  # type: ignore[return-value]
    if not isinstance(node, ast.Call):
        raise _one_value(node)
    function = ast.unparse(node.func)
    base, _dot, method = function.rpartition(".")
    if isinstance(node.func, ast.Call) or function in names:  # nn.ReLU()(x), self.conv1(x)
        if len(node.args) != 1:
            raise _one_value(node)
        return few((*_flow(node.args[0], values, names), *modules_of(node.func, names)))
    if base in _LIBRARIES and method in _FUNCTIONS and node.args:
        before, rest = node.args[0], node.args[1:]
    elif base not in _LIBRARIES and isinstance(node.func, ast.Attribute) and method in (*_FUNCTIONS, *SAME):
        before, rest = node.func.value, node.args
    else:
        raise _one_value(node)
    found = _flow(before, values, names)
    if method in SAME:
        return found
    return few((*found, module_of(_FUNCTIONS[method], node, rest, names)))


def _one_value(node: ast.expr) -> InvalidInput:
    return at(
        node.lineno,
        InvalidInput(
            "{value} is not read: forward must pass one value from layer to layer, through layers of __init__, "
            "functions such as F.relu, and torch.flatten; write it so, or paste the layers as nn.Sequential.",
            value=shown(ast.unparse(node)),
        ),
    )
