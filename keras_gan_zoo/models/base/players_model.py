"""Players: who has which networks, loss and optimizer, and how one moves."""

import keras
import tensorflow as tf

from keras_gan_zoo import checks, ordering, replicas
from keras_gan_zoo.models.base import rests
from keras_gan_zoo.models.base.averaged_model import AveragedModel
from keras_gan_zoo.models.base.player_optimizers import (
    PlayerOptimizers,
    in_float16,
    trainable_variables,
    with_loss_scale,
)
from keras_gan_zoo.optimizers import name_after


class PlayersModel(AveragedModel):
    """A model whose players each have networks, a loss and an optimizer.

    See `AdversarialModel` for what a subclass writes.
    """

    # The gradient of a weight that has no part in the loss. With "none", the
    # optimizer warns of it: it is mostly a mistake.
    unconnected_gradients = "none"

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
                named after their player. A model of one player takes its
                `optimizer` as any Keras model does, as the first argument too.

        Raises:
            ValueError: If there isn't one new optimizer for each player, or
                if something is passed that a game has no use for.
        """
        optimizers = checks.check_optimizers(self, positional, optimizers)
        checks.check_metrics(metrics)
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
                optimizers[self.optimizer_name(player)],
                trainable_variables(networks),
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
        self.loss_trackers = {}
        # A player's gradient flows through the networks of others as well.
        scaled = any(map(in_float16, self.players.values()))
        for player, networks in self.players.items():
            name = self.optimizer_name(player)
            optimizer = optimizers[name]
            if scaled:
                optimizer = with_loss_scale(optimizer)
            if len(self.players) > 1:
                name_after(player, optimizer)
            optimizer.build(trainable_variables(networks))
            setattr(self, name, optimizer)
            self.loss_trackers[player] = keras.metrics.Mean(
                self.loss_name(player)
            )
        self.evaluation_metrics = list(metrics or [])
        if len(self.players) > 1:
            self.optimizer = PlayerOptimizers(
                [self.optimizer_of(player) for player in self.players],
                self.step,
            )

    def optimizer_name(self, player):
        """Returns by which name `compile()` takes the optimizer of a player.

        It is the name of an attribute, too.
        """
        return f"{player}_optimizer" if len(self.players) > 1 else "optimizer"

    def optimizer_of(self, player):
        """Returns the optimizer of a player, once the model is compiled."""
        return getattr(self, self.optimizer_name(player))

    def loss_name(self, player):
        """Returns the name of a player's loss in the logs."""
        return f"{player}_loss" if len(self.players) > 1 else "loss"

    def update(self, player, inputs, when=None, **kwargs):
        """Moves one player one optimizer step down its loss.

        Args:
            player: String, the name of the player.
            inputs: What `<player>_loss` takes.
            when: Boolean scalar, or `None` for always. Where it is false the
                player rests: the loss is computed and reported, and nothing
                else changes. Weights, batch statistics, random states, the
                optimizer's variables, moving averages and what parts remember
                stay bit for bit what they were. It costs as much as a move.
                All replicas must agree: what is computed from data goes
                through `replicas.mean` before it is compared, as in
                `when=replicas.mean(accuracy) < 0.8`.
            **kwargs: Further arguments of `<player>_loss`.

        Returns:
            The loss before the move, a scalar tensor.

        Raises:
            ValueError: If `when` isn't a boolean scalar.
        """
        if when is None:
            return self._move(player, inputs, **kwargs)
        with rests.made_only(when, self._moved_by(player)):
            return self._move(player, inputs, **kwargs)

    def _move(self, player, inputs, **kwargs):
        compute_loss = getattr(self, f"{player}_loss")
        optimizer = self.optimizer_of(player)
        networks = self.players[player]
        variables = trainable_variables(networks)
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
        gradients = tape.gradient(
            objective,
            values,
            unconnected_gradients=self.unconnected_gradients,
        )
        gradients = ordering.together(gradients)
        # The optimizer counts its steps: see `loss_results`.
        with tf.control_dependencies([loss]):
            optimizer.apply(gradients, variables)
        for variable, value in zip(others, kept):
            variable.assign(value)
        self._update_averages(networks, inputs)
        self.loss_trackers[player].update_state(loss)
        return loss

    @property
    def metrics(self):
        # Keras adds a "loss" of its own to every compiled model.
        return [
            metric
            for metric in super().metrics
            if metric.name != "loss" or metric in self.loss_trackers.values()
        ]

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

    def get_compile_config(self):
        if not self.compiled:
            return {}
        self._require_same_variables()  # Or they would load without moments.
        optimizers = map(self.optimizer_name, self.players)
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

    def _moved_by(self, player):
        """Returns all variables that a move of the player may change."""
        untrained = [v for v in self.variables if not v.trainable]
        optimizer = self.optimizer_of(player)
        return [
            *trainable_variables(self.players[player]),
            *untrained,
            *optimizer.variables,
        ]

    def _untrained_variables_of_others(self, player):
        own = {id(v) for net in self.players[player] for v in net.weights}
        return [
            variable
            for networks in self.players.values()
            for network in networks
            for variable in network.non_trainable_weights
            if id(variable) not in own
        ]

    def _require_same_variables(self):
        for player, networks in self.players.items():
            optimizer = self.optimizer_of(player)
            variables = trainable_variables(networks)
            checks.require_variables(player, optimizer, variables)
