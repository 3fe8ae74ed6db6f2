namespace SqsAotLambda.Http;

/// <summary>No answer came.</summary>
internal sealed class HttpFaultException(Fault fault, Exception? cause = null) : Exception(fault.ToString(), cause)
{
    public Fault Fault => fault;
}
