/// Reads all items of a table or an index, in the order of the partitions' tokens.
///
/// One request is one page. Go on while the answer has a `lastEvaluatedKey`; a page may be empty and still have one.
public struct ScanRequest: OperationRequest, Equatable {
    /// The table's name.
    public var tableName: String
    /// The index to read; `nil` for the table.
    public var indexName: String?
    /// What must hold for an item to be returned.
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
    public var limit: Int?
    /// The `lastEvaluatedKey` of the page before, of the same segment.
    public var exclusiveStartKey: [String: AttributeValue]?
    /// Which part of a parallel scan this is, `0..<totalSegments`; both or neither.
    public var segment: Int?
    /// How many parts, 1–1,000,000: equal slices of the token ring.
    public var totalSegments: Int?
    /// Asks for the cost; Alternator does not tell it for scans.
    public var returnConsumedCapacity: Bool
    /// The filter in its old form; not together with an expression.
    public var scanFilter: [String: LegacyCondition]
    /// How the entries of `scanFilter` combine.
    public var conditionalOperator: ConditionalOperator?
    /// The projection in its old form; not together with an expression.
    public var attributesToGet: [String]

    /// A request; what is left out is not sent.
    public init(
        tableName: String,
        indexName: String? = nil,
        filterExpression: String? = nil,
        projectionExpression: String? = nil,
        expressionAttributeNames: [String: String] = [:],
        expressionAttributeValues: [String: AttributeValue] = [:],
        select: Select? = nil,
        consistentRead: Bool? = nil,
        limit: Int? = nil,
        exclusiveStartKey: [String: AttributeValue]? = nil,
        segment: Int? = nil,
        totalSegments: Int? = nil,
        returnConsumedCapacity: Bool = false,
        scanFilter: [String: LegacyCondition] = [:],
        conditionalOperator: ConditionalOperator? = nil,
        attributesToGet: [String] = []
    ) {
        self.tableName = tableName
        self.indexName = indexName
        self.filterExpression = filterExpression
        self.projectionExpression = projectionExpression
        self.expressionAttributeNames = expressionAttributeNames
        self.expressionAttributeValues = expressionAttributeValues
        self.select = select
        self.consistentRead = consistentRead
        self.limit = limit
        self.exclusiveStartKey = exclusiveStartKey
        self.segment = segment
        self.totalSegments = totalSegments
        self.returnConsumedCapacity = returnConsumedCapacity
        self.scanFilter = scanFilter
        self.conditionalOperator = conditionalOperator
        self.attributesToGet = attributesToGet
    }

    package typealias Response = ScanResponse
    package static var operation: OperationName { .scan }
    package var routedTable: String? { tableName }

    package func write(to writer: inout JSONWriter) {
        writer.object { json in
            json.member("TableName", tableName)
            json.member("IndexName", indexName)
            json.member("FilterExpression", filterExpression)
            json.member("ProjectionExpression", projectionExpression)
            json.placeholders(names: expressionAttributeNames, values: expressionAttributeValues)
            json.member("Select", word: select)
            json.member("ConsistentRead", consistentRead)
            json.member("Limit", limit)
            json.member("ExclusiveStartKey", item: exclusiveStartKey)
            json.member("Segment", segment)
            json.member("TotalSegments", totalSegments)
            json.member("ScanFilter", map: scanFilter)
            json.member("ConditionalOperator", word: conditionalOperator)
            json.member("AttributesToGet", strings: attributesToGet)
            json.returnConsumedCapacity(returnConsumedCapacity)
        }
    }
}

/// One page of a Scan.
public struct ScanResponse: OperationResponse, Equatable {
    /// The items; empty with `Select.count`.
    public var items: [[String: AttributeValue]] = []
    /// Items that passed the filter.
    public var count = 0
    /// Items read before filtering.
    public var scannedCount = 0
    /// Where the next page starts; `nil` after the last one.
    ///
    /// Hand it back untouched.
    public var lastEvaluatedKey: [String: AttributeValue]?
    /// What it cost; `nil` unless the request asked for it.
    public var consumedCapacity: ConsumedCapacity?

    /// An answer without items.
    public init() {}

    package init(from reader: inout JSONReader) throws(JSONError) {
        let page = try QueryResponse(from: &reader)
        items = page.items
        count = page.count
        scannedCount = page.scannedCount
        lastEvaluatedKey = page.lastEvaluatedKey
        consumedCapacity = page.consumedCapacity
    }
}
