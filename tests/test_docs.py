# SPDX-License-Identifier: GPL-3.0-or-later
"""What `ansible-doc` prints is there, is true, and its examples answer as they say.

A filter's example ends with its answer: a comment that begins with ``# =>`` and is YAML from there on. The examples run
in one play in which ``evidence/`` is that of tests/examples: an audit of the 2009 incident.
"""

from __future__ import annotations

import importlib
import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.plugins.action import ActionBase

from tests.tools.generate_docs import pages, stale

ROOT = Path(__file__).resolve().parents[1]
COLLECTION = ROOT / ".collections" / "ansible_collections" / "tunnelmend" / "asa"
NAME = "tunnelmend.asa"
ENVIRONMENT = {**os.environ, "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"), "ANSIBLE_NOCOLOR": "1"}


def names(folder: str) -> list[str]:
    return sorted(path.stem for path in (ROOT / "plugins" / folder).glob("*.py") if path.stem != "__init__")


ROLES = sorted(path.name for path in (ROOT / "roles").iterdir() if path.is_dir())
ACTIONS = names("action")
FILTERS = names("filter")
# An action is documented by its module, a fragment in those that use it; the library is no plugin.
UNDOCUMENTED = {"action", "doc_fragments", "plugin_utils"}
FOLDERS = sorted({path.parent.name for path in (ROOT / "plugins").glob("*/*.py")} - UNDOCUMENTED)
DOCUMENTED = [(folder, name) for folder in FOLDERS for name in names(folder)]


def ansible(command: str, *arguments: str, **options: Any) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "ansible", command, *arguments],
        cwd=ROOT, env=ENVIRONMENT, text=True, capture_output=True, timeout=120, **options,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@cache
def docs(folder: str) -> dict[str, Any]:
    """What `ansible-doc` says of everything in a folder, by short name."""
    kind = {"modules": "module", "roles": "role"}.get(folder, folder)
    wanted = ROLES if folder == "roles" else names(folder)
    found = json.loads(ansible("doc", "-t", kind, "--json", *(f"{NAME}.{name}" for name in wanted)))
    return {full.removeprefix(f"{NAME}."): doc for full, doc in found.items()}


def yaml_file(*parts: str) -> Any:
    path = ROOT.joinpath(*parts)
    return yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else {}


# --- everything is documented ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("folder", "name"), DOCUMENTED)
def test_every_plugin_is_documented(folder: str, name: str) -> None:
    assert name in docs(folder), f"ansible-doc finds no documentation of {NAME}.{name}"
    found = docs(folder)[name]
    assert "The tunnelmend developers" in found["doc"]["author"]
    assert found["doc"]["version_added"] == yaml_file(str(COLLECTION), "galaxy.yml")["version"]
    if folder in ("modules", "filter"):
        assert found["examples"], "EXAMPLES is missing"
        assert found["return"], "RETURN is missing"


@pytest.mark.parametrize("role", ROLES)
def test_every_role_is_documented(role: str) -> None:
    assert role in docs("roles"), f"ansible-doc finds no argument specs of {NAME}.{role}"
    assert docs("roles")[role]["entry_points"]["main"]["options"]


def test_every_filter_is_a_file_of_its_name() -> None:
    for name in FILTERS:
        module = importlib.import_module(f"ansible_collections.{NAME}.plugins.filter.{name}")
        assert list(module.FilterModule().filters()) == [name]


def test_markup_and_references_are_valid() -> None:
    """A broken façade link (README.md, CHANGELOG.md, LICENSE) fails here too, as it would when building."""
    pytest.importorskip("antsibull_docs", reason="lint and docs run on one release of ansible-core only")
    done = subprocess.run(
        [Path(sys.executable).parent / "antsibull-docs", "lint-collection-docs", "--plugin-docs",
         "--skip-rstcheck", "--validate-collection-refs", "self", "."],
        cwd=COLLECTION, env=ENVIRONMENT, text=True, capture_output=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_generated_pages_are_fresh() -> None:
    """All in one: about a hundred of them are the rules'."""
    found = pages()
    texts = {page: page.read_text(encoding="utf-8") if page.exists() else None for page in found}
    assert [page.name for page, text in found.items() if texts[page] != text] == [], "run `make docs`"
    assert stale(found) == [], "run `make docs`"


# --- actions and their modules -----------------------------------------------------------------------------------


class AskedError(Exception):
    """Carries the argument spec out of an action."""


def essence(options: dict[str, Any]) -> dict[str, Any]:
    """What a documentation and an argument spec must agree on."""
    keys = {"type": "str", "required": False, "default": None, "choices": None, "elements": None}
    return {name: {key: option.get(key, usual) for key, usual in keys.items()} for name, option in options.items()}


def test_an_action_is_a_module_and_a_module_is_an_action() -> None:
    assert names("modules") == ACTIONS


@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_takes_what_its_module_documents(action: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(_: object, argument_spec: dict[str, Any]) -> None:
        raise AskedError(argument_spec)

    monkeypatch.setattr(ActionBase, "run", lambda *_: {})
    monkeypatch.setattr(ActionBase, "validate_argument_spec", ask)
    plugin = importlib.import_module(f"ansible_collections.{NAME}.plugins.action.{action}").ActionModule
    with pytest.raises(AskedError) as asked:
        plugin.run(object.__new__(plugin), None, {})
    assert essence(asked.value.args[0]) == essence(docs("modules")[action]["doc"].get("options", {}))


@pytest.mark.parametrize("module", ACTIONS)
def test_a_modules_examples_use_what_is_documented(module: str) -> None:
    tasks = [task for task in yaml.safe_load(docs("modules")[module]["examples"]) if f"{NAME}.{module}" in task]
    assert tasks, "no example uses the module itself"
    options = docs("modules")[module]["doc"].get("options", {})
    for task in tasks:
        given = set(task[f"{NAME}.{module}"] or {})
        assert given <= set(options)
        assert {name for name, option in options.items() if option.get("required")} <= given


# --- examples of filters, executed -------------------------------------------------------------------------------


def answer(example: str) -> Any:
    """What the comment at the end of an example says."""
    _, arrow, comment = example.partition("# => ")
    assert arrow, f"no answer: put `# => ANSWER` after\n{example}"
    first, *more = comment.strip().splitlines()
    assert all(line.lstrip().startswith("#") for line in more), f"the answer is not the end of\n{example}"
    return yaml.safe_load("\n".join([first, *(line.lstrip().lstrip("#") for line in more)]))


@cache
def examples(name: str) -> tuple[tuple[dict[str, Any], Any], ...]:
    """Each example of a filter as a task, and the stated answer."""
    text = docs("filter")[name]["examples"]
    tasks = yaml.safe_load(text)
    answers = [answer(example) for example in re.split(r"^(?=- )", text, flags=re.MULTILINE)[1:]]
    return tuple(zip(tasks, answers, strict=True))


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """What Ansible answers to every example, by filter."""
    folder = tmp_path_factory.mktemp("play")
    (folder / "evidence").symlink_to(ROOT / "tests" / "examples" / "evidence")
    tasks: list[dict[str, Any]] = []
    kept = {}
    for name in FILTERS:
        registered = [f"{name}_{number}" for number in range(len(examples(name)))]
        tasks += [{**task, "register": each} for each, (task, _) in zip(registered, examples(name), strict=True)]
        kept[name] = [f"{each}.msg" for each in registered]
    content = ", ".join(f"'{name}': [{', '.join(results)}]" for name, results in kept.items())
    copy = {"content": f"{{{{ {{{content}}} | to_json }}}}", "dest": str(folder / "answers.json"), "mode": "0600"}
    tasks.append({"name": "Keep the answers", "ansible.builtin.copy": copy})
    play = [{"name": "Examples", "hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": tasks}]
    (folder / "play.yml").write_text(json.dumps(play), encoding="utf-8")
    interpreter = f"ansible_python_interpreter={sys.executable}"
    ansible("playbook", "-i", "localhost,", "-e", interpreter, str(folder / "play.yml"))
    found: dict[str, list[Any]] = json.loads((folder / "answers.json").read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("name", FILTERS)
def test_a_filters_examples_answer_as_they_say(name: str, answers: dict[str, list[Any]]) -> None:
    assert examples(name)
    for (task, stated), given in zip(examples(name), answers[name], strict=True):
        assert given == stated, task["name"]


# --- roles -------------------------------------------------------------------------------------------------------


def options(role: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml_file("roles", role, "meta", "argument_specs.yml")["argument_specs"]["main"]["options"]
    return found


@pytest.mark.parametrize("role", ROLES)
def test_a_roles_defaults_are_its_documented_ones(role: str) -> None:
    """A default that is no option may only be made of options, such as the value in effect of one of them."""
    documented = options(role)
    for name, value in yaml_file("roles", role, "defaults", "main.yml").items():
        if name in documented:
            assert documented[name].get("default") == value, name
        else:
            assert any(re.search(rf"\b{option}\b", str(value)) for option in documented), (
                f"{name} is in no argument spec"
            )


@pytest.mark.parametrize("role", ROLES)
def test_a_roles_readme_lists_its_variables(role: str) -> None:
    text = (ROOT / "roles" / role / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| ?(.*?) ?\|", text, flags=re.MULTILINE)
    assert dict(rows) == {name: _default(option) for name, option in options(role).items()}
    (example,) = re.findall(r"```yaml\n(.*?)```", text, flags=re.DOTALL)
    assert yaml.safe_load(example)["roles"][-1]["role"] == f"{NAME}.{role}"


def _default(option: dict[str, Any]) -> str:
    if option.get("required"):
        return "required"
    value = option.get("default")
    return "" if value is None else f"`{value if isinstance(value, str) else json.dumps(value)}`"
