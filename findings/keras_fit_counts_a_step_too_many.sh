#!/usr/bin/env bash
# Keras counts one step too many an epoch where a tf.data pipeline does not know its length.
#
# keras 3.15.0 on tensorflow-cpu 2.21.0. `fit` for 3 epochs over the same 8 batches:
#   a data set whose cardinality is known        optimizer.iterations = 24
#   the same behind `filter`, so not known       optimizer.iterations = 27
#   the same without an end, steps_per_epoch=8   optimizer.iterations = 24
# The weights see 24 updates in all three. The counter sees the step that finds the end of the data
# as well, so a learning-rate schedule over `iterations` runs ahead by one step an epoch.
# What to do: give `steps_per_epoch`, or assert the cardinality (`tf.data.experimental.assert_cardinality`).
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/env"
"$work/env/bin/python" -m pip --quiet --disable-pip-version-check install \
    tensorflow-cpu==2.21.0 keras==3.15.0
cd "$work"
TF_CPP_MIN_LOG_LEVEL=3 CUDA_VISIBLE_DEVICES=-1 env/bin/python - <<'PY' 2>/dev/null
import sys

import keras
import numpy as np
import tensorflow as tf

features, targets = np.ones((32, 2), "float32"), np.zeros((32, 1), "float32")
known = tf.data.Dataset.from_tensor_slices((features, targets)).batch(4)
unknown = known.filter(lambda *_: True)

def counted(data, **options):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.SGD(0.01), loss="mse")
    model.fit(data, epochs=3, verbose=0, **options)
    return int(model.optimizer.iterations.numpy()), model.get_weights()


(steps, weights), (ahead, same), (again, _) = (
    counted(known),
    counted(unknown),
    counted(unknown.repeat(), steps_per_epoch=8),
)
equal = all(np.array_equal(a, b) for a, b in zip(weights, same))
print(f"keras {keras.__version__}, tensorflow {tf.__version__}")
print(f"known {steps}, unknown {ahead}, steps_per_epoch {again}; weights equal: {equal}")
sys.exit((steps, ahead, again, equal) != (24, 27, 24, True))
PY
