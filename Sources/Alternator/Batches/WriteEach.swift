public import AlternatorCore
public import AlternatorWire

/// What one of many single writes did.
public enum WriteOutcome: Sendable, Hashable {
    case written
    /// The condition did not hold; with the stored item, where there is one.
    case conditionFailed(existing: [String: AttributeValue]?)
}

extension AlternatorResource {
    /// Many single writes with conditions, over any tables, `concurrency` at once, with one outcome each in their order.
    ///
    /// ```swift
    /// let outcomes = await resource.writeEach([
    ///     orders.putRequest(order, if: { $0.size < 3 }),
    ///     orders.updateRequest(key) { $0.size.add(1) },
    ///     users.deleteRequest(.init("u1"), if: { $0.visits == 0 }),
    /// ])
    /// ```
    ///
    /// What batches cannot do. Nothing is thrown: a write that failed has its error in the result. Once the task is
    /// cancelled those not begun are `.cancelled`. Writes of one key may come in any order.
    ///
    /// - Parameters:
    ///   - requests: puts, updates and deletes, made by the tables.
    ///   - concurrency: how many are under way at once.
    ///   - requestOptions: what each request overrides of the client's configuration; `nil`: what the table overrides
    ///     that made it.
    /// - Returns: what each of them did, in their order.
    public func writeEach(
        _ requests: [WriteRequest],
        concurrency: Int = 16,
        requestOptions: RequestOptions? = nil
    ) async -> [Result<WriteOutcome, AlternatorError>] {
        let results = await concurrentResults(requests, limit: concurrency, stopsAtFailure: false) {
            [self] request async throws(AlternatorError) in
            try await write(request, requestOptions ?? request.options)
        }
        return results.map {
            $0 ?? .failure(AlternatorError(.cancelled, message: "The write was not begun."))
        }
    }

    private func write(
        _ request: WriteRequest,
        _ options: RequestOptions
    ) async throws(AlternatorError) -> WriteOutcome {
        let handle = TableHandle(name: request.table, resource: self, options: options)
        let encoded: EncodedRequest
        do throws(AlternatorError) {
            encoded = try request.single()
        } catch {
            throw error.with(table: request.table)
        }
        if Task.isCancelled {
            throw AlternatorError(.cancelled, message: "The write was not begun.", table: request.table)
        }
        do throws(AlternatorError) {
            _ = try await handle.send(encoded)
            return .written
        } catch let error where error.code == .conditionFailed {
            return .conditionFailed(existing: error.existingItem)
        }
    }
}

extension TypedTable where Item: VersionedItem {
    /// Saves many items, each only if its version is the stored one, `concurrency` at once; see `save`.
    ///
    /// Each request has the options of this table; see `with`.
    ///
    /// - Returns: for each item, in their order, what is stored now, or why it is not: `.versionConflict`, or another error.
    public func saveEach(
        _ items: [Item],
        concurrency: Int = 16
    ) async -> [Result<Item, AlternatorError>] {
        let table = self
        let results = await concurrentResults(items, limit: concurrency, stopsAtFailure: false) {
            item async throws(AlternatorError) in
            try await table.save(item)
        }
        return results.map {
            $0 ?? .failure(AlternatorError(.cancelled, message: "The save was not begun.", operation: "PutItem"))
        }
    }
}
