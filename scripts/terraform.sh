#!/usr/bin/env bash
# Runs `terraform init` and then a command in the folder to deploy, with the package that was built.
#   terraform.sh plan|apply|destroy ZIP
#   DIR  the folder (default terraform/examples/standard); make gives its inputs package and architecture, terraform.tfvars the others
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/common.sh

dir=${DIR:-terraform/examples/standard}
command -v terraform >/dev/null || fail "Terraform is missing: install it from https://developer.hashicorp.com/terraform/install."
[ -d "$dir" ] || fail "DIR=$dir is no folder: it takes one with a Terraform configuration, such as terraform/examples/standard."
[ -f "$dir/terraform.tfvars" ] || [ ! -f "$dir/terraform.tfvars.example" ] ||
  fail "$dir/terraform.tfvars is missing: copy $dir/terraform.tfvars.example to it and fill it in."
# They would win over the package that was just built.
if grep -qsE '^[[:space:]]*(package|architecture)[[:space:]]*=' "$dir"/*.tfvars; then
  fail "The inputs package and architecture in $dir/*.tfvars would win over what make builds: leave them out, and choose with ARCH=x86_64."
fi

TF_VAR_package=$(realpath "$2")
TF_VAR_architecture=${ARCH:-arm64}
export TF_VAR_package TF_VAR_architecture
terraform -chdir="$dir" init -input=false
terraform -chdir="$dir" "$1"
