import AlternatorCore
import AlternatorWire
import Synchronization

extension TableHandle {
    func create(_ request: CreateTableRequest, ifNotExists: Bool) async throws(AlternatorError) -> Bool {
        do throws(AlternatorError) {
            _ = try await perform(request)
            forgetKeys()
        } catch let error where error.code == .tableInUse && ifNotExists {
            try await waitUntilActive()
            return false
        }
        try await waitUntilActive()
        return true
    }

    func describe() async throws(AlternatorError) -> TableDescription {
        try await perform(DescribeTableRequest(tableName: name)).table
    }

    func delete(ifExists: Bool) async throws(AlternatorError) {
        do throws(AlternatorError) {
            _ = try await perform(DeleteTableRequest(tableName: name))
        } catch let error where error.code == .tableNotFound && ifExists {
            return
        }
        forgetKeys()
    }

    /// Returns when the table can be used and its indexes, if asked for, are built.
    ///
    /// A table being changed (UPDATING) can be used.
    func waitUntilActive(indexes: Bool = false) async throws(AlternatorError) {
        var rounds = 0
        while true {
            let table = try await describe()
            let isUsable = table.tableStatus == .active || table.tableStatus == .updating || table.tableStatus == nil
            let areBuilt =
                table.globalSecondaryIndexes.allSatisfy {
                    $0.indexStatus == .active || $0.indexStatus == nil
                } && table.vectorIndexes.allSatisfy { $0.indexStatus == .active || $0.indexStatus == nil }
            if isUsable && (areBuilt || !indexes) { return }
            rounds += 1
            try await pause(rounds, .describeTable)
        }
    }

    // MARK: Indexes

    func addIndex(_ index: IndexSchema) async throws(AlternatorError) {
        let request = try make(.updateTable) { () throws(AlternatorError) in
            guard !index.isLocal else {
                throw AlternatorError(
                    .mapping,
                    message: "Local index \(index.name) can only be made together with its table."
                )
            }
            let created = GlobalSecondaryIndex(indexName: index.name, keySchema: TableLayout.schema(index.keys))
            return UpdateTableRequest(
                tableName: name,
                attributeDefinitions: try TableLayout.definitions(index.keys),
                globalSecondaryIndexUpdates: [.create(created)]
            )
        }
        _ = try await perform(request, safety: request.safety)
        forgetKeys()
    }

    func removeIndex(_ indexName: String) async throws(AlternatorError) {
        let request = UpdateTableRequest(
            tableName: name,
            globalSecondaryIndexUpdates: [.delete(indexName: indexName)]
        )
        _ = try await perform(request, safety: request.safety)
        forgetKeys()
    }

    func forgetKeys() { _ = resource.tableKeys.withLock { $0.removeValue(forKey: name) } }

    /// Waits between rounds; a cancelled task gets `.cancelled`.
    func pause(_ rounds: Int, _ operation: OperationName) async throws(AlternatorError) {
        do {
            try await resource.pacing.sleep(resource.pacing.delay(afterRounds: rounds))
        } catch {
            throw AlternatorError(
                .cancelled,
                message: "The task was cancelled while waiting.",
                operation: operation.rawValue,
                table: name,
                cause: error
            )
        }
    }

    // MARK: Expiry and tags

    func setTimeToLive(_ attribute: String, enabled: Bool) async throws(AlternatorError) {
        let current = try await perform(DescribeTimeToLiveRequest(tableName: name))
        let isOn = current.timeToLiveStatus == .enabled || current.timeToLiveStatus == .enabling
        if isOn == enabled {
            // The server refuses to turn on what is on, without telling which attribute it is on.
            guard enabled, let other = current.attributeName, other != attribute else { return }
            throw AlternatorError(
                .validation,
                message: "Expiry is on for attribute \"\(other)\"; turn that off before it is turned on for "
                    + "\"\(attribute)\".",
                operation: OperationName.updateTimeToLive.rawValue,
                table: name
            )
        }
        let specification = TimeToLiveSpecification(attributeName: attribute, enabled: enabled)
        let request = UpdateTimeToLiveRequest(tableName: name, timeToLiveSpecification: specification)
        _ = try await perform(request, safety: request.safety)
    }

    /// Tags are set by ARN, which only a description tells.
    private func arn() async throws(AlternatorError) -> String {
        guard let arn = try await describe().tableARN else {
            throw AlternatorError(
                .protocolViolation,
                message: "The table's description has no ARN, which tags need.",
                operation: "DescribeTable",
                table: name
            )
        }
        return arn
    }

    func tags() async throws(AlternatorError) -> [String: String] {
        let arn = try await arn()
        var tags: [String: String] = [:]
        var token: String?
        repeat {
            let answer = try await perform(ListTagsOfResourceRequest(resourceARN: arn, nextToken: token))
            tags.merge(answer.tags) { $1 }
            token = answer.nextToken
        } while token != nil
        return tags
    }

    func setTags(_ tags: [String: String]) async throws(AlternatorError) {
        guard !tags.isEmpty else { return }
        _ = try await perform(TagResourceRequest(resourceARN: try await arn(), tags: tags))
    }

    func removeTags(_ keys: [String]) async throws(AlternatorError) {
        guard !keys.isEmpty else { return }
        _ = try await perform(UntagResourceRequest(resourceARN: try await arn(), tagKeys: keys))
    }
}
