import AlternatorRouting
public import AlternatorWire

/// Streams of changes.
extension AlternatorClient {
    /// Lists one page of streams, by default the first of all tables.
    public func listStreams(
        _ request: ListStreamsRequest = ListStreamsRequest(),
        options: RequestOptions = RequestOptions()
    ) async throws(AlternatorError) -> ListStreamsResponse {
        try await perform(request, safety: .idempotent, options: options)
    }

    /// Describes a stream and one page of its shards.
    public func describeStream(
        _ request: DescribeStreamRequest,
        options: RequestOptions = RequestOptions()
    ) async throws(AlternatorError) -> DescribeStreamResponse {
        try await perform(request, safety: .idempotent, options: options)
    }

    /// Asks for a place in a shard to read from.
    public func getShardIterator(
        _ request: GetShardIteratorRequest,
        options: RequestOptions = RequestOptions()
    ) async throws(AlternatorError) -> GetShardIteratorResponse {
        try await perform(request, safety: .idempotent, options: options)
    }

    /// Reads records of a shard.
    public func getRecords(
        _ request: GetRecordsRequest,
        options: RequestOptions = RequestOptions()
    ) async throws(AlternatorError) -> GetRecordsResponse {
        try await perform(request, safety: .idempotent, options: options)
    }
}
