#!/usr/bin/env bash
# Proves that the tests would notice: makes one fault after the other in a copy of the module, and runs the tests on it.
# Prints CAUGHT or MISSED for each, and "N of N mutations caught"; the exit status is 1 unless all were.
#   mutate.sh            every mutation
#   mutate.sh PATTERN    those whose names match
set -euo pipefail

self=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
module=$(cd "$self/../.." && pwd)
[ -n "${TF_REATTACH_PROVIDERS:-}" ] || PROVIDER='' exec "$self/run.sh" "$self/mutate.sh" "$@"

pattern=${1:-}
at_once=2
copies=$(mktemp -d)
set -m # each job is a process group of its own, so that it can be ended with all it started
end() {
  exec 2>/dev/null # the shell would report each job it ends
  for job in $(jobs -p); do kill -KILL -- "-$job" || true; done
  wait
  rm -rf "$copies"
}
trap end EXIT
trap 'exit 130' INT TERM
touch "$copies/verdicts"

# name, file, sed script, and the test file that is likeliest to notice: it goes first, the others only where it does not.
names=() files=() scripts=() hints=()
mutation() {
  [[ $1 =~ $pattern ]] || return 0
  names+=("$1") files+=("$2") scripts+=("$3") hints+=("${4:-defaults}")
}

# A script for sed that works on one top-level block.
within() { echo "/^resource \"$1\" \"$2\"/,/^}/ { $3 }"; }

mutation 'visibility is 5 times the function timeout' timeouts.tf 's/6 \* local/5 * local/'
mutation 'visibility leaves out the window' timeouts.tf 's/ \+ var\.batch\.window//' timeouts
mutation 'waves are rounded down' timeouts.tf 's/= ceil\(/= floor(/' timeouts
mutation 'FIFO batches go in waves' timeouts.tf 's/var\.fifo \? 1 : //' fifo
mutation 'the margin is left out' timeouts.tf 's/ \+ local\.milliseconds\.margin//' timeouts
mutation 'the time of the last request is left out' timeouts.tf 's/ \+ local\.milliseconds\.request \+/ +/' timeouts
mutation 'the last wave counts twice' timeouts.tf 's/\? \(local\.waves - 1\)/? local.waves/' timeouts
mutation 'the last wave counts twice under a rate limit' timeouts.tf 's/ceil\(\(\(local\.waves - 1\)/ceil((local.waves/' timeouts
mutation 'a function timeout of 30 s is enough' timeouts.tf 's/max\(60, /max(30, /'
mutation 'a given function timeout is ignored' timeouts.tf 's/var\.function\.timeout != null \? var\.function\.timeout : //' timeouts
mutation 'the function timeout may pass 900 s' timeouts.tf 's/min\(900, /min(9000, /' timeouts
mutation 'the function has no time to start' timeouts.tf 's/local\.batch_worst_case \+ 5/local.batch_worst_case/' timeouts
turns='max\(local\.milliseconds\.request \* var\.endpoint\.rate_limit, 1000 \* local\.at_once\)'
mutation 'the rate limit is left out of the worst case' timeouts.tf 's/\(var\.endpoint\.rate_limit == null$/(true/' timeouts
mutation 'under a rate limit no wave waits for the one before it' timeouts.tf "s/$turns/1000 * local.at_once/" timeouts
mutation 'the rate limit is left out of the waves' timeouts.tf "s/$turns/local.milliseconds.request * var.endpoint.rate_limit/" timeouts
mutation 'the rate limit comes on top of the waves' timeouts.tf \
  "s/$turns/(local.milliseconds.request * var.endpoint.rate_limit + 1000 * local.at_once)/" timeouts
mutation 'the rate limit is left out of the last wave' timeouts.tf 's/ \+ 1000 \* \(\(var\.batch\.size - 1\) % local\.at_once\)//' timeouts
mutation 'the first request waits for a turn' timeouts.tf 's/\(\(var\.batch\.size - 1\) % local\.at_once\)/(var.batch.size % local.at_once)/' timeouts
mutation 'the last wave is full' timeouts.tf 's/\(\(var\.batch\.size - 1\) % local\.at_once\)/(local.at_once - 1)/' timeouts
mutation 'the rate limit is rounded down' timeouts.tf 's/: ceil\(\(\(/: floor(((/' timeouts
mutation 'the worst case is rounded to seconds' timeouts.tf 's|(batch_worst_case = )(.*)$|\1ceil(\2)|' timeouts
longest='/^  longest_back_offs/,/^  \]/'
mutation 'every receive counts for the retention' timeouts.tf "$longest s/local\.receives\)/local.receives + 1)/" timeouts
mutation 'the retention leaves out the visibility timeout' timeouts.tf 's/max\(local\.visibility_timeout, 900, /max(900, /' timeouts
mutation 'the retention leaves out the quarter of an hour' timeouts.tf \
  's/max\(local\.visibility_timeout, 900, /max(local.visibility_timeout, /' timeouts
mutation 'the retention leaves out the function timeout' timeouts.tf \
  's/local\.function_timeout \+ var\.batch\.window \+ max/var.batch.window + max/' timeouts
mutation 'the retention leaves out the window before each receive' timeouts.tf \
  's/local\.function_timeout \+ var\.batch\.window \+ max/local.function_timeout + max/' timeouts
mutation 'the retention leaves out the window before the first receive' timeouts.tf 's/= var\.batch\.window \+ sum/= sum/' timeouts
mutation 'the retention leaves out the back-off' timeouts.tf 's/max\(back_off, (ceil\(local\.seconds\.retry_after\))\)/\1/' timeouts
mutation 'the retention leaves out the jitter' timeouts.tf "$longest s|6 \* (max.*) / 5\)|\1)|" timeouts
mutation 'the jitter passes the cap' timeouts.tf \
  "$longest s|min\(local\.milliseconds\.cap, 6 \* (.*) / 5\)|6 * min(local.milliseconds.cap, \1) / 5|" timeouts
mutation 'the retention leaves out endpoint faults' timeouts.tf "$longest s/max\(60000, local\.milliseconds\.base\)/local.milliseconds.base/" timeouts
mutation 'the retention knows endpoint faults alone' timeouts.tf "$longest s/max\(60000, local\.milliseconds\.base\)/60000/" timeouts
mutation 'the longest back-off is rounded down' timeouts.tf "$longest s/ceil\(/floor(/" timeouts
mutation 'the longest back-off passes its cap' timeouts.tf "$longest s|min\(local\.milliseconds\.cap, (6 .* / 5)\)|\1|" timeouts
mutation 'the longest back-off does not double' timeouts.tf "$longest s/ \* pow\(2, receive - 1\)//" timeouts
mutation 'the longest back-off doubles before the first wait' timeouts.tf "$longest s/receive - 1/receive/" timeouts
mutation 'the retention leaves out Retry-After' timeouts.tf 's/max\(back_off, ceil\(local\.seconds\.retry_after\)\)/back_off/' timeouts
mutation 'Retry-After is rounded down' timeouts.tf 's/ceil\(local\.seconds\.retry_after\)/floor(local.seconds.retry_after)/' timeouts
mutation 'Retry-After counts without a back-off' timeouts.tf 's/local\.backs_off \? (max\(back_off.*\)) : 0\)/\1)/' timeouts
mutation 'messages may expire with their last receive' queue.tf 's/retention > local\.receives_last/retention >= local.receives_last/' timeouts
mutation 'messages without dead letters may expire with their second receive' queue.tf \
  's/retention > local\.longest_interval/retention >= local.longest_interval/' no_dead_letters
mutation 'messages with dead letters have to outlast any wait' queue.tf \
  's/var\.queue\.dead_letters \|\| (var\.queue\.retention > local\.longest)/\1/' timeouts
mutation 'messages without dead letters have to outlast all receives' queue.tf \
  's/!var\.queue\.dead_letters \|\| (var\.queue\.retention > local\.receives)/\1/' no_dead_letters
mutation 'messages without dead letters are told of receives' timeouts.tf \
  's/!var\.queue\.dead_letters \|\| (var\.queue\.retention <=)/\1/' no_dead_letters
mutation 'messages that expire with their eleventh receive are not told' timeouts.tf \
  's/retention > local\.receives_last$/retention >= local.receives_last/' no_dead_letters
mutation 'ten receives are enough for the alarm on blocked groups' timeouts.tf 's/, 10\) : 11/, 10) : 10/' no_dead_letters
mutation 'a standard queue has groups that wait' timeouts.tf 's/!var\.fifo \|\| var\.queue\.retention/var.queue.retention/' no_dead_letters
mutation 'messages with dead letters are told of blocked groups' timeouts.tf 's/var\.queue\.dead_letters \|\| !var\.fifo/!var.fifo/' fifo
mutation 'a refused retention is told of blocked groups' timeouts.tf 's/var\.queue\.retention <= local\.longest_interval \|\| //' no_dead_letters
wait='/^  longest_interval/,/^  \)/'
mutation 'the longest wait leaves out the function timeout' timeouts.tf "$wait s/local\.function_timeout \+ //" no_dead_letters
mutation 'the longest wait leaves out the window' timeouts.tf "$wait s/var\.batch\.window \+ //" no_dead_letters
mutation 'the longest wait leaves out the visibility timeout' timeouts.tf "$wait s/local\.visibility_timeout, //" no_dead_letters
mutation 'the longest wait leaves out the quarter of an hour' timeouts.tf "$wait s/ 900, / 0, /" no_dead_letters
mutation 'the longest wait leaves out the cap' timeouts.tf "$wait s/local\.seconds\.cap, //" fifo
mutation 'the longest wait leaves out Retry-After' timeouts.tf "$wait s/, local\.seconds\.retry_after//" no_dead_letters
mutation 'the longest wait is rounded down' timeouts.tf "$wait s/ceil\(/floor(/" no_dead_letters
mutation 'the longest wait counts the cap without a back-off' timeouts.tf "$wait s/local\.backs_off \? (.*) : 0\)/\1)/" no_dead_letters
mutation 'without dead letters receives end an outage' timeouts.tf \
  '/^    !var\.queue\.dead_letters \? /d; s/^    : (local\.backs_off)/    \1/' no_dead_letters
mutation 'what is refused is warned of too' timeouts.tf 's/var\.queue\.retention <= local\.receives_last \|\| //' timeouts
mutation 'receives of half the retention are told' timeouts.tf \
  's/retention >= 2 \* local\.receives_last/retention > 2 * local.receives_last/' timeouts
mutation 'receives of half the retention and a little more are not told' timeouts.tf \
  's/retention >= 2 \* local\.receives_last/retention >= 2 * local.receives_last - 1/' timeouts
mutation 'dead letters of a standard queue may be kept as long as messages' queue.tf \
  's/dead_letter_retention > var/dead_letter_retention >= var/' timeouts
mutation 'dead letters of a FIFO queue must outlast the messages' queue.tf 's/var\.fifo \|\| var\.queue\.dead/var.queue.dead/' fifo
mutation 'the back-off passes its cap' timeouts.tf 's/min\(local\.seconds\.cap, (local\.seconds\.base \* pow\(.*\))\)\]/\1]/' timeouts
mutation 'the back-off does not double' timeouts.tf '/^  back_offs/ s/ \* pow\(2, receive - 1\)//' timeouts
mutation 'the back-off doubles before the first wait' timeouts.tf '/^  back_offs/ s/pow\(2, receive - 1\)/pow(2, receive)/' timeouts
mutation 'the outage lasts a receive longer' timeouts.tf '/^  back_offs/ s/local\.receives\)/local.receives + 1)/' timeouts
mutation 'without a back-off no outage is survived' timeouts.tf \
  '/^    : \(local\.receives - 1\)/d; s/^    : local\.backs_off \? (sum)/    : \1/' timeouts
mutation 'a poller runs one invocation' timeouts.tf 's/: 10 \* var/: var/' concurrency
mutation 'maxReceiveCount is 3' timeouts.tf 's/max_receive_count, 10\)/max_receive_count, 3)/'
mutation 'there are no dead letters' variables.tf 's/(dead_letters *= optional\(bool, )true/\1false/'
for given in max_receive_count redrive_key; do
  mutation "$given is allowed without dead letters" variables.tf "s/(var\.queue\.dead_letters \|\| .*)var\.queue\.$given == null/\1true/" rejects
done
mutation 'the architecture is x86_64' variables.tf 's/optional\(string, "arm64"\)/optional(string, "x86_64")/'
mutation 'tracing is on' variables.tf 's/(tracing *= optional\(bool, )false/\1true/'
mutation 'the breaker is off' variables.tf 's/(breaker *= optional\(bool, )true/\1false/'
mutation 'no endpoint is paced' variables.tf 's/(pace *= optional\(bool, )true/\1false/'
mutation 'Forward-Disposition is heeded' variables.tf 's/(disposition *= optional\(bool, )false/\1true/'
mutation 'no rejection is suspect' variables.tf 's/(suspect *= optional\(bool, )true/\1false/'
mutation 'the back-off begins with a minute' variables.tf 's/(base *= optional\(string, )"30s"/\1"1m"/'
mutation 'the back-off ends at an hour' variables.tf 's/(cap *= optional\(string, )"2h"/\1"1h"/'
mutation 'Retry-After is heeded for an hour' variables.tf 's/(retry_after_max *= optional\(string, )"2h"/\1"1h"/'
mutation 'the longest header has 16000 bytes' variables.tf 's/(max_header *= optional\(number, )8000/\116000/'
mutation 'a longest header below 1000 bytes is allowed' variables.tf 's/max_header >= 1000 /max_header >= 999 /' rejects
mutation 'a longest header over 64000 bytes is allowed' variables.tf 's/max_header <= 64000 /max_header <= 64001 /' rejects
mutation 'half a byte is allowed' variables.tf 's/ && floor\(var\.endpoint\.max_header\) == var\.endpoint\.max_header//' rejects
mutation 'a group concurrency of 0 is allowed' variables.tf 's/group_concurrency >= 1 /group_concurrency >= 0 /' rejects
mutation 'a group concurrency over 1000 is allowed' variables.tf 's/group_concurrency <= 1000 /group_concurrency <= 1001 /' rejects
mutation 'a group concurrency below 1000 is refused' variables.tf 's/group_concurrency <= 1000 /group_concurrency < 1000 /' settings
mutation 'a group concurrency of 1 is refused' variables.tf 's/group_concurrency >= 1 /group_concurrency > 1 /' settings
mutation 'half a request of a group is allowed' variables.tf \
  's/ && floor\(var\.endpoint\.group_concurrency\) == var\.endpoint\.group_concurrency//' rejects
mutation 'a group concurrency is refused on standard queues' variables.tf 's/!var\.fifo \|\| (var\.endpoint\.group)/var.fifo || \1/' settings
mutation 'a rate limit of 0 is allowed' variables.tf 's/rate_limit >= 1 /rate_limit >= 0 /' rejects
mutation 'a rate limit over 10000 is allowed' variables.tf 's/rate_limit <= 10000 /rate_limit <= 10001 /' rejects
for list in success_on retry_on reject_on; do
  mutation "$list: statuses that there are not" variables.tf \
    "/split\(\",\", var\.endpoint\.$list\)/,/error_message/ s/\[1-5\]\[0-9\]/[0-9]?[0-9]/g" rejects
  mutation "$list: a range backwards is allowed" variables.tf \
    "/split\(\",\", var\.endpoint\.$list\)/,/error_message/ s/ && try\(.*/ \&\& true/" rejects
done
mutation 'a back-off over 12 hours is allowed' variables.tf '/var\.backoff\.cap\)\] :$/,/error_message/ s/<= 43200000/<= 43260000/' rejects
mutation 'a cap below a second is allowed' variables.tf '/var\.backoff\.cap\)\] :$/,/error_message/ s/>= 1000 /> 0 /' rejects
mutation 'Retry-After over 12 hours is allowed' variables.tf \
  '/var\.backoff\.retry_after_max\)\] :$/,/error_message/ s/<= 43200000/<= 46800000/' rejects
mutation 'plain http is allowed' variables.tf 's/(allow_http *= optional\(bool, )false/\1true/'
mutation 'partial batch answers are off' mapping.tf '/function_response_types/d'
mutation 'the mapping reads the dead-letter queue' mapping.tf 's/aws_sqs_queue\.queue\.arn/aws_sqs_queue.dead_letters[0].arn/'
mutation 'the mapping goes past the alias' mapping.tf 's/aws_lambda_alias\.live\.arn/aws_lambda_function.function.arn/'
mutation 'the maximum concurrency is left out' mapping.tf 's/local\.maximum_concurrency\[\*\]/[]/'
mutation 'the pollers are left out' mapping.tf 's/var\.concurrency\.pollers\[\*\]/[]/' concurrency
mutation 'the filters are left out' mapping.tf 's/length\(var\.batch\.filters\) == 0/true/' settings
mutation 'the mapping has no metrics of its own' mapping.tf '/metrics_config/,/\}/d'
mutation 'the dead-letter queue takes letters from itself' queue.tf 's/\[aws_sqs_queue\.queue\.arn\]/[aws_sqs_queue.dead_letters[0].arn]/'
mutation 'the dead-letter queue takes letters from every queue' queue.tf 's/"byQueue"/"allowAll"/'
mutation 'there is no redrive' queue.tf '/ redrive_policy = jsonencode\(\{$/,/\}\)/ { /deadLetterTargetArn/,/maxReceiveCount/d }'
mutation 'the dead-letter queue redrives' queue.tf \
  "$(within aws_sqs_queue_redrive_policy queue 's/queue_url = aws_sqs_queue\.queue\.url/queue_url = aws_sqs_queue.dead_letters[0].url/')"
mutation 'redrive comes after other receives' queue.tf 's/maxReceiveCount( *)= local\.receives/maxReceiveCount\1= 11/'
for queue in queue dead_letters; do
  mutation "$queue: no TLS-only policy" queue.tf "/^resource \"aws_sqs_queue_policy\" \"$queue\"/,/^}/d" policies
  mutation "$queue: TLS-only policy without its condition" queue.tf "$(within aws_sqs_queue_policy "$queue" '/SecureTransport/d')" policies
  mutation "$queue: no encryption" queue.tf "$(within aws_sqs_queue "$queue" 's/(sqs_managed_sse_enabled *=).*/\1 false/')"
  mutation "$queue: no KMS key" queue.tf "$(within aws_sqs_queue "$queue" 's/(kms_master_key_id *=).*/\1 null/')" kms
  mutation "$queue: small messages only" queue.tf "$(within aws_sqs_queue "$queue" 's/1048576/262144/')"
  mutation "$queue: not FIFO" queue.tf "$(within aws_sqs_queue "$queue" 's/(fifo_queue *=).*/\1 false/')" fifo
done
mutation 'the queue policy is on the dead-letter queue' queue.tf \
  "$(within aws_sqs_queue_policy queue 's/queue_url = aws_sqs_queue.queue.url/queue_url = aws_sqs_queue.dead_letters[0].url/')" policies
mutation 'senders may send for any source' queue.tf '/ArnEquals/ s/\{ ArnEquals.*/{},/' policies
mutation 'senders may send for any account' queue.tf 's/sender\.source_account == null \? \{\} : .*/{},/' policies
mutation 'senders: of sources without an account, those of S3 alone are refused' variables.tf \
  's/sender\.source_account != null \|\| try\(split.*/sender.source_account != null || sender.service != "s3.amazonaws.com"])/' rejects
mutation 'senders: a placeholder is allowed' variables.tf 's/\[\^\*\?\]\+\$"/[^*]+$"/' rejects
mutation 'senders: half an account is allowed' variables.tf 's/\(\[0-9\]\{12\}\)\?:\[\^\*\?\]/[0-9]*:[^*?]/' rejects
mutation 'the function may do it on every queue' iam.tf '/Sid *= "Queue"/,/Resource/ s/Resource = .*/Resource = "*"/' policies
mutation 'the function may put off dead letters' iam.tf \
  '/Sid *= "Queue"/,/Resource/ s/Resource = .*/Resource = [aws_sqs_queue.queue.arn, aws_sqs_queue.dead_letters[0].arn]/' policies
mutation 'the function may not put off messages' iam.tf 's/, "sqs:ChangeMessageVisibility"//' policies
mutation 'the function may send to every queue' iam.tf '/Sid *= "DeadLetters"/,/Resource/ s/Resource = .*/Resource = "*"/' policies
mutation 'the function may send to its own queue' iam.tf \
  '/Sid *= "DeadLetters"/,/Resource/ s/= queue\.arn/= aws_sqs_queue.queue.arn/' policies
mutation 'the function may not send dead letters' iam.tf '/Sid *= "DeadLetters"/,/Resource/ s/"sqs:SendMessage"/"sqs:GetQueueUrl"/' policies
mutation 'the function may do more with dead letters' iam.tf '/Sid *= "DeadLetters"/,/Resource/ s/"sqs:SendMessage"/&, "sqs:ReceiveMessage"/' policies
mutation 'the function may log anywhere' iam.tf '/Sid *= "Logs"/,/Resource/ s/Resource = .*/Resource = "*"/' policies
mutation 'the function may purge the queue' iam.tf 's/"sqs:GetQueueAttributes"/&, "sqs:PurgeQueue"/' policies
mutation 'the function may not delete messages' iam.tf 's/"sqs:DeleteMessage", //' policies
mutation 'the function may not decrypt' iam.tf 's/"kms:Decrypt"/"kms:DescribeKey"/' kms
mutation 'the function may not encrypt' iam.tf 's/\["kms:GenerateDataKey"\]/[]/' kms
mutation 'the function may encrypt without dead letters' iam.tf 's/var\.queue\.dead_letters \? (\["kms:GenerateDataKey"\]) : \[\]/\1/' no_dead_letters
mutation 'the function may use every key' iam.tf 's/Resource = var\.queue\.kms_key_arn/Resource = "*"/' kms
mutation 'the function may read every secret' iam.tf 's/Resource = local\.secret_arns\.secretsmanager/Resource = "*"/' auth
mutation 'the function may read no secret' iam.tf 's/length\(local\.secret_arns\.secretsmanager\) == 0/true/' auth
mutation 'the function may write secrets' iam.tf 's/"secretsmanager:GetSecretValue"/&, "secretsmanager:PutSecretValue"/' auth
mutation 'permissions for secrets are always there' iam.tf 's/length\(local\.secret_arns\.secretsmanager\) == 0/false/' auth
mutation 'the function may read every parameter' iam.tf 's/Resource = local\.secret_arns\.ssm/Resource = "*"/' auth
mutation 'the function may read no parameter' iam.tf 's/length\(local\.secret_arns\.ssm\) == 0/true/' auth
mutation 'the function may write parameters' iam.tf 's/"ssm:GetParameter"/&, "ssm:PutParameter"/' auth
mutation 'permissions for parameters are always there' iam.tf 's/length\(local\.secret_arns\.ssm\) == 0/false/' auth
mutation 'parameters are taken for secrets' iam.tf 's/Resource = local\.secret_arns\.ssm/Resource = local.secret_arns.secretsmanager/' auth
mutation 'the key of secrets decrypts for a service that keeps none' iam.tf 's/ if length\(arns\) > 0\]/]/' auth
mutation 'the key of secrets decrypts for Secrets Manager alone' iam.tf 's/ if length\(arns\) > 0\]/ if service == "secretsmanager"]/' auth
mutation 'the function may decrypt secrets with every key' iam.tf '/Sid *= "SecretKey/,/Condition/ s/Resource( *)= key/Resource\1= "*"/' auth
mutation 'the function may decrypt anything of its own account with the key of secrets' iam.tf '/kms:ViaService/d' auth
mutation 'the key of secrets is for another region' iam.tf 's/split\(":", key\)\[3\]/split(":", var.secret_kms_key_arns[0])[3]/' auth
mutation 'the function may encrypt with the key of secrets' iam.tf '/Sid *= "SecretKey/,/Condition/ s/"kms:Decrypt"/&, "kms:GenerateDataKey"/' auth
mutation 'a secret with its key is no ARN' routes.tf 's/split\("#", (.*)\)\[0\] if/\1 if/' auth
mutation 'a user name is taken for a secret' routes.tf 's/"clientSecret"\]/"clientSecret", "username"]/' auth
reference='/startswith\(value, "env:"\) \|\| startswith\(value, "secretsmanager:"\) \|\| startswith\(value, "ssm:"\)$/,/error_message/'
for member in token value password secret previous clientSecret; do
  mutation "auth: a literal $member is allowed" variables.tf "$reference s/\"$member\"(, )?//" rejects
done
redrive_key='/var\.queue\.redrive_key == null \? true/,/error_message/'
mutation 'queue.redrive_key: the function may not read it' routes.tf '/redrive_key\[\*\]/d' auth
mutation 'queue.redrive_key: its KMS key is refused' variables.tf 's/, var\.queue\.redrive_key\]/]/' auth
mutation 'queue.redrive_key: a literal secret is allowed' variables.tf "$redrive_key s/\"\^env:\.\"/\".\"/" rejects
mutation 'queue.redrive_key: a secret without the end of its ARN is allowed' variables.tf "$redrive_key s/-\[A-Za-z0-9\]\{6\}//" rejects
mutation 'queue.redrive_key: a parameter with a wildcard is allowed' variables.tf "$redrive_key s/\[A-Za-z0-9_\.-\]\+\)\+/.+)+/" rejects
mutation 'queue.redrive_key: a hash without a key is allowed' variables.tf "$redrive_key s/\(#\.\+\)\?/(#.*)?/" rejects
mutation 'queue.redrive_key: any variable is allowed' variables.tf \
  's/contains\(keys\(var\.function\.environment\), trimprefix\(var\.queue\.redrive_key, "env:"\)\)/true/' rejects
headers='/try\(route\.allowedHeaders, null\) == null \? true/,/error_message/'
mutation 'allowedHeaders: an object is allowed' variables.tf 's/!can\(keys\(route\.allowedHeaders\)\) \&\& //' rejects
mutation 'allowedHeaders: an empty list is allowed' variables.tf "$headers s/length\(route\.allowedHeaders\) >= 1/true/" rejects
mutation 'allowedHeaders: more than 100 are allowed' variables.tf "$headers s/<= 100/<= 101/" rejects
mutation 'allowedHeaders: a number is allowed' variables.tf "$headers s/header == tostring\(header\) \&\& //" rejects
mutation 'allowedHeaders: any text is allowed' variables.tf "$headers s/can\(regex\([^)]*\)\)/true/" rejects
mutation 'allowedHeaders: every header is allowed' variables.tf "$headers s/Za-z-\]\+/Za-z-]*/" rejects
mutation 'allowedHeaders: a star inside is allowed' variables.tf "$headers s/\"\^\[0/\"^[*0/" rejects
mutation 'allowedHeaders: any sign of a token is allowed' variables.tf "$headers s/\"\^\[0/\"^[_0/" rejects
mutation 'allowedHeaders: one twice is allowed' variables.tf "$headers s/ \&\& length\(distinct.*, false,/, false,/" rejects
mutation 'allowedHeaders: a star at the end is refused' variables.tf "$headers s/Za-z-\]\+[^\"]*/Za-z-]+$/" routes
mutation 'a route may not say disposition' variables.tf 's/\|rejectOn\|disposition\)/|rejectOn)/' routes
for member in allowedHosts allowedHeaders allowPrivate; do
  mutation "$member is allowed without a described request" variables.tf "s/(for member in \[.*)\"$member\"(, )?/\1/" rejects
done
mutation 'allowedHosts: an object is allowed' variables.tf 's/!can\(keys\(route\.allowedHosts\)\) \&\& //' rejects
mutation 'allowedHosts: a number is allowed' variables.tf \
  's/alltrue\(\[for host in route\.allowedHosts : host == tostring\(host\)\]\) \&\& //' rejects
mutation 'X-Ray permissions are always there' iam.tf 's/!var\.function\.tracing/false/' policies
mutation 'VPC permissions are always there' iam.tf 's/var\.vpc == null/false/' policies
mutation 'another service may be the function' iam.tf 's/lambda\.amazonaws/ec2.amazonaws/' policies
mutation 'the dead-letter alarm is on the queue' alarms.tf 's/one\(aws_sqs_queue\.dead_letters\[\*\]\.name\)/aws_sqs_queue.queue.name/' alarms
mutation 'the age alarm is on the dead-letter queue' alarms.tf 's/aws_sqs_queue\.queue\.name/aws_sqs_queue.dead_letters[0].name/' alarms
mutation 'the age alarm does not follow the visibility timeout' alarms.tf 's/threshold( *)= 2 \* local\.visibility_timeout/threshold\1= 720/' alarms
mutation 'the duration alarm does not follow the function timeout' alarms.tf 's/floor\(900 \* .*/52650/' alarms
mutation 'deliveries are watched on the dead-letter queue' alarms.tf \
  '/of_delivery =/ s/aws_sqs_queue\.queue\.name/aws_sqs_queue.dead_letters[0].name/' alarms
mutation 'deliveries are watched without .fifo' alarms.tf '/of_delivery =/ s/aws_sqs_queue\.queue\.name/var.name/' fifo
for alarm in endpoint-faults parked suspect blocked; do
  hint=alarms
  [ "$alarm" != blocked ] || hint=fifo
  mutation "$alarm: the dimensions of Lambda" alarms.tf "/^    $alarm = /,/^    }/ s/local\.of_delivery/local.of_function/" "$hint"
  mutation "$alarm: one dimension of two" alarms.tf \
    "/^    $alarm = /,/^    }/ s/local\.of_delivery/{ Function = local.of_delivery.Function }/" "$hint"
  mutation "$alarm: the namespace of Lambda" alarms.tf "/^    $alarm = /,/^    }/ s/\"SqsAotLambda\"/\"AWS\/Lambda\"/" "$hint"
  mutation "$alarm: another metric" alarms.tf "/^    $alarm = /,/^    }/ s/metric      = .*/metric      = \"Rejected\"/" "$hint"
  mutation "$alarm: one is not enough" alarms.tf "/^    $alarm = /,/^    }/ s/threshold   = 0/threshold   = 1/" "$hint"
  mutation "$alarm: over sooner" alarms.tf "/^    $alarm = /,/^    }/ s/minutes     = .*/minutes     = 15/" "$hint"
done
mutation 'the alarm on blocked groups does not follow the longest wait' alarms.tf 's/ceil\(local\.longest_interval \/ 60\) \+ 1/124/' fifo
mutation 'the alarm on blocked groups is over with the longest wait' alarms.tf 's/(ceil\(local\.longest_interval \/ 60\)) \+ 1/\1/' fifo
mutation 'standard queues have an alarm on blocked groups' alarms.tf 's/, var\.fifo \? \[\] : \["blocked"\]//' alarms
mutation 'dead letters are watched without any' alarms.tf 's/var\.queue\.dead_letters \? \[\] : \["dead-letters"\]/[]/' no_dead_letters
mutation 'the alarms speak of receives without dead letters' alarms.tf \
  's/\$\{var\.queue\.dead_letters \? "the receives are used up" : "messages expire"\}/the receives are used up/' no_dead_letters
mutation 'the alarm on parked messages speaks of receives without dead letters' alarms.tf \
  's/: "They expire.*arrival"/: "Their receives last ${local.outage_survived} s"/' no_dead_letters
mutation 'the alarm on blocked groups speaks of dead letters without any' alarms.tf \
  's/\$\{var\.queue\.dead_letters \? "becomes a dead letter" : "expires"\}/becomes a dead letter/' no_dead_letters
mutation 'the alarm on parked messages does not follow the receives' alarms.tf 's/max\(1, min\(3, .*/3/' alarms
mutation 'the dashboard shows deliveries of another queue' dashboard.tf 's/local\.of_delivery\.Queue/aws_sqs_queue.dead_letters[0].name/' alarms
for metric in Dropped Parked Suspect Resent Paced; do
  mutation "the dashboard leaves out $metric" dashboard.tf "s/\"$metric\"(, )?//" alarms
done
mutation 'the dashboard leaves out Blocked' dashboard.tf 's/\["Blocked"\]/[]/' fifo
mutation 'the dashboard leaves out DeadLettered' dashboard.tf 's/\["DeadLettered"\]/[]/' alarms
mutation 'the dashboard shows blocked groups of standard queues' dashboard.tf 's/var\.fifo \? \["Blocked"\] : \[\]/["Blocked"]/' alarms
mutation 'the dashboard shows copies without dead letters' dashboard.tf \
  's/var\.queue\.dead_letters \? \["DeadLettered"\] : \[\]/["DeadLettered"]/' no_dead_letters
mutation 'the dashboard shows receives left without dead letters' dashboard.tf \
  's/var\.queue\.dead_letters \? (\[concat.*\]) : \[\]$/\1/' no_dead_letters
mutation 'the dashboard never shows receives left' dashboard.tf 's/var\.queue\.dead_letters \? \[concat.*\] : \[\]$/[]/' alarms
mutation 'the dashboard has an empty chart' dashboard.tf 's/ if length\(chart\.metrics\) > 0\]/]/' no_dead_letters
mutation 'the dashboard leaves out dead letters' dashboard.tf 's/in aws_sqs_queue\.dead_letters :/in [] :/' alarms
mutation 'the most receives left instead of the fewest' dashboard.tf 's/"Minimum"/"Maximum"/' alarms
mutation 'the dashboard covers a chart with the log' dashboard.tf 's/6 \* ceil\(length.*/18/' alarms
mutation 'alarms tell nobody' alarms.tf '/alarm_actions/d' alarms
mutation 'no versions are published' function.tf 's/publish = true/publish = false/'
mutation 'the alias ignores a roll back' function.tf 's/var\.function\.live_version == null \? (.*) : .*/\1/' package
mutation 'a changed zip goes unnoticed' function.tf '/source_code_hash/d' package
mutation 'no platform reports' function.tf 's/system_log_level = "INFO"/system_log_level = "WARN"/'
mutation 'own variables win over settings' function.tf 's/FORWARD_CONCURRENCY  /FORWARD_CONCURENCY  /'
for setting in URL CLOUDEVENTS_TYPE MAX_HEADER REDRIVE_KEY SUCCESS_ON RESEND BACKOFF_BASE BACKOFF_CAP RETRY_AFTER_MAX BREAKER SUSPECT \
  DEAD_LETTERS MAX_RECEIVE_COUNT DLQ_URL RATE_LIMIT RETRY_ON REJECT_ON PACE GROUP_CONCURRENCY DISPOSITION; do
  mutation "FORWARD_$setting is left out" function.tf "/^ +FORWARD_$setting +=/d" settings
done
mutation 'FORWARD_ROUTES is left out' function.tf '/^ +FORWARD_ROUTES +=/d' routes
mutation 'FORWARD_ROUTES_FILE is left out' function.tf '/^ +FORWARD_ROUTES_FILE +=/d' routes
mutation 'FORWARD_AUTH is left out' function.tf '/^ +FORWARD_AUTH +=/d' auth
mutation 'a null in a route is handed on' routes.tf '/^  routes/ s/ if value != null//' routes
mutation 'a null in a credential is handed on' routes.tf '/^  auth/ s/ if value != null//' auth
mutation 'names and quotes are left out of the 4 KB' routes.tf 's/jsonencode\(merge\(/join("", values(merge(/; s/^  \}\)\)\)\)/  })))))/' routes
mutation 'the 4 KB are counted in characters' routes.tf 's/length\(base64encode\((.*)$/length((\1/; s|\* 3 / 4|* 1|' routes
mutation 'own variables are left out of the 4 KB' routes.tf 's/merge\(var\.function\.environment, /merge(/' routes
mutation 'the 4 KB wait for the URL of the dead-letter queue' routes.tf 's|"https://sqs\.cn.*|aws_sqs_queue.dead_letters[0].url|' routes
mutation 'the URL of the dead-letter queue counts for the 4 KB without one' routes.tf 's/!var\.queue\.dead_letters \? \{\} : \{/{/' no_dead_letters
mutation 'the timeouts of routes are left out' timeouts.tf 's/concat\(\[var\.endpoint\.timeout\], .*\)/[var.endpoint.timeout]/' routes
mutation 'settings without a default are always there' function.tf \
  's/ => tostring\(value\) if value != null/ => value == null ? "" : tostring(value)/'
mutation 'the idempotency key may take a header of the event' variables.tf 's/\(x-aws-sqsd\|ce\)/(x-aws-sqsd)/' rejects
mutation 'requests always go once more' function.tf 's/var\.endpoint\.resend \? "on" : "off"/"on"/' settings
mutation 'every endpoint is paced' function.tf 's/var\.endpoint\.pace \? "on" : "off"/"on"/' settings
mutation 'Forward-Disposition is never heeded' function.tf 's/var\.endpoint\.disposition \? "on" : "off"/"off"/' settings
mutation 'a wall of rejections is always suspect' function.tf 's/var\.backoff\.suspect \? "on" : "off"/"on"/' settings
mutation 'the breaker is always on' function.tf 's/var\.backoff\.breaker \? "on" : "off"/"on"/' settings
mutation 'the function takes another receive for the last' function.tf 's/tostring\(local\.receives\)/"10"/' settings
mutation 'copies of dead letters go to the queue' function.tf 's/= queue\.url/= aws_sqs_queue.queue.url/'
mutation 'the function never does without dead letters' function.tf 's/var\.queue\.dead_letters \? "on" : "off"/"on"/' no_dead_letters
mutation 'the VPC is left out' function.tf 's/var\.vpc\[\*\]/[]/' vpc

# Every resource without its tags.
while IFS=: read -r file line _; do
  mutation "$file:$line: no tags" "$file" "${line}d"
done < <(cd "$module" && grep -n '^  tags *= local\.tags' ./*.tf | sed 's|^\./||')

# Every validation, precondition and check, made true.
while IFS=: read -r file line kind end; do
  hint=rejects
  [ "$kind" = validation ] || hint=timeouts
  mutation "$file:$line: $kind holds nothing back" "$file" "$line,$end { s/(condition *= )/\1(/; s/^( *)error_message /\1) || true\n&/ }" "$hint"
done < <(cd "$module" && awk '
  /^ *(validation|precondition|assert) \{$/ { kind = $1; start = FNR }
  kind && /^ *error_message / { print FILENAME ":" start ":" kind ":" FNR; kind = "" }' ./*.tf | sed 's|^\./||')

# What `terraform init` writes is the same for every copy.
cp -R "$module" "$copies/original"
rm -rf "$copies/original/tests/offline/bin"
terraform -chdir="$copies/original" init -input=false >"$copies/log" 2>&1 || { cat "$copies/log" >&2; exit 1; }
terraform -chdir="$copies/original" test >"$copies/log" 2>&1 || { cat "$copies/log" >&2; echo "The tests fail without any mutation." >&2; exit 1; }

# Prints the verdict on one mutation.
try() {
  local copy=$copies/$1 file=${files[$1]} verdict=CAUGHT
  cp -R "$copies/original" "$copy"
  sed -E -i "${scripts[$1]}" "$copy/$file"
  if cmp -s "$copy/$file" "$copies/original/$file"; then
    verdict='MISSED (it no longer applies)'
  elif ! terraform -chdir="$copy" validate -no-tests >"$copy.log" 2>&1; then
    verdict='MISSED (it does not validate)'
  elif terraform -chdir="$copy" test -filter="tests/${hints[$1]}.tftest.hcl" >"$copy.log" 2>&1 &&
    terraform -chdir="$copy" test >"$copy.log" 2>&1; then
    verdict=MISSED
  fi
  echo "$verdict: ${names[$1]}"
  rm -rf "$copy"
}

for index in "${!names[@]}"; do
  while [ "$(jobs -rp | wc -l)" -ge "$at_once" ]; do wait -n || true; done
  try "$index" | tee -a "$copies/verdicts" &
done
wait

caught=$(grep -c '^CAUGHT' "$copies/verdicts" || true)
echo "$caught of ${#names[@]} mutations caught"
[ "$caught" -gt 0 ] && [ "$caught" = "${#names[@]}" ]
