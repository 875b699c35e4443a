import AlternatorWire

extension EngineCore {
    private typealias Stream = (table: TableDefinition, settings: TableDefinition.StreamSettings)

    /// The stream a request names.
    private func stream(of request: JSONValue) throws(LocalError) -> Stream {
        guard let arn = request["StreamArn"]?.text else { throw .validation("Missing or non-string StreamArn") }
        guard arn.hasPrefix("arn:"), arn.contains(":table/"), arn.contains("/stream/") else {
            throw .validation("Invalid StreamArn \(arn)")
        }
        for table in tables.values {
            if let settings = table.stream, table.streamARN(settings) == arn { return (table, settings) }
        }
        throw .resourceNotFound("Invalid StreamArn \(arn)")
    }

    private func limit(
        _ request: JSONValue,
        default standard: Int,
        maximum: Int
    ) throws(LocalError) -> Int {
        guard let limit = try request.integer("Limit") else { return standard }
        guard limit >= 1 else { throw .validation("Limit must be 1 or more") }
        guard limit <= maximum else { throw .validation("Limit must be less than or equal to \(maximum)") }
        return limit
    }

    func listStreams(_ request: JSONValue) throws(LocalError) -> Answer {
        let limit = try limit(request, default: 100, maximum: 100)
        let only = try request.string("TableName")
        if let only { _ = try table(named: only) }
        let start = try request.string("ExclusiveStartStreamArn")
        var streams: [(arn: String, table: String, label: String)] = []
        for table in tables.values.sorted(by: { $0.id < $1.id }) where only == nil || table.name == only {
            guard let settings = table.stream else { continue }
            streams.append((table.streamARN(settings), table.name, UTCTime.text(milliseconds: settings.startedAt)))
        }
        var rest = streams[...]
        if let start {
            guard let place = rest.firstIndex(where: { $0.arn == start }) else {
                throw .validation("Invalid ExclusiveStartStreamArn \(start)")
            }
            rest = rest[(place + 1)...]
        }
        let page = rest.prefix(limit)
        let list = page.map { stream in
            JSONValue.object([
                .init("StreamArn", .string(stream.arn)), .init("TableName", .string(stream.table)),
                .init("StreamLabel", .string(stream.label)),
            ])
        }
        var members: [JSONValue.Member] = [.init("Streams", .array(list))]
        if page.count < rest.count, let last = page.last {
            members.append(.init("LastEvaluatedStreamArn", .string(last.arn)))
        }
        return Answer(.object(members))
    }

    func describeStream(_ request: JSONValue) throws(LocalError) -> Answer {
        let limit = try limit(request, default: 100, maximum: 100)
        let (table, settings) = try stream(of: request)
        var shards = (0..<StreamShard.count).map(StreamShard.init(index:))[...]
        if let filter = request["ShardFilter"] {
            guard filter["Type"]?.text == "CHILD_SHARDS" else { throw .validation("ShardFilter: unknown Type") }
            guard let parent = filter["ShardId"]?.text else { throw .validation("ShardFilter: ShardId is missing") }
            guard shards.contains(where: { $0.id(of: settings) == parent }) else {
                throw .validation("ShardFilter: invalid ShardId \(parent)")
            }
            // Shards never split here.
            shards = []
        }
        if let start = try request.string("ExclusiveStartShardId") {
            // Nothing follows a shard there is not.
            let place = shards.firstIndex { $0.id(of: settings) == start } ?? shards.endIndex - 1
            shards = shards[(place + 1)...]
        }
        let page = shards.prefix(limit)
        var members: [JSONValue.Member] = [
            .init("StreamStatus", .string(settings.isEnabled ? "ENABLED" : "DISABLED")),
            .init("StreamArn", .string(table.streamARN(settings))),
            .init("StreamLabel", .string(UTCTime.text(milliseconds: settings.startedAt))),
            .init("StreamViewType", .string(settings.viewType)),
            .init("TableName", .string(table.name)),
            .init("CreationRequestDateTime", .seconds(settings.startedAt)),
            .init("KeySchema", TableDefinition.keySchema(table.columns)),
            .init("Shards", .array(page.map { Self.description($0, of: settings) })),
        ]
        if page.count < shards.count, let last = page.last {
            members.append(.init("LastEvaluatedShardId", .string(last.id(of: settings))))
        }
        return Answer(.object([.init("StreamDescription", .object(members))]))
    }

    private static func description(
        _ shard: StreamShard,
        of stream: TableDefinition.StreamSettings
    ) -> JSONValue {
        let first = StreamSequence(milliseconds: stream.startedAt, counter: 0)
        var range: [JSONValue.Member] = [.init("StartingSequenceNumber", .string(first.text))]
        if let end = stream.endedAt {
            range.append(
                .init("EndingSequenceNumber", .string(StreamSequence(milliseconds: end, counter: .max).text))
            )
        }
        return .object([
            .init("ShardId", .string(shard.id(of: stream))), .init("SequenceNumberRange", .object(range)),
        ])
    }

    func getShardIterator(_ request: JSONValue) throws(LocalError) -> Answer {
        guard let type = request["ShardIteratorType"]?.text else {
            throw .validation("Missing or non-string ShardIteratorType")
        }
        guard ["TRIM_HORIZON", "LATEST", "AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"].contains(type) else {
            throw .validation("Unknown ShardIteratorType \(type)")
        }
        let needsSequence = type.hasSuffix("SEQUENCE_NUMBER")
        let number = try request.string("SequenceNumber")
        if needsSequence, number == nil { throw .validation("Missing SequenceNumber for \(type)") }
        if !needsSequence, number != nil { throw .validation("Iterator of this type should not have sequence number") }
        guard let shardID = request["ShardId"]?.text else { throw .validation("Missing or non-string ShardId") }
        let (table, settings) = try stream(of: request)
        guard
            let shard = (0..<StreamShard.count).first(where: {
                StreamShard(index: $0).id(of: settings) == shardID
            })
        else { throw .resourceNotFound("Invalid ShardId \(shardID)") }
        var position: Int64 = 0
        switch type {
        case "LATEST": position = try store.nextChange(of: table.number)
        case "TRIM_HORIZON": break
        default:
            guard let sequence = number.flatMap(StreamSequence.init) else {
                throw .validation("Invalid SequenceNumber")
            }
            position =
                type == "AFTER_SEQUENCE_NUMBER" && sequence.counter < .max
                ? sequence.counter + 1 : sequence.counter
        }
        let iterator = ShardIterator(
            table: table.number,
            startedAt: settings.startedAt,
            shard: shard,
            position: position
        )
        return Answer(.object([.init("ShardIterator", .string(iterator.text))]))
    }

    func getRecords(_ request: JSONValue, _ context: RequestContext) throws(LocalError) -> Answer {
        guard let text = request["ShardIterator"]?.text, let iterator = ShardIterator(text) else {
            throw .validation("Invalid ShardIterator")
        }
        let limit = try limit(request, default: 1000, maximum: 1000)
        let found = tables.values.first { $0.number == iterator.table && $0.stream?.startedAt == iterator.startedAt }
        guard let table = found, let settings = table.stream else {
            throw .resourceNotFound("The stream of this ShardIterator is gone")
        }
        try check(.select, on: .stream(table: table.name))
        let rows = try store.changes(
            of: table.number,
            shard: iterator.shard,
            from: iterator.position,
            before: self.settings.now() - self.settings.streamsWindow,
            limit: limit
        )
        var writer = JSONWriter(reserving: 4096)
        writer.raw("{\"Records\":[")
        for (place, row) in rows.enumerated() {
            if place > 0 { writer.byte(UInt8(ascii: ",")) }
            try Self.write(row, of: settings, region: context.place.datacenter, to: &writer)
        }
        writer.byte(UInt8(ascii: "]"))
        // The end of a closed shard has no next iterator.
        if settings.isEnabled || rows.count == limit {
            let next = ShardIterator(
                table: iterator.table,
                startedAt: iterator.startedAt,
                shard: iterator.shard,
                position: rows.last.map { $0.sequence.counter + 1 } ?? iterator.position
            )
            writer.raw(",\"NextShardIterator\":")
            writer.string(next.text)
        }
        writer.byte(UInt8(ascii: "}"))
        return Answer(body: writer.bytes, isStreamed: writer.bytes.count > Answer.longBody)
    }

    private static func write(
        _ row: Store.StreamRow,
        of stream: TableDefinition.StreamSettings,
        region: String,
        to writer: inout JSONWriter
    ) throws(LocalError) {
        var reader = JSONReader(row.record)
        guard let record = try? reader.readTree(), let change = record["change"]?.members,
            let name = record["eventName"]
        else { throw .internalServerError("A stored stream record cannot be read.") }
        let details: [JSONValue.Member] =
            [
                .init("ApproximateCreationDateTime", .number(String(row.sequence.milliseconds / 1000))),
                .init("SequenceNumber", .string(row.sequence.text)),
                .init("StreamViewType", .string(stream.viewType)),
            ] + change
        var members: [JSONValue.Member] = [
            .init("awsRegion", .string(region)),
            .init(
                "eventID",
                .string("\(UUIDText.hex(UInt64(stream.startedAt)))\(UUIDText.hex(UInt64(row.sequence.counter)))")
            ),
            .init("eventName", name),
            .init("eventSource", .string("scylladb:alternator")),
            .init("eventVersion", .string("1.1")),
            .init("dynamodb", .object(details)),
        ]
        if let identity = record["userIdentity"] { members.append(.init("userIdentity", identity)) }
        writer.tree(.object(members))
    }
}
