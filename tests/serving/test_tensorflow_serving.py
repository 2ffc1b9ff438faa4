"""What TensorFlow Serving reads is what its own messages parse."""

import sys

import numpy as np
import pytest
import tensorflow as tf
from google.protobuf import (
    descriptor_pb2,
    descriptor_pool,
    message_factory,
    text_format,
    wrappers_pb2,
)
from tensorflow_serving.apis import prediction_log_pb2
from tensorflow_serving.config import model_server_config_pb2

from keras_gan_zoo.export import export_generator
from keras_gan_zoo.serving import tensorflow_serving
from keras_gan_zoo.serving.__main__ import main
from tests import tiny


@pytest.fixture(scope="module")
def version(tmp_path_factory):
    directory = tmp_path_factory.mktemp("saved_models") / "cgan"
    return export_generator(tiny.conditional_gan(), directory)


def records(path):
    for record in tf.data.TFRecordDataset(str(path)):
        log = prediction_log_pb2.PredictionLog.FromString(record.numpy())
        assert log.WhichOneof("log_type") == "predict_log"
        yield log.predict_log.request


def test_each_signature_is_warmed_up_in_each_batch_size(version):
    path = tensorflow_serving.write_warmup_requests(version)
    assert path == version / "assets.extra" / "tf_serving_warmup_requests"
    signatures = tf.saved_model.load(version).signatures
    ran = []
    for request in records(path):
        spec = request.model_spec
        assert spec.name == "" and not spec.HasField("version")
        inputs = {k: tf.make_ndarray(v) for k, v in request.inputs.items()}
        (size,) = {len(values) for values in inputs.values()}
        for values in map(inputs.get, inputs.keys() & {"latents", "labels"}):
            assert not values.any()
        if "seeds" in inputs:
            np.testing.assert_array_equal(inputs["seeds"], np.arange(size))
        outputs = signatures[spec.signature_name](
            **{k: tf.constant(v) for k, v in inputs.items()}
        )
        assert {len(values) for values in outputs.values()} == {size}
        ran.append((spec.signature_name, size))
    sizes = [1, 2, 4, 8, 16, 32, 64]
    assert ran == [(k, n) for k in sorted(signatures) for n in sizes]
    assert len(ran) <= 1000  # More are refused by TensorFlow Serving.


def test_warm_up_requests_are_the_same_each_time(version):
    first = tensorflow_serving.write_warmup_requests(version).read_bytes()
    again = tensorflow_serving.write_warmup_requests(version).read_bytes()
    assert first == again
    assert len(list((version / "assets.extra").glob("*requests*"))) == 1


def test_warming_up_reads_no_weights(tmp_path, version):
    copy = tmp_path / ".being-written"  # Any name, as while it is exported.
    copy.mkdir()
    (copy / "saved_model.pb").write_bytes(
        (version / "saved_model.pb").read_bytes()
    )
    path = tensorflow_serving.write_warmup_requests(copy)
    whole = tensorflow_serving.write_warmup_requests(version)
    assert path.read_bytes() == whole.read_bytes()


def test_what_has_no_one_shape_is_left_out(tmp_path):
    module = tf.Module()
    signatures = {
        name: tf.function(
            lambda images: {"images": 2 * images},
            [tf.TensorSpec((None, *size, 3), tf.float32, "images")],
        )
        for name, size in {"of_any": (4, None), "of_one": (4, 5)}.items()
    }
    tf.saved_model.save(module, tmp_path, signatures)
    requests = [*records(tensorflow_serving.write_warmup_requests(tmp_path))]
    assert {r.model_spec.signature_name for r in requests} == {"of_one"}
    for request, size in zip(requests, [1, 2, 4, 8, 16, 32, 64], strict=True):
        images = tf.make_ndarray(request.inputs["images"])
        assert images.shape == (size, 4, 5, 3)


@pytest.mark.parametrize("content", [None, b"no SavedModel"])
def test_what_is_no_version_is_refused(tmp_path, content):
    if content is not None:
        (tmp_path / "saved_model.pb").write_bytes(content)
    with pytest.raises(OSError, match="must hold a SavedModel. Received: "):
        tensorflow_serving.write_warmup_requests(tmp_path)
    assert not (tmp_path / "assets.extra").exists()


def folder_of_models(folder, *names):
    for name in names:
        (folder / name).mkdir(parents=True)
        (folder / name / "saved_model.pb").touch()
    return folder


def batching_parameters():
    """Returns `BatchingParameters`, which no package of Python has.

    Its fields are those of tensorflow_serving/servables/tensorflow/
    session_bundle_config.proto, as far as they are written here.
    """
    file = descriptor_pb2.FileDescriptorProto(
        name="batching.proto",
        syntax="proto3",
        dependency=[wrappers_pb2.DESCRIPTOR.name],
    )
    message = file.message_type.add(name="BatchingParameters")
    field = descriptor_pb2.FieldDescriptorProto
    for number, name in enumerate(
        (
            "max_batch_size",
            "batch_timeout_micros",
            "max_enqueued_batches",
            "num_batch_threads",
        ),
        start=1,
    ):
        message.field.add(
            name=name,
            number=number,
            label=field.LABEL_OPTIONAL,
            type=field.TYPE_MESSAGE,
            type_name=".google.protobuf.Int64Value",
        )
    message.field.add(
        name="allowed_batch_sizes",
        number=6,
        label=field.LABEL_REPEATED,
        type=field.TYPE_INT64,
    )
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(wrappers_pb2.DESCRIPTOR.serialized_pb)
    pool.Add(file)
    descriptor = pool.FindMessageTypeByName("BatchingParameters")
    return message_factory.GetMessageClass(descriptor)()


def test_the_configuration_lists_each_model_with_a_version(tmp_path):
    names = ["wgan_gp/2", "wgan_gp/10", "cgan/1", 'quo"te\\d é/1']
    folder_of_models(tmp_path, *names)
    folder_of_models(tmp_path, ".hidden/1", "classifier/weights", "half/.3")
    (tmp_path / "empty" / "1").mkdir(parents=True)
    (tmp_path / "README.md").touch()
    models, batching = tensorflow_serving.write_configuration(tmp_path)
    assert models == tmp_path / "models.config"
    assert batching == tmp_path / "batching.config"
    text = models.read_text(encoding="ascii")
    config = text_format.Parse(
        text, model_server_config_pb2.ModelServerConfig()
    )
    listed = config.model_config_list.config
    assert [model.name for model in listed] == [
        "cgan",
        'quo"te\\d é',
        "wgan_gp",
    ]
    for model in listed:
        assert model.base_path == f"/models/{model.name}"
        assert model.model_platform == "tensorflow"
    before = text, batching.read_text()
    tensorflow_serving.write_configuration(tmp_path)
    assert before == (models.read_text(), batching.read_text())


def test_batches_are_powers_of_two(tmp_path):
    folder_of_models(tmp_path, "cgan/1")
    _, path = tensorflow_serving.write_configuration(tmp_path)
    parameters = text_format.Parse(path.read_text(), batching_parameters())
    sizes = list(parameters.allowed_batch_sizes)
    assert sizes == [1, 2, 4, 8, 16, 32, 64]
    assert parameters.max_batch_size.value == sizes[-1]  # Or it won't start.
    assert parameters.batch_timeout_micros.value == 2000
    assert parameters.max_enqueued_batches.value >= 1
    assert parameters.num_batch_threads.value >= 1


def test_the_command_writes_the_configuration(tmp_path, capsys):
    folder_of_models(tmp_path, "cgan/1")
    assert main(["configure", str(tmp_path)]) == 0
    assert capsys.readouterr().out == (
        f"Written to {tmp_path / 'models.config'}.\n"
        f"Written to {tmp_path / 'batching.config'}.\n"
    )


def test_a_folder_without_models_is_an_error_in_words(tmp_path, capsys):
    folder_of_models(tmp_path, "1")  # A model, where a folder of them is due.
    assert main(["configure", str(tmp_path)]) == 1
    message = capsys.readouterr().err
    assert message.startswith("Error: `directory` must hold a folder for each")
    assert f"directory={str(tmp_path)!r}, which has none." in message
    assert not (tmp_path / "models.config").exists()


def test_a_folder_that_is_not_there_is_not_made(tmp_path):
    with pytest.raises(ValueError, match="which has none"):
        tensorflow_serving.write_configuration(tmp_path / "models")
    assert not (tmp_path / "models").exists()


def test_a_name_that_no_url_can_have_is_refused(tmp_path):
    folder_of_models(tmp_path, "c:gan/1")
    with pytest.raises(ValueError, match="no colon.*'c:gan'.*Rename"):
        tensorflow_serving.write_configuration(tmp_path)


@pytest.mark.parametrize(
    "write",
    [
        tensorflow_serving.write_configuration,
        tensorflow_serving.write_warmup_requests,
    ],
)
def test_a_missing_extra_is_named(tmp_path, monkeypatch, write):
    for name in list(sys.modules):
        if name.partition(".")[0] == "tensorflow_serving":
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "tensorflow_serving", None)
    with pytest.raises(ImportError, match="pip install 'keras_gan_zoo.serving"):
        write(tmp_path)
