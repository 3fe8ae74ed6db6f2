# Who may do what.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name     = "orders"
  package  = { file = "tests/fixtures/package.zip" }
  endpoint = { url = "https://api.example.com/orders" }
}

run "the_function" {
  assert {
    condition = jsondecode(aws_iam_role_policy.function.policy).Statement == [
      {
        Sid      = "Queue"
        Effect   = "Allow"
        Action   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility"]
        Resource = "arn:aws:sqs:eu-west-1:111111111111:orders"
      },
      {
        Sid      = "DeadLetters"
        Effect   = "Allow"
        Action   = ["sqs:SendMessage"]
        Resource = "arn:aws:sqs:eu-west-1:111111111111:orders-dlq"
      },
      {
        Sid      = "Logs"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "arn:aws:logs:eu-west-1:111111111111:log-group:/aws/lambda/orders:*"
      },
    ]
    error_message = "The function may ${aws_iam_role_policy.function.policy}."
  }
  assert {
    condition     = alltrue([for statement in jsondecode(aws_iam_role_policy.function.policy).Statement : statement.Resource != "*"])
    error_message = "A statement is for every resource."
  }
  assert {
    condition = jsondecode(aws_iam_role.function.assume_role_policy).Statement == [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
    error_message = "The role is for ${aws_iam_role.function.assume_role_policy}."
  }
}

run "tls_only" {
  assert {
    condition = aws_sqs_queue_policy.queue.queue_url == aws_sqs_queue.queue.url && jsondecode(aws_sqs_queue_policy.queue.policy).Statement == [{
      Sid       = "TlsOnly"
      Effect    = "Deny"
      Principal = "*"
      Action    = "sqs:*"
      Resource  = "arn:aws:sqs:eu-west-1:111111111111:orders"
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
    error_message = "The queue's policy is ${aws_sqs_queue_policy.queue.policy}."
  }
  assert {
    condition = aws_sqs_queue_policy.dead_letters[0].queue_url == aws_sqs_queue.dead_letters[0].url && jsondecode(aws_sqs_queue_policy.dead_letters[0].policy).Statement == [{
      Sid       = "TlsOnly"
      Effect    = "Deny"
      Principal = "*"
      Action    = "sqs:*"
      Resource  = "arn:aws:sqs:eu-west-1:111111111111:orders-dlq"
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
    error_message = "The dead-letter queue's policy is ${aws_sqs_queue_policy.dead_letters[0].policy}."
  }
}

run "senders" {
  state_key = "senders"

  variables {
    senders = [
      { service = "sns.amazonaws.com", source_arn = "arn:aws:sns:eu-west-1:111111111111:orders" },
      { service = "s3.amazonaws.com", source_arn = "arn:aws:s3:::uploads", source_account = "111111111111" },
      { service = "events.amazonaws.com", source_arn = "arn:aws:events:eu-west-1:222222222222:rule/orders", source_account = "222222222222" },
    ]
  }

  assert {
    condition = slice(jsondecode(aws_sqs_queue_policy.queue.policy).Statement, 1, 4) == [
      {
        Sid       = "Sender0"
        Effect    = "Allow"
        Principal = { Service = "sns.amazonaws.com" }
        Action    = "sqs:SendMessage"
        Resource  = "arn:aws:sqs:eu-west-1:111111111111:orders"
        Condition = { ArnEquals = { "aws:SourceArn" = "arn:aws:sns:eu-west-1:111111111111:orders" } }
      },
      {
        Sid       = "Sender1"
        Effect    = "Allow"
        Principal = { Service = "s3.amazonaws.com" }
        Action    = "sqs:SendMessage"
        Resource  = "arn:aws:sqs:eu-west-1:111111111111:orders"
        Condition = { ArnEquals = { "aws:SourceArn" = "arn:aws:s3:::uploads" }, StringEquals = { "aws:SourceAccount" = "111111111111" } }
      },
      {
        Sid       = "Sender2"
        Effect    = "Allow"
        Principal = { Service = "events.amazonaws.com" }
        Action    = "sqs:SendMessage"
        Resource  = "arn:aws:sqs:eu-west-1:111111111111:orders"
        Condition = { ArnEquals = { "aws:SourceArn" = "arn:aws:events:eu-west-1:222222222222:rule/orders" }, StringEquals = { "aws:SourceAccount" = "222222222222" } }
      },
    ]
    error_message = "The queue's policy is ${aws_sqs_queue_policy.queue.policy}."
  }
  assert {
    condition     = jsondecode(aws_sqs_queue_policy.queue.policy).Statement[0].Sid == "TlsOnly" && length(jsondecode(aws_sqs_queue_policy.queue.policy).Statement) == 4
    error_message = "The queue's policy is ${aws_sqs_queue_policy.queue.policy}."
  }
}

run "a_producer" {
  assert {
    condition = jsondecode(output.producer_policy).Statement == [{
      Effect   = "Allow"
      Action   = ["sqs:SendMessage", "sqs:GetQueueUrl"]
      Resource = "arn:aws:sqs:eu-west-1:111111111111:orders"
    }]
    error_message = "A producer may ${output.producer_policy}."
  }
}

run "tracing" {
  state_key = "tracing"

  variables {
    function = { tracing = true }
  }

  assert {
    condition     = one(aws_lambda_function.function.tracing_config).mode == "Active"
    error_message = "Tracing is off."
  }
  assert {
    condition = slice(jsondecode(aws_iam_role_policy.function.policy).Statement, 3, 4) == [{
      Sid      = "Traces"
      Effect   = "Allow"
      Action   = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]
      Resource = "*"
    }] && length(jsondecode(aws_iam_role_policy.function.policy).Statement) == 4
    error_message = "The function may ${aws_iam_role_policy.function.policy}."
  }
}
