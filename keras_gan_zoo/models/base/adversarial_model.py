"""A game, and the data of `fit()` and its like that it is played on."""

import contextlib

import keras

from keras_gan_zoo import (
    checks,
    intake,
    iterators,
    loss_callbacks,
    reading,
    replicas,
)
from keras_gan_zoo.models.base.player_optimizers import trainable_variables
from keras_gan_zoo.models.base.players_model import PlayersModel


class AdversarialModel(PlayersModel):
    """A game of players who each minimize a loss of their own.

    Keras trains one loss with one optimizer. Here each player has networks, a
    loss and an optimizer, and `train_step` says who moves when. A subclass
    writes:

    * `players`: the networks each player moves;
    * `<player>_loss(inputs, training=True)` for each player: a scalar, the
      mean over the batch;
    * `train_step(data)`: the moves in the order of the paper's algorithm, by
      calls to `update`, ending in `return self.loss_results()`.

    The class does the rest: the gradients of one player only, loss scaling in
    mixed precision, the share of each replica in multi-replica training,
    weight regularization, noise that is a function of the step, a metric for
    each loss, checks of data and networks, `evaluate()` and saving.

    Networks must be built before they are passed to the constructor. Networks
    do not share layers with each other: heads on a common body are the
    outputs of one network.
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.warned_of_partial_batch = False

    @reading.short_errors()
    def fit(self, x=None, y=None, *args, **kwargs):
        """Trains the model; see `keras.Model.fit()`.

        Arrays are checked whole, of other data only the first batch.

        Args:
            x: `tf.data.Dataset` of full batches (samples, pairs of samples
                and labels, or dictionaries as tensorflow-datasets has them),
                or an array of samples. Images are floats in [-1, 1]. Also a
                `PyDataset`, a generator or a loader as PyTorch's.
            y: Labels, if `x` is an array and the model is conditional.
            *args: Further arguments of `keras.Model.fit()`, in its order.
            **kwargs: Further arguments of `keras.Model.fit()`.

        Returns:
            A `keras.callbacks.History`.

        Raises:
            ValueError: If data or networks aren't what the model takes, or an
                argument has no meaning for a game. Nothing has moved by then.
        """
        iterators.release_at_exit()  # Since data may be read by Python.
        arguments = intake.arguments_of(super().fit, x, y, *args, **kwargs)
        self._require_ready()
        intake.split(arguments)
        first_batch = intake.take(self, arguments)
        intake.take_validation(self, arguments)
        x, y = arguments.pop("x"), arguments.pop("y")
        # Keras's default is a warning that it does not shuffle a dataset.
        arguments.setdefault("shuffle", checks.are_arrays(x))
        self._draws.number = 0
        arguments["callbacks"] = loss_callbacks.with_losses(
            arguments.get("callbacks"), [*map(self.loss_name, self.players)]
        )
        with contextlib.ExitStack() as guard:
            for callback in keras.tree.flatten(arguments["callbacks"]):
                if hasattr(callback, "resume"):  # See `callbacks.Checkpoint`.
                    guard.enter_context(callback.guarding())
                    x, arguments = callback.resume(
                        self, x, y, first_batch, arguments
                    )
                    y = None
                    break
            history = super().fit(x, y, **arguments)
        if self.compiled:
            self._finalize_weights()
        return history

    def evaluate(self, x=None, y=None, *args, **kwargs):
        """Reports losses and metrics; see `keras.Model.evaluate()`.

        It draws the same latents in each call, so calls can be compared.
        """
        arguments = intake.arguments_of(super().evaluate, x, y, *args, **kwargs)
        if "_use_cached_eval_dataset" not in arguments:  # `fit` has looked.
            self.check_networks()
            intake.take(self, arguments, "steps")
        self.evaluation_step.assign(0)
        return super().evaluate(**arguments)

    def train_on_batch(self, x, y=None, *args, **kwargs):
        """Makes one training step; see `keras.Model.train_on_batch()`."""
        arguments = intake.arguments_of(
            super().train_on_batch, x, y, *args, **kwargs
        )
        self._require_ready()
        intake.take_batch(self, arguments)
        self._draws.number = 0
        return super().train_on_batch(**arguments)

    def test_on_batch(self, x, y=None, *args, **kwargs):
        """Reports on one batch; see `keras.Model.test_on_batch()`."""
        arguments = intake.arguments_of(
            super().test_on_batch, x, y, *args, **kwargs
        )
        self.check_networks()
        intake.take_batch(self, arguments, training=False)
        return super().test_on_batch(**arguments)

    def test_step(self, data):
        """Reports the losses and metrics on held-out data; nobody moves."""
        with self._evaluating():
            inputs = self.unpack(data)
            for player, tracker in self.loss_trackers.items():
                compute_loss = getattr(self, f"{player}_loss")
                tracker.update_state(compute_loss(inputs, training=False))
            for metric in self.evaluation_metrics:
                metric.update_state(*self.real_and_generated(inputs))
            self.evaluation_step.assign_add(1)
        return replicas.as_logs(self.get_metrics_result())

    def unpack(self, data):
        """Turns what the dataset yields into what the losses take."""
        return data

    def check_networks(self):
        """Raises a `ValueError` if the networks aren't those of the model."""

    def check_inputs(self, inputs):
        """Raises a `ValueError` if data, as unpacked, are not fit to use.

        Args:
            inputs: A batch, or all of the data if they are arrays.
        """

    def check_batch_size(self, size):
        """Raises a `ValueError` if a step can't be made of such a batch.

        Args:
            size: Integer, or `None` for the last batch of an epoch, if that
                may have any size.
        """

    def real_and_generated(self, inputs):
        """Returns the two batches that the metrics of `compile()` compare."""
        raise NotImplementedError

    def endpoints(self):
        """Returns what is served: a list of `endpoints.Endpoint`s."""
        raise ValueError(
            f"`{type(self).__name__}` doesn't say what is served of it, so it "
            "can't be exported. Write `endpoints()`, which returns a list of "
            "`keras_gan_zoo.endpoints.Endpoint`."
        )

    def _finalize_weights(self):
        """Does what Keras does after `fit()` for its one optimizer."""
        for player, networks in self.players.items():
            optimizer = self.optimizer_of(player)
            if optimizer.iterations > 0:  # Or averages of weights are zero.
                variables = trainable_variables(networks)
                optimizer.finalize_variable_values(variables)

    def _require_ready(self):
        """Raises a `ValueError` if the model can't make a step."""
        self.check_networks()
        if self.compiled:
            self._require_same_variables()
