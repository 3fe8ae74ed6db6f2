using System.Net;
using SqsAotLambda.Http;
using SqsAotLambda.Io;

namespace SqsAotLambda.Tests.Http;

/// <summary>What is told of a fault beyond its name.</summary>
public sealed class FaultDetailTests
{
    [Fact]
    public void An_error_of_the_network_and_an_answer_that_is_none_are_told()
    {
        Assert.Equal("broken", FaultDetail.Of(new IOException("broken")));
        Assert.Equal("malformed", FaultDetail.Of(new HttpFormatException("malformed")));
        Assert.Equal("Every address of a.example is refused.", FaultDetail.Of(new AddressRefusedException("a.example")));
        var unanswered = new SocketFaultException(Errno.TimedOut, new(IPAddress.Parse("10.0.0.1"), 80));
        Assert.StartsWith("10.0.0.1:80: ", FaultDetail.Of(unanswered), StringComparison.Ordinal);
    }

    [Fact]
    public void The_cause_of_a_fault_is_told_in_its_place() =>
        Assert.Equal("broken", FaultDetail.Of(new HttpFaultException(Fault.Tls, new IOException("broken"))));

    [Fact]
    public void Whatever_else_it_is_may_hold_anything_and_is_not_told()
    {
        Assert.Null(FaultDetail.Of(new ArgumentException("secret")));
        Assert.Null(FaultDetail.Of(new SocketFaultException(Errno.TimedOut)));
        Assert.Null(FaultDetail.Of(null));
    }

    [Fact]
    public void A_long_detail_is_cut() => Assert.Equal(new string('a', 200) + "…", FaultDetail.Of(new IOException(new string('a', 201))));
}
