# The function in a VPC.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name     = "orders"
  package  = { file = "tests/fixtures/package.zip" }
  endpoint = { url = "https://api.example.com/orders" }
  vpc      = { subnet_ids = ["subnet-1", "subnet-2"], security_group_ids = ["sg-1"] }
}

run "function" {
  command = plan

  assert {
    condition     = one(aws_lambda_function.function.vpc_config).subnet_ids == toset(["subnet-1", "subnet-2"]) && one(aws_lambda_function.function.vpc_config).security_group_ids == toset(["sg-1"])
    error_message = "The function's VPC is ${jsonencode(aws_lambda_function.function.vpc_config)}."
  }
}

run "permissions" {
  assert {
    condition = slice(jsondecode(aws_iam_role_policy.function.policy).Statement, 3, 4) == [{
      Sid      = "Vpc"
      Effect   = "Allow"
      Action   = ["ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:DeleteNetworkInterface", "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses"]
      Resource = "*"
    }] && length(jsondecode(aws_iam_role_policy.function.policy).Statement) == 4
    error_message = "The function may ${aws_iam_role_policy.function.policy}."
  }
}
