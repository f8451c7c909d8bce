"""What the names in a pasted text stand for: numbers and modules. Its statements are looked at, never run."""

import ast
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final

from core.conv.layers import MAX_LAYERS, shown
from core.errors import InvalidInput

MOST: Final = 4 * MAX_LAYERS
"""Most modules of a text, with those that are left out or become an activation of the layer before them."""
SAME: Final = ("to", "cuda", "cpu", "eval", "train", "float", "double", "contiguous")
"""Methods of a network or a value that change no shape."""
_CHANGED: Final = ("append", "extend", "insert", "add_module", "pop")
_OPERATORS: Final[dict[type[ast.operator], Callable[[Any, Any], Any]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
}
_LARGEST: Final = 10**12


@dataclass(frozen=True)
class Module:
    """One module as a text makes it.

    Args:
        kind: its class, such as Conv2d; flatten and view for the functions of that name.
        args: its positional arguments.
        keywords: the others.
        names: what the names in them stand for.
        line: of the text.
        name: of the attribute or dictionary entry that holds it; empty for none.
        within: line of the outermost Sequential that holds it, 0 for none.
    """

    kind: str
    args: tuple[ast.expr, ...]
    keywords: tuple[ast.keyword, ...]
    names: Mapping[str, object]
    line: int
    name: str = ""
    within: int = 0


@dataclass(frozen=True)
class Unread:
    """A name that stands for nothing that can be read; said only where it is used.

    Args:
        why: what is said.
        calls: whether something was called, so that it may be a layer.
    """

    why: InvalidInput
    calls: bool


Names = dict[str, object]


def value(node: ast.expr, names: Mapping[str, object]) -> object:
    """Return what a literal, a name, or a sum, difference or product of numbers stands for.

    Raises:
        ValueError: it is anything else, or a number beyond 10¹².

    >>> value(ast.parse("16 * 5 * 5", mode="eval").body, {})
    400
    """
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Tuple | ast.List):
        return tuple(value(each, names) for each in node.elts)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_number(node.operand, names)
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        left, right = _number(node.left, names), _number(node.right, names)
        if isinstance(node.op, ast.FloorDiv) and not right:
            raise ValueError("division by 0")
        found = _OPERATORS[type(node.op)](left, right)
        if abs(found) > _LARGEST:
            raise ValueError("too large")
        return found
    if isinstance(node, ast.Name | ast.Attribute):
        found = names.get(ast.unparse(node), ...)
        if found is not ... and not isinstance(found, Unread) and not is_modules(found):
            return found
    raise ValueError("no number")


def _number(node: ast.expr, names: Mapping[str, object]) -> Any:
    found = value(node, names)
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise ValueError("no number")
    return found


def is_modules(found: object) -> bool:
    """Return whether a name stands for modules."""
    return isinstance(found, tuple) and bool(found) and isinstance(found[0], Module)


def at(line: int, why: InvalidInput) -> InvalidInput:
    """Return the same refusal, saying which line of the text it is about."""
    return InvalidInput("line {line}: {reason}", line=line, reason=why)


def print_it(line: int) -> InvalidInput:
    """Return the refusal of what only running the text would tell."""
    return at(
        line,
        InvalidInput(
            "layers that a loop, a condition or a function makes are not read, for the text is never run; write them "
            "out, or run it and paste what print(network) shows."
        ),
    )


def assign(node: ast.stmt, names: Names) -> None:
    """Take over what a statement gives names to."""
    if isinstance(node, ast.Expr):
        if changed := changed_by(node):
            names[changed] = Unread(print_it(node.lineno), calls=True)
        return
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return  # its names are its own
    made = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    if made is None:
        for name in stored(node):
            names[name] = Unread(print_it(node.lineno), calls=True)
        return
    for target in targets:
        if isinstance(target, ast.Tuple) and isinstance(made, ast.Tuple) and len(target.elts) == len(made.elts):
            for each, part in zip(target.elts, made.elts, strict=True):
                names[ast.unparse(each)] = _stands(part, names, ast.unparse(each))
        elif isinstance(target, ast.Name | ast.Attribute):
            names[ast.unparse(target)] = _stands(made, names, ast.unparse(target))


def _stands(node: ast.expr, names: Names, target: str) -> object:
    with suppress(ValueError):
        return value(node, names)
    try:
        found = _listed(node, names) if isinstance(node, ast.List | ast.Tuple) else modules_of(node, names)
    except InvalidInput as why:
        calls = [ast.unparse(call.func) for call in ast.walk(node) if isinstance(call, ast.Call)]
        return Unread(why, calls=any(not call.startswith("torch.") or ".nn." in call for call in calls))
    one = len(found) == 1 and isinstance(node, ast.Call) and target.startswith("self.")
    return (replace(found[0], name=target.removeprefix("self.")),) if one else found


def stored(node: ast.AST) -> Iterable[str]:
    """Return the names that a statement, or anything in it, gives a value to or changes."""
    for part in ast.walk(node):
        if isinstance(part, ast.Name | ast.Attribute) and isinstance(part.ctx, ast.Store):
            yield ast.unparse(part)
        elif isinstance(part, ast.Expr) and (changed := changed_by(part)):
            yield changed


def changed_by(node: ast.Expr) -> str:
    """Return the name whose modules a statement such as ``net.append(…)`` changes; empty when it changes none."""
    function = node.value.func if isinstance(node.value, ast.Call) else None
    changes = isinstance(function, ast.Attribute) and function.attr in _CHANGED
    name = ast.unparse(function.value) if changes and isinstance(function, ast.Attribute) else ""
    return "self.?" if name == "self" else name


def called(call: ast.Call) -> str:
    """Return the name of what is called, without what stands before its last dot."""
    function = call.func
    return (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else "?"
    )


def bare(node: ast.expr) -> ast.expr:
    """Return a network without .to(device) and the like."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in SAME:
        node = node.func.value
    return node


def modules_of(node: ast.AST, names: Names, printed: bool = False) -> tuple[Module, ...]:
    """Return the modules that an expression makes, those of an inner Sequential flattened."""
    if isinstance(node, ast.Expr):
        node = node.value
    node = bare(node) if isinstance(node, ast.expr) else node
    if isinstance(node, ast.Call):
        kind = called(node)
        inside = printed and any(isinstance(each, ast.Call) for each in node.args)
        if kind == "Sequential" or inside:
            return tuple(replace(module, within=node.lineno) for module in entries(node, names, printed))
        return (module_of(kind, node, node.args, names),)
    if isinstance(node, ast.Name | ast.Attribute):
        found = names.get(ast.unparse(node))
        if isinstance(found, Unread):
            raise found.why
        if is_modules(found):
            return found  # type: ignore[return-value]
    raise at(
        getattr(node, "lineno", 1),
        InvalidInput(
            "{value} in nn.Sequential is not a module such as nn.ReLU(); write each one out, or run the text and "
            "paste what print(network) shows.",
            value=shown(ast.unparse(node)),
        ),
    )


def module_of(kind: str, call: ast.Call, args: Sequence[ast.expr], names: Names) -> Module:
    """Return a module with what its names stand for here; further down they may stand for something else."""
    used = (ast.unparse(part) for part in ast.walk(call) if isinstance(part, ast.Name | ast.Attribute))
    known = {name: names[name] for name in used if name in names}
    return Module(kind, tuple(args), tuple(call.keywords), known, call.lineno)


def entries(sequential: ast.Call, names: Names, printed: bool = False) -> tuple[Module, ...]:
    """Return the modules in a Sequential, which come one by one or in an OrderedDict with names."""
    only = sequential.args[0] if len(sequential.args) == 1 else None
    if isinstance(only, ast.Call) and called(only) == "OrderedDict" and len(only.args) == 1:
        found: list[Module] = []
        for pair in only.args[0].elts if isinstance(only.args[0], ast.List | ast.Tuple) else []:
            if isinstance(pair, ast.Tuple) and len(pair.elts) == 2 and isinstance(pair.elts[0], ast.Constant):
                made = modules_of(pair.elts[1], names)
                found += [replace(made[0], name=str(pair.elts[0].value))] if len(made) == 1 else made
        return few(found)
    return _listed(sequential, names, printed)


def _listed(node: ast.Call | ast.List | ast.Tuple, names: Names, printed: bool = False) -> tuple[Module, ...]:
    found: list[Module] = []
    for each in node.args if isinstance(node, ast.Call) else node.elts:
        inner = each.value if isinstance(each, ast.Starred) else each
        listed = isinstance(each, ast.Starred) and isinstance(inner, ast.List | ast.Tuple)
        found += _listed(inner, names) if listed else modules_of(inner, names, printed)  # type: ignore[arg-type]
        few(found)
    return tuple(found)


def few(found: Sequence[Module]) -> tuple[Module, ...]:
    """Return modules if they are not too many; a short text can spell out millions."""
    if len(found) > MOST:
        raise InvalidInput("a chain has 1 to {most} layers, not {layers}.", most=MAX_LAYERS, layers=len(found))
    return tuple(found)
