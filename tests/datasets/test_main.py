import re

import pytest

from keras_gan_zoo.datasets.__main__ import main


@pytest.mark.usefixtures("tiny_source")
def test_prepare_twice(tmp_path, packages, capsys):
    command = ["prepare", "cifar10", f"--data-dir={tmp_path}/tfds"]
    assert main([*command, f"--packages={packages}"]) == 0
    assert f"preparing {tmp_path}/tfds/cifar10" in capsys.readouterr().out
    assert main(command) == 0
    assert "already prepared" in capsys.readouterr().out


@pytest.mark.usefixtures("tiny_source")
def test_failure_of_one_does_not_stop_the_other(tmp_path, packages, capsys):
    command = ["prepare", "mnist", "cifar10", f"--data-dir={tmp_path}/tfds"]
    assert main([*command, f"--packages={packages}"]) == 1
    printed = capsys.readouterr()
    assert "Error: mnist is not prepared in" in printed.err
    assert (tmp_path / "tfds" / "cifar10").exists()


@pytest.mark.parametrize(
    "arguments, message",
    [
        ([], "required: command"),
        (["prepare"], "required: name"),
        (["prepare", "imagenet"], "choose from .?cifar10"),
    ],
)
def test_misuse(capsys, arguments, message):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert re.search(message, capsys.readouterr().err)
