/// Reads the items of one partition, of a table or of an index, in the order of the sort key.
///
/// One request is one page, without `limit` of about 1 MB. Go on while the answer has a `lastEvaluatedKey`; a page
/// may be empty and still have one. With `vectorSearch` it is a search for nearest neighbours instead.
public struct QueryRequest: OperationRequest, Equatable {
    /// The table's name.
    public var tableName: String
    /// The index to read; `nil` for the table.
    ///
    /// A missing index is `.validation`, not `.tableNotFound`.
    public var indexName: String?
    /// `=` on the partition key, and one comparison of the sort key if wanted.
    public var keyConditionExpression: String?
    /// What must hold for an item to be returned; key attributes are refused here.
    ///
    /// Filtering follows reading, so it saves no cost.
    public var filterExpression: String?
    /// The paths to return.
    ///
    /// Alternator ignores an index's own projection, so this is the way to get less.
    public var projectionExpression: String?
    /// Meaning of the `#name` placeholders; each must be used.
    public var expressionAttributeNames: [String: String]
    /// Meaning of the `:value` placeholders; each must be used.
    public var expressionAttributeValues: [String: AttributeValue]
    /// What to return; `nil` for all attributes, of an index all projected ones.
    public var select: Select?
    /// `true` reads with LOCAL_QUORUM and is refused on a global index; `nil` and `false` read with LOCAL_ONE.
    public var consistentRead: Bool?
    /// Items read per page, counted before filtering; 1 or more.
    ///
    /// In a vector search the number of neighbours, 1–1000, and required.
    public var limit: Int?
    /// `false` for descending order; `nil` and `true` for ascending.
    public var scanIndexForward: Bool?
    /// The `lastEvaluatedKey` of the page before.
    public var exclusiveStartKey: [String: AttributeValue]?
    /// Asks for the cost; Alternator does not tell it for queries.
    public var returnConsumedCapacity: Bool
    /// Searches a vector index, a ScyllaDB extension; needs `indexName` and `limit`, allows no paging.
    public var vectorSearch: VectorSearch?
    /// The key condition in its old form; not together with an expression.
    public var keyConditions: [String: LegacyCondition]
    /// The filter in its old form; not together with an expression.
    public var queryFilter: [String: LegacyCondition]
    /// How the entries of `queryFilter` combine.
    public var conditionalOperator: ConditionalOperator?
    /// The projection in its old form; not together with an expression.
    public var attributesToGet: [String]

    /// A request; what is left out is not sent.
    public init(
        tableName: String,
        indexName: String? = nil,
        keyConditionExpression: String? = nil,
        filterExpression: String? = nil,
        projectionExpression: String? = nil,
        expressionAttributeNames: [String: String] = [:],
        expressionAttributeValues: [String: AttributeValue] = [:],
        select: Select? = nil,
        consistentRead: Bool? = nil,
        limit: Int? = nil,
        scanIndexForward: Bool? = nil,
        exclusiveStartKey: [String: AttributeValue]? = nil,
        returnConsumedCapacity: Bool = false,
        vectorSearch: VectorSearch? = nil,
        keyConditions: [String: LegacyCondition] = [:],
        queryFilter: [String: LegacyCondition] = [:],
        conditionalOperator: ConditionalOperator? = nil,
        attributesToGet: [String] = []
    ) {
        self.tableName = tableName
        self.indexName = indexName
        self.keyConditionExpression = keyConditionExpression
        self.filterExpression = filterExpression
        self.projectionExpression = projectionExpression
        self.expressionAttributeNames = expressionAttributeNames
        self.expressionAttributeValues = expressionAttributeValues
        self.select = select
        self.consistentRead = consistentRead
        self.limit = limit
        self.scanIndexForward = scanIndexForward
        self.exclusiveStartKey = exclusiveStartKey
        self.returnConsumedCapacity = returnConsumedCapacity
        self.vectorSearch = vectorSearch
        self.keyConditions = keyConditions
        self.queryFilter = queryFilter
        self.conditionalOperator = conditionalOperator
        self.attributesToGet = attributesToGet
    }

    package typealias Response = QueryResponse
    package static var operation: OperationName { .query }
    package var routedTable: String? { tableName }

    package func write(to writer: inout JSONWriter) throws(AlternatorError) {
        try vectorSearch?.check(table: tableName)
        writer.object { json in
            json.member("TableName", tableName)
            json.member("IndexName", indexName)
            json.member("KeyConditionExpression", keyConditionExpression)
            json.member("FilterExpression", filterExpression)
            json.member("ProjectionExpression", projectionExpression)
            json.placeholders(names: expressionAttributeNames, values: expressionAttributeValues)
            json.member("Select", word: select)
            json.member("ConsistentRead", consistentRead)
            json.member("Limit", limit)
            json.member("ScanIndexForward", scanIndexForward)
            json.member("ExclusiveStartKey", item: exclusiveStartKey)
            json.member("VectorSearch", shape: vectorSearch)
            json.member("KeyConditions", map: keyConditions)
            json.member("QueryFilter", map: queryFilter)
            json.member("ConditionalOperator", word: conditionalOperator)
            json.member("AttributesToGet", strings: attributesToGet)
            json.returnConsumedCapacity(returnConsumedCapacity)
        }
    }
}

/// A search for the items nearest to a vector; ScyllaDB Cloud only.
public struct VectorSearch: Sendable, Hashable, WireWritable {
    /// What to tell about each item found.
    public struct ReturnScores: WireWord {
        /// The word as it is sent and received.
        public let rawValue: String
        /// A word, also one that is not among those below.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// How near it is, higher for nearer; not together with `Select.count`.
        public static let similarity = Self(rawValue: "SIMILARITY")
    }

    /// The vector: a `.float32Vector`, or a `.list` of numbers; as long as the index's dimensions.
    public var queryVector: AttributeValue
    /// `nil` for no scores.
    public var returnScores: ReturnScores?

    /// A search around a vector.
    public init(queryVector: AttributeValue, returnScores: ReturnScores? = nil) {
        self.queryVector = queryVector
        self.returnScores = returnScores
    }

    /// Refuses what JSON has no word for.
    fileprivate func check(table: String) throws(AlternatorError) {
        guard case .float32Vector(let numbers) = queryVector, !numbers.allSatisfy(\.isFinite) else { return }
        throw AlternatorError(
            .validation,
            message: "The query vector holds NaN or an infinity; a vector needs finite numbers.",
            operation: OperationName.query.rawValue,
            table: table
        )
    }

    package func write(into json: inout JSONWriter) {
        json.object { json in
            json.key("QueryVector")
            json.attributeValue(queryVector)
            json.member("ReturnScores", word: returnScores)
        }
    }
}

/// One page of a Query.
public struct QueryResponse: OperationResponse, Equatable {
    /// The items; empty with `Select.count`.
    public var items: [[String: AttributeValue]] = []
    /// Items that passed the filter.
    public var count = 0
    /// Items read before filtering.
    public var scannedCount = 0
    /// Where the next page starts; `nil` after the last one.
    public var lastEvaluatedKey: [String: AttributeValue]?
    /// One per item of a vector search that asked for them.
    public var scores: [Double]?
    /// What it cost; `nil` unless the request asked for it.
    public var consumedCapacity: ConsumedCapacity?

    /// An answer without items.
    public init() {}

    package init(from reader: inout JSONReader) throws(JSONError) {
        var (count, scannedCount): (Int?, Int?)
        try reader.beginObject()
        while let member = try reader.nextMember() {
            switch member {
            case "Items": items = try reader.readItems()
            case "Count": count = try reader.readInt()
            case "ScannedCount": scannedCount = try reader.readInt()
            case "LastEvaluatedKey": lastEvaluatedKey = try reader.readItem()
            case "Scores":
                scores = try reader.readList { (reader: inout JSONReader) throws(JSONError) in
                    try reader.readDouble()
                }
            case "ConsumedCapacity": consumedCapacity = try reader.readCapacities().first
            default: try reader.skipValue()
            }
        }
        self.count = count ?? items.count
        self.scannedCount = scannedCount ?? self.count
    }
}
