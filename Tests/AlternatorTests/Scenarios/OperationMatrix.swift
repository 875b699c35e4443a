import Alternator
import Foundation
import TestSupport
import Testing

/// Every operation of the mapper, each with what it does to a typed table and to one without a model.
///
/// A new operation of a table has to be added here: `OperationMatrixTests` reads the sources for it.
enum TableOperation: String, CaseIterable, Sendable {
    case insert, put, conditionalPut, tryPut, replace, putEach
    case get, getPartial, update, conditionalUpdate, updated, delete, conditionalDelete, removed
    case save, modify
    case query, querySort, queryIndex, page, scan, parallelScan, filter, count
    case batchGet, batchWrite, batchOverTables
    case create, describe, waitUntilActive, deleteTable, verifySchema, verifyMapping
    case addAndRemoveIndex, timeToLive, tags, tableNames, transactions

    /// The functions of `TypedTable`, `Table` and `AlternatorResource` that an operation stands for.
    var functions: Set<String> {
        switch self {
        case .insert: ["insert"]
        case .put, .conditionalPut: ["put"]
        case .tryPut: ["tryPut"]
        case .replace: ["replace"]
        case .putEach: ["putEach"]
        case .get, .getPartial, .batchGet: ["get"]
        case .update, .conditionalUpdate: ["update"]
        case .updated: ["updated"]
        case .delete, .conditionalDelete: ["delete"]
        case .removed: ["removed"]
        case .save: ["save"]
        case .modify: ["modify"]
        case .query, .querySort, .queryIndex, .page, .filter: ["query"]
        case .scan, .parallelScan: ["scan"]
        case .count: ["count"]
        case .batchWrite: ["batchWrite"]
        case .batchOverTables: ["batchWrite", "putRequest", "deleteRequest"]
        case .create: ["create"]
        case .describe: ["describe"]
        case .waitUntilActive: ["waitUntilActive"]
        case .deleteTable: ["deleteTable"]
        case .verifySchema: ["verifySchema"]
        case .verifyMapping: ["verifyMapping"]
        case .addAndRemoveIndex: ["addIndex", "removeIndex"]
        case .timeToLive: ["setTimeToLive"]
        case .tags: ["tags", "setTags", "removeTags"]
        case .tableNames: ["tableNames"]
        case .transactions: ["transactWrite"]
        }
    }
}

/// What an operation does in one column of the matrix.
enum MatrixCell: Sendable {
    case run(@Sendable (AlternatorResource, ScenarioTables) async throws -> Void)
    /// Why there is no such operation.
    case absent(String)
}

/// A typed or an untyped table.
enum MatrixColumn: String, CaseIterable, Sendable { case typed, untyped }

/// One operation on one kind of table.
struct MatrixPlace: Sendable, CustomTestStringConvertible {
    let operation: TableOperation
    let column: MatrixColumn

    var testDescription: String { "\(operation.rawValue), \(column.rawValue)" }

    static var all: [MatrixPlace] {
        TableOperation.allCases.flatMap { operation in
            MatrixColumn.allCases.map { MatrixPlace(operation: operation, column: $0) }
        }
    }

    var cell: MatrixCell {
        switch column {
        case .typed: TypedMatrix.cell(operation)
        case .untyped: UntypedMatrix.cell(operation)
        }
    }
}

extension MapperScenarios {
    @Test(arguments: MatrixPlace.all)
    func `every operation does what it says`(place: MatrixPlace) async throws {
        guard case .run(let body) = place.cell else { return }
        try await scenario("matrix: \(place.testDescription)", body)
    }
}

/// Checks of the matrix itself.
struct OperationMatrixTests {
    private static let sources = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../Sources/Alternator")

    /// The names of the public functions of tables and resources, read from the sources.
    private func publicFunctions() throws -> [String: Set<String>] {
        let files = try #require(FileManager.default.enumerator(at: Self.sources, includingPropertiesForKeys: nil))
        var found: [String: Set<String>] = [:]
        for case let file as URL in files where file.pathExtension == "swift" {
            var type: String?
            var isUnavailable = false
            for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
                if let open = line.firstMatch(of: #/^(?:public )?(?:final )?(?:extension|struct|class|enum) (\w+)/#) {
                    type = String(open.1)
                }
                if line.contains("unavailable,") { isUnavailable = true }
                guard let function = line.firstMatch(of: #/^    (?:@\w+ )?public func (\w+)/#) else { continue }
                defer { isUnavailable = false }
                guard !isUnavailable, let type, ["TypedTable", "Table", "AlternatorResource"].contains(type) else {
                    continue
                }
                found[type, default: []].insert(String(function.1))
            }
        }
        return found
    }

    @Test(.ownThread) func `every public operation is in the matrix`() throws {
        let listed = TableOperation.allCases.reduce(into: Set<String>()) { $0.formUnion($1.functions) }
        // Not operations: values made from a table or resource, and the end of one.
        let others: Set = ["with", "key", "table", "close", "withResource"]
        let found = try publicFunctions()
        #expect(found["TypedTable"]?.contains("save") == true, "the sources are read")
        for (type, functions) in found {
            #expect(
                functions.subtracting(listed).subtracting(others).subtracting(Self.elsewhere[type] ?? []) == [],
                "\(type)"
            )
        }
    }

    /// Operations that have tests of their own on both kinds of table, because moto has no such thing (vectors) or one shard
    /// where they need several (changes), or because they write files: in Bulk, Streams and Vectors; many single writes are
    /// a scenario of their own, on both servers, in MapperScenarios+Bulk.
    private static let elsewhere: [String: Set<String>] = [
        "TypedTable": [
            "export", "changes", "enableStream", "disableStream", "nearest", "neighbors", "addVectorIndex",
            "removeVectorIndex", "updateRequest", "saveEach",
        ],
        "AlternatorResource": ["writeEach", "updateRequest"],
        "Table": [
            "export", "changes", "enableStream", "disableStream", "nearest", "neighbors", "addVectorIndex",
            "removeVectorIndex", "updateRequest",
        ],
    ]

    @Test func `what is absent says why`() {
        let absent = MatrixPlace.all.compactMap { place in
            if case .absent(let reason) = place.cell { (place.testDescription, reason) } else { nil }
        }
        #expect(absent.allSatisfy { $0.1.count > 10 })
        #expect(absent.count < MatrixPlace.all.count / 5)
    }
}
