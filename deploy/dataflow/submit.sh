#!/usr/bin/env bash
# Submit the scoring job to Dataflow. Settings come from the environment, flags go through:
#
#   PROJECT=my-project REGION=europe-west4 BUCKET=gs://my-bucket IMAGE=REGISTRY/moderation-pipeline:gpu \
#   ACCELERATOR='type:nvidia-l4;count:1;install-nvidia-driver' \
#     deploy/dataflow/submit.sh --input 'gs://my-bucket/items/2024-06-14/*.parquet'
#
# DRY_RUN=1 prints the command instead of running it.
set -euo pipefail
project=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

: "${PROJECT:?the Google Cloud project that pays}"
: "${REGION:?where the workers are, as in europe-west4}"
: "${BUCKET:?gs://bucket for runs and temporary files}"
: "${IMAGE:?worker image, see deploy/docker}"

command=(
  "${PYTHON:-$project/.venv/bin/python}" -m pipelines.score
  --runner=DataflowRunner
  --project="$PROJECT"
  --region="$REGION"
  --temp_location="$BUCKET/dataflow/temp"
  --staging_location="$BUCKET/dataflow/staging"
  --sdk_container_image="$IMAGE"
  --sdk_location=container
  --worker_machine_type="${MACHINE_TYPE:-n2-standard-4}"
  --max_num_workers="${MAX_WORKERS:-20}"
  --disk_size_gb="${DISK_GB:-50}"
  --output="${OUTPUT:-$BUCKET/runs}"
)
if [[ -n ${SERVICE_ACCOUNT:-} ]]; then
  command+=(--service_account_email="$SERVICE_ACCOUNT")
fi
if [[ -n ${SUBNETWORK:-} ]]; then
  # Without public addresses the subnetwork needs a NAT: images come from the internet.
  command+=(--subnetwork="$SUBNETWORK" --no_use_public_ips)
fi
if [[ -n ${ACCELERATOR:-} ]]; then
  # One process a GPU: each would take a copy of the model and its share of the memory.
  command+=(--accelerator="$ACCELERATOR" --experiments=no_use_multiple_sdk_containers)
fi
command+=("$@")

if [[ -n ${DRY_RUN:-} ]]; then
  printf '%q ' "${command[@]}"
  echo
else
  exec "${command[@]}"
fi
