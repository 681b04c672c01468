# SPDX-License-Identifier: GPL-3.0-or-later
"""What the actions share on the controller. Only this part of the library knows Ansible and devices."""
