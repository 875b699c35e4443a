/// One change of the global indexes of a table.
public enum GlobalSecondaryIndexUpdate: Sendable, Hashable, WireWritable {
    /// Adds an index; its existing items are added in the background.
    case create(GlobalSecondaryIndex)
    /// Removes an index.
    case delete(indexName: String)
    /// Changes an index's throughput; Alternator does not support it.
    case update(indexName: String, provisionedThroughput: ProvisionedThroughput)

    package func write(into json: inout JSONWriter) {
        json.object { json in
            switch self {
            case .create(let index): json.member("Create", shape: index)
            case .delete(let name): json.writeIndexName(name, as: "Delete")
            case .update(let name, let throughput):
                json.key("Update")
                json.object { json in
                    json.member("IndexName", name)
                    json.member("ProvisionedThroughput", shape: throughput)
                }
            }
        }
    }
}

/// One change of the vector indexes of a table, a ScyllaDB extension.
public enum VectorIndexUpdate: Sendable, Hashable, WireWritable {
    /// Adds an index; its existing items are added in the background.
    case create(VectorIndex)
    /// Removes an index.
    case delete(indexName: String)

    package func write(into json: inout JSONWriter) {
        json.object { json in
            switch self {
            case .create(let index): json.member("Create", shape: index)
            case .delete(let name): json.writeIndexName(name, as: "Delete")
            }
        }
    }
}

extension JSONWriter {
    /// `"Delete":{"IndexName":"x"}`.
    fileprivate mutating func writeIndexName(_ indexName: String, as action: StaticString) {
        key(action)
        object { $0.member("IndexName", indexName) }
    }
}

/// Changes a table.
///
/// Alternator takes one index change per request, or a change of stream or billing mode; throughput, replicas and
/// encryption are refused.
public struct UpdateTableRequest: OperationRequest, Equatable {
    /// The table's name.
    public var tableName: String
    /// The types of key attributes that a new index needs.
    public var attributeDefinitions: [AttributeDefinition]
    /// How use is billed; the server only keeps it.
    public var billingMode: BillingMode?
    /// Refused by Alternator.
    public var provisionedThroughput: ProvisionedThroughput?
    /// One entry at most.
    public var globalSecondaryIndexUpdates: [GlobalSecondaryIndexUpdate]
    /// One entry at most; a ScyllaDB extension.
    public var vectorIndexUpdates: [VectorIndexUpdate]
    /// Whether changes are recorded; `nil`: as the server has it.
    public var streamSpecification: StreamSpecification?
    /// Refused by Alternator.
    public var sseSpecification: SSESpecification?
    /// Ignored by Alternator.
    public var tableClass: String?
    /// Ignored by Alternator.
    public var deletionProtectionEnabled: Bool?

    /// A request; what is left out stays as it is.
    public init(
        tableName: String,
        attributeDefinitions: [AttributeDefinition] = [],
        billingMode: BillingMode? = nil,
        provisionedThroughput: ProvisionedThroughput? = nil,
        globalSecondaryIndexUpdates: [GlobalSecondaryIndexUpdate] = [],
        vectorIndexUpdates: [VectorIndexUpdate] = [],
        streamSpecification: StreamSpecification? = nil,
        sseSpecification: SSESpecification? = nil,
        tableClass: String? = nil,
        deletionProtectionEnabled: Bool? = nil
    ) {
        self.tableName = tableName
        self.attributeDefinitions = attributeDefinitions
        self.billingMode = billingMode
        self.provisionedThroughput = provisionedThroughput
        self.globalSecondaryIndexUpdates = globalSecondaryIndexUpdates
        self.vectorIndexUpdates = vectorIndexUpdates
        self.streamSpecification = streamSpecification
        self.sseSpecification = sseSpecification
        self.tableClass = tableClass
        self.deletionProtectionEnabled = deletionProtectionEnabled
    }

    package typealias Response = UpdateTableResponse
    package static var operation: OperationName { .updateTable }
    package var routedTable: String? { tableName }

    package func write(to writer: inout JSONWriter) {
        writer.object { json in
            json.member("TableName", tableName)
            json.member("AttributeDefinitions", shapes: attributeDefinitions)
            json.member("BillingMode", word: billingMode)
            json.member("ProvisionedThroughput", shape: provisionedThroughput)
            json.member("GlobalSecondaryIndexUpdates", shapes: globalSecondaryIndexUpdates)
            json.member("VectorIndexUpdates", shapes: vectorIndexUpdates)
            json.member("StreamSpecification", shape: streamSpecification)
            json.member("SSESpecification", shape: sseSpecification)
            json.member("TableClass", tableClass)
            json.member("DeletionProtectionEnabled", deletionProtectionEnabled)
        }
    }
}

/// The answer to an UpdateTable.
public struct UpdateTableResponse: OperationResponse, Equatable {
    /// An echo of the request with status and id.
    ///
    /// DescribeTable gives the real description.
    public var tableDescription: TableDescription?

    /// An answer with this description.
    public init(tableDescription: TableDescription? = nil) { self.tableDescription = tableDescription }

    package init(from reader: inout JSONReader) throws(JSONError) {
        tableDescription = try reader.readTable(named: "TableDescription")
    }
}
