# Credentials and signatures: what the function is told of them, and which secrets it may read.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name     = "orders"
  package  = { file = "tests/fixtures/package.zip" }
  endpoint = { url = "https://api.example.com/orders" }
}

run "every_type" {
  variables {
    auth = {
      default        = { type = "bearer", token = "secretsmanager:arn:aws:secretsmanager:eu-west-1:111111111111:secret:orders-AbCdEf#token" }
      default-sign   = { type = "standard-webhooks", secret = "secretsmanager:arn:aws:secretsmanager:eu-west-1:111111111111:secret:hooks/orders-GhIjKl#current", previous = "secretsmanager:arn:aws:secretsmanager:eu-west-1:111111111111:secret:hooks/orders-GhIjKl#previous" }
      orders-api     = { type = "oauth2", tokenUrl = "https://id.example.com/token", clientId = "orders", clientSecret = "secretsmanager:arn:aws:secretsmanager:eu-central-1:111111111111:secret:orders-AbCdEf", scope = "write", audience = "orders" }
      plain-oauth    = { type = "oauth2", tokenUrl = "https://id.example.com/token", clientId = "orders", clientSecret = "env:LEGACY_PASSWORD" }
      legacy         = { type = "basic", username = "orders", password = "env:LEGACY_PASSWORD" }
      key            = { type = "header", name = "X-Api-Key", value = "secretsmanager:arn:aws:secretsmanager:eu-west-1:111111111111:secret:orders-AbCdEf#key" }
      iam            = { type = "sigv4", service = "execute-api", region = "eu-west-1" }
      iam-here       = { type = "sigv4", service = "lambda", region = null }
      orders-webhook = { type = "standard-webhooks", secret = "secretsmanager:arn:aws:secretsmanager:eu-west-1:111111111111:secret:orders-AbCdEf#hook" }
      hub            = { type = "hmac-sha256", header = "X-Hub-Signature-256", prefix = "sha256=", secret = "env:HUB_SECRET" }
    }
    function            = { environment = { LEGACY_PASSWORD = "p", HUB_SECRET = "h" } }
    secret_kms_key_arns = ["arn:aws:kms:eu-west-1:111111111111:key/k", "arn:aws:kms:eu-central-1:111111111111:key/l"]
    routes              = [{ name = "orders", url = "https://orders.example.com", auth = "orders-api", sign = "orders-webhook" }]
  }

  assert {
    condition = jsondecode(one(aws_lambda_function.function.environment).variables.FORWARD_AUTH) == {
      default        = { type = "bearer", token = "secretsmanager:arn:aws:secretsmanager:eu-west-1:111111111111:secret:orders-AbCdEf#token" }
      default-sign   = { type = "standard-webhooks", secret = "secretsmanager:arn:aws:secretsmanager:eu-west-1:111111111111:secret:hooks/orders-GhIjKl#current", previous = "secretsmanager:arn:aws:secretsmanager:eu-west-1:111111111111:secret:hooks/orders-GhIjKl#previous" }
      orders-api     = { type = "oauth2", tokenUrl = "https://id.example.com/token", clientId = "orders", clientSecret = "secretsmanager:arn:aws:secretsmanager:eu-central-1:111111111111:secret:orders-AbCdEf", scope = "write", audience = "orders" }
      plain-oauth    = { type = "oauth2", tokenUrl = "https://id.example.com/token", clientId = "orders", clientSecret = "env:LEGACY_PASSWORD" }
      legacy         = { type = "basic", username = "orders", password = "env:LEGACY_PASSWORD" }
      key            = { type = "header", name = "X-Api-Key", value = "secretsmanager:arn:aws:secretsmanager:eu-west-1:111111111111:secret:orders-AbCdEf#key" }
      iam            = { type = "sigv4", service = "execute-api", region = "eu-west-1" }
      iam-here       = { type = "sigv4", service = "lambda" }
      orders-webhook = { type = "standard-webhooks", secret = "secretsmanager:arn:aws:secretsmanager:eu-west-1:111111111111:secret:orders-AbCdEf#hook" }
      hub            = { type = "hmac-sha256", header = "X-Hub-Signature-256", prefix = "sha256=", secret = "env:HUB_SECRET" }
    }
    error_message = "The credentials are ${one(aws_lambda_function.function.environment).variables.FORWARD_AUTH}."
  }
  assert {
    condition     = one(aws_lambda_function.function.environment).variables.LEGACY_PASSWORD == "p" && one(aws_lambda_function.function.environment).variables.HUB_SECRET == "h"
    error_message = "The variables that env: names are not there."
  }
  assert {
    condition = slice(jsondecode(aws_iam_role_policy.function.policy).Statement, 3, 6) == [
      {
        Sid    = "Secrets"
        Effect = "Allow"
        Action = ["secretsmanager:GetSecretValue"]
        Resource = [
          "arn:aws:secretsmanager:eu-central-1:111111111111:secret:orders-AbCdEf",
          "arn:aws:secretsmanager:eu-west-1:111111111111:secret:hooks/orders-GhIjKl",
          "arn:aws:secretsmanager:eu-west-1:111111111111:secret:orders-AbCdEf",
        ]
      },
      {
        Sid       = "SecretKey0"
        Effect    = "Allow"
        Action    = ["kms:Decrypt"]
        Resource  = "arn:aws:kms:eu-west-1:111111111111:key/k"
        Condition = { StringEquals = { "kms:ViaService" = ["secretsmanager.eu-west-1.amazonaws.com"] } }
      },
      {
        Sid       = "SecretKey1"
        Effect    = "Allow"
        Action    = ["kms:Decrypt"]
        Resource  = "arn:aws:kms:eu-central-1:111111111111:key/l"
        Condition = { StringEquals = { "kms:ViaService" = ["secretsmanager.eu-central-1.amazonaws.com"] } }
      },
    ] && length(jsondecode(aws_iam_role_policy.function.policy).Statement) == 6
    error_message = "The function may ${aws_iam_role_policy.function.policy}."
  }
}

run "parameters" {
  state_key = "parameters"

  variables {
    auth = {
      default      = { type = "bearer", token = "ssm:arn:aws:ssm:eu-west-1:111111111111:parameter/orders/prod/api-key.v1#token" }
      default-sign = { type = "standard-webhooks", secret = "ssm:arn:aws:ssm:eu-west-1:111111111111:parameter/hook", previous = "ssm:arn:aws:ssm:eu-central-1:111111111111:parameter/hook_1" }
      orders-api   = { type = "oauth2", tokenUrl = "https://id.example.com/token", clientId = "orders", clientSecret = "ssm:arn:aws:ssm:eu-west-1:111111111111:parameter/orders/prod/api-key.v1#secret" }
      legacy       = { type = "basic", username = "ssm:arn:aws:ssm:eu-west-1:111111111111:parameter/name", password = "ssm:arn:aws-cn:ssm:cn-north-1:111111111111:parameter/orders/password" }
      key          = { type = "header", name = "X-Api-Key", value = "ssm:arn:aws:ssm:eu-west-1:111111111111:parameter/key" }
    }
    secret_kms_key_arns = ["arn:aws:kms:eu-west-1:111111111111:key/k"]
  }

  assert {
    condition     = jsondecode(one(aws_lambda_function.function.environment).variables.FORWARD_AUTH).default.token == "ssm:arn:aws:ssm:eu-west-1:111111111111:parameter/orders/prod/api-key.v1#token"
    error_message = "The credentials are ${one(aws_lambda_function.function.environment).variables.FORWARD_AUTH}."
  }
  assert {
    condition = slice(jsondecode(aws_iam_role_policy.function.policy).Statement, 3, 5) == [
      {
        Sid    = "Parameters"
        Effect = "Allow"
        Action = ["ssm:GetParameter"]
        Resource = [
          "arn:aws-cn:ssm:cn-north-1:111111111111:parameter/orders/password",
          "arn:aws:ssm:eu-central-1:111111111111:parameter/hook_1",
          "arn:aws:ssm:eu-west-1:111111111111:parameter/hook",
          "arn:aws:ssm:eu-west-1:111111111111:parameter/key",
          "arn:aws:ssm:eu-west-1:111111111111:parameter/orders/prod/api-key.v1",
        ]
      },
      {
        Sid       = "SecretKey0"
        Effect    = "Allow"
        Action    = ["kms:Decrypt"]
        Resource  = "arn:aws:kms:eu-west-1:111111111111:key/k"
        Condition = { StringEquals = { "kms:ViaService" = ["ssm.eu-west-1.amazonaws.com"] } }
      },
    ] && length(jsondecode(aws_iam_role_policy.function.policy).Statement) == 5
    error_message = "The function may ${aws_iam_role_policy.function.policy}."
  }
}

run "a_secret_and_a_parameter" {
  state_key = "a_secret_and_a_parameter"

  variables {
    auth = {
      default      = { type = "bearer", token = "secretsmanager:arn:aws:secretsmanager:eu-west-1:111111111111:secret:orders-AbCdEf" }
      default-sign = { type = "hmac-sha256", header = "X-Signature", secret = "ssm:arn:aws:ssm:eu-west-1:111111111111:parameter/hook" }
    }
    secret_kms_key_arns = ["arn:aws:kms:eu-west-1:111111111111:key/k"]
  }

  assert {
    condition = [for statement in slice(jsondecode(aws_iam_role_policy.function.policy).Statement, 3, 6) : [statement.Action, statement.Resource]] == [
      [["secretsmanager:GetSecretValue"], ["arn:aws:secretsmanager:eu-west-1:111111111111:secret:orders-AbCdEf"]],
      [["ssm:GetParameter"], ["arn:aws:ssm:eu-west-1:111111111111:parameter/hook"]],
      [["kms:Decrypt"], "arn:aws:kms:eu-west-1:111111111111:key/k"],
    ] && jsondecode(aws_iam_role_policy.function.policy).Statement[5].Condition.StringEquals == { "kms:ViaService" = ["secretsmanager.eu-west-1.amazonaws.com", "ssm.eu-west-1.amazonaws.com"] }
    error_message = "The function may ${aws_iam_role_policy.function.policy}."
  }
}

run "a_redrive_key" {
  state_key = "a_redrive_key"

  variables {
    queue               = { redrive_key = "secretsmanager:arn:aws:secretsmanager:eu-west-1:111111111111:secret:redrive-AbCdEf#current" }
    secret_kms_key_arns = ["arn:aws:kms:eu-west-1:111111111111:key/k"]
  }

  assert {
    condition     = one(aws_lambda_function.function.environment).variables.FORWARD_REDRIVE_KEY == "secretsmanager:arn:aws:secretsmanager:eu-west-1:111111111111:secret:redrive-AbCdEf#current"
    error_message = "The key is ${one(aws_lambda_function.function.environment).variables.FORWARD_REDRIVE_KEY}."
  }
  assert {
    condition = [for statement in slice(jsondecode(aws_iam_role_policy.function.policy).Statement, 3, 5) : [statement.Action, statement.Resource]] == [
      [["secretsmanager:GetSecretValue"], ["arn:aws:secretsmanager:eu-west-1:111111111111:secret:redrive-AbCdEf"]],
      [["kms:Decrypt"], "arn:aws:kms:eu-west-1:111111111111:key/k"],
    ] && length(jsondecode(aws_iam_role_policy.function.policy).Statement) == 5
    error_message = "The function may ${aws_iam_role_policy.function.policy}."
  }
}

run "a_redrive_key_beside_credentials" {
  state_key = "a_redrive_key_beside_credentials"

  variables {
    auth  = { default = { type = "bearer", token = "ssm:arn:aws:ssm:eu-west-1:111111111111:parameter/token" } }
    queue = { redrive_key = "ssm:arn:aws:ssm:eu-west-1:111111111111:parameter/orders/redrive" }
  }

  assert {
    condition = slice(jsondecode(aws_iam_role_policy.function.policy).Statement, 3, 4) == [{
      Sid      = "Parameters"
      Effect   = "Allow"
      Action   = ["ssm:GetParameter"]
      Resource = ["arn:aws:ssm:eu-west-1:111111111111:parameter/orders/redrive", "arn:aws:ssm:eu-west-1:111111111111:parameter/token"]
    }] && length(jsondecode(aws_iam_role_policy.function.policy).Statement) == 4
    error_message = "The function may ${aws_iam_role_policy.function.policy}."
  }
}

run "no_secret_in_secrets_manager" {
  state_key = "no_secret_in_secrets_manager"

  variables {
    auth     = { default = { type = "basic", username = "secretsmanager:arn:aws:secretsmanager:eu-west-1:111111111111:secret:orders-AbCdEf", password = "env:PASSWORD" }, iam = { type = "sigv4", service = "execute-api" } }
    function = { environment = { PASSWORD = sensitive("p") } }
  }

  assert {
    condition     = toset([for statement in jsondecode(aws_iam_role_policy.function.policy).Statement : statement.Sid]) == toset(["Queue", "DeadLetters", "Logs"])
    error_message = "The function may ${aws_iam_role_policy.function.policy}."
  }
}

run "a_secret_that_is_not_there_yet" {
  command = plan

  module {
    source = "./tests/fixtures/new_secret"
  }
}
