resource "aws_iam_role" "function" {
  name = var.name

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })

  tags = local.tags
}

resource "aws_iam_role_policy" "function" {
  name = "function"
  role = aws_iam_role.function.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        # Lambda's pollers use the function's role for the first three; the function itself puts off what was not delivered.
        Sid      = "Queue"
        Effect   = "Allow"
        Action   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility"]
        Resource = aws_sqs_queue.queue.arn
      }],
      [for queue in aws_sqs_queue.dead_letters : {
        # Copies with the reason.
        Sid      = "DeadLetters"
        Effect   = "Allow"
        Action   = ["sqs:SendMessage"]
        Resource = queue.arn
      }],
      [{
        Sid    = "Logs"
        Effect = "Allow"
        Action = ["logs:CreateLogStream", "logs:PutLogEvents"]
        # The log streams of the one group.
        Resource = "${aws_cloudwatch_log_group.function.arn}:*"
      }],
      var.queue.kms_key_arn == null ? [] : [{
        # SQS asks for Decrypt of whoever receives, and for both of whoever sends, here to the dead-letter queue.
        Sid      = "Key"
        Effect   = "Allow"
        Action   = concat(["kms:Decrypt"], var.queue.dead_letters ? ["kms:GenerateDataKey"] : [])
        Resource = var.queue.kms_key_arn
      }],
      !var.function.tracing ? [] : [{
        Sid    = "Traces"
        Effect = "Allow"
        Action = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]
        # These actions know no resource: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
        Resource = "*"
      }],
      var.vpc == null ? [] : [{
        Sid    = "Vpc"
        Effect = "Allow"
        Action = ["ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:DeleteNetworkInterface", "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses"]
        # Lambda asks for them on all resources before it joins a VPC: https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
        Resource = "*"
      }],
      length(local.secret_arns.secretsmanager) == 0 ? [] : [{
        Sid      = "Secrets"
        Effect   = "Allow"
        Action   = ["secretsmanager:GetSecretValue"]
        Resource = local.secret_arns.secretsmanager
      }],
      length(local.secret_arns.ssm) == 0 ? [] : [{
        Sid      = "Parameters"
        Effect   = "Allow"
        Action   = ["ssm:GetParameter"]
        Resource = local.secret_arns.ssm
      }],
      [for index, key in var.secret_kms_key_arns : {
        # Both services decrypt with the caller's permission: https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
        # and https://docs.aws.amazon.com/systems-manager/latest/userguide/secure-string-parameter-kms-encryption.html
        Sid       = "SecretKey${index}"
        Effect    = "Allow"
        Action    = ["kms:Decrypt"]
        Resource  = key
        Condition = { StringEquals = { "kms:ViaService" = [for service, arns in local.secret_arns : "${service}.${split(":", key)[3]}.amazonaws.com" if length(arns) > 0] } }
      }],
    )
  })
}
