"""Lines as pictures, for the documents."""

import pathlib

import matplotlib

from keras_gan_zoo.files import written_aside

matplotlib.use("agg")

from matplotlib import pyplot, ticker  # noqa: E402


def lines(path, series, title, x_label, y_label, log_x=False, log_y=False):
    """Draws one line for each series.

    Args:
        path: String or path of the PNG file. It is replaced.
        series: Dictionary from names to lists of points: `(x, y)`, or `(x,
            low, median, high)`, whose spread is drawn as a band.
        title: String.
        x_label: String.
        y_label: String.
        log_x: Boolean, for a logarithmic axis.
        log_y: Boolean, likewise.
    """
    figure, axes = pyplot.subplots(figsize=(7, 4), layout="constrained")
    for name, points in series.items():
        columns = list(zip(*sorted(points)))
        middle = columns[1] if len(columns) == 2 else columns[2]
        (line,) = axes.plot(columns[0], middle, marker=".", label=name)
        if len(columns) == 4:
            color = line.get_color()
            axes.fill_between(
                columns[0], columns[1], columns[3], color=color, alpha=0.2
            )
    axes.set(title=title, xlabel=x_label, ylabel=y_label)
    if log_x:
        axes.set_xscale("log")
    if log_y:
        axes.set_yscale("log")
    else:
        axes.margins(y=0.15)
        axes.set_ylim(bottom=0)
    for axis in axes.xaxis, axes.yaxis:
        if axis.get_scale() == "log":
            # Numbers as people write them, not powers of ten, and enough.
            least, most = axis.get_view_interval()
            steps = (1, 2, 5) if most / least < 1000 else (1,)
            axis.set_major_locator(ticker.LogLocator(subs=steps))
            axis.set_major_formatter(ticker.FuncFormatter(_number))
            axis.set_minor_formatter(ticker.NullFormatter())
    axes.grid(alpha=0.3)
    if len(series) > 1:
        axes.legend()
    with written_aside(pathlib.Path(path)) as aside:
        figure.savefig(aside, format="png", dpi=120)
    pyplot.close(figure)


def _number(value, _):
    return f"{value:,.10g}"
