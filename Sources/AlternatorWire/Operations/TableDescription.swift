/// What the server says of a table.
///
/// Alternator leaves much of DynamoDB's description out, so nearly everything is optional. The answer to CreateTable
/// and UpdateTable is an echo of the request; DescribeTable gives the real description.
public struct TableDescription: Sendable, Equatable, WireReadable {
    /// The table's name.
    public var tableName: String
    /// Whether it can be used.
    public var tableStatus: TableStatus?
    /// The table's ARN, which tags need.
    public var tableARN: String?
    /// A UUID.
    public var tableID: String?
    /// Seconds since 1970-01-01 UTC, to the millisecond.
    public var creationDateTime: Double?
    /// Partition key, then sort key; empty in the answer to DeleteTable.
    public var keySchema: [KeySchemaElement] = []
    /// The types of all key attributes, in any order.
    public var attributeDefinitions: [AttributeDefinition] = []
    /// How use is billed; the server only keeps it.
    public var billingMode: BillingMode?
    /// The throughput it was made with; the server only keeps it.
    public var provisionedThroughput: ProvisionedThroughput?
    /// Bytes on disk; up to 6 hours old.
    public var tableSizeBytes: Int?
    /// Never there on Alternator.
    public var itemCount: Int?
    /// Its global indexes.
    public var globalSecondaryIndexes: [IndexDescription] = []
    /// Its local indexes.
    public var localSecondaryIndexes: [IndexDescription] = []
    /// Indexes for vector search, a ScyllaDB extension.
    public var vectorIndexes: [VectorIndexDescription] = []
    /// Whether changes are recorded; `nil`: as the server has it.
    public var streamSpecification: StreamSpecification?
    /// The ARN of its stream.
    public var latestStreamARN: String?
    /// The label of its stream.
    public var latestStreamLabel: String?

    /// A description of which only the name is known.
    public init(tableName: String) { self.tableName = tableName }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init(tableName: "")
        var name: String?
        try reader.beginObject()
        while let member = try reader.nextMember() {
            switch member {
            case "TableName": name = try reader.readString()
            case "TableStatus": tableStatus = try reader.readWord()
            case "TableArn": tableARN = try reader.readString()
            case "TableId": tableID = try reader.readString()
            case "CreationDateTime": creationDateTime = try reader.readDouble()
            case "KeySchema": keySchema = try reader.readList(KeySchemaElement.init(from:))
            case "AttributeDefinitions": attributeDefinitions = try reader.readList(AttributeDefinition.init(from:))
            case "BillingModeSummary": billingMode = try Self.readBillingModeSummary(&reader) ?? billingMode
            // Only in the echo of a request.
            case "BillingMode": billingMode = try reader.readWord()
            case "ProvisionedThroughput": provisionedThroughput = try ProvisionedThroughput(from: &reader)
            case "TableSizeBytes": tableSizeBytes = try reader.readInt()
            case "ItemCount": itemCount = try reader.readInt()
            case "GlobalSecondaryIndexes": globalSecondaryIndexes = try reader.readList(IndexDescription.init(from:))
            case "LocalSecondaryIndexes": localSecondaryIndexes = try reader.readList(IndexDescription.init(from:))
            case "VectorIndexes": vectorIndexes = try reader.readList(VectorIndexDescription.init(from:))
            case "StreamSpecification": streamSpecification = try StreamSpecification(from: &reader)
            case "LatestStreamArn": latestStreamARN = try reader.readString()
            case "LatestStreamLabel": latestStreamLabel = try reader.readString()
            default: try reader.skipValue()
            }
        }
        tableName = try reader.required(name, "TableName")
    }

    private static func readBillingModeSummary(_ reader: inout JSONReader) throws(JSONError) -> BillingMode? {
        var mode: BillingMode?
        try reader.beginObject()
        while let member = try reader.nextMember() {
            if member == "BillingMode" { mode = try reader.readWord() } else { try reader.skipValue() }
        }
        return mode
    }
}

/// What the server says of a global or local index.
public struct IndexDescription: Sendable, Hashable, WireReadable {
    /// The index's name.
    public var indexName: String
    /// The index's ARN.
    public var indexARN: String?
    /// The key attributes, partition key first.
    public var keySchema: [KeySchemaElement] = []
    /// Alternator always says `all`, whatever was asked for.
    public var projection: IndexProjection?
    /// Absent for local indexes.
    public var indexStatus: IndexStatus?
    /// `true` while existing items are still being added.
    public var backfilling: Bool?
    /// Never there on Alternator.
    public var itemCount: Int?
    /// Never there on Alternator.
    public var indexSizeBytes: Int?

    /// A description of which only the name is known.
    public init(indexName: String) { self.indexName = indexName }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init(indexName: "")
        var name: String?
        try reader.beginObject()
        while let member = try reader.nextMember() {
            switch member {
            case "IndexName": name = try reader.readString()
            case "IndexArn": indexARN = try reader.readString()
            case "KeySchema": keySchema = try reader.readList(KeySchemaElement.init(from:))
            case "Projection": projection = try IndexProjection(from: &reader)
            case "IndexStatus": indexStatus = try reader.readWord()
            case "Backfilling": backfilling = try reader.readBool()
            case "ItemCount": itemCount = try reader.readInt()
            case "IndexSizeBytes": indexSizeBytes = try reader.readInt()
            default: try reader.skipValue()
            }
        }
        indexName = try reader.required(name, "IndexName")
    }
}

/// What the server says of a vector index.
public struct VectorIndexDescription: Sendable, Hashable, WireReadable {
    /// The index's name.
    public var indexName: String
    /// The attribute with the vectors.
    public var attributeName: String?
    /// Components of each vector.
    public var dimensions: Int?
    /// How near is measured.
    public var similarityFunction: SimilarityFunction?
    /// What the index holds of an item; ScyllaDB knows only all of it.
    public var projection: IndexProjection?
    /// Search only an `active` one.
    public var indexStatus: IndexStatus?
    /// `true` while existing items are still being added.
    public var backfilling: Bool?

    /// A description of which only the name is known.
    public init(indexName: String) { self.indexName = indexName }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init(indexName: "")
        var name: String?
        try reader.beginObject()
        while let member = try reader.nextMember() {
            switch member {
            case "IndexName": name = try reader.readString()
            case "VectorAttribute": try readVectorAttribute(&reader)
            case "SimilarityFunction": similarityFunction = try reader.readWord()
            case "Projection": projection = try IndexProjection(from: &reader)
            case "IndexStatus": indexStatus = try reader.readWord()
            case "Backfilling": backfilling = try reader.readBool()
            default: try reader.skipValue()
            }
        }
        indexName = try reader.required(name, "IndexName")
    }

    private mutating func readVectorAttribute(_ reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let member = try reader.nextMember() {
            switch member {
            case "AttributeName": attributeName = try reader.readString()
            case "Dimensions": dimensions = try reader.readInt()
            default: try reader.skipValue()
            }
        }
    }
}
