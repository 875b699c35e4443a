import AlternatorWire

extension TableDefinition {
    var arn: String { "arn:scylla:alternator:alternator_\(name):scylla:table/\(name)" }

    func arn(ofIndex index: String) -> String { "\(arn)/index/\(index)" }

    /// Seconds since 1970 with three decimals.
    var creationTime: JSONValue { .seconds(createdAt) }

    /// What DescribeTable tells; with `isDeleting` the shorter form of DeleteTable's answer.
    func description(size: Int, isDeleting: Bool = false) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("TableName", .string(name)),
            .init("TableSizeBytes", .number(String(size))),
            .init("TableStatus", .string(isDeleting ? "DELETING" : "ACTIVE")),
            .init("TableArn", .string(arn)),
            .init("TableId", .string(id)),
            .init(
                "BillingModeSummary",
                .object([
                    .init("LastUpdateToPayPerRequestDateTime", creationTime),
                    .init("BillingMode", .string(throughput == nil ? "PAY_PER_REQUEST" : "PROVISIONED")),
                ])
            ),
            .init(
                "ProvisionedThroughput",
                .object([
                    .init("ReadCapacityUnits", .number(String(throughput?.read ?? 0))),
                    .init("WriteCapacityUnits", .number(String(throughput?.write ?? 0))),
                    .init("NumberOfDecreasesToday", .number("0")),
                ])
            ),
        ]
        if !isDeleting {
            members.append(.init("CreationDateTime", creationTime))
            members.append(.init("KeySchema", Self.keySchema(columns)))
            members.append(contentsOf: indexMembers)
            members.append(.init("AttributeDefinitions", attributeDefinitions))
            if isInfrequentAccess {
                members.append(
                    .init("TableClassSummary", .object([.init("TableClass", .string("STANDARD_INFREQUENT_ACCESS"))]))
                )
            }
            members.append(contentsOf: warmMembers)
        }
        members.append(contentsOf: streamMembers)
        return .object(members)
    }

    private var indexMembers: [JSONValue.Member] {
        let locals = indexes.filter(\.isLocal)
        let globals = indexes.filter { !$0.isLocal }
        var members: [JSONValue.Member] = []
        if !locals.isEmpty { members.append(.init("LocalSecondaryIndexes", .array(locals.map(description)))) }
        if !vectorIndexes.isEmpty {
            members.append(.init("VectorIndexes", .array(vectorIndexes.map(\.description))))
        }
        if !globals.isEmpty { members.append(.init("GlobalSecondaryIndexes", .array(globals.map(description)))) }
        return members
    }

    private func description(_ index: IndexDefinition) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("IndexName", .string(index.name)),
            .init("IndexArn", .string(arn(ofIndex: index.name))),
            .init("KeySchema", Self.keySchema(index.columns)),
            // Whatever projection was asked for, everything is projected.
            .init("Projection", .object([.init("ProjectionType", .string("ALL"))])),
        ]
        if !index.isLocal {
            members.append(.init("IndexStatus", .string(index.isBackfilling ? "CREATING" : "ACTIVE")))
            if index.isBackfilling { members.append(.init("Backfilling", .bool(true))) }
        }
        return .object(members)
    }

    static func keySchema(_ columns: [KeyColumn]) -> JSONValue {
        .array(
            columns.enumerated().map { index, column in
                .object([
                    .init("AttributeName", .string(column.name)),
                    .init("KeyType", .string(index == 0 ? "HASH" : "RANGE")),
                ])
            }
        )
    }

    private var attributeDefinitions: JSONValue {
        var types: [String: ScalarAttributeType] = indexKeyTypes
        for column in columns { types[column.name] = column.type }
        return .array(
            types.sorted { $0.key < $1.key }.map { name, type in
                .object([
                    .init("AttributeName", .string(name)), .init("AttributeType", .string(type.rawValue)),
                ])
            }
        )
    }

    /// What DescribeTable, CreateTable and UpdateTable tell of the warm throughput: a unit not asked for is 0.
    var warmMembers: [JSONValue.Member] {
        guard let warmThroughput else { return [] }
        return [
            .init(
                "WarmThroughput",
                .object([
                    .init("ReadUnitsPerSecond", .number(String(warmThroughput.read))),
                    .init("WriteUnitsPerSecond", .number(String(warmThroughput.write))),
                    .init("Status", .string("ACTIVE")),
                ])
            )
        ]
    }

    /// What DescribeTable, CreateTable and UpdateTable tell of the stream.
    var streamMembers: [JSONValue.Member] {
        guard let stream, stream.isEnabled else { return [] }
        return [
            .init("LatestStreamArn", .string(streamARN(stream))),
            .init("LatestStreamLabel", .string(UTCTime.text(milliseconds: stream.startedAt))),
            .init(
                "StreamSpecification",
                .object([.init("StreamEnabled", .bool(true)), .init("StreamViewType", .string(stream.viewType))])
            ),
        ]
    }

    func streamARN(_ stream: StreamSettings) -> String {
        let label = UTCTime.text(milliseconds: stream.startedAt)
        return "arn:aws:dynamodb:us-east-1:000000000000:table/alternator_\(name)@\(name)_scylla_cdc_log/stream/\(label)"
    }
}

extension JSONValue {
    /// Milliseconds as seconds with three decimals.
    static func seconds(_ milliseconds: Int64) -> JSONValue {
        let fraction = String(1000 + milliseconds % 1000).dropFirst()
        return .number("\(milliseconds / 1000).\(fraction)")
    }
}

/// Times as text.
enum UTCTime {
    /// `2026-11-21T07:15:00.123`, the form of stream labels.
    static func text(milliseconds: Int64) -> String {
        let seconds = milliseconds / 1000
        let (year, month, day) = date(daysSince1970: Int(seconds / 86400))
        let time = Int(seconds % 86400)
        return
            "\(pad(year, 4))-\(pad(month))-\(pad(day))T\(pad(time / 3600)):\(pad(time / 60 % 60)):\(pad(time % 60))"
            + ".\(pad(Int(milliseconds % 1000), 3))"
    }

    /// The civil date of a day; the algorithm counts eras of 400 years from 1 March of year 0.
    static func date(daysSince1970 days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    static func pad(_ number: Int, _ width: Int = 2) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}
