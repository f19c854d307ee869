"""The documentation: its code runs, its commands exist, and its tables say what the classes say."""

import re
import shlex
import subprocess
import sys

import click
import pytest

import dashboards
import gridworld
from gridworld.agents import AGENTS, PRESETS, ValueAgent
from gridworld.agents.policies import POLICIES
from gridworld.agents.schedules import SCHEDULES
from gridworld.cli import command_line
from gridworld.parameters import allowed
from gridworld.pictures.curve_facts import EXPLORATIONS
from gridworld.worlds.symbols import SYMBOLS
from gridworld.worlds.text import parse_world
from support.paths import ROOT

PAGES = [ROOT / "README.md", *sorted(ROOT.glob("docs/*.md")), *sorted(ROOT.glob("*/README.md"))]
THOROUGH = ("own.md", "tetris.md")  # pages whose programs take many seconds
SHARED = ValueAgent.hyperparameters()


def blocks(page, language):
    """The code blocks of a page in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)


def runnable(page):
    """The Python blocks that need none of the extras."""
    return [block for block in blocks(page, "python") if "tetris.deep" not in block]


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(page, id=page.name, marks=pytest.mark.slow if page.name in THOROUGH else ())
        for page in PAGES
        if runnable(page)
    ],
)
def test_python_blocks_run_one_after_another(page, monkeypatch, tmp_path, registries):
    monkeypatch.chdir(tmp_path)
    names = {"__name__": "__main__"}
    for block in runnable(page):
        exec(compile(block, str(page), "exec"), names)


def test_the_first_result_of_the_readme_is_what_its_program_prints(capsys):
    (program,), (printed, *_) = blocks(ROOT / "README.md", "python"), blocks(ROOT / "README.md", "text")
    exec(compile(program, "README.md", "exec"), {})
    assert capsys.readouterr().out == printed


def commands(page):
    """Every command of the page's shell blocks, as words; comments and environment variables left out."""
    for block in blocks(page, "sh"):
        for line in block.replace("\\\n", " ").splitlines():
            for command in line.split("&&"):
                words = shlex.split(command, comments=True)
                while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
                    words.pop(0)
                if words:
                    yield words


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "sh")], ids=lambda page: str(page.name))
def test_shell_blocks_name_files_and_options_that_exist(page):
    for words in commands(page):
        for word in words:
            if re.fullmatch(r"(?:gridworld|dashboards|benchmarks|examples|tests|docs)/[\w/]+\.\w+|app\.py", word):
                assert (ROOT / word).is_file(), words
        if words[0] == "gridworld":
            found = command_line.get_command(None, words[1])
            assert found is not None, words
            if isinstance(found, click.Group):
                found, words = found.get_command(None, words[2]), words[1:]
                assert found is not None, words
            known = {option for parameter in found.params for option in parameter.opts}
            known |= {option for parameter in found.params for option in parameter.secondary_opts} | {"--help"}
            for word in words[2:]:
                assert not word.startswith("--") or word.partition("=")[0] in known, words


def test_links_lead_somewhere():
    for page in PAGES:
        for link in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text()):
            if "://" not in link and "images/" not in link:
                assert (page.parent / link).exists(), f"{page.name}: {link}"


PATH = re.compile(
    r"`((?:gridworld|dashboards|benchmarks|examples|tests|docs|\.ci)/[\w/.-]*|[\w-]+\.(?:md|toml|yml|cff))`"
)
MADE = {"own.md", "my_file.py", "plan.toml"}  # names that the text gives to files of the user


@pytest.mark.parametrize(
    "page", [*PAGES, ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md"], ids=lambda page: str(page.name)
)
def test_files_and_folders_that_are_named_exist(page):
    for name in PATH.findall(page.read_text()):
        assert name in MADE or (ROOT / name).exists(), name


def test_every_folder_of_both_packages_is_explained():
    text = (ROOT / "docs" / "layout.md").read_text()
    for package in ("gridworld", "dashboards"):
        for folder in (path.parent for path in (ROOT / package).glob("*/__init__.py")):
            assert f"| `{package}/{folder.name}/` |" in text, folder


def test_contributing_explains_how_to_add_each_thing():
    text = (ROOT / "CONTRIBUTING.md").read_text()
    for what in ("an agent", "a policy", "a world", "a view", "an overlay", "a page", "a command", "a claim"):
        assert re.search(rf"^\| {what}[^|]*\| .*`[\w/]+\.py`", text, re.MULTILINE), what


def test_the_tables_that_contributing_names_are_in_their_files():
    text = (ROOT / "CONTRIBUTING.md").read_text()
    named = re.findall(r"`([A-Z]+)` (?:of|in) `([\w/]+\.py)`", text)
    assert ("VIEWS", "dashboards/pages/training/views.py") in named
    for table, file in named:
        assert re.search(rf"^{table}\b.*=", (ROOT / file).read_text(), re.MULTILINE), f"{file}: {table}"


def test_every_policy_has_a_name_for_its_number():
    assert EXPLORATIONS.keys() == POLICIES.keys()


def hyperparameter_row(declared):
    """A row of the tables in `docs/agents.md`."""
    default = f"{declared.default:g}" if isinstance(declared.default, float) else declared.default
    return f"| `{declared.name}` | {declared.label} | {default} | {allowed(declared)} | {declared.doc} |"


def section(title, page="agents.md"):
    """The text of a page below a heading, up to the next one of its kind."""
    text = (ROOT / "docs" / page).read_text()
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, title
    return found[1]


def one_line(text):
    """The text with every run of white space as one blank, however it is wrapped."""
    return " ".join(text.split())


def equations(agent):
    """The paragraphs of a class's docstring that hold an assignment or a sum, each whole."""
    paragraphs = re.split(r"\n\s*\n", agent.__doc__)
    return [one_line(text) for text in paragraphs if re.search(r"\+= |^\s*[PG] = ", text, re.MULTILINE)]


@pytest.mark.parametrize("agent", AGENTS.values(), ids=AGENTS)
def test_an_agents_section_agrees_with_its_class(agent):
    text = section(agent.label)
    assert f"`{agent.id}`" in text
    assert agent.source in text
    for equation in equations(agent):
        assert equation in one_line(text), equation
    own = [
        name
        for name in agent.hyperparameters()
        if name not in SHARED or agent.param[name].default != ValueAgent.param[name].default
    ]
    assert re.findall(r"^\| `(\w+)`", text, re.MULTILINE) == own
    for name in own:
        assert hyperparameter_row(agent.param[name]) in text


def test_the_shared_hyperparameters_are_all_there():
    rows = [line for line in section("What all learners share").splitlines() if line.startswith("| `")]
    assert rows == [hyperparameter_row(ValueAgent.param[name]) for name in SHARED]


def test_presets_and_schedules_are_all_there():
    text = section("Presets")
    names = list(next(iter(PRESETS.values())))
    assert "| " + " | ".join(["preset", *(f"`{name}`" for name in names)]) + " |" in text
    for preset, numbers in PRESETS.items():
        assert f"| {preset} | " + " | ".join(f"{numbers[name]:g}" for name in names) + " |" in text
    assert set(SCHEDULES) <= set(re.findall(r"^\| (\w+) \|", section("Schedules"), re.MULTILINE))


def test_the_header_keys_of_a_world_are_all_there():
    """Each key of the table in `docs/worlds.md` is taken, and the table of kinds has every letter and kind."""
    text = (ROOT / "docs" / "worlds.md").read_text()
    keys = re.findall(r"^\| `([a-z ]+): ([^`]+)` \|", text, re.MULTILINE)
    assert {key for key, _ in keys} == {"title", "step reward", "bump reward", "slip", "wind", "step limit"}
    for key, value in keys:
        parse_world(f"{key}: {value}\n\nS.G")
    rows = re.findall(r"^\| (\w+) \| `(.)` \|", text, re.MULTILINE)
    assert {letter: kind for kind, letter in rows if letter in SYMBOLS} == {
        letter: symbol.kind.name.lower() for letter, symbol in SYMBOLS.items()
    }


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The documentation, built as strictly as the continuous integration builds it; without a warning."""
    out = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return out


@pytest.mark.slow
def test_the_reference_has_every_public_name_and_reads_every_docstring(site):
    text = (site / "reference.html").read_text()
    plain_data = {"AGENTS", "PRESETS", "__version__"}
    for package in (gridworld, dashboards):
        for name in set(package.__all__) - plain_data:
            assert re.search(rf'<h[2-6] id="{package.__name__}\.(?:[\w.]+\.)?{name}"', text), name
    assert not re.search(r"-{4,}", re.sub(r"<[^>]+>", "", text)), "a section of a docstring was not read as one"


def test_the_build_fails_on_a_dead_anchor_and_shows_it():
    configuration = (ROOT / "mkdocs.yml").read_text()
    assert re.search(r"^    anchors: warn$", configuration, re.MULTILINE)
    assert "mkdocs build --strict\n" in (ROOT / ".ci" / "run").read_text()
