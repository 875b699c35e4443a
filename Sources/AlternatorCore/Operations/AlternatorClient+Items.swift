import AlternatorRouting
public import AlternatorWire

/// Items, one at a time and in batches.
///
/// Every method throws what the server answered, or why no node could be asked; requests are repeated on other nodes
/// where that is safe. A write that may have been applied and cannot be repeated safely throws `.outcomeUnknown`.
extension AlternatorClient {
    /// Writes a whole item.
    ///
    /// ```swift
    /// try await client.putItem(PutItemRequest(tableName: "users", item: ["id": .string("u1")]))
    /// // PutItem {"TableName":"users","Item":{"id":{"S":"u1"}}}
    /// ```
    ///
    /// An attempt that timed out may still land after a newer write of the same item.
    @discardableResult
    public func putItem(
        _ request: PutItemRequest,
        options: RequestOptions = RequestOptions()
    ) async throws(AlternatorError) -> PutItemResponse {
        try await perform(request, safety: request.safety, options: options)
    }

    /// Reads one item by its key; `item` is `nil` if there is none.
    public func getItem(
        _ request: GetItemRequest,
        options: RequestOptions = RequestOptions()
    ) async throws(AlternatorError) -> GetItemResponse {
        try await perform(request, safety: .idempotent, options: options)
    }

    /// Changes attributes of an item.
    ///
    /// ```swift
    /// try await client.updateItem(UpdateItemRequest(
    ///     tableName: "users", key: ["id": .string("u1")],
    ///     updateExpression: "SET #n = :n",
    ///     expressionAttributeNames: ["#n": "name"], expressionAttributeValues: [":n": .string("Ada")]))
    /// ```
    ///
    /// Setting and removing attributes is repeated after a lost answer; counting (`ADD` of a number, `SET a = a + :n`,
    /// list indexes, old values) is not.
    @discardableResult
    public func updateItem(
        _ request: UpdateItemRequest,
        options: RequestOptions = RequestOptions()
    ) async throws(AlternatorError) -> UpdateItemResponse {
        try await perform(request, safety: request.safety, options: options)
    }

    /// Deletes an item by its key; deleting what is not there succeeds.
    @discardableResult
    public func deleteItem(
        _ request: DeleteItemRequest,
        options: RequestOptions = RequestOptions()
    ) async throws(AlternatorError) -> DeleteItemResponse {
        try await perform(request, safety: request.safety, options: options)
    }

    /// Reads items by their keys, once: `unprocessedKeys` of the answer are left to the caller.
    public func batchGetItem(
        _ request: BatchGetItemRequest,
        options: RequestOptions = RequestOptions()
    ) async throws(AlternatorError) -> BatchGetItemResponse {
        try await perform(request, safety: .idempotent, options: options)
    }

    /// Writes and deletes items, as one request and never split; not atomic.
    @discardableResult
    public func batchWriteItem(
        _ request: BatchWriteItemRequest,
        options: RequestOptions = RequestOptions()
    ) async throws(AlternatorError) -> BatchWriteItemResponse {
        try await perform(request, safety: .idempotent, options: options)
    }

    /// Reads one page of a partition.
    public func query(
        _ request: QueryRequest,
        options: RequestOptions = RequestOptions()
    ) async throws(AlternatorError) -> QueryResponse {
        try await perform(request, safety: .idempotent, options: options)
    }

    /// Reads one page of a table or an index.
    public func scan(
        _ request: ScanRequest,
        options: RequestOptions = RequestOptions()
    ) async throws(AlternatorError) -> ScanResponse {
        try await perform(request, safety: .idempotent, options: options)
    }
}
