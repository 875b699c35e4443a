import AlternatorCore
import AlternatorRouting
import AlternatorWire

/// What a query or scan is to do, without the types of model and element.
struct ReadPlan: Sendable {
    var handle: TableHandle
    var operation: OperationName
    var index: String?
    var isGlobalIndex = false
    /// The key condition of a query.
    var keyCondition: ConditionNode = .always
    /// The value of the partition key, for routing.
    var partitionKey: AttributeValue?
    var filter: ConditionNode = .always
    var isForward = true
    var isConsistent = false
    /// Items the caller gets, all pages together.
    var limit: Int?
    /// Items the server looks at per page.
    var pageSize: Int?
    var token: PageToken?
    var projection: [String]?
    /// Key attributes of the table and the index; `nil` where they are not known beforehand.
    var keyNames: [String]?
    /// How dates are written at some attributes.
    var dates = DateForms()
    /// Segments of a parallel scan.
    var totalSegments: Int?
    var concurrency = 1
    /// Whether the next page is fetched while the current one is used.
    var prefetches = true
    /// What was found wrong while the query was built; thrown when it is run.
    var failure: AlternatorError?

    init(
        _ operation: OperationName,
        on handle: TableHandle,
        index: String? = nil,
        keyNames: [String]? = nil
    ) {
        self.operation = operation
        self.handle = handle
        self.index = index
        self.keyNames = keyNames
    }

    var segmentCount: Int { totalSegments ?? 1 }

    /// The same with `condition` to be met as well.
    func filtered(by condition: ConditionNode) -> ReadPlan {
        var plan = self
        plan.filter = .all(filter, condition)
        return plan
    }

    /// The request's constant part; throws what is wrong with the plan.
    func prepared(counting: Bool = false) throws(AlternatorError) -> PreparedRead {
        try handle.make(operation) { () throws(AlternatorError) in try render(counting: counting) }
    }

    private func render(counting: Bool) throws(AlternatorError) -> PreparedRead {
        if let failure { throw failure }
        try checkNumbers()
        var body = RequestBody(table: handle.name)
        if let index { body.member("IndexName", index) }
        var expressions = ExpressionWriter(dates: dates)
        var fingerprint = Fingerprint()
        fingerprint.add(operation.rawValue)
        fingerprint.add(handle.name)
        fingerprint.add(index ?? "")
        fingerprint.add(isForward ? "forward" : "backward")
        fingerprint.add(totalSegments.map(String.init) ?? "")
        if let text = try expressions.condition(keyCondition) {
            body.member("KeyConditionExpression", text)
            // Names and values alone determine it beyond the text; the filter may change from page to page.
            var placeholders = JSONWriter()
            placeholders.byte(UInt8(ascii: "{"))
            expressions.appendPlaceholders(to: &placeholders)
            fingerprint.add(text)
            fingerprint.add(placeholders.bytes)
        }
        if let text = try expressions.condition(filter) { body.member("FilterExpression", text) }
        if counting {
            body.member("Select", "COUNT")
        } else {
            try body.projection(projectionWithKeys, with: &expressions)
        }
        expressions.appendPlaceholders(to: &body.writer)
        if !isForward { body.member("ScanIndexForward", false) }
        if isConsistent { body.member("ConsistentRead", true) }
        if let totalSegments { body.member("TotalSegments", totalSegments) }
        return PreparedRead(
            operation: operation,
            table: handle.name,
            body: body,
            hint: RouteHint(table: handle.name, partitionKey: partitionKey, access: .read),
            fingerprint: fingerprint.value
        )
    }

    /// A page cut short by `limit` goes on after its last item, so that item's key must be there to be read.
    private var projectionWithKeys: [String]? {
        guard let projection, limit != nil, let keyNames else { return projection }
        return projection + keyNames.filter { !projection.contains($0) }
    }

    private func checkNumbers() throws(AlternatorError) {
        if let limit, limit < 0 { throw Self.bad("limit is \(limit); it counts items and cannot be negative") }
        if let pageSize, pageSize < 1 || pageSize > Int(Int32.max) {
            throw Self.bad("pageSize is \(pageSize); the server takes 1 to \(Int32.max)")
        }
        if let totalSegments, !(1...1_000_000).contains(totalSegments) {
            throw Self.bad("segments is \(totalSegments); the server takes 1 to 1000000")
        }
        if concurrency < 1 { throw Self.bad("concurrency is \(concurrency); it must be 1 or more") }
        if isConsistent && isGlobalIndex {
            throw Self.bad("a global index cannot be read consistently; read the table or a local index")
        }
    }

    private static func bad(_ problem: String) -> AlternatorError {
        AlternatorError(.mapping, message: "The read cannot be made: \(problem).")
    }

    /// The wire's Limit for the next page, where `remaining` items are still wanted.
    ///
    /// Without a filter no more than these are asked for. With one, the server counts before filtering.
    func wireLimit(remaining: Int?) -> Int? {
        guard filter.isAlways, let remaining else { return pageSize }
        return min(pageSize ?? remaining, remaining, Int(Int32.max))
    }
}

/// The constant part of a read's requests, written once.
struct PreparedRead: Sendable {
    let operation: OperationName
    let table: String
    let body: RequestBody
    let hint: RouteHint
    let fingerprint: UInt64

    /// The request for one page.
    func request(after progress: SegmentProgress, limit: Int?, segment: Int?) -> EncodedRequest {
        var body = body
        if let limit { body.member("Limit", limit) }
        if let segment { body.member("Segment", segment) }
        if case .after(let key) = progress {
            body.writer.key("ExclusiveStartKey")
            body.writer.raw(key)
        }
        return EncodedRequest(operation, table: table, body: body.finish(), hint: hint, safety: .idempotent)
    }
}
