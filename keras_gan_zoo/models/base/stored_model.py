"""A model as a file: saved whole, loaded, exported."""

import warnings

import keras

from keras_gan_zoo import saving
from keras_gan_zoo.models.base.stepped_model import SteppedModel


class StoredModel(SteppedModel):
    """A model that is saved whole, its random states included.

    A save that fails leaves the existing file as it was.
    """

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
        from keras_gan_zoo.export import keras_method

        keras_method.write(self, filepath, format, verbose, kwargs)

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

    def _random_states(self):
        # Of dropout and its like, which Keras leaves out of its files.
        weights = {id(weight) for weight in self.weights}
        return [v for v in self.variables if id(v) not in weights]
