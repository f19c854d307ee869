"""What is promised to those who install: names, words on the page, versions."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import param
import pytest
import yaml

from gridworld.agents import AGENTS
from gridworld.training.run_options import RunOptions
from support.browser import ROOT, answers, free_port, wait_for

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
CONDA_NAMES = {"playwright": "playwright-python"}
USERS = ("notebook", "parquet", "tetris", "tune", "video")  # extras that environment.yml brings; sb3 is left to pip
DEVELOPERS = (*USERS, "docs", "test", "dev")


def versions(requirements) -> dict[str, str]:
    """The name of each package -> what is asked of its version, in conda's words."""
    found = {}
    for requirement in requirements:
        name, version = re.match(r"([\w-]+)(?:\[[^]]*\])?\s*([^;]*)", requirement).groups()
        name = CONDA_NAMES.get(name, name)
        found[name] = re.sub(r"^==(.*)\.\*$", r"=\1", version.strip())
    return found


def conda_lines(file: str) -> list[tuple[str, str]]:
    return re.findall(r"^(?:  |      )- ([\w][\w-]*)([=<>].*)?$", (ROOT / file).read_text(), re.MULTILINE)


def conda_versions(file: str) -> dict[str, str]:
    return {name: version for name, version in conda_lines(file) if name not in ("pip", "conda-forge")}


@pytest.mark.parametrize("owner", [*AGENTS.values(), RunOptions], ids=lambda owner: owner.__name__)
def test_what_can_be_set_has_a_label_and_a_doc(owner):
    for name in owner.param:
        declared: param.Parameter = owner.param[name]
        if name == "name" or (declared.precedence or 0) < 0:
            continue
        assert declared.label, name
        assert declared.doc, name


@pytest.mark.parametrize(("file", "extras"), [("environment.yml", USERS), ("environment-dev.yml", DEVELOPERS)])
def test_conda_and_pip_ask_for_the_same_versions(file, extras):
    wanted = versions(PROJECT["dependencies"]) | {"python": PROJECT["requires-python"]}
    for extra in extras:
        wanted |= versions(PROJECT["optional-dependencies"][extra])
    wanted.pop("gridworld-lab", None)  # an extra made of other extras
    assert conda_versions(file) == wanted


def test_no_package_is_asked_for_twice():
    wanted = PROJECT["dependencies"]
    assert len(versions(wanted)) == len(wanted)
    for file in ("environment.yml", "environment-dev.yml"):
        names = [name for name, _ in conda_lines(file) if name != "pip"]
        assert len(set(names)) == len(names), file


def test_the_citation_has_the_version_and_the_licence_of_the_project():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert (citation["version"], citation["license"]) == (PROJECT["version"], PROJECT["license"])
    assert [author["name"] for author in citation["authors"]] == [author["name"] for author in PROJECT["authors"]]


def test_the_oldest_python_is_a_classifier_and_what_checks_are_run_on():
    oldest = PROJECT["requires-python"].removeprefix(">=")
    assert f"Programming Language :: Python :: {oldest}" in PROJECT["classifiers"]
    configuration = yaml.safe_load((ROOT / ".readthedocs.yaml").read_text())
    assert configuration["build"]["tools"]["python"] == oldest
    assert (ROOT / configuration["mkdocs"]["configuration"]).is_file()


def test_the_command_leads_somewhere():
    from importlib import import_module

    for target in PROJECT["scripts"].values():
        module, _, function = target.partition(":")
        assert callable(getattr(import_module(module), function))


@pytest.mark.slow
def test_what_a_wheel_installs_serves_its_own_page(tmp_path):
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "-q",
        str(ROOT),
        "--no-deps",
        "--target",
        str(tmp_path / "installed"),
    ]
    subprocess.run(pip, check=True, timeout=300)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "installed")}

    def start(*command, **options):
        return subprocess.Popen([sys.executable, *command], cwd=tmp_path, env=environment, **options)

    for package in ("gridworld", "dashboards"):
        assert (tmp_path / "installed" / package / "py.typed").is_file()
        assert (tmp_path / "installed" / package / "__init__.pyi").is_file()
    finds = "from dashboards.serving.commands import APP; print(APP)"
    with start("-c", finds, stdout=subprocess.PIPE, text=True) as finding:
        assert Path(finding.stdout.read().strip()).is_relative_to(tmp_path)
    port = free_port()
    server = start("-m", "gridworld", "serve", "--no-show", "--port", str(port), stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: answers(f"http://localhost:{port}/app"), 120, "the page is served at /app")
    finally:
        server.send_signal(signal.SIGINT)
        assert server.wait(30) == 0
    assert not answers(f"http://localhost:{port}/app"), "nothing is left that serves"


def test_every_version_named_in_the_changelog_ends_with_the_present_one():
    assert (
        PROJECT["version"] in (ROOT / "CHANGELOG.md").read_text() or "Unreleased" in (ROOT / "CHANGELOG.md").read_text()
    )
