public import AlternatorWire

/// The changes of a table's items, for ever: nothing is sent until it is iterated.
///
/// Over all shards, those of a split one after it. Ends with `nil` when the task is cancelled, and when the stream is
/// turned off and read to its end. Throws `.changesTrimmed` where changes were lost to this reader, never skips them
/// silently. Requests that fail for a while are repeated.
public struct Changes<Item: Decodable>: Sendable, AsyncSequence {
    /// A page.
    public typealias Element = ItemChange<Item>
    /// The error of a failed request.
    public typealias Failure = AlternatorError

    let handle: TableHandle
    let start: StreamPosition
    let options: ChangeOptions

    /// Begins anew; nothing is sent before the first element is asked for.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(handle: handle, start: start, options: options)
    }

    /// Only `next(isolation:)`: with `next()` alone every element would leave the caller's actor.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let handle: TableHandle
        let start: StreamPosition
        let options: ChangeOptions
        private var source: ChangeSource<Item>?
        private var isFinished = false

        init(handle: TableHandle, start: StreamPosition, options: ChangeOptions) {
            self.handle = handle
            self.start = start
            self.options = options
        }

        /// The next one; `nil` after the last.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(AlternatorError) -> ItemChange<
            Item
        >? {
            guard !isFinished else { return nil }
            do throws(AlternatorError) {
                let source: ChangeSource<Item>
                if let known = self.source {
                    source = known
                } else {
                    source = try await ChangeSource(handle, from: start, options)
                    self.source = source
                }
                if let change = try await source.next() { return change }
            } catch {
                finish()
                // A cancelled task ends the sequence; that is how to stop it.
                if error.code == .cancelled, Task.isCancelled { return nil }
                throw error
            }
            finish()
            return nil
        }

        private mutating func finish() {
            isFinished = true
            source = nil
        }
    }
}

extension TypedTable {
    /// The changes of the table's items, with their images before and after, as the stream carries them.
    ///
    /// ```swift
    /// for try await change in orders.changes(from: .at(checkpoint)) {
    ///     handle(change.event, change.old, change.new)
    ///     checkpoint = change.checkpoint
    /// }
    /// ```
    ///
    /// The table needs a stream: `enableStream()`, or `CreateOptions(stream:)`. ScyllaDB shows a change about 10 s after
    /// it was made. Of one item the changes come in order.
    public func changes(
        from start: StreamPosition = .latest,
        options: ChangeOptions = ChangeOptions()
    ) -> Changes<Item> {
        Changes(handle: handle, start: start, options: options)
    }

    /// Turns the table's stream on; one that is on with that view is left as it is.
    public func enableStream(_ view: StreamViewType = .newAndOldImages) async throws(AlternatorError) {
        try await handle.enableStream(view)
    }

    /// Turns the table's stream off; the changes in it can still be read for a day.
    public func disableStream() async throws(AlternatorError) { try await handle.disableStream() }

    /// The key of a changed item.
    public func key(of change: ItemChange<Item>) throws(AlternatorError) -> Key {
        try handle.make(.getRecords) { () throws(AlternatorError) in
            let attributes = try schema().keyNames.map { (name) throws(AlternatorError) in
                guard let value = change.keys[name] else {
                    throw AlternatorError(.decoding, message: "The change has no key attribute \"\(name)\".")
                }
                return ItemKeyValues.Attribute(name: name, value: value)
            }
            return try key(from: ItemKeyValues(attributes: attributes))
        }
    }
}

extension Table {
    /// The changes of the table's items as `type`; see `TypedTable.changes`.
    public func changes<Item: Decodable>(
        _ type: Item.Type,
        from start: StreamPosition = .latest,
        options: ChangeOptions = ChangeOptions()
    ) -> Changes<Item> {
        Changes(handle: handle, start: start, options: options)
    }

    /// The changes of the table's items as attributes; see `TypedTable.changes`.
    public func changes(
        from start: StreamPosition = .latest,
        options: ChangeOptions = ChangeOptions()
    ) -> Changes<[String: AttributeValue]> {
        Changes(handle: handle, start: start, options: options)
    }

    /// Turns the table's stream on; one that is on with that view is left as it is.
    public func enableStream(_ view: StreamViewType = .newAndOldImages) async throws(AlternatorError) {
        try await handle.enableStream(view)
    }

    /// Turns the table's stream off; the changes in it can still be read for a day.
    public func disableStream() async throws(AlternatorError) { try await handle.disableStream() }
}

extension TableHandle {
    /// The name of the table's newest stream, by a DescribeTable, or by ListStreams where that is off.
    func streamARN() async throws(AlternatorError) -> String {
        if let arn = try await describe().latestStreamARN { return arn }
        // One that is off is not described any more, and its changes are kept for a day.
        let streams = try await perform(ListStreamsRequest(tableName: name)).streams
        guard let arn = streams.max(by: { $0.streamLabel ?? "" < $1.streamLabel ?? "" })?.streamARN else {
            throw AlternatorError(
                .validation,
                message: "The table has no stream; turn it on with enableStream().",
                operation: OperationName.describeTable.rawValue,
                table: name
            )
        }
        return arn
    }

    func enableStream(_ view: StreamViewType) async throws(AlternatorError) {
        let current = try await describe().streamSpecification
        if current?.streamEnabled == true, current?.streamViewType == view { return }
        let request = UpdateTableRequest(
            tableName: name,
            streamSpecification: StreamSpecification(streamEnabled: true, streamViewType: view)
        )
        _ = try await perform(request, safety: request.safety)
    }

    func disableStream() async throws(AlternatorError) {
        guard try await describe().streamSpecification?.streamEnabled == true else { return }
        let request = UpdateTableRequest(
            tableName: name,
            streamSpecification: StreamSpecification(streamEnabled: false)
        )
        _ = try await perform(request, safety: request.safety)
    }
}
