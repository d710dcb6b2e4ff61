#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the autograder's image.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
root="${AUTOGRADER:-/autograder}"

if command -v apt-get > /dev/null; then
    apt-get update
    apt-get install -y python3 python3-venv libseccomp2
fi
for python in python3.13 python3.12 python3.11 python3; do
    if command -v "$python" > /dev/null && "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
        break
    fi
done
"$python" -c 'import sys; sys.exit("Python 3.11 or later is needed: choose a newer base image" if sys.version_info < (3, 11) else 0)'

"$python" -m venv "$root/venv"
# PIP_OPTIONS: such as an index of wheels without CUDA, which are much smaller.
"$root/venv/bin/python" -m pip install ${PIP_OPTIONS:-} "$here"

# Graders and expected values are for root alone; a submission runs as another user.
chmod -R go-rwx "$here" "$root"/venv/lib/python3*/site-packages/kit
