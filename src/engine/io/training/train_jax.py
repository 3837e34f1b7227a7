"""Trains the model on with Keras on JAX, each batch shared among all devices: python train_jax.py

    python train_jax.py --devices 2        on as many parts of a CPU, to try it

Needs keras, jax and numpy.
"""
import os
import sys

os.environ["KERAS_BACKEND"] = "jax"
if "--devices" in sys.argv:
    count = int(sys.argv[sys.argv.index("--devices") + 1])
    os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} --xla_force_host_platform_device_count={count}"

import jax
import keras

import train_keras

if __name__ == "__main__":
    devices = jax.device_count()
    if devices > 1:
        keras.distribution.set_distribution(keras.distribution.DataParallel())
    train_keras.main(devices)
