"""The page of a model: picture, idea, use, what was measured, departures."""

from docs.tables import number, table, watched


def page(model):
    """Returns the page of a `catalogue.Model`, in Markdown."""
    paper = model.paper
    parts = [f"# {paper.short}"]
    parts += [
        f"![Samples of {recipe.name}](../{recipe.picture})"
        for recipe in model.recipes
        if recipe.picture
    ]
    parts.append(
        f"{paper.authors}, {paper.year}. *{paper.title}.* <{paper.link}>"
    )
    parts += model.idea
    parts.append(
        f"The model is [`{model.name}`](../../{model.path}), of the family "
        f"*{model.family}*."
    )
    if model.when_to_use:
        parts += ["## When to use it", model.when_to_use]
    for recipe in model.recipes:
        parts += _recipe(recipe)
    found = departures(model)
    if found:
        rows = [[each.paper, each.ours, each.reason] for each in found]
        parts += [
            "## What differs from the paper",
            table(["the paper or its code", "here", "reason"], rows).rstrip(),
        ]
    return "\n\n".join(parts) + "\n"


def departures(model):
    """Returns those of a model and of all its recipes."""
    return [
        *model.departures,
        *(each for recipe in model.recipes for each in recipe.departures),
    ]


def _recipe(recipe):
    """Returns the parts on one recipe and its run."""
    parts = [
        f"## `python recipes/{recipe.name}.py`",
        f"The recipe is [{recipe.name}](../../recipes/{recipe.name}.py).",
    ]
    if recipe.card is None:
        return parts
    parts[-1] += f" {_run(recipe)}"
    rows = [
        [f"`{key}`", number(first), number(last), recipe.log_keys[key]]
        for key, (first, last) in watched(recipe)
    ]
    if rows:
        heads = ["in the log", "first epoch", "last epoch", ""]
        parts.append(table(heads, rows).rstrip())
    rows = [
        [
            f"`{score['name']}`",
            _value(score),
            ", ".join(
                f"{name} {number(value)}"
                for name, value in score.get("trivial", {}).items()
            ),
            score["protocol"],
        ]
        for score in recipe.card["scores"]
    ]
    if rows:
        heads = ["score", "value", "trivial answers", "protocol"]
        parts.append(table(heads, rows).rstrip())
    return parts


def _run(recipe):
    """Returns what a card says of how the numbers came about."""
    card = recipe.card
    text = f"Its run on {recipe.data}"
    if card["preset"] is not None:
        text += f" with `--preset {card['preset']}`"
    text += f" made {card['generator_updates']:,} generator updates"
    if "minutes" in card:
        text += f" in {card['minutes']:.0f} minutes on {card['hardware']}"
    return f"{text}, with seed {card['seed']}."


def _value(score):
    text = number(score["value"])
    if "deviation" in score:
        text += f" ± {score['deviation']:.2g}"
    return text
