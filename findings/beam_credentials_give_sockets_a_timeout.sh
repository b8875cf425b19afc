#!/usr/bin/env bash
# Asking Beam for Google credentials gives every later socket of the process a timeout, and a socket
# that a child process inherits then does not wait.
#
# apache-beam 2.77.0 on CPython 3.11: any gs:// path or Dataflow option asks for credentials, found or
# not. From then on
#   socket.getdefaulttimeout()                               60.0 (None before)
#   os.get_blocking of a socket made by socketpair()         False (True before): Python keeps a
#                                                            timeout by not blocking
#   a child that reads such a descriptor by os.read          BlockingIOError, where nothing was sent yet
# whether a child fails depends on who is quicker. What to do: setblocking(True) on the end that a
# child gets, or os.set_blocking(descriptor, True) in the child.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3.11}" -m venv "$work/env"
"$work/env/bin/python" -m pip install -q "apache-beam[gcp]==2.77.0"
seen=$(cd "$work" && "$work/env/bin/python" - 2> "$work/log" <<'PY'
import os
import socket
import subprocess
import sys
from unittest import mock

import google.auth
from apache_beam.internal.gcp import auth
from apache_beam.options.pipeline_options import PipelineOptions

CHILD = "import os, sys\ntry: print(os.read(int(sys.argv[1]), 1))\nexcept OSError as error: print(type(error).__name__)"


def child_reads():
    """What a child says that reads before anything was sent; half a second later a byte is."""
    ours, theirs = socket.socketpair()
    number = theirs.fileno()
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(number)], pass_fds=[number], stdout=subprocess.PIPE, text=True
    )
    try:
        child.wait(0.5 if os.get_blocking(number) else 20)
    except subprocess.TimeoutExpired:
        ours.send(b"x")
    return os.get_blocking(number), child.communicate()[0].strip()


print(socket.getdefaulttimeout(), *child_reads(), end="; ")
missing = google.auth.exceptions.DefaultCredentialsError("none here")
with mock.patch("google.auth.default", side_effect=missing):  # no network is asked
    auth.get_service_credentials(PipelineOptions([]))
print(socket.getdefaulttimeout(), *child_reads())
PY
) || { cat "$work/log"; exit 1; }
echo "$seen"
[ "$seen" = "None True b'x'; 60.0 False BlockingIOError" ]
