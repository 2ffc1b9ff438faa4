"""One training from the first line to the card."""

from keras_gan_zoo.callbacks import Checkpoint, CSVLog, SampleGrid, Throughput
from keras_gan_zoo.recipe import cards
from keras_gan_zoo.recipe.finishing import finish
from keras_gan_zoo.recipe.settings import begin, discriminator_steps
from keras_gan_zoo.recipe.stopwatch import Stopwatch


def run(
    args,
    model,
    data,
    callbacks=(),
    pictures=None,
    scores=None,
    validation_data=None,
):
    """Trains a model as the command line says, and keeps what comes of it.

    `begin` says what is about to run; `fit` draws pictures after each epoch,
    measures speed, logs to `log.csv` and writes checkpoints, from which the
    same command resumes; `finish` saves and exports the model; and the card,
    `card.json`, says what was run, and what it scored.

    Args:
        args: What `arguments` returned.
        model: Compiled model of the zoo.
        data: Endless `tf.data.Dataset` of what the model trains on, whatever
            that is: images, pairs, volumes.
        callbacks: List of the recipe's own callbacks. What they log is in
            `log.csv`, too, and the `last_scores` of those that have any are on
            the card.
        pictures: Callback that draws what the model makes, to the folder
            `<output>/training`. By default a `SampleGrid`, beside real images
            of `data`.
        scores: Function from the trained model to a list of further scores
            for the card. Each is a dictionary of `name`, `value`, `protocol`
            (a string that says what was measured, on how much of which data)
            and, if there are any, `deviation` and `trivial`: what trivial
            answers score by the same protocol, a dictionary by their names.
        validation_data: `tf.data.Dataset` that the model is evaluated on after
            each epoch: its losses and the metrics of `compile()`, as `val_`
            columns of the log.

    Example:

    ```python
    def scores(model):
        error = float(np.abs(model.translate(inputs) - targets).mean())
        return [
            {
                "name": "mae",
                "value": error,
                "protocol": "612 held-out pairs, in [-1, 1]",
                "trivial": {"identity": 0.347, "mean image": 0.472},
            }
        ]


    recipe.run(args, model, pairs, pictures=grid, scores=scores)
    ```
    """
    folder = f"{args.output}/training"
    if pictures is None:
        pictures = SampleGrid(folder, reals=data)
    stopwatch = Stopwatch()
    begin(args, model, data)
    model.fit(
        data,
        epochs=args.epochs,
        steps_per_epoch=args.steps_per_epoch,
        validation_data=validation_data,
        callbacks=[
            stopwatch,
            pictures,
            *callbacks,
            Throughput(args.batch_size * discriminator_steps(model)),
            CSVLog(f"{folder}/log.csv"),
            Checkpoint(f"{folder}/checkpoints", every_steps=500),
        ],
        verbose=2,
    )
    if not finish(args, model):
        return
    found = cards.scores_of(callbacks)
    if scores is not None:
        found += scores(model)
    for score in found:
        print(cards.line_of(score))
    cards.write_card(args, model, stopwatch.minutes, found)
