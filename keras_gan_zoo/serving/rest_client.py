"""A client of TensorFlow Serving over REST, which needs no TensorFlow."""

import base64
import urllib.parse

import numpy as np
import requests

from keras_gan_zoo.serving.client import Client, Passing

_STATUSES_THAT_MAY_PASS = {429, 502, 503, 504}


class RestClient(Client):
    """Client over REST.

    After failures that may pass, such as while a server is starting or busy, it
    tries again, after waits that double.

    Args:
        url: String, such as `"http://127.0.0.1:8501"`.
        model: String, the name of the model.
        version: Integer. By default the latest version.
        timeout: Float, seconds to wait for each piece of an answer.
        attempts: Integer, how many times to ask before giving up.

    Raises:
        ValueError: If `url` isn't a URL.

    Example:

    ```python
    with RestClient("http://127.0.0.1:8501", "wgan_gp_cifar") as client:
        images = client.sample(range(16))
    ```
    """

    def __init__(self, url, model, version=None, timeout=30.0, attempts=5):
        if not url.startswith(("http://", "https://")):
            raise ValueError(
                "`url` must begin with http:// or https://, as in "
                f"'http://127.0.0.1:8501'. Received: {url!r}."
            )
        super().__init__(url, model, version, timeout, attempts)
        self._server, self._model = url, model
        path = f"/v1/models/{urllib.parse.quote(model, safe='')}"
        if version is not None:
            path += f"/versions/{version}"
        self._url = f"{url.rstrip('/')}{path}"
        self._session = requests.Session()

    def close(self):
        self._session.close()

    def facts(self):
        try:
            models = served_models(self._server, self.timeout)
        except ValueError:  # TensorFlow Serving lists none.
            return {}
        facts = [each for each in models if each["name"] == self._model]
        return facts[0] if facts else {}

    def signatures(self):
        try:
            response = self._session.get(
                f"{self._url}/metadata",
                timeout=self.timeout,
                allow_redirects=False,
            )
        except (requests.ConnectionError, requests.Timeout) as error:
            raise self.unreachable(_reason(error)) from error
        if response.status_code != 200:
            status = f"HTTP {response.status_code}"
            raise self.refusal("", ["name"], status, _message(response))
        try:
            found = response.json()["metadata"]["signature_def"]
            # TensorFlow Serving has another of that name within.
            found = found.get("signature_def", found)
            return {
                name: (_shapes(each["inputs"]), _shapes(each["outputs"]))
                for name, each in found.items()
            }
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise self.unlike_serving(f"{response.text[:100]!r}") from error

    def ask(self, signature, inputs):
        # In rows, since of columns TensorFlow Serving takes those it needs: it
        # would ignore the labels for a model that has none.
        columns = [values.tolist() for values in inputs.values()]
        rows = [dict(zip(inputs, values)) for values in zip(*columns)]
        try:
            response = self._session.post(
                f"{self._url}:predict",
                json={"signature_name": signature, "instances": rows},
                timeout=self.timeout,
                allow_redirects=False,
            )
        except requests.Timeout as error:
            raise self.slow() from error
        except (
            requests.ConnectionError,
            requests.exceptions.ChunkedEncodingError,
        ) as error:
            raise self.unreachable(_reason(error)) from error
        if response.status_code == 200:
            return self._decoded(response)
        status = f"HTTP {response.status_code}"
        if response.status_code in _STATUSES_THAT_MAY_PASS:
            raise self.failure(Passing, status, _message(response))
        if response.status_code >= 500:
            raise self.failure(ConnectionError, status, _message(response))
        raise self.refusal(signature, inputs, status, _message(response))

    def _decoded(self, response):
        try:
            rows = response.json()["predictions"]
            first = rows[0] if rows else None
            # With one output, its name is left out.
            if not isinstance(first, dict) or first.keys() == {"b64"}:
                return {None: _values(rows)}
            return {
                name: _values([row[name] for row in rows]) for name in first
            }
        except (KeyError, TypeError, ValueError) as error:
            raise self.unlike_serving(f"{response.text[:100]!r}") from error


def served_models(url, timeout):
    """Returns what the local server says about its models.

    Args:
        url: String, such as `"http://127.0.0.1:8501"`.
        timeout: Float, seconds to wait for an answer.

    Returns:
        List of dictionaries with `"name"`, `"version"` and, for exports of this
        package, what is in their `generator.json`.

    Raises:
        ValueError: If there is no list; TensorFlow Serving has none.
        ConnectionError: If there is no answer.
    """
    try:
        response = requests.get(f"{url.rstrip('/')}/v1/models", timeout=timeout)
    except (requests.ConnectionError, requests.Timeout) as error:
        raise ConnectionError(
            f"There was no answer from {url}: {_reason(error)}. Is the server "
            "running, and are host and port right?"
        ) from error
    try:
        response.raise_for_status()
        models = response.json()["models"]
        # Whatever is no list of what has names raises as well.
        return sorted(models, key=lambda model: model["name"])
    except (requests.RequestException, KeyError, TypeError) as error:
        raise ValueError(
            "There is no list of models: TensorFlow Serving has none, only the "
            f"local server does. Received from {url}: {error}."
        ) from error


def _values(rows):
    """Returns an array of numbers, or a list of bytes."""
    if not rows:
        return []
    if isinstance(rows[0], dict):
        return [base64.b64decode(row["b64"], validate=True) for row in rows]
    if isinstance(rows[0], str):
        return [row.encode("utf-8") for row in rows]
    values = np.array(rows)
    return values.astype("float32") if values.dtype.kind == "f" else values


def _shapes(arrays):
    """Returns sizes, of TensorFlow's own description in JSON."""
    return {
        name: [int(dim["size"]) for dim in info["tensor_shape"].get("dim", [])]
        for name, info in arrays.items()
    }


def _reason(error):
    """Returns what an error of a connection says, without its wrappings."""
    if error.args and hasattr(error.args[0], "reason"):
        return str(error.args[0].reason).partition(": ")[2]
    return error


def _message(response):
    """Returns what a server says of an error."""
    try:
        return response.json()["error"]
    except (KeyError, TypeError, ValueError):
        return response.text[:200]
