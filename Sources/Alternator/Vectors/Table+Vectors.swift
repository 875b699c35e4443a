public import AlternatorWire

extension TypedTable {
    /// The `k` items whose vectors are nearest to one, nearest first.
    ///
    /// ```swift
    /// songs.nearest(to: [0.5, 0.25], k: 10, in: "byMood")
    /// // {"TableName":"songs","IndexName":"byMood","Select":"ALL_ATTRIBUTES","Limit":10,
    /// //  "VectorSearch":{"QueryVector":{"L":[{"N":"0.5"},{"N":"0.25"}]}}}
    /// ```
    ///
    /// Approximate and never quite up to date: the index follows the table. Fetches the items from the table, which a
    /// search for a type with the keys alone need not. Throws `.unsupportedByServer` where the server has no vector search.
    ///
    /// - Parameters:
    ///   - vector: as long as the index's dimensions.
    ///   - k: 1 to 1000; there are no further pages.
    ///   - index: the name of a vector index; `nil` for the only one that the model declares.
    ///   - form: how the vector is sent.
    /// - Returns: at most `k` items.
    /// - Throws: `.unsupportedByServer`; `.validation` for an index or a length that does not fit.
    public func nearest(
        to vector: [Float],
        k: Int,
        in index: String? = nil,
        as form: VectorForm = .numbers
    ) async throws(AlternatorError) -> [Item] {
        try await search(vector, k, index, form).run(Item.self).map(\.item)
    }

    /// The items nearest to a vector by an index that the model declares; see `nearest(to:k:in:as:)`.
    public func nearest(
        to vector: [Float],
        k: Int,
        in index: VectorSearchIndex<Item>,
        as form: VectorForm = .numbers
    ) async throws(AlternatorError) -> [Item] {
        try await search(vector, k, index, form).run(Item.self).map(\.item)
    }

    /// The same as a partial type: only the attributes of its coding keys are sent, the cheapest being the key's alone.
    public func nearest<Partial: Decodable>(
        to vector: [Float],
        k: Int,
        in index: String? = nil,
        of type: Partial.Type,
        as form: VectorForm = .numbers
    ) async throws(AlternatorError) -> [Partial] {
        var search = try search(vector, k, index, form)
        search.projection = Projection.of(type)
        return try await search.run(type).map(\.item)
    }

    /// The items nearest to a vector with how near each is.
    public func neighbors(
        of vector: [Float],
        k: Int,
        in index: String? = nil,
        as form: VectorForm = .numbers
    ) async throws(AlternatorError) -> [Neighbor<Item>] {
        var search = try search(vector, k, index, form)
        search.returnsScores = true
        return try await search.run(Item.self)
    }

    private func search(
        _ vector: [Float],
        _ k: Int,
        _ index: VectorSearchIndex<Item>,
        _ form: VectorForm
    ) throws(AlternatorError) -> NearestSearch {
        guard vector.count == index.dimensions else {
            throw AlternatorError(
                .mapping,
                message:
                    "The vector has \(vector.count) components, index \(index.name) \(index.dimensions) dimensions.",
                operation: "Query",
                table: name
            )
        }
        return try search(vector, k, index.name, form)
    }

    private func search(
        _ vector: [Float],
        _ k: Int,
        _ index: String?,
        _ form: VectorForm
    ) throws(AlternatorError) -> NearestSearch {
        if let index { return NearestSearch(handle: handle, vector: vector, k: k, index: index, form: form) }
        let declared = try handle.make(.query) { () throws(AlternatorError) in try VectorIndexes.requests(of: Item.self)
        }
        guard declared.count == 1 else {
            throw AlternatorError(
                .mapping,
                message: "\(Item.self) declares \(declared.count) vector indexes; name the one to search.",
                operation: "Query",
                table: name
            )
        }
        return NearestSearch(handle: handle, vector: vector, k: k, index: declared[0].indexName, form: form)
    }

    /// A server that does not know vector indexes makes the table without them and says nothing.
    func verifyVectorIndexes(_ names: [String]) async throws(AlternatorError) {
        guard !names.isEmpty else { return }
        let found = try await describe().vectorIndexes.map(\.indexName)
        guard names.allSatisfy(found.contains) else { throw VectorSupport.ignored(names, name) }
    }

    /// Adds a vector index to the table; it is built in the background, see `waitUntilActive(indexes:)`.
    public func addVectorIndex(_ index: VectorSearchIndex<Item>) async throws(AlternatorError) {
        let request = try handle.make(.updateTable) { () throws(AlternatorError) in
            UpdateTableRequest(tableName: name, vectorIndexUpdates: [.create(try index.request())])
        }
        do throws(AlternatorError) {
            _ = try await handle.perform(request, safety: request.safety)
        } catch {
            throw VectorSupport.error(error)
        }
    }

    /// Removes a vector index.
    public func removeVectorIndex(_ indexName: String) async throws(AlternatorError) {
        let request = UpdateTableRequest(tableName: name, vectorIndexUpdates: [.delete(indexName: indexName)])
        _ = try await handle.perform(request, safety: request.safety)
    }
}

extension Table {
    /// The items nearest to a vector as `type`; see `TypedTable.nearest`.
    public func nearest<Item: Decodable>(
        _ type: Item.Type,
        to vector: [Float],
        k: Int,
        in index: String,
        as form: VectorForm = .numbers
    ) async throws(AlternatorError) -> [Item] {
        try await NearestSearch(handle: handle, vector: vector, k: k, index: index, form: form).run(type).map(\.item)
    }

    /// The items nearest to a vector as attributes; see `TypedTable.nearest`.
    public func nearest(
        to vector: [Float],
        k: Int,
        in index: String,
        as form: VectorForm = .numbers
    ) async throws(AlternatorError) -> [[String: AttributeValue]] {
        try await nearest([String: AttributeValue].self, to: vector, k: k, in: index, as: form)
    }
}
