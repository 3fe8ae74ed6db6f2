# Queues encrypted with a KMS key.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name     = "orders"
  package  = { file = "tests/fixtures/package.zip" }
  endpoint = { url = "https://api.example.com/orders" }
  queue    = { kms_key_arn = "arn:aws:kms:eu-west-1:111111111111:key/k" }
}

run "queues" {
  command = plan

  assert {
    condition     = aws_sqs_queue.queue.kms_master_key_id == "arn:aws:kms:eu-west-1:111111111111:key/k"
    error_message = "The queue has the key ${aws_sqs_queue.queue.kms_master_key_id}."
  }
  assert {
    condition     = aws_sqs_queue.dead_letters[0].kms_master_key_id == "arn:aws:kms:eu-west-1:111111111111:key/k"
    error_message = "The dead-letter queue has the key ${aws_sqs_queue.dead_letters[0].kms_master_key_id}."
  }
}

run "permissions" {
  assert {
    condition = slice(jsondecode(aws_iam_role_policy.function.policy).Statement, 3, 4) == [{
      Sid      = "Key"
      Effect   = "Allow"
      Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
      Resource = "arn:aws:kms:eu-west-1:111111111111:key/k"
    }] && length(jsondecode(aws_iam_role_policy.function.policy).Statement) == 4
    error_message = "The function may ${aws_iam_role_policy.function.policy}."
  }
  assert {
    condition = jsondecode(output.producer_policy).Statement[1] == {
      Effect   = "Allow"
      Action   = ["kms:GenerateDataKey", "kms:Decrypt"]
      Resource = "arn:aws:kms:eu-west-1:111111111111:key/k"
    }
    error_message = "A producer may ${output.producer_policy}."
  }
}
