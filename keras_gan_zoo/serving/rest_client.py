"""A client of TensorFlow Serving over REST, which needs no TensorFlow."""

import base64
import urllib.parse

import requests

from keras_gan_zoo.serving.client import Client, Passing

_STATUSES_THAT_MAY_PASS = {429, 502, 503, 504}


class RestClient(Client):
    """Client over REST.

    Failures that may pass, as while a server starts or has too much to do,
    are tried again, after waits that double.

    Args:
        url: String, such as `"http://127.0.0.1:8501"`.
        model: String, the name of the model.
        version: Integer. By default the latest version.
        timeout: Float, seconds to wait for each piece of an answer.
        attempts: Integer, how often to ask before giving up.

    Raises:
        ValueError: If `url` is none.

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
        path = f"/v1/models/{urllib.parse.quote(model, safe='')}"
        if version is not None:
            path += f"/versions/{version}"
        self._url = f"{url.rstrip('/')}{path}:predict"
        self._session = requests.Session()

    def close(self):
        self._session.close()

    def png_bytes(self, inputs):
        # In rows, since of columns TensorFlow Serving takes those it needs: it
        # would ignore the labels for a model that has none.
        columns = [values.tolist() for values in inputs.values()]
        rows = [dict(zip(inputs, values)) for values in zip(*columns)]
        try:
            response = self._session.post(
                self._url,
                json={"signature_name": "sample_png", "instances": rows},
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
        raise self.refusal(inputs, status, _message(response))

    def _decoded(self, response):
        try:
            # With one output, its name is left out.
            rows = response.json()["predictions"]
            return [base64.b64decode(row["b64"], validate=True) for row in rows]
        except (KeyError, TypeError, ValueError) as error:
            raise self.unlike_serving(f"{response.text[:100]!r}") from error


def model_names(url, timeout):
    """Returns the names of the models that the local server has.

    Args:
        url: String, such as `"http://127.0.0.1:8501"`.
        timeout: Float, seconds to wait for an answer.

    Raises:
        ValueError: If there is no list, as TensorFlow Serving has none.
    """
    try:
        response = requests.get(
            f"{url.rstrip('/')}/page/models", timeout=timeout
        )
        response.raise_for_status()
        return [model["name"] for model in response.json()]
    except (requests.RequestException, KeyError, TypeError) as error:
        raise ValueError(
            "The model must be named: TensorFlow Serving doesn't list its "
            f"models, only the local server does. Received from {url}: {error}."
        ) from error


def _reason(error):
    """Returns what an error of a connection says, without its wrappings."""
    if hasattr(error.args[0], "reason"):
        return str(error.args[0].reason).partition(": ")[2]
    return error


def _message(response):
    """Returns what a server says of an error."""
    try:
        return response.json()["error"]
    except (KeyError, TypeError, ValueError):
        return response.text[:200]
