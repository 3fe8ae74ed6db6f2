#!/usr/bin/env bash
# Works on what `make deploy` made, through the AWS CLI. The names come from Terraform's state.
#   aws.sh send | logs | redrive | dead-letters | bench
#   DIR      the folder that was deployed (default terraform/examples/standard)
#   MESSAGE  what send sends; GROUP, its message group on a FIFO queue (default: default)
#   SINCE    how far back logs and bench look (default 1h)
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/common.sh

dir=${DIR:-terraform/examples/standard}
since=${SINCE:-1h}
command=${1:-}

command -v aws >/dev/null || fail "The AWS CLI is missing: install version 2 from https://aws.amazon.com/cli/."
command -v terraform >/dev/null || fail "Terraform is missing: install it from https://developer.hashicorp.com/terraform/install."
export AWS_PAGER=
outputs=$(terraform -chdir="$dir" output -json) || fail "Terraform could not read the state of $dir."
[ "$(tr -d '[:space:]' <<<"$outputs")" != '{}' ] || fail "$dir has no Terraform state: run make deploy first, or name the deployed folder with DIR=…."

# One text of an output that is an object: output queue url.
output() {
  terraform -chdir="$dir" output -json "$1" | sed -nE "s/.*\"$2\":\"([^\"]*)\".*/\1/p"
}
# The same of the dead-letter queue. Terraform keeps no output that is null.
dead_letter_queue() {
  grep -q '"dead_letter_queue"' <<<"$outputs" || fail "$dir has no dead-letter queue: queue.dead_letters is false there."
  output dead_letter_queue "$1"
}
queue_arn=$(output queue arn)
region=$(cut -d: -f4 <<<"$queue_arn")

send() {
  [ -n "${MESSAGE:-}" ] || fail "MESSAGE is missing: make send MESSAGE='{\"hello\":\"world\"}'."
  local fifo=()
  case $queue_arn in
    *.fifo) fifo=(--message-group-id "${GROUP:-default}" --message-deduplication-id "$(date +%s%N)-$RANDOM") ;;
  esac
  aws sqs send-message --region "$region" --queue-url "$(output queue url)" --message-body "$MESSAGE" "${fifo[@]}" --output json
}

logs() {
  aws logs tail "$(output function log_group)" --region "$region" --since "$since" --format short --follow
}

redrive() {
  local dead_letters_arn
  dead_letters_arn=$(dead_letter_queue arn)
  aws sqs start-message-move-task --region "$region" --source-arn "$dead_letters_arn" --destination-arn "$queue_arn" --output json
}

# Up to ten; with a visibility timeout of 0 they stay where they are.
dead_letters() {
  local url members
  url=$(dead_letter_queue url)
  members='messageId: MessageId, sent: Attributes.SentTimestamp, receives: Attributes.ApproximateReceiveCount'
  members+=', group: Attributes.MessageGroupId, reason: MessageAttributes.ForwardFailure.StringValue, body: Body'
  aws sqs receive-message --region "$region" --queue-url "$url" \
    --max-number-of-messages 10 --visibility-timeout 0 --wait-time-seconds 1 \
    --message-system-attribute-names All --message-attribute-names All --output json \
    --query "Messages[].{$members}"
}

case $command in
  send | logs | redrive) "$command" ;;
  dead-letters) dead_letters ;;
  bench) . scripts/bench-aws.sh ;;
  *) fail "aws.sh takes send, logs, redrive, dead-letters or bench." ;;
esac
