import AlternatorRouting
public import AlternatorWire

/// Tables, their tags and their settings. Changes of the schema have the longer `ddlTimeout`.
extension AlternatorClient {
    /// Creates a table.
    ///
    /// ```swift
    /// try await client.createTable(CreateTableRequest(
    ///     tableName: "users", keySchema: [KeySchemaElement("id", .hash)],
    ///     attributeDefinitions: [AttributeDefinition("id", .string)]))
    /// ```
    ///
    /// A repeated attempt that finds the table there counts as success.
    @discardableResult
    public func createTable(
        _ request: CreateTableRequest,
        options: RequestOptions = RequestOptions()
    ) async throws(AlternatorError) -> CreateTableResponse {
        try await perform(request, safety: .idempotent, options: options)
    }

    /// Describes a table.
    public func describeTable(
        _ request: DescribeTableRequest,
        options: RequestOptions = RequestOptions()
    ) async throws(AlternatorError) -> DescribeTableResponse {
        try await perform(request, safety: .idempotent, options: options)
    }

    /// Deletes a table with all its items.
    ///
    /// A repeated attempt that finds no table counts as success.
    @discardableResult
    public func deleteTable(
        _ request: DeleteTableRequest,
        options: RequestOptions = RequestOptions()
    ) async throws(AlternatorError) -> DeleteTableResponse {
        try await perform(request, safety: .idempotent, options: options)
    }

    /// Changes a table: one index, the stream or the billing mode.
    @discardableResult
    public func updateTable(
        _ request: UpdateTableRequest,
        options: RequestOptions = RequestOptions()
    ) async throws(AlternatorError) -> UpdateTableResponse {
        try await perform(request, safety: request.safety, options: options)
    }

    /// Lists one page of table names, by default the first.
    public func listTables(
        _ request: ListTablesRequest = ListTablesRequest(),
        options: RequestOptions = RequestOptions()
    ) async throws(AlternatorError) -> ListTablesResponse {
        try await perform(request, safety: .idempotent, options: options)
    }

    /// Sets tags of a table.
    @discardableResult
    public func tagResource(
        _ request: TagResourceRequest,
        options: RequestOptions = RequestOptions()
    ) async throws(AlternatorError) -> TagResourceResponse {
        try await perform(request, safety: .idempotent, options: options)
    }

    /// Removes tags of a table.
    @discardableResult
    public func untagResource(
        _ request: UntagResourceRequest,
        options: RequestOptions = RequestOptions()
    ) async throws(AlternatorError) -> UntagResourceResponse {
        try await perform(request, safety: .idempotent, options: options)
    }

    /// Lists the tags of a table.
    public func listTagsOfResource(
        _ request: ListTagsOfResourceRequest,
        options: RequestOptions = RequestOptions()
    ) async throws(AlternatorError) -> ListTagsOfResourceResponse {
        try await perform(request, safety: .idempotent, options: options)
    }

    /// Turns the expiry of items on or off.
    @discardableResult
    public func updateTimeToLive(
        _ request: UpdateTimeToLiveRequest,
        options: RequestOptions = RequestOptions()
    ) async throws(AlternatorError) -> UpdateTimeToLiveResponse {
        try await perform(request, safety: request.safety, options: options)
    }

    /// Asks whether items of a table expire.
    public func describeTimeToLive(
        _ request: DescribeTimeToLiveRequest,
        options: RequestOptions = RequestOptions()
    ) async throws(AlternatorError) -> DescribeTimeToLiveResponse {
        try await perform(request, safety: .idempotent, options: options)
    }

    /// Asks whether point-in-time recovery is on; Alternator has none.
    public func describeContinuousBackups(
        _ request: DescribeContinuousBackupsRequest,
        options: RequestOptions = RequestOptions()
    ) async throws(AlternatorError) -> DescribeContinuousBackupsResponse {
        try await perform(request, safety: .idempotent, options: options)
    }

    /// Asks a node for its own address.
    public func describeEndpoints(
        _ request: DescribeEndpointsRequest = DescribeEndpointsRequest(),
        options: RequestOptions = RequestOptions()
    ) async throws(AlternatorError) -> DescribeEndpointsResponse {
        try await perform(request, safety: .idempotent, options: options)
    }
}
