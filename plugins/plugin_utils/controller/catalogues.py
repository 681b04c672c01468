# SPDX-License-Identifier: GPL-3.0-or-later
"""The site's ``catalog.yml``: where it lies, and what is said when it cannot be used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.catalogue import Catalogue, CatalogueError, load

FILENAME = "catalog.yml"


def read(path: str, profile: str, variables: Mapping[str, Any]) -> Catalogue:
    """The catalogue at a path, or the one that lies where a site keeps it, or that of the rules as shipped.

    :raises AnsibleActionFail: it cannot be read, or something in it is wrong; names every mistake with its line.
    """
    found = Path(path) if path else next((each for each in places(variables) if each.is_file()), None)
    try:
        return load("" if found is None else found, profile=profile)
    except CatalogueError as error:
        raise AnsibleActionFail("\n".join(error.mistakes)) from None
    except OSError as error:
        raise AnsibleActionFail(f"audit_catalog: {found}: {error.strerror or error}") from None


def places(variables: Mapping[str, Any]) -> Iterator[Path]:
    """Where a catalogue is looked for, the first first: with the inventory, then with the playbooks.

    An inventory may be a file or a folder; Ansible takes whatever lies in a folder for inventory too, unless
    ``ignore_patterns`` says otherwise, so that beside the folder is a place as well.
    """
    for source in variables.get("ansible_inventory_sources") or ():
        # A list of hosts, such as `hq,`, is no path.
        if "," not in source:
            inventory = Path(source)
            yield from (folder / FILENAME for folder in (inventory, inventory.parent) if folder.is_dir())
    if playbooks := variables.get("playbook_dir"):
        yield from (folder / FILENAME for folder in (Path(playbooks), Path(playbooks).parent))
