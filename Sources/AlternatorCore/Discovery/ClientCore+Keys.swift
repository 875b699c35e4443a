import AlternatorRouting
import AlternatorWire

extension ClientCore {
    /// Where a request should go by its key; begins a look-up where the name of the key is missing.
    ///
    /// Never fails and never waits: what cannot be told leads to an ordinary plan.
    func target(of request: EncodedRequest, mode override: KeyAffinity.Mode? = nil) -> RouteTarget {
        let wanted = override ?? config.keyAffinity.mode
        guard wanted != .off else { return .any }
        if let hint = request.hint, hint.partitionKey != nil { return hint.target(mode(of: hint.table, wanted)) }
        guard let facts = RequestFacts(request.operation, body: request.body) else { return .any }
        return facts.target(mode: { self.mode(of: $0, wanted) }, keyName: { self.keyNameOrLookUp($0) })
    }

    private func keyNameOrLookUp(_ table: String) -> String? {
        switch keys.nameOrLookup(table, now: time.now, start: { self.startLookup(table, generation: $0) }) {
        case .known(let name): name
        case .looking, .silent, .closed: nil
        }
    }

    /// The name of a table's partition key; waits for the look-up.
    func partitionKeyName(of table: String) async throws(AlternatorError) -> String {
        switch keys.nameOrLookup(table, now: time.now, start: { self.startLookup(table, generation: $0) }) {
        case .known(let name):
            return name
        case .looking(let lookup):
            let result = await lookup.value
            if Task.isCancelled { throw cancelledError(Self.describe(table)) }
            return try result.get()
        case .silent(let error):
            throw error
        case .closed:
            throw closedError(Self.describe(table))
        }
    }

    // MARK: Forgetting

    /// A table that this client has made or removed may have another key from now on.
    func noteTableChange(_ request: EncodedRequest) {
        guard request.operation == .createTable || request.operation == .deleteTable, let table = request.table else {
            return
        }
        keys.tableChanged(table)
        modes.forget(table)
    }

    /// The server's words for a key that is not the table's.
    private static let mismatchWords = ["key column", "key attribute", "key element", "required keys"]

    /// Somebody else may have made the table anew with another key.
    func noteKeyMismatch(_ error: AlternatorError) {
        guard error.code == .validation, let table = error.table else { return }
        let text = error.message.lowercased()
        guard Self.mismatchWords.contains(where: { text.contains($0) }) else { return }
        keys.keyMismatch(table, now: time.now)
    }

    // MARK: Looking up

    private static func describe(_ table: String) -> EncodedRequest {
        EncodedRequest(.describeTable, table: table, body: TableAnswer.describeRequest(table), safety: .idempotent)
    }

    private func startLookup(_ table: String, generation: Int) -> PartitionKeys.Lookup {
        Task {
            let result = await self.lookUp(table)
            self.keys.finished(table, result, generation: generation, now: self.time.now)
            return result
        }
    }

    /// One try and up to three more, 100 ms apart and doubling; what is permanent is not tried again.
    private func lookUp(_ table: String) async -> Result<String, AlternatorError> {
        var failures = 0
        while true {
            do throws(AlternatorError) {
                return .success(try await keyName(of: table))
            } catch {
                failures += 1
                guard error.isTransient, failures <= 3, !Task.isCancelled else { return .failure(error) }
                await pauses.wait(Backoff.lookupDelay(afterFailures: failures, jitter: random.fraction()), on: time)
                if Task.isCancelled || lifecycle.isClosing { return .failure(error) }
            }
        }
    }

    private func keyName(of table: String) async throws(AlternatorError) -> String {
        // One attempt that reaches a node: the repeats are this look-up's own, at its own pace.
        var run = ownRun(Self.describe(table), policy: .never)
        let answer = try await attempts(&run, RequestOptions())
        guard let name = TableAnswer.partitionKey(ofDescription: answer) else {
            throw AlternatorError(
                .decoding,
                message: "The description of the table names no partition key.",
                operation: OperationName.describeTable.rawValue,
                table: table,
                node: answer.node,
                attempts: answer.attempts
            )
        }
        return name
    }
}

extension AlternatorError {
    /// Whether the same question may be answered a little later.
    fileprivate var isTransient: Bool {
        switch code {
        case .noNodeAvailable, .connectFailed, .connectionLost, .tls, .requestTimeout, .operationTimeout,
            .acquireTimeout, .throttled, .service:
            true
        default: false
        }
    }
}
