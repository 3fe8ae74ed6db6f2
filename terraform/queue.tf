locals {
  suffix = var.fifo ? ".fifo" : ""
  tags   = merge({ Name = var.name }, var.tags)
}

resource "aws_sqs_queue" "queue" {
  name                        = "${var.name}${local.suffix}"
  fifo_queue                  = var.fifo
  content_based_deduplication = var.queue.content_based_deduplication
  visibility_timeout_seconds  = local.visibility_timeout
  message_retention_seconds   = var.queue.retention
  # 1 MiB, the largest SQS allows; the provider's default is older and smaller.
  max_message_size = 1048576
  # For whoever reads the queue by hand; Lambda polls in its own way.
  receive_wait_time_seconds = 20
  kms_master_key_id         = var.queue.kms_key_arn
  sqs_managed_sse_enabled   = var.queue.kms_key_arn == null ? true : null

  tags = local.tags

  lifecycle {
    precondition {
      condition     = !var.queue.dead_letters || var.queue.retention > local.receives_last
      error_message = "${local.receives} receives, up to ${max(0, local.receive_intervals...)} s apart (the function's ${local.function_timeout} s, ${var.batch.window == 0 ? "" : "a window of ${var.batch.window} s, "}and the longest of a visibility timeout of ${local.visibility_timeout} s, 900 s${local.backs_off ? ", a back-off of up to ${max(0, local.longest_back_offs...)} s, a Retry-After of up to ${local.seconds.retry_after} s" : ""}), may last ${local.receives_last} s, and queue.retention is ${var.queue.retention} s: messages would expire before they reach the dead-letter queue. Raise queue.retention above ${local.receives_last} (1209600 at most), or lower queue.max_receive_count${local.backs_off ? ", backoff.cap, backoff.retry_after_max" : ""} or function.timeout."
    }
    precondition {
      condition     = var.queue.dead_letters || var.queue.retention > local.longest_interval
      error_message = "Without dead letters a message may wait ${local.longest_interval} s from one receive to the next (the function's ${local.function_timeout} s, ${var.batch.window == 0 ? "" : "a window of ${var.batch.window} s, "}and the longest of a visibility timeout of ${local.visibility_timeout} s, 900 s${local.backs_off ? ", backoff.cap, backoff.retry_after_max" : ""}), and queue.retention is ${var.queue.retention} s: messages would expire while they wait. Raise queue.retention above ${local.longest_interval} (1209600 at most), or lower ${local.backs_off ? "backoff.cap, backoff.retry_after_max or " : ""}function.timeout."
    }
  }
}

moved {
  from = aws_sqs_queue.dead_letters
  to   = aws_sqs_queue.dead_letters[0]
}

resource "aws_sqs_queue" "dead_letters" {
  count = var.queue.dead_letters ? 1 : 0

  name                      = "${var.name}-dlq${local.suffix}"
  fifo_queue                = var.fifo
  message_retention_seconds = var.queue.dead_letter_retention
  max_message_size          = 1048576
  receive_wait_time_seconds = 20
  kms_master_key_id         = var.queue.kms_key_arn
  sqs_managed_sse_enabled   = var.queue.kms_key_arn == null ? true : null
  tags                      = local.tags

  lifecycle {
    precondition {
      # A FIFO queue gives a dead letter a new time of arrival: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/setting-up-dead-letter-queue-retention.html
      condition     = var.fifo || var.queue.dead_letter_retention > var.queue.retention
      error_message = "queue.dead_letter_retention is ${var.queue.dead_letter_retention} s and queue.retention ${var.queue.retention} s: on a standard queue a dead letter keeps the time of its first arrival, and would be gone as soon as it is dead. Raise queue.dead_letter_retention (up to 1209600), or lower queue.retention below it."
    }
  }
}

# A resource of its own, because the provider keeps a redrive_policy that is taken out of a queue's block:
# https://github.com/hashicorp/terraform-provider-aws/issues/23178
resource "aws_sqs_queue_redrive_policy" "queue" {
  count = var.queue.dead_letters ? 1 : 0

  queue_url = aws_sqs_queue.queue.url

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead_letters[0].arn
    maxReceiveCount     = local.receives
  })
}

moved {
  from = aws_sqs_queue_redrive_allow_policy.dead_letters
  to   = aws_sqs_queue_redrive_allow_policy.dead_letters[0]
}

resource "aws_sqs_queue_redrive_allow_policy" "dead_letters" {
  count = var.queue.dead_letters ? 1 : 0

  queue_url = aws_sqs_queue.dead_letters[0].url

  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [aws_sqs_queue.queue.arn]
  })
}

resource "aws_sqs_queue_policy" "queue" {
  queue_url = aws_sqs_queue.queue.url

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Sid       = "TlsOnly"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sqs:*"
        Resource  = aws_sqs_queue.queue.arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      }],
      [for index, sender in var.senders : {
        Sid       = "Sender${index}"
        Effect    = "Allow"
        Principal = { Service = sender.service }
        Action    = "sqs:SendMessage"
        Resource  = aws_sqs_queue.queue.arn
        Condition = merge(
          { ArnEquals = { "aws:SourceArn" = sender.source_arn } },
          sender.source_account == null ? {} : { StringEquals = { "aws:SourceAccount" = sender.source_account } },
        )
      }],
    )
  })
}

moved {
  from = aws_sqs_queue_policy.dead_letters
  to   = aws_sqs_queue_policy.dead_letters[0]
}

resource "aws_sqs_queue_policy" "dead_letters" {
  count = var.queue.dead_letters ? 1 : 0

  queue_url = aws_sqs_queue.dead_letters[0].url

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "TlsOnly"
      Effect    = "Deny"
      Principal = "*"
      Action    = "sqs:*"
      Resource  = aws_sqs_queue.dead_letters[0].arn
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}
