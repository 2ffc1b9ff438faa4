"""Floating point operations of a traced graph, counted by its shapes.

It counts matrix products and convolutions, with their gradients, as two
operations for each multiplication and addition. They are nearly all that a step
of a GAN computes, and what the peak of a machine is measured in.
"""

import math


def graph_flops(graph, batch=None):
    """Returns the operations of one run of a graph.

    Args:
        graph: Graph of a concrete function.
        batch: Integer, the size of first axes that the graph leaves free.

    Returns:
        Integer. Of a condition's branches it is the dearest, so a lazy penalty
        is counted as in the steps that have it, and a game that grows as it is
        in the end.

    Raises:
        ValueError: If a shape isn't known, or if the graph has a loop, of
            which nobody knows how often it runs.
    """
    total = 0
    for operation in _needed(graph):
        if operation.type in ("StatelessWhile", "While"):
            raise ValueError(
                "Operations are counted of graphs without loops. Received: "
                f"a graph with the {operation.type} {operation.name!r}."
            )
        branches = _branches(graph, operation)
        if branches:
            total += max(graph_flops(branch, batch) for branch in branches)
        if operation.type in _COUNTS:
            total += _COUNTS[operation.type](operation, batch)
    return total


def _branches(graph, operation):
    """Returns the graphs of which an operation runs one."""
    names = []
    for attribute in _FUNCTIONS.get(operation.type, ()):
        value = operation.get_attr(attribute)
        names += value if isinstance(value, list) else [value]
    return [graph._get_function(one.name).graph for one in names]


def _needed(graph):
    """Returns the operations that results or changes of state depend on.

    TensorFlow runs no others, such as gradients that nobody asked for.
    """
    found = set()
    waiting = [tensor.op for tensor in graph.outputs] + graph.control_outputs
    while waiting:
        operation = waiting.pop()
        if operation not in found:
            found.add(operation)
            waiting += [tensor.op for tensor in operation.inputs]
            waiting += operation.control_inputs
    return found


def _matmul(operation, batch):
    left = _shape(operation.inputs[0], batch)
    inner = left[-2 if _is_transposed(operation) else -1]
    return 2 * math.prod(_shape(operation.outputs[0], batch)) * inner


def _is_transposed(operation):
    name = "transpose_a" if operation.type == "MatMul" else "adj_x"
    return operation.get_attr(name)


def _convolution(operation, batch):
    kernel = _shape(operation.inputs[1], batch)
    return _positions(operation.outputs[0], batch) * 2 * math.prod(kernel)


def _convolution_of_input(operation, batch):
    kernel = _shape(operation.inputs[1], batch)
    return _positions(operation.inputs[2], batch) * 2 * math.prod(kernel)


def _convolution_of_kernel(operation, batch):
    kernel = _shape(operation.outputs[0], batch)
    return _positions(operation.inputs[2], batch) * 2 * math.prod(kernel)


def _positions(tensor, batch):
    """Returns where a kernel is laid, over all images of a batch."""
    return math.prod(_shape(tensor, batch)[:-1])


def _shape(tensor, batch):
    first, *rest = tensor.shape
    first = batch if first is None else first
    if None in (first, *rest):
        raise ValueError(
            "Operations are counted of graphs whose shapes are known. "
            f"Received: {tensor.name!r} of shape {tensor.shape}. Trace the "
            "function with a batch of one size, or give the size."
        )
    return first, *rest


_FUNCTIONS = {
    "Case": ["branches"],
    "If": ["then_branch", "else_branch"],
    "PartitionedCall": ["f"],
    "StatefulPartitionedCall": ["f"],
    "StatelessCase": ["branches"],
    "StatelessIf": ["then_branch", "else_branch"],
}
_COUNTS = {
    "MatMul": _matmul,
    "BatchMatMulV2": _matmul,
    "Conv2D": _convolution,
    "Conv2DBackpropInput": _convolution_of_input,
    "Conv2DBackpropFilter": _convolution_of_kernel,
    "Conv3D": _convolution,
    "Conv3DBackpropInputV2": _convolution_of_input,
    "Conv3DBackpropFilterV2": _convolution_of_kernel,
}
