"""Tables of Markdown, and the numbers of a card in them."""


def row(cells):
    """Returns one line of a table."""
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def table(heads, rows):
    """Returns a table; what would end a cell is escaped."""
    rows = [[str(cell).replace("|", r"\|") for cell in r] for r in rows]
    return "\n".join(map(row, [heads, ["---"] * len(heads), *rows])) + "\n"


def number(value):
    """Returns a number of three digits; `"none"` where there was none."""
    return "none" if value is None else f"{value:.3g}"


def measured(recipe):
    """Returns the cells of a recipe's updates and of what it measured.

    These are what the recipe says to watch, then scores, which carry their
    protocol in their name.

    Args:
        recipe: `catalogue.Recipe`.
    """
    if recipe.card is None:
        return ["", "not yet"]
    card = recipe.card
    scores = [score["name"] for score in card["scores"]]
    found = [
        f"`{key}` {number(first)} to {number(last)}"
        for key, (first, last) in watched(recipe)
        if not any(name.startswith(key) for name in scores)
    ]
    found += [in_words(score, card) for score in card["scores"]]
    return [f"{card['generator_updates']:,}", "; ".join(found)]


def watched(recipe):
    """Returns pairs of a key that the recipe explains, and its values."""
    values = recipe.card["measured"]
    return [(key, values[key]) for key in recipe.log_keys if key in values]


def in_words(score, card):
    """Returns a score with what trivial answers have beside it."""
    name = score["name"]
    text = f"`{name}` "
    if name in card["measured"]:
        text += f"{number(card['measured'][name][0])} to "
    text += number(score["value"])
    if "trivial" in score:
        trivial = score["trivial"].items()
        answers = ", ".join(f"{key} {number(v)}" for key, v in trivial)
        text += f" ({answers})"
    return text
