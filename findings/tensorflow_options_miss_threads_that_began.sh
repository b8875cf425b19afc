#!/usr/bin/env bash
# TensorFlow's optimizer options do not reach threads that have called a function before.
#
# tensorflow-cpu 2.21.0: tf.config.optimizer.set_experimental_options writes a table of the process,
# and get_experimental_options of any thread reads it back. But each thread keeps the options of its
# calls from its first one on, and the setter renews those of its own thread alone. With
# {"debug_stripper": True}, which takes assertions out of a graph, set in the main thread:
#   a thread that called the function before    still refuses the value
#   the main thread, and a thread begun after   let it pass
# So a process whose pool of workers is warm computes by two sets of options (for
# auto_mixed_precision_onednn_bfloat16: in two precisions) at once, and nothing tells.
# What to do: set the options in every thread that calls, or before any of them does.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/env"
"$work/env/bin/python" -m pip --quiet --disable-pip-version-check install tensorflow-cpu==2.21.0
cd "$work"
TF_CPP_MIN_LOG_LEVEL=3 env/bin/python - <<'PY' 2>/dev/null
import sys
from concurrent.futures import ThreadPoolExecutor

import tensorflow as tf


@tf.function(input_signature=[tf.TensorSpec([], tf.int32)])
def positive(number):
    with tf.control_dependencies([tf.debugging.Assert(number > 0, [number])]):
        return tf.identity(number)


def outcome():
    try:
        positive(tf.constant(-1))
    except tf.errors.InvalidArgumentError:
        return "refused"
    return "passed"


def set_as():
    return tf.config.optimizer.get_experimental_options().get("debug_stripper", False)


with ThreadPoolExecutor(1) as began, ThreadPoolExecutor(1) as fresh:
    before = (began.submit(outcome).result(), outcome())
    tf.config.optimizer.set_experimental_options({"debug_stripper": True})
    after = (began.submit(outcome).result(), outcome(), fresh.submit(outcome).result())
    told = began.submit(set_as).result()
print(f"tensorflow {tf.__version__}")
print(f"before: thread {before[0]}, main {before[1]}")
print(f"after: thread {after[0]} (which reads {told}), main {after[1]}, new thread {after[2]}")
sys.exit((before, after, told) != (("refused", "refused"), ("refused", "passed", "passed"), True))
PY
