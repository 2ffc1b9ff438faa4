"""A client of TensorFlow Serving over gRPC."""

import tensorflow as tf

from keras_gan_zoo.serving import extra
from keras_gan_zoo.serving.client import Client, Passing

with extra.needed():
    import grpc
    from tensorflow_serving.apis import (
        get_model_metadata_pb2,
        model_pb2,
        predict_pb2,
        prediction_service_pb2_grpc,
    )


class GrpcClient(Client):
    """Client over gRPC, without encryption.

    It returns what `RestClient` returns, and treats failures alike.

    Args:
        address: String, such as `"127.0.0.1:8500"`.
        model: String, the name of the model.
        version: Integer. By default the latest version.
        timeout: Float, seconds to wait for an answer.
        attempts: Integer, how many times to ask before giving up.
    """

    def __init__(self, address, model, version=None, timeout=30.0, attempts=5):
        super().__init__(f"grpc://{address}", model, version, timeout, attempts)
        self._spec = model_pb2.ModelSpec(name=model)
        if version is not None:
            self._spec.version.value = version
        self._channel = grpc.insecure_channel(
            address,
            options=[
                # The default is 4 MB, less than 64 large images.
                ("grpc.max_receive_message_length", -1),
                # The default is to fail for a second without another attempt.
                ("grpc.initial_reconnect_backoff_ms", 100),
                ("grpc.min_reconnect_backoff_ms", 100),
            ],
        )
        stub = prediction_service_pb2_grpc.PredictionServiceStub(self._channel)
        self._predict = stub.Predict
        self._get_metadata = stub.GetModelMetadata

    def close(self):
        self._channel.close()

    def facts(self):
        return {}  # TensorFlow Serving knows of none.

    def signatures(self):
        request = get_model_metadata_pb2.GetModelMetadataRequest(
            model_spec=self._spec, metadata_field=["signature_def"]
        )
        try:
            response = self._get_metadata(request, timeout=self.timeout)
        except grpc.RpcError as error:
            raise self._error("", ["name"], error) from error
        found = get_model_metadata_pb2.SignatureDefMap()
        response.metadata["signature_def"].Unpack(found)
        return {
            name: (_shapes(each.inputs), _shapes(each.outputs))
            for name, each in found.signature_def.items()
        }

    def ask(self, signature, inputs):
        spec = model_pb2.ModelSpec(signature_name=signature)
        spec.MergeFrom(self._spec)
        request = predict_pb2.PredictRequest(
            model_spec=spec,
            inputs={
                name: tf.make_tensor_proto(values)
                for name, values in inputs.items()
            },
        )
        try:
            response = self._predict(request, timeout=self.timeout)
        except grpc.RpcError as error:
            raise self._error(signature, inputs, error) from error
        if signature == "sample_png" and "png_bytes" not in response.outputs:
            raise self.unlike_serving(f"the outputs {list(response.outputs)}")
        return {
            name: _values(tf.make_ndarray(tensor))
            for name, tensor in response.outputs.items()
        }

    def _error(self, signature, inputs, error):
        code, message = error.code(), error.details()
        if code is grpc.StatusCode.DEADLINE_EXCEEDED:
            return self.slow()
        if code is grpc.StatusCode.UNAVAILABLE:
            return self.unreachable(message)
        if code is grpc.StatusCode.RESOURCE_EXHAUSTED:
            return self.failure(Passing, code.name, message)
        if code in (
            grpc.StatusCode.INVALID_ARGUMENT,
            grpc.StatusCode.NOT_FOUND,
            grpc.StatusCode.FAILED_PRECONDITION,
        ):
            return self.refusal(signature, inputs, code.name, message)
        return self.failure(ConnectionError, code.name, message)


def _values(array):
    """Returns an array of numbers, or a list of bytes."""
    return array.tolist() if array.dtype == object else array


def _shapes(arrays):
    return {
        name: [dim.size for dim in info.tensor_shape.dim]
        for name, info in arrays.items()
    }
