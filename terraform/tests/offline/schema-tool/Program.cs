// Lets Terraform check a module against a provider's schema, without the provider.
//
//   tfschema serve SCHEMA.json COMMAND [ARGUMENT...]
//       runs one command with the schema attached as a provider, and returns its exit status;
//   tfschema reduce SCHEMA.json MODULE
//       prints the part of the schema that the module in that folder uses.
//
// A schema file has the form of `terraform providers schema -json`. It says which types, attributes and blocks there are, and what is
// required; the real provider's own validators and defaults are not in it.

switch (args)
{
    case ["serve", var file, var command, .. var arguments]:
        return await Server.RunAsync(Schema.Read(file), command, arguments);

    case ["reduce", var file, var module]:
        Console.WriteLine(Reduction.Of(Schema.Read(file), module));
        return 0;

    default:
        Console.Error.WriteLine("usage: tfschema serve SCHEMA.json COMMAND [ARGUMENT...]\n       tfschema reduce SCHEMA.json MODULE");
        return 64;
}
