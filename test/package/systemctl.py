#!/usr/bin/python3
"""Stands in for systemctl where systemd does not run: starts a unit by its own lines, and hears its notifications."""

import json
import os
import pwd
import re
import shlex
import signal
import socket
import subprocess
import sys
import time

RUN = "/run/stand-in"
FOLDERS = {"StateDirectory": "/var/lib", "CacheDirectory": "/var/cache"}


def read_unit(name):
    found = {}
    with open(f"/lib/systemd/system/{name}", encoding="utf8") as file:
        for line in file:
            match = re.match(r"^(\w+)=(.*)$", line.strip())
            if match:
                found.setdefault(match[1], []).append(match[2])
    return found


def environment_of(unit):
    found = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}
    lines = list(unit.get("Environment", []))
    for file in unit.get("EnvironmentFile", []):
        if os.path.exists(file.lstrip("-")):
            with open(file.lstrip("-"), encoding="utf8") as content:
                lines += [line.strip() for line in content if re.match(r"^\w+=", line)]
    for line in lines:
        key, value = line.split("=", 1)
        found[key] = re.sub(r'^(["\'])(.*)\1$', r"\2", value)
    return found


def state_file(name):
    return f"{RUN}/{name}.json"


def read_state(name):
    try:
        with open(state_file(name), encoding="utf8") as file:
            state = json.load(file)
        os.kill(state["pid"], 0)
        return state
    except (OSError, ValueError, KeyError):
        return None


def write_state(name, state):
    draft = state_file(name) + ".draft"
    with open(draft, "w", encoding="utf8") as file:
        json.dump(state, file)
    os.replace(draft, state_file(name))


def make_folders(unit, user):
    for key, parent in FOLDERS.items():
        for name in unit.get(key, []):
            folder = f"{parent}/{name}"
            os.makedirs(folder, exist_ok=True)
            os.chmod(folder, int(unit[key + "Mode"][0], 8))
            os.chown(folder, user.pw_uid, user.pw_gid)


def supervise(name, unit):
    """Lives beside the service, as systemd does."""
    user = pwd.getpwnam(unit["User"][0])
    make_folders(unit, user)
    where = f"{RUN}/{name}.notify"
    if os.path.exists(where):
        os.unlink(where)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listener.bind(where)
    os.chmod(where, 0o777)
    listener.settimeout(0.1)
    environment = environment_of(unit)
    environment["NOTIFY_SOCKET"] = where
    # Short, so that a test sees it beat.
    environment["WATCHDOG_USEC"] = "600000"
    log = open(f"{RUN}/{name}.log", "ab")
    journal = os.fstat(log.fileno())
    environment["JOURNAL_STREAM"] = f"{journal.st_dev}:{journal.st_ino}"
    command = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", "--no-new-privs"]
    command += ["--bounding-set=-all", *shlex.split(unit["ExecStart"][0])]
    child = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd="/", start_new_session=True)
    said = []
    while child.poll() is None:
        try:
            said += listener.recv(4096).decode().split("\n")
        except TimeoutError:
            pass
        write_state(name, {"pid": child.pid, "said": said[-1000:]})
    write_state(name, {"ended": child.returncode, "said": said[-1000:]})


def start(name):
    if read_state(name):
        return 0
    unit = read_unit(name)
    write_state(name, {})
    if os.fork() == 0:
        os.setsid()
        null = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(null, number)
        supervise(name, unit)
        os._exit(0)
    deadline = time.monotonic() + int(unit["TimeoutStartSec"][0])
    while time.monotonic() < deadline:
        with open(state_file(name), encoding="utf8") as file:
            state = json.load(file)
        if "READY=1" in state.get("said", []):
            return 0
        if "ended" in state:
            break
        time.sleep(0.02)
    print(f"Job for {name} failed.", file=sys.stderr)
    return 1


def stop(name):
    state = read_state(name)
    if state:
        os.kill(state["pid"], signal.SIGTERM)
        deadline = time.monotonic() + int(read_unit(name)["TimeoutStopSec"][0])
        while read_state(name) and time.monotonic() < deadline:
            time.sleep(0.02)
    return 0


def show(name, what):
    state = read_state(name)
    facts = {"ActiveState": "active" if state else "inactive", "MainPID": state["pid"] if state else 0}
    print(facts[what])
    return 0


def reload(name):
    state = read_state(name)
    if not state:
        return 1
    line = read_unit(name)["ExecReload"][0].replace("$MAINPID", str(state["pid"]))
    return subprocess.call(shlex.split(line))


def link(name):
    return f"/etc/systemd/system/multi-user.target.wants/{name}"


def enable(name):
    if not os.path.lexists(link(name)):
        os.makedirs(os.path.dirname(link(name)), exist_ok=True)
        os.symlink(f"/lib/systemd/system/{name}", link(name))
    return 0


def is_enabled(name):
    enabled = os.path.lexists(link(name))
    print("enabled" if enabled else "disabled")
    return 0 if enabled else 1


def main():
    words = [word for word in sys.argv[1:] if not word.startswith("-")]
    command, names = words[0], words[1:]
    os.makedirs(RUN, exist_ok=True)
    # What the machine that lent its files has among its services is nobody's business here.
    names = ["switchhook.service" for name in names if name.removesuffix(".service") == "switchhook"]
    actions = {
        "start": start,
        "stop": stop,
        "restart": lambda name: stop(name) or start(name),
        "reload": reload,
        # Debian's preset enables what is installed.
        "preset": enable,
        "is-enabled": is_enabled,
        "show": lambda name: show(name, words[1]),
        "is-active": lambda name: 0 if read_state(name) else 3,
    }
    if command not in actions:
        return 0
    return max([actions[command](name) for name in names] or [0])


sys.exit(main())
