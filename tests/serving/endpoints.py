"""Endpoints in the process of a test, which answer as TensorFlow Serving."""

import base64
import concurrent.futures
import contextlib
import http.server
import json
import re
import sys
import threading

import grpc
import tensorflow as tf
from tensorflow_serving.apis import (
    predict_pb2,
    prediction_service_pb2_grpc,
)


@contextlib.contextmanager
def rest_endpoint(answer):
    """Serves REST, and gives the URL.

    Args:
        answer: Function of a path and the bytes of a body. It returns a status
            and bytes, or `None` to break the connection off.
    """

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            self.do_POST()

        def do_POST(self):
            length = int(self.headers.get("Content-Length", 0))
            answered = answer(self.path, self.rfile.read(length))
            status, content = answered or (200, b"half")
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", len(content) + (not answered))
            self.end_headers()
            self.wfile.write(content)
            self.close_connection = not answered

        def log_message(self, *arguments):
            pass

    class Server(http.server.ThreadingHTTPServer):
        def handle_error(self, request, client_address):
            if not isinstance(sys.exception(), ConnectionError):
                super().handle_error(request, client_address)

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@contextlib.contextmanager
def grpc_endpoint(answer):
    """Serves gRPC, and gives the address.

    Args:
        answer: Function of a `PredictRequest`. It returns a
            `PredictResponse`, or a pair of a status code and a message.
    """

    class Service(prediction_service_pb2_grpc.PredictionServiceServicer):
        def Predict(self, request, context):
            answered = answer(request)
            if isinstance(answered, tuple):
                context.abort(*answered)
            return answered

    with concurrent.futures.ThreadPoolExecutor(2) as threads:
        server = grpc.server(threads)
        prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(
            Service(), server
        )
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        try:
            yield f"127.0.0.1:{port}"
        finally:
            server.stop(None).wait()


def rest_predict(signatures, name, path, body):
    """Answers by the signatures of a SavedModel.

    Requests are rows with names and outputs one tensor, as clients of this
    package have them: https://www.tensorflow.org/tfx/serving/api_rest.
    """
    if not re.fullmatch(rf"/v1/models/{name}(/versions/1)?:predict", path):
        message = f"Servable not found for request: {path}"
        return 404, json.dumps({"error": message}).encode()
    request = json.loads(body)
    signature = signatures[request["signature_name"]]
    try:
        first, *_ = request["instances"]
        inputs = {k: [row[k] for row in request["instances"]] for k in first}
        (values,) = _outputs(signature, inputs).values()
    except (TypeError, tf.errors.InvalidArgumentError) as error:
        return 400, json.dumps({"error": str(error)}).encode()
    rows = [{"b64": base64.b64encode(row).decode()} for row in values]
    return 200, json.dumps({"predictions": rows}).encode()


def grpc_predict(signatures, name, request):
    """Answers by the signatures of a SavedModel."""
    spec = request.model_spec
    if spec.name != name or spec.version.value not in (0, 1):
        return grpc.StatusCode.NOT_FOUND, f"Servable not found: {spec.name}"
    inputs = {k: tf.make_ndarray(v) for k, v in request.inputs.items()}
    try:
        outputs = _outputs(signatures[spec.signature_name], inputs)
    except (TypeError, tf.errors.InvalidArgumentError) as error:
        return grpc.StatusCode.INVALID_ARGUMENT, str(error)
    response = predict_pb2.PredictResponse()
    for name, values in outputs.items():
        response.outputs[name].CopyFrom(tf.make_tensor_proto(values))
    return response


def _outputs(signature, inputs):
    _, specs = signature.structured_input_signature
    if inputs.keys() != specs.keys():
        raise TypeError(f"{sorted(specs)} are taken, not {sorted(inputs)}")
    tensors = {k: tf.constant(v, specs[k].dtype) for k, v in inputs.items()}
    return {k: v.numpy() for k, v in signature(**tensors).items()}
