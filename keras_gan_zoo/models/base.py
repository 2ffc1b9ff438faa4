"""The base classes of the zoo: the mechanics of adversarial training, once.

`AdversarialModel` knows players, their losses and their moves. `GAN` adds the
latent prior and the generator's moving average, `ConditionalGAN` class labels.
"""

import contextlib
import random
import threading
import warnings

import keras
import tensorflow as tf

from keras_gan_zoo import (
    checks,
    intake,
    iterators,
    loss_callbacks,
    noise,
    ordering,
    priors,
    reading,
    replicas,
    saving,
)
from keras_gan_zoo.integers import check_integer
from keras_gan_zoo.optimizers import name_after

_PART = 256  # Samples that `generate()` makes at a time.


class AdversarialModel(keras.Model):
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
        # Networks cast what they are given themselves; one in float32 gets
        # its latents unrounded whatever the global policy was.
        super().__init__(autocast=False, **kwargs)
        # Noise is a function of (seed, step, draw): see `next_seed`. As
        # weights, seed and step are saved and a resumed run sees the same.
        # All workers start from the chief's first value: it isn't assigned.
        self.noise_seed = self._add_counter(
            "noise_seed", first=random.randrange(2**31)
        )
        self.step = self._add_counter("step")
        self.evaluation_step = self._add_counter("evaluation_step")
        self._draws = _Draws()
        self.warned_of_partial_batch = False
        self.built = True  # As its networks are.

    @property
    def players(self):
        """Maps the name of each player to the list of networks it moves."""
        raise NotImplementedError

    def train_step(self, data):
        raise NotImplementedError(
            f"{type(self).__name__} must implement `train_step(data)`: the "
            "order in which the players move."
        )

    def compile(
        self,
        *positional,
        metrics=None,
        run_eagerly=False,
        steps_per_execution=1,
        jit_compile="auto",
        **optimizers,
    ):
        """Configures the model for training.

        Args:
            metrics: List of `keras.metrics.Metric` for `evaluate()`, updated
                by `update_state(real, generated)`.
            run_eagerly: See `keras.Model.compile()`.
            steps_per_execution: See `keras.Model.compile()`.
            jit_compile: See `keras.Model.compile()`.
            **optimizers: One optimizer (or its name) for each player, as
                `<player>_optimizer`. Those without a name of their own are
                named after their player.

        Raises:
            ValueError: If there isn't one new optimizer for each player, or
                if something is passed that a game has no use for.
        """
        checks.check_optimizers(self, positional, optimizers)
        checks.check_metrics(metrics)
        expected = [f"{player}_optimizer" for player in self.players]
        objects = [o for o in optimizers.values() if not isinstance(o, str)]
        if len({id(optimizer) for optimizer in objects}) < len(objects):
            raise ValueError(
                "Each player needs an optimizer of its own, since an "
                "optimizer keeps the moments of one set of weights. Received "
                "one object for several players. Create one for each."
            )
        optimizers = {
            name: keras.optimizers.get(optimizer)
            for name, optimizer in optimizers.items()
        }
        for player, networks in self.players.items():
            checks.require_variables(
                player,
                optimizers[f"{player}_optimizer"],
                _trainable_variables(networks),
            )
        replicas.check_compilation(
            self.variables,
            list(optimizers.values()),
            jit_compile,
            steps_per_execution,
        )
        super().compile(
            optimizer=None,
            run_eagerly=run_eagerly,
            steps_per_execution=steps_per_execution,
            jit_compile=jit_compile,
        )
        self._draws.number = 0
        self.evaluation_metrics = list(metrics or [])
        self.loss_trackers = {}
        # A player's gradient flows through the networks of others as well.
        in_float16 = any(map(_in_float16, self.players.values()))
        for player, networks in self.players.items():
            optimizer = optimizers[f"{player}_optimizer"]
            if in_float16:
                optimizer = _with_loss_scale(optimizer)
            name_after(player, optimizer)
            optimizer.build(_trainable_variables(networks))
            setattr(self, f"{player}_optimizer", optimizer)
            self.loss_trackers[player] = keras.metrics.Mean(f"{player}_loss")
        self.optimizer = PlayerOptimizers(
            [getattr(self, name) for name in expected], self.step
        )

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
            arguments.get("callbacks"), list(self.players)
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
            for player, networks in self.players.items():
                optimizer = getattr(self, f"{player}_optimizer")
                variables = _trainable_variables(networks)
                optimizer.finalize_variable_values(variables)
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

    def update(self, player, inputs, **kwargs):
        """Moves one player one optimizer step down its loss.

        Args:
            player: String, the name of the player.
            inputs: What `<player>_loss` takes.
            **kwargs: Further arguments of `<player>_loss`.

        Returns:
            The loss before the move, a scalar tensor.
        """
        compute_loss = getattr(self, f"{player}_loss")
        optimizer = getattr(self, f"{player}_optimizer")
        networks = self.players[player]
        variables = _trainable_variables(networks)
        values = [variable.value for variable in variables]
        # The others' batch statistics move with their owners alone.
        others = self._untrained_variables_of_others(player)
        kept = [tf.identity(variable.value) for variable in others]
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(values)
            loss = compute_loss(inputs, training=True, **kwargs)
            objective = loss + sum(
                tf.cast(regularization, loss.dtype)  # That of outputs is half.
                for network in networks
                for regularization in network.losses
            )
            # Optimizers sum the gradients of the replicas.
            objective /= replicas.count()
            objective = optimizer.scale_loss(objective)
        gradients = ordering.together(tape.gradient(objective, values))
        # The optimizer counts its steps: see `loss_results`.
        with tf.control_dependencies([loss]):
            optimizer.apply(gradients, variables)
        for variable, value in zip(others, kept):
            variable.assign(value)
        self.loss_trackers[player].update_state(loss)
        return loss

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

    @contextlib.contextmanager
    def undisturbed(self):
        """Lets one look at the game as it is played, without a trace.

        What is computed inside draws the same noise each time, and whatever
        calls with `training=True` change is restored: statistics, random states
        and running means. Code that moves trained weights has to restore them
        itself. To be used within a `tf.function`, or eagerly.
        """
        moved = [v for v in self.variables if not v.trainable]
        moved += [v for metric in self.metrics for v in metric.variables]
        kept = [tf.identity(variable.value) for variable in moved]
        with self._evaluating():
            try:
                self.evaluation_step.assign(0)
                yield
            finally:
                for variable, value in zip(moved, kept):
                    variable.assign(value)

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

    def serving_signature(self):
        """Returns the `tf.TensorSpec` of each input of `call()`."""
        raise NotImplementedError

    @property
    def metrics(self):
        # Keras adds a "loss" tracker to every compiled model; a game has none.
        return [metric for metric in super().metrics if metric.name != "loss"]

    def loss_results(self):
        """Ends a training step and returns the running means it reports."""
        self._draws.number = 0
        results = {
            metric.name: metric.result()
            for metric in self.metrics
            if metric not in self.evaluation_metrics
        }
        # After the results, so after the data: data of unknown length end by
        # a step that finds none, which must not count.
        with tf.control_dependencies(list(results.values())):
            self.step.assign_add(1)
        return replicas.as_logs(results)

    def next_seed(self):
        """Returns the seed of the next draw within this step.

        It depends only on the model's seed, the step and the number of earlier
        draws in the step; evaluation has seeds of its own. To be used with
        `keras_gan_zoo.noise`.
        """
        seed, step = self.noise_seed.value, self.step.value
        if self._draws.evaluating:
            seed, step = -1 - seed, self.evaluation_step.value
        self._draws.number += 1
        return noise.fold_in(tf.stack([seed, step]), self._draws.number)

    @contextlib.contextmanager
    def _evaluating(self):
        training_draws = self._draws.number
        self._draws.number, self._draws.evaluating = 0, True
        try:
            yield
        finally:
            self._draws.number, self._draws.evaluating = training_draws, False

    def export(self, filepath, format="tf_saved_model", verbose=None, **kwargs):
        """Writes what `keras_gan_zoo.export` writes, to `filepath` itself.

        Args:
            filepath: String or path of a folder, or of a file for "onnx" and
                "litert". An existing export is replaced.
            format: "tf_saved_model", "onnx" or "litert".
            verbose: Whether to print where it was written, which is the
                default.
            **kwargs: Further arguments of `keras.Model.export()` are refused.
        """
        # Few who train export, and it imports much.
        from keras_gan_zoo import model_export

        model_export.write(self, filepath, format, verbose, kwargs)

    def save(self, filepath, overwrite=True, zipped=None, **kwargs):
        """Saves the game to a `.keras` file; see `keras.Model.save()`.

        A save that fails leaves the existing file as it was.

        Raises:
            ValueError: If `filepath` has another suffix, or exists and
                `overwrite` is false.
        """
        if zipped is False:  # A folder, which Keras makes.
            return super().save(filepath, overwrite, zipped, **kwargs)
        with saving.whole_file(filepath, ".keras", overwrite) as path:
            super().save(path, zipped=zipped, **kwargs)

    def save_weights(self, filepath, overwrite=True, max_shard_size=None):
        """Saves the weights; see `keras.Model.save_weights()` and `save`."""
        if max_shard_size is not None:  # Several files, which Keras names.
            return super().save_weights(filepath, overwrite, max_shard_size)
        with saving.whole_file(filepath, ".weights.h5", overwrite) as path:
            super().save_weights(path)

    def load_weights(self, filepath, *args, **kwargs):
        """See `keras.Model.load_weights()`; skipping an optimizer raises."""
        with warnings.catch_warnings():
            warnings.filterwarnings("error", "Skipping variable loading")
            super().load_weights(filepath, *args, **kwargs)

    def save_own_variables(self, store):
        super().save_own_variables(store)
        for index, state in enumerate(self._random_states()):
            store[f"random_state_{index}"] = state.numpy()

    def load_own_variables(self, store):
        states = self._random_states()
        names = [f"random_state_{index}" for index in range(len(states))]
        for name, state in zip(names, states):
            state.assign(store[name])
        super().load_own_variables(
            {key: store[key] for key in store.keys() if key not in names}
        )

    def get_compile_config(self):
        if not self.compiled:
            return {}
        self._require_same_variables()  # Or they would load without moments.
        optimizers = [f"{player}_optimizer" for player in self.players]
        return keras.saving.serialize_keras_object(
            {
                "metrics": self.evaluation_metrics,
                "run_eagerly": self.run_eagerly,
                "steps_per_execution": self.steps_per_execution,
                "jit_compile": self.jit_compile,
                **{name: getattr(self, name) for name in optimizers},
            }
        )

    def compile_from_config(self, config):
        self.compile(**keras.saving.deserialize_keras_object(config))

    @classmethod
    def from_config(cls, config):
        return cls(
            **{
                name: keras.saving.deserialize_keras_object(value)
                for name, value in config.items()
            }
        )

    def _maybe_symbolic_build(self, iterator=None, data_batch=None):
        # Networks arrive built. Keras would look at a batch to build them,
        # which it can't with several workers.
        pass

    def _add_counter(self, name, first=0):
        return self.add_weight(
            shape=(),
            dtype="int64",
            initializer=lambda shape, dtype: tf.constant(first, dtype),
            trainable=False,
            aggregation="only_first_replica",
            name=name,
        )

    def _untrained_variables_of_others(self, player):
        own = {id(v) for net in self.players[player] for v in net.weights}
        return [
            variable
            for networks in self.players.values()
            for network in networks
            for variable in network.non_trainable_weights
            if id(variable) not in own
        ]

    def _random_states(self):
        # Of dropout and its like, which Keras leaves out of its files.
        weights = {id(weight) for weight in self.weights}
        return [v for v in self.variables if id(v) not in weights]

    def _require_ready(self):
        """Raises a `ValueError` if the model can't make a step."""
        self.check_networks()
        if self.compiled:
            self._require_same_variables()

    def _require_same_variables(self):
        for player, networks in self.players.items():
            optimizer = getattr(self, f"{player}_optimizer")
            variables = _trainable_variables(networks)
            checks.require_variables(player, optimizer, variables)


class _Draws(threading.local):
    """Counts the draws of one step, while the step is traced.

    A strategy traces the step once for each replica, each in a thread of its
    own, and each has to number its draws alike.
    """

    number = 0
    evaluating = False


class PlayerOptimizers:
    """What callbacks find as `model.optimizer`: every player's optimizer.

    Keras's learning-rate callbacks act on each of `optimizers`; code that looks
    for a single learning rate gets an error rather than an optimizer that takes
    no steps. `keras.optimizers.MultiOptimizer` can't serve: it refuses loss
    scaling, and networks that serve two players.

    Args:
        optimizers: List of `keras.optimizers.Optimizer`.
        iterations: Variable that counts training steps.
    """

    built = True
    name = "players"

    def __init__(self, optimizers, iterations):
        self.optimizers = optimizers
        self.iterations = iterations

    @property
    def variables(self):
        return [v for optimizer in self.optimizers for v in optimizer.variables]

    @property
    def learning_rate(self):
        raise AttributeError(
            "An adversarial model has one learning rate for each player. Use "
            "`model.optimizer.optimizers`, or `model.generator_optimizer` and "
            "its like."
        )

    def get_config(self):
        """Returns the configurations of the optimizers by their names."""
        return {o.name: o.get_config() for o in self.optimizers}


class GAN(AdversarialModel):
    """A generator of samples from latents, and a discriminator of samples.

    Args:
        generator: Model from latents `(batch, latent_dim)` to samples.
        discriminator: Model from samples to scores.
        latent_dim: Integer, size of the latent space.
        discriminator_steps: Integer, number of discriminator updates for one
            generator update. Each takes its own part of the batch, so the
            dataset must yield batches `discriminator_steps` times as large.
        ema_decay: Float in [0, 1) or `None`. If a float, the model keeps an
            exponential moving average of the generator's weights, and
            `call()`, `generate()`, `evaluate()` metrics and export use it.
            The decay rises to this value from 0.1, as `(1 + t) / (10 + t)`
            after `t` training steps; otherwise, the untrained weights would
            make up most of the average for the first `1 / (1 - ema_decay)`
            steps.
        prior: Object of `keras_gan_zoo.priors` that latents are drawn from. By
            default `Normal()`, or the prior of the subclass's paper.
    """

    default_prior = priors.Normal()

    # What the discriminator returns, if the losses say so: see
    # `checks.require_outputs`.
    discriminator_outputs = None

    def __init__(
        self,
        generator,
        discriminator,
        latent_dim,
        discriminator_steps=1,
        ema_decay=None,
        prior=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        checks.require_built("generator", generator)
        checks.require_built("discriminator", discriminator)
        checks.require_order(generator, discriminator)
        checks.require_latent_size(generator, latent_dim)
        if ema_decay is not None and not 0.0 <= ema_decay < 1.0:
            raise ValueError(
                "`ema_decay` must be in [0, 1), or None for no average. "
                f"Received: ema_decay={ema_decay}."
            )
        if discriminator_steps < 1:
            raise ValueError(
                "`discriminator_steps` must be at least 1. "
                f"Received: discriminator_steps={discriminator_steps}."
            )
        self.generator = generator
        self.discriminator = discriminator
        self.latent_dim = latent_dim
        self.discriminator_steps = discriminator_steps
        self.ema_decay = ema_decay
        self.prior = self.default_prior if prior is None else prior
        priors.require_prior(self.prior, latent_dim)
        self.ema_generator = None
        if ema_decay is not None:
            self.ema_generator = keras.models.clone_model(generator)
            # `summary()` shows it, and tells the two apart by their names.
            self.ema_generator.name = f"{generator.name}_moving_average"
            self.ema_generator.set_weights(generator.get_weights())
            self.ema_generator.trainable = False

    @property
    def players(self):
        return {
            "discriminator": [self.discriminator],
            "generator": [self.generator],
        }

    def call(self, inputs, training=False):
        """Maps generator inputs to samples."""
        checks.require_latents(inputs, self.generator)
        generator = self.generator
        if self.ema_generator is not None:
            generator = self.ema_generator
        return generator(inputs, training=training)

    def sample_prior(self, batch_size, seed=None):
        """Draws a batch of generator inputs.

        Args:
            batch_size: Integer or scalar tensor.
            seed: Integer to draw the same batch again, a seed from
                `next_seed()`, or `None` for another batch in each call.

        Returns:
            Latents of shape `(batch_size, latent_dim)`, of the `prior`.
        """
        shape = [batch_size, self.latent_dim]
        return self.prior.draw(shape, noise.as_seed(seed))

    def prior_of_seeds(self, seeds):
        """Draws generator inputs row by row, so that a seed means a sample.

        Args:
            seeds: Integer tensor of shape `(batch,)`.

        Returns:
            What `sample_prior()` returns, for as many samples. A row depends
            on its own seed only, whatever the batch.
        """

        def draw(seed):
            inputs = self.sample_prior(1, seed)
            return tf.nest.map_structure(lambda rows: rows[0], inputs)

        # Not that of `serving_signature()`, whose inputs may not all be drawn.
        signature = tf.nest.map_structure(
            lambda row: tf.TensorSpec(row.shape, row.dtype), draw(0)
        )
        return tf.map_fn(draw, seeds, fn_output_signature=signature)

    def generate(self, batch_size, seed=None):
        """Returns `batch_size` samples; the same ones for the same `seed`.

        Args:
            batch_size: Integer. Samples are made in parts, so memory for one
                part is enough.
            seed: Integer or `None`, see `sample_prior`.
        """
        if not tf.is_symbolic_tensor(batch_size):
            batch_size = check_integer("batch_size", batch_size, 1)
        return self._samples_of(self.sample_prior(batch_size, seed))

    def serving_signature(self):
        """Returns the `tf.TensorSpec` of each input of `call()`."""
        return [tf.TensorSpec((None, self.latent_dim), tf.float32, "latents")]

    def fakes_like(self, samples, training):
        """Returns as many samples of the generator as there are `samples`."""
        inputs = self.sample_prior(tf.shape(samples)[0], self.next_seed())
        return self.generator(inputs, training=training)

    def scores(self, inputs, training):
        """Tells how real the discriminator thinks samples are.

        Args:
            inputs: Samples, as unpacked or from `fakes_like`.
            training: See `keras.Model.call()`.

        Returns:
            Tensor of shape `(batch,)`, float32; higher is more real. A model
            whose discriminator doesn't take `inputs`, or whose first output
            isn't a score, overrides this.
        """
        outputs = self.discriminator(inputs, training=training)
        scores = tf.cast(tf.nest.flatten(outputs)[0], tf.float32)
        return tf.reduce_mean(scores, axis=range(1, scores.shape.rank))

    def discriminator_batches(self, inputs):
        """Splits a batch into one part for each discriminator update."""
        steps = self.discriminator_steps
        tensors = tf.nest.flatten(inputs)
        if tensors[0].shape[0] is None and steps > 1:
            number = tf.shape(tensors[0])[0]
            is_right = tf.debugging.Assert(
                number % steps == 0, [_indivisible("of this size", steps)]
            )
            with tf.control_dependencies([is_right]):
                tensors = [tf.identity(tensor) for tensor in tensors]
        else:
            self.check_batch_size(tensors[0].shape[0])

        # Every nth row: then the parts of replicas make up the parts that one
        # device would have had.
        def parts(tensor):
            shape = tf.concat([[-1, steps], tf.shape(tensor)[1:]], axis=0)
            return tf.unstack(tf.reshape(tensor, shape), axis=1)

        return [
            tf.nest.pack_sequence_as(inputs, part)
            for part in zip(*map(parts, tensors))
        ]

    def update(self, player, inputs, **kwargs):
        loss = super().update(player, inputs, **kwargs)
        if player == "generator" and self.ema_generator is not None:
            self._update_moving_average()
        return loss

    def unpack(self, data):
        samples, _ = checks.samples_and_labels(data)
        return checks.with_known_shape(samples, self.discriminator)

    def check_networks(self):
        checks.require_match(self.generator, self.discriminator)
        if self.discriminator_outputs is not None:
            checks.require_outputs(
                self.discriminator, self.discriminator_outputs
            )

    def check_inputs(self, inputs):
        checks.check_images(inputs, self.discriminator)
        checks.require_reach(self.generator, inputs)

    def check_batch_size(self, size):
        steps = self.discriminator_steps
        if steps > 1 and (size is None or size % steps):
            raise ValueError(_indivisible(size or "unknown", steps))

    def real_and_generated(self, inputs):
        number = tf.shape(inputs)[0]
        return inputs, self(self.sample_prior(number, self.next_seed()))

    def get_config(self):
        serialize = keras.saving.serialize_keras_object
        return {
            **super().get_config(),
            "generator": serialize(self.generator),
            "discriminator": serialize(self.discriminator),
            "latent_dim": self.latent_dim,
            "discriminator_steps": self.discriminator_steps,
            "ema_decay": self.ema_decay,
            "prior": serialize(self.prior),
        }

    def _samples_of(self, inputs):
        """Returns the samples of generator inputs, made in parts."""
        number = tf.nest.flatten(inputs)[0].shape[0]
        if number is None or number <= _PART or tf.inside_function():
            return self(inputs)

        def part(first):
            rows = slice(first, first + _PART)
            return self(tf.nest.map_structure(lambda t: t[rows], inputs))

        parts = [part(first) for first in range(0, number, _PART)]
        return tf.nest.map_structure(lambda *rows: tf.concat(rows, 0), *parts)

    def _update_moving_average(self):
        steps = tf.cast(self.step.value, tf.float32)
        decay = tf.minimum(self.ema_decay, (1.0 + steps) / (10.0 + steps))
        for average, weight in zip(
            self.ema_generator.weights, self.generator.weights
        ):
            if weight.trainable:
                rate = tf.cast(decay, weight.dtype)
                average.assign(weight + rate * (average - weight))
            else:  # Statistics of normalization layers.
                average.assign(weight)


class ConditionalGAN(GAN):
    """A `GAN` whose generator takes `(latents, labels)`.

    Args:
        generator: Model from latents and integer labels to samples.
        discriminator: Model from samples, or samples and labels, to scores.
        latent_dim: Integer, size of the latent space.
        num_classes: Integer, number of classes.
        class_names: List of a string for each class, in the order of their
            labels, or `None`. They appear in sample grids and exports.
        **kwargs: Further arguments of `GAN`.
    """

    def __init__(
        self,
        generator,
        discriminator,
        latent_dim,
        num_classes,
        class_names=None,
        **kwargs,
    ):
        super().__init__(generator, discriminator, latent_dim, **kwargs)
        if class_names is not None:
            class_names = checks.check_class_names(class_names, num_classes)
        self.num_classes = num_classes
        self.class_names = class_names

    def sample_prior(self, batch_size, seed=None):
        """Draws `(latents, labels)`, the labels uniformly."""
        latents_seed, labels_seed = noise.split(noise.as_seed(seed))
        latents = self.prior.draw([batch_size, self.latent_dim], latents_seed)
        labels = noise.integers([batch_size], labels_seed, self.num_classes)
        return latents, labels

    def generate(self, batch_size, seed=None, labels=None):
        """Returns `batch_size` samples; the same ones for the same `seed`.

        Args:
            batch_size: Integer.
            seed: Integer or `None`, see `sample_prior`.
            labels: Integer array of shape `(batch_size,)`, or `None` to draw
                them uniformly.
        """
        if labels is None:
            return super().generate(batch_size, seed)
        batch_size = check_integer("batch_size", batch_size, 1)
        checks.check_labels_to_generate(labels, batch_size)
        labels = checks.check_labels(labels, self.num_classes)
        latents, _ = self.sample_prior(batch_size, seed)
        return self._samples_of((latents, tf.constant(labels)))

    def serving_signature(self):
        labels = tf.TensorSpec((None,), tf.int32, "labels")
        return [*super().serving_signature(), labels]

    def fakes_like(self, samples, training):
        """Returns `(fakes, labels)`, as many as there are `samples`."""
        number = tf.shape(samples)[0]
        latents, labels = self.sample_prior(number, self.next_seed())
        return self.generator((latents, labels), training=training), labels

    def unpack(self, data):
        _, labels = checks.samples_and_labels(data)
        if labels is None:
            raise ValueError(
                f"`{type(self).__name__}` learns from samples and labels. "
                "Received: samples only. Pass a dataset of (samples, labels), "
                "or `fit(samples, labels)`."
            )
        return super().unpack(data), labels

    def check_networks(self):
        super().check_networks()
        for name in ("generator", "discriminator"):
            network = getattr(self, name)
            checks.require_num_classes(name, network, self.num_classes)

    def check_inputs(self, inputs):
        samples, labels = inputs
        super().check_inputs(samples)
        checks.check_labels(labels, self.num_classes)

    def real_and_generated(self, inputs):
        samples, _ = inputs
        return super().real_and_generated(samples)

    def get_config(self):
        return {
            **super().get_config(),
            "num_classes": self.num_classes,
            "class_names": self.class_names,
        }


def _indivisible(size, steps):
    return (
        "A batch is split into one part for each discriminator update, so "
        "its size must be a multiple of their number. Received: "
        f"batch_size={size}, discriminator_steps={steps}. Choose a multiple, "
        "for arrays one that divides the number of samples; batch a dataset "
        "by `batch(n * discriminator_steps, drop_remainder=True)`."
    )


def _trainable_variables(networks):
    return [v for network in networks for v in network.trainable_variables]


def _in_float16(networks):
    layers = [layer for net in networks for layer in net._flatten_layers()]
    return any(layer.compute_dtype == "float16" for layer in layers)


def _with_loss_scale(optimizer):
    if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
        return optimizer
    return keras.optimizers.LossScaleOptimizer(optimizer)
