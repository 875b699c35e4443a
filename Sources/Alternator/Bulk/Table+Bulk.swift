public import AlternatorWire

/// A caller's code that is told how far an export is; an error it throws ends the export with `.abandoned`.
public typealias ExportReporting = (ExportProgress) async throws -> Void
/// A caller's code that is told how far an import is; an error it throws ends the import with `.abandoned`.
public typealias ImportReporting = (ImportProgress) async throws -> Void

extension Table {
    /// Writes all items into a file, one line each in DynamoDB's export form: `{"Item":{"id":{"S":"u1"}}}`.
    ///
    /// ```swift
    /// try await resource.table("users").export(to: "users.jsonl.gz", options: .init(checkpointFile: "users.checkpoint"))
    /// ```
    ///
    /// Reads segments of the table side by side, so lines come in no order and changes made meanwhile may or may not be
    /// in it. Memory is bounded: pages in flight and one block of 1 MB. After a crash the same call with a checkpoint goes
    /// on behind the last whole block, with no item lost or twice.
    ///
    /// - Parameters:
    ///   - path: of a file that is not there yet, unless the options say otherwise; packed if it ends in `.gz`.
    ///   - options: see `ExportOptions`.
    ///   - progress: called after each block that is written.
    /// - Returns: what is in the file.
    /// - Throws: `.file` where the file is the trouble, `.tokenMismatch` for a checkpoint of another export.
    @discardableResult
    public func export(
        to path: String,
        options: ExportOptions = ExportOptions(),
        progress: ExportReporting = { _ in }
    ) async throws(AlternatorError) -> ExportReport {
        try await Exporter(ReadPlan(.scan, on: handle), to: path, options).run(progress)
    }

    /// Puts the items of a file of JSON lines, each an item in DynamoDB's export form, in that of its API, or plain.
    ///
    /// `{"Item":{"id":{"S":"u1"}}}`, `{"id":{"S":"u1"}}` and `{"id":"u1"}` are told apart line by line. Plain JSON gives
    /// strings, numbers, truth values, null, lists and maps. Packed files are told by their first bytes. Asks the server
    /// once for the table's key. Of several lines with one key the last wins. After a crash the same call with a
    /// checkpoint goes on: some items are written again, none is lost.
    ///
    /// - Parameters:
    ///   - path: of the file.
    ///   - options: see `ImportOptions`.
    ///   - progress: called about every megabyte.
    /// - Returns: what was written and left out.
    /// - Throws: `.mapping` with the number of a bad line, `.file` where the file is the trouble, `.tokenMismatch` for a
    ///   checkpoint of another table or file.
    @discardableResult
    public func `import`(
        from path: String,
        options: ImportOptions = ImportOptions(),
        progress: ImportReporting = { _ in }
    ) async throws(AlternatorError) -> ImportReport {
        try await Importer(path, into: handle, options).run(progress)
    }
}

extension TypedTable {
    /// Writes all items into a file; see `Table.export`.
    @discardableResult
    public func export(
        to path: String,
        options: ExportOptions = ExportOptions(),
        progress: ExportReporting = { _ in }
    ) async throws(AlternatorError) -> ExportReport {
        try await scan().export(to: path, options: options, progress: progress)
    }
}

extension TypedTable where Item.Locking == Unversioned {
    /// Puts the items of a file, each of which the model must be able to read; see `Table.import`.
    ///
    /// The attributes are written as they are in the file, those unknown to the model too. For versioned models, whose
    /// versions an import overwrites, use the table by name.
    @discardableResult
    public func `import`(
        from path: String,
        options: ImportOptions = ImportOptions(),
        progress: ImportReporting = { _ in }
    ) async throws(AlternatorError) -> ImportReport {
        let reading = try handle.make(.batchWriteItem) { () throws(AlternatorError) in try ItemReading<Item>() }
        let importer = Importer(path, into: handle, options) { reader throws(AlternatorError) in
            do {
                _ = try reading.item(from: &reader)
            } catch let error as AlternatorError {
                throw error
            } catch {
                throw AlternatorError(.decoding, message: "\(Item.self) cannot read it: \(error)", cause: error)
            }
        }
        return try await importer.run(progress)
    }
}

extension Scan {
    /// Writes what the scan reads into a file; see `Table.export`.
    ///
    /// Without `parallel` and `limit` the options' segments are used. A partial type gives its attributes alone.
    @discardableResult
    public func export(
        to path: String,
        options: ExportOptions = ExportOptions(),
        progress: ExportReporting = { _ in }
    ) async throws(AlternatorError) -> ExportReport {
        try await Exporter(plan, to: path, options).run(progress)
    }
}

extension Query {
    /// Writes what the query reads into a file, in its order; see `Table.export`.
    @discardableResult
    public func export(
        to path: String,
        options: ExportOptions = ExportOptions(),
        progress: ExportReporting = { _ in }
    ) async throws(AlternatorError) -> ExportReport {
        try await Exporter(plan, to: path, options).run(progress)
    }
}
