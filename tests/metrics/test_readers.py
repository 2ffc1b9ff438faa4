import io
import pickle
import zipfile

import numpy as np
import pytest

from keras_gan_zoo.metrics import readers
from tests.metrics import tiny_inception
from tests.metrics.tiny_inception import Pickled, torchscript_archive


@pytest.fixture(scope="module")
def weights():
    return tiny_inception.weights()


def assert_same(received, expected):
    assert received.keys() == expected.keys()
    for name, array in expected.items():
        assert received[name].dtype == array.dtype, name
        np.testing.assert_array_equal(received[name], array)


def test_the_constants_of_a_frozen_graph(weights):
    graph = tiny_inception.frozen_graph(weights)
    constants = readers.read_frozen_graph(graph)
    assert_same({name: constants[name] for name in weights}, weights)
    np.testing.assert_array_equal(constants["softmax/biases"], np.arange(5))
    assert "conv/batchnorm/gamma" in constants
    assert "mixed_9/tower_1/mixed/conv_1/conv2d_params" in constants
    assert "DecodeJpeg/contents" not in constants
    assert "conv/Conv2D" not in constants


def test_the_parameters_of_a_torchscript_archive(weights):
    archive = tiny_inception.torchscript(weights)
    parameters = readers.read_torchscript(archive)
    assert len(parameters) == 4 * 94
    np.testing.assert_array_equal(
        parameters["net/layers/mixed_9/tower_1_mixed_conv_1/weight"],
        weights["mixed_9/tower_1/mixed/conv_1/conv2d_params"].transpose(
            3, 2, 0, 1
        ),
    )
    np.testing.assert_array_equal(
        parameters["net/layers/mixed/tower_1_conv_2/mean"],
        weights["mixed/tower_1/conv_2/batchnorm/moving_mean"],
    )


def of_old_numpy(tree):
    """Returns the pickle of NumPy 1, whose modules had other names."""
    content = pickle.dumps(tree, protocol=3)
    return content.replace(b"numpy._core.", b"numpy.core.")


def test_the_arrays_of_a_numpy_pickle():
    arrays = {
        "c": np.arange(24, dtype="float32").reshape(2, 3, 4),
        "fortran": np.asfortranarray(np.float32([[1, 2, 3], [4, 5, 6]])),
        "empty": np.zeros((0, 3), "float32"),
    }
    received = readers.read_numpy_pickle(of_old_numpy({"a": {"b": arrays}}))
    assert received.keys() == {"a"} and received["a"].keys() == {"b"}
    assert_same(received["a"]["b"], arrays)


class Calls:
    """A call that an ordinary unpickler would make."""

    def __init__(self, function, *arguments):
        self.reduced = function, arguments

    def __reduce__(self):
        return self.reduced


def malicious(marker):
    """Returns pickles that make a file, by the name of what they ask for."""
    command = f"touch {marker}"
    code = f"open({str(marker)!r}, 'w').close()"
    call, name, text = Pickled.call, Pickled.name, Pickled.text
    # The same by way of an attribute of an attribute.
    of_os = call(name("builtins", "getattr"), name("os", "path"), text("os"))
    return {
        "os.system": call(name("os", "system"), text(command)),
        "posix.system": call(name("posix", "system"), text(command)),
        "builtins.eval": call(name("builtins", "eval"), text(code)),
        "builtins.exec": call(name("builtins", "exec"), text(code)),
        "builtins.getattr": call(
            call(name("builtins", "getattr"), of_os, text("system")),
            text(command),
        ),
        "builtins.open": call(
            name("builtins", "open"), text(str(marker)), text("w")
        ),
        "subprocess.Popen": call(name("subprocess", "Popen"), text(command)),
        "torch.load": call(name("torch", "load"), text(str(marker))),
        "torch._utils._rebuild_parameter": name(
            "torch._utils", "_rebuild_parameter"
        ),
        "keras.saving.load_model": name("keras.saving", "load_model"),
        # Dots within a name lead to attributes, from protocol 4 on.
        "torch.FloatStorage.__class__": text("torch")
        + text("FloatStorage.__class__")
        + b"\x93",
        "collections.OrderedDict.__init__.__globals__": text("collections")
        + text("OrderedDict.__init__.__globals__")
        + b"\x93",
        # The module of a class that stands for anything in its module only.
        "os.__torch__": call(name("os", "__torch__"), text(command)),
    }


NAMES = list(malicious("marker"))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", ["torchscript", "numpy"])
def test_a_file_that_could_run_code_is_refused(tmp_path, kind, name):
    marker = tmp_path / "marker"
    pickled = Pickled.file(malicious(marker)[name])
    with pytest.raises(ValueError, match="run code") as error:
        if kind == "torchscript":
            readers.read_torchscript(torchscript_archive(pickled))
        else:
            readers.read_numpy_pickle(pickled)
    assert f"asks for {name}." in str(error.value)
    assert not marker.exists()


def test_the_malicious_files_would_run_code_elsewhere(tmp_path):
    for name in ("os.system", "builtins.eval", "builtins.getattr"):
        marker = tmp_path / name
        pickle.loads(Pickled.file(malicious(marker)[name]))
        assert marker.exists()


def test_classes_of_the_archive_are_dictionaries_and_run_nothing(tmp_path):
    marker = tmp_path / "marker"
    # Any name in a module `__torch__` is a module, which calls nothing.
    pickled = Pickled.call(
        Pickled.name("__torch__.os", "system"), Pickled.text(f"touch {marker}")
    )
    archive = torchscript_archive(Pickled.file(pickled))
    with pytest.raises(ValueError, match="TorchScript archive"):
        readers.read_torchscript(archive)
    assert not marker.exists()


@pytest.mark.parametrize(
    "array, asked",
    [
        (np.array([Calls(print, "run")], object), "O8|builtins.print"),
        (np.array([None], object), "O8"),
        (np.zeros(2, "float64"), "f8"),
        (np.zeros(2, "int32"), "i4"),
        (np.zeros(2, ">f4"), "byte order '>'"),
        (np.array(["a"]), "U1"),
        (np.zeros(2, [("a", "f4")]), "V4"),
    ],
    ids=["call", "object", "float64", "int32", "endian", "text", "record"],
)
def test_other_than_float32_arrays_are_refused(capsys, array, asked):
    with pytest.raises(ValueError, match=f"Received.*({asked})"):
        readers.read_numpy_pickle(of_old_numpy({"a": array}))
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("tree", ["text", 3, [1], {"a": 1}, {"a": {"b": None}}])
def test_other_than_arrays_are_refused(tree):
    with pytest.raises(ValueError, match="pickle of NumPy arrays"):
        readers.read_numpy_pickle(of_old_numpy(tree))


def one_tensor(*arguments, size=6, **kwargs):
    tensor = Pickled.tensor("0", *arguments, **kwargs)
    pickled = Pickled.file(Pickled.module("Layer", {"weight": tensor}))
    content = np.arange(size, dtype="float32").tobytes()
    return torchscript_archive(pickled, {"0": content})


def test_a_tensor_of_its_storage():
    parameters = readers.read_torchscript(one_tensor((2, 3)))
    expected = np.arange(6, dtype="float32").reshape(2, 3)
    assert_same(parameters, {"weight": expected})


@pytest.mark.parametrize(
    "strides", [(1, 2), (6, 2), (0, 0), (3,), (3, 1, 1), (-3, 1)]
)
def test_a_tensor_whose_strides_do_not_fit_is_refused(strides):
    with pytest.raises(ValueError) as error:
        readers.read_torchscript(one_tensor((2, 3), strides))
    assert f"strides {strides}" in str(error.value)


@pytest.mark.parametrize("shape", [(3, 3), (40_000, 50_000)])
def test_a_tensor_larger_than_its_storage_is_refused(shape):
    with pytest.raises(ValueError, match="TorchScript archive.*Fetch it again"):
        readers.read_torchscript(one_tensor(shape))


@pytest.mark.parametrize(
    "name", ["DoubleStorage", "HalfStorage", "LongStorage", "UntypedStorage"]
)
def test_storages_of_other_types_are_refused(name):
    archive = one_tensor((2, 3), storage=("torch", name))
    with pytest.raises(ValueError, match=f"Received.*torch.{name}"):
        readers.read_torchscript(archive)


def test_a_storage_of_a_type_in_words_is_refused():
    reference = Pickled.sequence(
        *map(Pickled.text, ("storage", "float64", "0", "cpu")),
        Pickled.integer(3),
    )
    attributes = {"weight": reference + b"Q"}
    archive = torchscript_archive(
        Pickled.file(Pickled.module("Layer", attributes)), {"0": bytes(24)}
    )
    with pytest.raises(ValueError, match="Received: a storage of float64"):
        readers.read_torchscript(archive)


def test_a_storage_outside_of_the_archive_is_refused(tmp_path):
    outside = tmp_path / "outside"
    outside.write_bytes(bytes(24))
    tensor = Pickled.tensor(str(outside), (2, 3))
    archive = torchscript_archive(
        Pickled.file(Pickled.module("Layer", {"weight": tensor}))
    )
    with pytest.raises(ValueError, match="KeyError.*outside"):
        readers.read_torchscript(archive)


def test_a_module_within_itself_is_refused():
    # Put in the memo, then taken as an attribute of itself.
    made = Pickled.name("__torch__", "Layer") + b")\x81q\x00"
    pickled = Pickled.file(made + b"}(" + Pickled.text("me") + b"h\x00ub")
    with pytest.raises(ValueError, match="RecursionError"):
        readers.read_torchscript(torchscript_archive(pickled))


READERS = {
    "graph": (readers.read_frozen_graph, "serialized GraphDef"),
    "torchscript": (readers.read_torchscript, "TorchScript archive"),
    "numpy": (readers.read_numpy_pickle, "pickle of NumPy arrays"),
}


def small_files():
    random = np.random.default_rng(0)
    array = random.normal(size=(3, 4)).astype("float32")
    return {
        "graph": tiny_inception.frozen_graph({"a": array, "b": array}),
        "torchscript": one_tensor((2, 3)),
        "numpy": of_old_numpy({"a": {"b": array, "c": array + 1}}),
    }


@pytest.mark.parametrize("kind", READERS)
def test_an_empty_file_is_refused(kind):
    read, words = READERS[kind]
    with pytest.raises(ValueError, match=f"{words}.*Fetch it again"):
        read(b"")


@pytest.mark.parametrize("kind", READERS)
def test_another_file_is_refused(kind):
    read, words = READERS[kind]
    with pytest.raises(ValueError, match=f"{words}.*Fetch it again"):
        read(b"<html>\n<body>Not found</body></html>\n")


@pytest.mark.parametrize("kind", READERS)
def test_truncated_files_are_refused_or_have_less(kind):
    read, words = READERS[kind]
    content = small_files()[kind]
    names = read(content).keys()
    for size in range(len(content)):
        try:
            received = read(content[:size])
        except ValueError as error:
            assert words in str(error)
        else:
            # The end of a node of a graph may be the end of a graph. Then
            # names are missing.
            assert kind == "graph" and received.keys() < names


@pytest.mark.parametrize("kind", READERS)
def test_damaged_files_raise_value_errors_and_nothing_else(kind):
    read, _ = READERS[kind]
    content, random = small_files()[kind], np.random.default_rng(0)
    for _ in range(500):
        damaged = np.frombuffer(content, "uint8").copy()
        places = random.integers(0, len(content), 2)
        damaged[places] = random.integers(0, 256, 2)
        try:
            read(damaged.tobytes())
        except ValueError as error:
            assert "Expected" in str(error)


def test_an_archive_without_a_module_is_refused():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("x/other.pkl", b"")
    with pytest.raises(ValueError, match="TorchScript archive"):
        readers.read_torchscript(file.getvalue())
