"""What a server answers to a request that it can't fulfil."""


class RequestError(ValueError):
    """A request that fails for a cause that its sender should be told.

    Args:
        status: Integer, the HTTP status, as TensorFlow Serving chooses it:
            400 for what is wrong in the request, 404 for what there isn't,
            503 and 504 for a server that is too busy.
        message: String, a sentence or more for the sender.
    """

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status
