/// Creates a table and returns when all live nodes know it, which can take 30 s.
///
/// `.tableInUse` if there is one of that name; but after a repeated attempt that counts as success, since the first
/// attempt may have created it.
public struct CreateTableRequest: OperationRequest, Equatable {
    /// 3–192 characters of `a-z A-Z 0-9 . _ -`.
    public var tableName: String
    /// The partition key, then the sort key if there is one.
    public var keySchema: [KeySchemaElement]
    /// The types of all key attributes of the table and its indexes, and of no others.
    public var attributeDefinitions: [AttributeDefinition]
    /// `nil` is the server's default, `provisioned`, and needs a throughput.
    public var billingMode: BillingMode?
    /// Only with `provisioned`; stored and described, never enforced.
    public var provisionedThroughput: ProvisionedThroughput?
    /// Global indexes to be made with the table.
    public var globalSecondaryIndexes: [GlobalSecondaryIndex]
    /// Local indexes, which can only be made with the table.
    public var localSecondaryIndexes: [LocalSecondaryIndex]
    /// Indexes for vector search, a ScyllaDB extension.
    public var vectorIndexes: [VectorIndex]
    /// Whether changes are recorded; `nil`: as the server has it.
    public var streamSpecification: StreamSpecification?
    /// Encryption at rest, which the server refuses to be given.
    public var sseSpecification: SSESpecification?
    /// Up to 50.
    ///
    /// `system:write_isolation` and `system:initial_tablets` configure the table.
    public var tags: [String: String]
    /// Ignored by Alternator.
    public var tableClass: String?
    /// Ignored by Alternator.
    public var deletionProtectionEnabled: Bool?

    /// A request; what is left out is not sent.
    public init(
        tableName: String,
        keySchema: [KeySchemaElement],
        attributeDefinitions: [AttributeDefinition],
        billingMode: BillingMode? = .payPerRequest,
        provisionedThroughput: ProvisionedThroughput? = nil,
        globalSecondaryIndexes: [GlobalSecondaryIndex] = [],
        localSecondaryIndexes: [LocalSecondaryIndex] = [],
        vectorIndexes: [VectorIndex] = [],
        streamSpecification: StreamSpecification? = nil,
        sseSpecification: SSESpecification? = nil,
        tags: [String: String] = [:],
        tableClass: String? = nil,
        deletionProtectionEnabled: Bool? = nil
    ) {
        self.tableName = tableName
        self.keySchema = keySchema
        self.attributeDefinitions = attributeDefinitions
        self.billingMode = billingMode
        self.provisionedThroughput = provisionedThroughput
        self.globalSecondaryIndexes = globalSecondaryIndexes
        self.localSecondaryIndexes = localSecondaryIndexes
        self.vectorIndexes = vectorIndexes
        self.streamSpecification = streamSpecification
        self.sseSpecification = sseSpecification
        self.tags = tags
        self.tableClass = tableClass
        self.deletionProtectionEnabled = deletionProtectionEnabled
    }

    package typealias Response = CreateTableResponse
    package static var operation: OperationName { .createTable }
    package var routedTable: String? { tableName }

    package func write(to writer: inout JSONWriter) {
        writer.object { json in
            json.member("TableName", tableName)
            json.member("KeySchema", shapes: keySchema)
            json.member("AttributeDefinitions", shapes: attributeDefinitions)
            json.member("BillingMode", word: billingMode)
            json.member("ProvisionedThroughput", shape: provisionedThroughput)
            json.member("GlobalSecondaryIndexes", shapes: globalSecondaryIndexes)
            json.member("LocalSecondaryIndexes", shapes: localSecondaryIndexes)
            json.member("VectorIndexes", shapes: vectorIndexes)
            json.member("StreamSpecification", shape: streamSpecification)
            json.member("SSESpecification", shape: sseSpecification)
            json.member("Tags", tags: tags)
            json.member("TableClass", tableClass)
            json.member("DeletionProtectionEnabled", deletionProtectionEnabled)
        }
    }
}

/// The answer to a CreateTable.
public struct CreateTableResponse: OperationResponse, Equatable {
    /// An echo of the request with status, id and creation time; no ARN.
    ///
    /// DescribeTable gives the real description.
    public var tableDescription: TableDescription?

    /// An answer with this description.
    public init(tableDescription: TableDescription? = nil) { self.tableDescription = tableDescription }

    package init(from reader: inout JSONReader) throws(JSONError) {
        tableDescription = try reader.readTable(named: "TableDescription")
    }
}

extension JSONReader {
    /// `{"TableDescription":{…}}`, or the same under another name.
    mutating func readTable(named name: StaticString) throws(JSONError) -> TableDescription? {
        var table: TableDescription?
        let name = "\(name)"
        try beginObject()
        while let member = try nextMember() {
            if member == name { table = try TableDescription(from: &self) } else { try skipValue() }
        }
        return table
    }
}
