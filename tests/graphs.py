"""What TensorFlow makes of a function's graph before it runs it."""

import contextlib

from tensorflow.python.eager import context

WRITES = {"AssignVariableOp", "AssignAddVariableOp", "AssignSubVariableOp"}
PASSES_A_RESOURCE_ON = {"Enter", "Identity", "Merge", "NextIteration", "Switch"}


@contextlib.contextmanager
def optimized():
    """Yields a list that gets the optimized graph of all functions that run."""
    graphs = []
    context.enable_run_metadata()
    try:
        yield graphs
        graphs += [
            graphs_of_one.post_optimization_graph
            for graphs_of_one in context.export_run_metadata().function_graphs
        ]
    finally:
        context.disable_run_metadata()


def unordered(graph):
    """Lists what may happen in either order to the same variable in a step.

    Args:
        graph: A `tf.compat.v1.GraphDef`.

    Returns:
        List of pairs of names of nodes: a read and a write, or two writes.
    """
    nodes = {node.name: node for node in graph.node}
    bits = {name: 1 << index for index, name in enumerate(nodes)}
    before = {}  # Each node's ancestors, as the bits of an integer.

    def ancestors(name):
        pending = [name]
        while pending:
            node = nodes[pending[-1]]
            missing = [p for p in _parents(nodes, node) if p not in before]
            if missing:
                pending += missing
                continue
            before[pending.pop()] = _united(
                bits[p] | before[p] for p in _parents(nodes, node)
            )
        return before[name]

    uses = {}
    for node in graph.node:
        if node.op in WRITES | {"ReadVariableOp"}:
            uses.setdefault(_variable(nodes, node), []).append(node)
    return [
        (one.name, other.name)
        for users in uses.values()
        for index, one in enumerate(users)
        for other in users[index + 1 :]
        if {one.op, other.op} & WRITES
        and not ancestors(one.name) & bits[other.name]
        and not ancestors(other.name) & bits[one.name]
    ]


def _source(tensor):
    return tensor.removeprefix("^").split(":")[0]


def _parents(nodes, node):
    sources = map(_source, node.input)  # Without the edges back in a loop.
    return [name for name in sources if nodes[name].op != "NextIteration"]


def _united(sets):
    result = 0
    for bits in sets:
        result |= bits
    return result


def _variable(nodes, node):
    node = nodes[_source(node.input[0])]
    while node.op in PASSES_A_RESOURCE_ON:
        node = nodes[_source(node.input[0])]
    return node.name
