# SPDX-License-Identifier: GPL-3.0-or-later
"""A change, tried in the lab: the configurations before it and after it negotiate, and the commands between are typed.

`python -m lab trial --before DIR --candidate DIR --out DIR` writes `trial.json`::

    schema      1
    problems    why it could not be tried, one entry each: side (before, candidate or ""), device, line (or null), text
    notes       what the lab did in place of what was asked, and what it passed over
    devices     by name: release, behaves_as (the release whose behaviour stands in), declared (an expectation), changed
    untried     devices in whose part of the network nothing changed
    gone        devices that the candidate has no more
    new_keys    who has a new key for whom that does not show its own: device, peer
    changes     the lines in the order in which they were typed: device, line (secrets masked), at (virtual seconds),
                answer
    not_reached lines that typing the changes did not give, left, or put elsewhere than the candidate has them: device,
                line, kind (missing, left or misplaced), given (false: the lines were computed)
    tunnels     ends (two devices), networks (one behind each), service (what of their traffic, "" for all), before and
                after (facts or null), change (or null); after is of a wider tunnel where one took its place

    facts       up: by initiator, came_up, seconds, state (of the IKE SA, what it hung in), phase1 and phase2
                (was there one), log (the devices' own lines), lost (null, or where the last packet ended:
                sender, device, step, host, detail; the steps are in lab.engine.forwarding.Loss)
                traffic: by sender, whether its packets arrive
                rekeys: hours, phase1, phase2 (how many were seen), longest_loss in seconds
                reboot, incident: by the end that lost its state, seconds until packets pass again, null for never
                watched: seconds after which never was said
                key: clear or stand-in
    change      longest_outage in seconds, after (the line that was typed before it), up_at_end, watched

and `before/` and `after/`, what every device would have answered, as `collect_from` of an audit reads it. No file holds
a key: lines are masked before they are written.

The lab is a witness of its own: nothing here judges, and nothing here knows the rules of the audit.
"""
