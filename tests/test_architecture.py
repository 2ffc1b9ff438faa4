"""Rules of the code that a reviewer should not have to watch for."""

import ast
import pathlib
import re
import textwrap

import keras
import pytest

ROOT = pathlib.Path(__file__).parents[1]
PACKAGE = ROOT / "keras_gan_zoo"
RECIPES = ROOT / "recipes"
MODELS = PACKAGE / "models"
SOURCES = [*sorted(PACKAGE.rglob("*.py")), *sorted(RECIPES.rglob("*.py"))]
BASES = sorted((MODELS / "base").rglob("*.py"))
MODEL_FILES = [
    path
    for path in sorted(MODELS.rglob("*.py"))
    if path not in BASES and path.name != "__init__.py"
]

# What each part of the package may import of the others. A part is a module
# or subpackage of keras_gan_zoo; within a subpackage all may be imported, but
# for models. A new part needs a line here.
MAY_IMPORT = {
    "recipes": {
        "augmentations",
        "averages",
        "callbacks",
        "classifier_recipe",
        "conditions",
        "datasets",
        "export",
        "files",
        "growth",
        "images",
        "latents",
        "likelihoods",
        "losses",
        "metrics",
        "models",
        "networks",
        "optimizers",
        "penalties",
        "pictures",
        "priors",
        "recipe",
        "replicas",
    },
    "commands": {
        "endpoints",
        "export",
        "files",
        "models",
        "pictures",
        "sample_files",
        "samples",
        "saved_files",
        "serving",
    },
    "classifier_recipe": {"datasets", "metrics", "networks", "recipe"},
    "recipe": {
        "__version__",
        "callbacks",
        "datasets",
        "docstrings",
        "export",
        "files",
        "images",
        "precision",
        "reading",
        "set_determinism",
    },
    "growth": {"integers"},
    "models": {
        "augmentations",
        "averages",
        "checks",
        "conditions",
        "growth",
        "intake",
        "integers",
        "iterators",
        "layers",
        "likelihoods",
        "loss_callbacks",
        "losses",
        "endpoints",
        "export",
        "samples",
        "noise",
        "optimizers",
        "ordering",
        "parts",
        "penalties",
        "pools",
        "priors",
        "reading",
        "replicas",
        "saving",
    },
    "averages": {"integers"},
    "augmentations": {"integers", "noise", "parts", "replicas"},
    "conditions": {"checks", "endpoints", "integers", "noise"},
    "parts": set(),
    "pools": {"integers", "noise", "parts", "replicas"},
    "networks": {"layers"},
    "callbacks": {
        "__version__",
        "checks",
        "files",
        "images",
        "metrics",
        "pictures",
        "replicas",
    },
    "endpoints": set(),
    "export": {"endpoints", "files", "serving"},
    "sample_files": {"files", "images"},
    "samples": {
        "checks",
        "drawings",
        "endpoints",
        "images",
        "integers",
        "sample_files",
    },
    "drawings": set(),
    "penalties": {"integers", "noise", "parts", "replicas"},
    "noise": {"replicas"},
    "checks": {"integers"},
    "datasets": {"integers", "iterators", "reading"},
    "determinism": set(),
    "docstrings": set(),
    "files": set(),
    "images": set(),
    "intake": {"checks", "replicas"},
    "integers": set(),
    "iterators": set(),
    "latents": set(),
    "likelihoods": {"noise"},
    "layers": {"integers", "noise", "replicas"},
    "loss_callbacks": set(),
    "losses": {"replicas"},
    "metrics": {
        "__version__",
        "datasets",
        "files",
        "images",
        "integers",
        "latents",
        "models",
        "networks",
        "saved_files",
    },
    "optimizers": set(),
    "ordering": set(),
    "pictures": {"files"},
    "precision": set(),
    "priors": {"noise"},
    "reading": set(),
    "replicas": set(),
    "saving": {"files"},
    "saved_files": set(),
    "serving": {
        "files",
        "images",
        "latents",
        "pictures",
        "sample_files",
        "samples",
    },
    "__init__": {"determinism"},
    "__main__": {"__version__"},
}


def relative(path):
    return str(path.relative_to(ROOT))


def parse(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def part_of(path):
    """Returns the name of the part of the package that holds a file."""
    if RECIPES in path.parents:
        return "recipes"
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def own_imports(tree):
    """Yields what is imported of ours, as "part" or "part.module"."""
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                yield "a relative import"
                continue
            names = [node.module]
            if node.module == "keras_gan_zoo":
                names = [f"keras_gan_zoo.{a.name}" for a in node.names]
        for name in names:
            package, _, rest = name.partition(".")
            if package in ("keras_gan_zoo", "recipes", "tests"):
                yield rest if package == "keras_gan_zoo" else package


def forbidden_imports(path, tree):
    part = part_of(path)
    allowed = MAY_IMPORT[part]
    for name in own_imports(tree):
        imported = name.partition(".")[0]
        if imported == part and part != "models":
            continue
        if part == "models" and imported == "models":
            is_base = MODELS / "base" in path.parents
            if path.name == "__init__.py" or name == "models.base":
                continue
            if is_base and name.startswith("models.base."):
                continue
        elif imported in allowed:
            continue
        yield name


def called_without_training(tree, methods):
    """Yields the lines where a network is called without `training=`.

    What is called as `self.<name>(...)` and isn't one of `methods` is taken
    for a network, as is a local name that was assigned from such an attribute
    or from the networks' usual names.

    Args:
        tree: Syntax tree of a module.
        methods: Set of names.
    """
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        networks = {
            "critic",
            "decoder",
            "discriminator",
            "encoder",
            "generator",
            "net",
            "network",
        }
        for node in ast.walk(function):
            if not isinstance(node, ast.Assign):
                continue
            names = {t.id for t in node.targets if isinstance(t, ast.Name)}
            if _own_attribute(node.value) not in methods | {None}:
                networks |= names
            elif _is_partial(node.value):
                networks -= names  # The call of `partial` is looked at.
        for node in ast.walk(function):
            if not isinstance(node, ast.Call):
                continue
            if any(keyword.arg == "training" for keyword in node.keywords):
                continue
            if _calls_network(node, networks, methods):
                yield node.lineno


def _calls_network(node, networks, methods):
    def is_network(expression):
        if isinstance(expression, ast.Name):
            return expression.id in networks
        return _own_attribute(expression) not in methods | {None}

    called = node.func
    if _is_partial(node):
        return is_network(node.args[0])
    if isinstance(called, ast.Attribute):
        if called.attr in ("call", "stateless_call", "__call__"):
            return is_network(called.value)
        if called.attr.endswith("_penalty") and node.args:
            # A penalty calls its first argument, and knows of no `training`.
            return is_network(node.args[0])
    return is_network(called)


def _own_attribute(expression):
    """Returns the name of an attribute of `self`, or `None`."""
    if isinstance(expression, ast.Attribute):
        if getattr(expression.value, "id", None) == "self":
            return expression.attr
    return None


def _is_partial(expression):
    return (
        isinstance(expression, ast.Call)
        and getattr(expression.func, "attr", None) == "partial"
    )


def defined_functions(*trees):
    return {
        node.name
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
    }


def test_each_part_has_a_line_in_the_table():
    assert {part_of(path) for path in SOURCES} <= set(MAY_IMPORT)


def test_imports_are_those_of_the_table():
    breaches = {
        relative(path): names
        for path in SOURCES
        if (names := list(forbidden_imports(path, parse(path))))
    }
    assert not breaches, "Not for them to import; see MAY_IMPORT."


@pytest.mark.parametrize(
    "file, line, forbidden",
    [
        ("models/x.py", "from keras_gan_zoo.models.base import GAN", []),
        ("models/a/x.py", "from keras_gan_zoo.models.base import GAN", []),
        ("models/base/x.py", "import keras_gan_zoo.models.base.gan", []),
        (
            "models/base/x.py",
            "import keras_gan_zoo.models.gans.wgan",
            ["models.gans.wgan"],
        ),
        (
            "models/a/x.py",
            "from keras_gan_zoo.models.a.wgan import WGAN",
            ["models.a.wgan"],
        ),
        ("models/x.py", "from keras_gan_zoo import losses", []),
        ("models/x.py", "from keras_gan_zoo.layers import Maxout", []),
        ("models/__init__.py", "from keras_gan_zoo.models.x import X", []),
        (
            "models/x.py",
            "from keras_gan_zoo.models.wgan import WGAN",
            ["models.wgan"],
        ),
        ("models/x.py", "from keras_gan_zoo.models import WGAN", ["models"]),
        ("models/x.py", "from keras_gan_zoo import networks", ["networks"]),
        (
            "models/x.py",
            "def f():\n    import keras_gan_zoo.networks.mlp",
            ["networks.mlp"],
        ),
        ("models/x.py", "from .base import GAN", ["a relative import"]),
        ("losses.py", "from keras_gan_zoo import noise", ["noise"]),
        ("layers/a.py", "from keras_gan_zoo.layers.b import B", []),
        ("layers/a.py", "from recipes import wgan", ["recipes"]),
        ("export.py", "import keras_gan_zoo.models", ["models"]),
        ("callbacks/a.py", "from keras_gan_zoo import metrics", []),
        ("datasets/a.py", "import keras, tests.tiny", ["tests"]),
        ("../recipes/a.py", "from keras_gan_zoo import models", []),
        ("../recipes/a.py", "from keras_gan_zoo import noise", ["noise"]),
    ],
)
def test_the_rule_of_imports_finds_what_breaks_it(file, line, forbidden):
    path = RECIPES / "a.py" if file.startswith("..") else PACKAGE / file
    assert list(forbidden_imports(path, ast.parse(line))) == forbidden


def lengths(paths):
    return {
        relative(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in paths
    }


def test_a_model_fits_on_a_few_screens():
    assert MODEL_FILES
    assert not {p: n for p, n in lengths(MODEL_FILES).items() if n >= 150}


def test_a_base_class_is_one_concern():
    assert BASES
    assert not {p: n for p, n in lengths(BASES).items() if n > 300}


def without_step(tree, bases):
    """Returns what a file lacks that must say who moves when, or `None`."""
    models = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        and bases & {getattr(base, "id", None) for base in node.bases}
    ]
    if not models:
        return "a model"
    for model in models:
        names = {getattr(node, "name", None) for node in model.body}
        if "train_step" not in names:
            return f"{model.name}.train_step"
    return None


def test_a_model_says_itself_who_moves_when():
    bases = set().union(*map(defined_classes, BASES))
    breaches = {
        relative(path): lacking
        for path in MODEL_FILES
        if (lacking := without_step(parse(path), bases))
    }
    assert not breaches, "Files of models/ that lack what they must define."


@pytest.mark.parametrize(
    ("lines", "lacking"),
    [
        ("class A(GAN):\n    def train_step(self, data): pass", None),
        ("class A(GAN):\n    def call(self): pass", "A.train_step"),
        ("class A(Layer):\n    pass", "a model"),
    ],
)
def test_the_rule_finds_models_without_a_step(lines, lacking):
    assert without_step(ast.parse(lines), {"GAN"}) == lacking


def defined_classes(path):
    nodes = ast.walk(parse(path))
    return {node.name for node in nodes if isinstance(node, ast.ClassDef)}


def test_no_assert_outside_of_tests():
    breaches = [
        f"{relative(path)}:{node.lineno}"
        for path in SOURCES
        for node in ast.walk(parse(path))
        if isinstance(node, ast.Assert)
    ]
    assert not breaches, "Raise a ValueError instead."


def test_r07_networks_are_called_with_training():
    of_bases = defined_functions(*map(parse, BASES)) | set(dir(keras.Model))
    breaches = [
        f"{relative(path)}:{line}"
        for path in sorted(MODELS.rglob("*.py"))
        for line in called_without_training(
            parse(path), of_bases | defined_functions(parse(path))
        )
    ]
    assert not breaches, "Calls without `training=`."


@pytest.mark.parametrize(
    "lines, found",
    [
        ("self.generator(z)", [2]),
        ("self.generator(z, training=training)", []),
        ("self.mapping(z)", [2]),  # A network of any name,
        ("self.method(z)", []),  # but no method.
        ("generator(z)", [2]),
        ("g = self.generator\ng(z)", [3]),
        ("g = self.generator\ng(z, training=True)", []),
        ("critic = functools.partial(self.discriminator)\ncritic(x)", [2]),
        (
            "critic = functools.partial(self.discriminator, training=True)\n"
            "critic(x)",
            [],
        ),
        ("self.discriminator.stateless_call(v, w, x)", [2]),
        ("self.discriminator.stateless_call(v, w, x, training=True)", []),
        ("penalties.gradient_penalty(self.discriminator, x, y)", [2]),
        ("penalties.gradient_penalty(discriminator, x, y)", [2]),
        (
            "c = functools.partial(self.discriminator, training=True)\n"
            "penalties.gradient_penalty(c, x, y)",
            [],
        ),
        ("f(lambda x: self.discriminator((x, labels)))", [2]),
        ("penalties.check_critic(discriminator)", []),
        ("penalties.gradient_penalty(c, x, self.scale)", []),
        ("self.method(self.discriminator(x))", [2]),
    ],
)
def test_r07_the_rule_finds_calls_without_training(lines, found):
    snippet = "def loss(self):\n" + textwrap.indent(lines, "    ")
    tree = ast.parse(snippet)
    assert list(called_without_training(tree, {"method"})) == found


def texts():
    """Returns the files that people write."""
    suffixes = {".cfg", ".ipynb", ".md", ".py", ".toml", ".txt", ".yml"}
    folders = ["keras_gan_zoo", "recipes", "tests", "docs", ".ci", ".github"]
    paths = [*ROOT.iterdir(), ROOT / "saved_models" / "README.md"]
    for folder in folders:
        paths.extend((ROOT / folder).rglob("*"))
    return sorted(
        path
        for path in paths
        if path.is_file()
        and (
            path.suffix in suffixes
            or path.name in ("Makefile", "run", "versions")
        )
    )


PATH_OF_A_MACHINE = re.compile(
    r"[\"'`\s=(](/(?:home|root|Users|work|mnt)/\S+|[A-Z]:\\\w+)"
)


def test_no_path_of_some_machine():
    breaches = {
        relative(path): found
        for path in texts()
        if (found := PATH_OF_A_MACHINE.findall(path.read_text("utf-8")))
    }
    assert not breaches


def test_the_rule_finds_paths_of_machines():
    for text in ("cd /" + "home/me", 'open("/' + 'work/a")', " C:" + "\\a"):
        assert PATH_OF_A_MACHINE.findall(text)
    assert not PATH_OF_A_MACHINE.findall("see docs/home/index, /tmp/a, a:b")
