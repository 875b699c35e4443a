import AlternatorCore
import AlternatorWire
import FoundationEssentials

/// The answer to a GetRecords, its images read as a type.
struct ChangeAnswer<Item: Decodable> {
    struct Record {
        var name: String?
        var keys: [String: AttributeValue] = [:]
        var old: Item?
        var new: Item?
        var sequenceNumber = ""
        /// Seconds since 1970.
        var time: Double?
        var isExpiry = false
        /// Whether a union leaves an item of its kind out.
        var isSkipped = false
    }

    private(set) var records: [Record] = []
    /// `nil` at the end of a closed shard.
    private(set) var nextIterator: String?
    /// Why the first record behind `records` cannot be read.
    private(set) var failure: AlternatorError?

    init(_ response: EncodedResponse, _ handle: TableHandle) throws(AlternatorError) {
        var answer = Self()
        var undecodable: (any Error)?
        try handle.read(response, of: .getRecords) { reader in
            let reading = try ItemReading<Item>()
            try reader.beginObject()
            while let member = try reader.nextKey() {
                switch member {
                case "Records":
                    try reader.beginArray()
                    while try reader.nextElement() {
                        if undecodable != nil {
                            try reader.skipValue()
                            continue
                        }
                        let place = try reader.valueRange()
                        do {
                            var record = JSONReader(reader.bytes, from: place.lowerBound)
                            answer.records.append(try Self.record(&record, reading))
                        } catch {
                            undecodable = error
                        }
                    }
                case "NextShardIterator": answer.nextIterator = try reader.readNull() ? nil : reader.readString()
                default: try reader.skipValue()
                }
            }
        }
        self = answer
        guard let undecodable else { return }
        failure = Self.failure { () throws(AlternatorError) in
            try handle.read(response, of: .getRecords) { _ in throw undecodable }
        }
    }

    private init() {}

    private static func failure(_ body: () throws(AlternatorError) -> Void) -> AlternatorError? {
        do throws(AlternatorError) {
            try body()
            return nil
        } catch {
            return error
        }
    }

    private static func record(_ reader: inout JSONReader, _ reading: ItemReading<Item>) throws -> Record {
        var record = Record()
        try reader.beginObject()
        while let member = try reader.nextKey() {
            switch member {
            case "eventName": record.name = try reader.readString()
            case "userIdentity":
                let identity = try ChangeRecord.UserIdentity(from: &reader)
                record.isExpiry = identity.type == "Service" && identity.principalID == "dynamodb.amazonaws.com"
            case "dynamodb": try readChange(&reader, reading, into: &record)
            default: try reader.skipValue()
            }
        }
        return record
    }

    private static func readChange(
        _ reader: inout JSONReader,
        _ reading: ItemReading<Item>,
        into record: inout Record
    ) throws {
        try reader.beginObject()
        while let member = try reader.nextKey() {
            switch member {
            case "Keys": record.keys = try reader.readItem()
            case "OldImage":
                record.old = try reading.itemUnlessSkipped(from: &reader)
                if record.old == nil { record.isSkipped = true }
            case "NewImage":
                record.new = try reading.itemUnlessSkipped(from: &reader)
                if record.new == nil { record.isSkipped = true }
            case "SequenceNumber": record.sequenceNumber = try reader.readString()
            case "ApproximateCreationDateTime": record.time = try reader.readDouble()
            default: try reader.skipValue()
            }
        }
    }
}

extension ChangeAnswer.Record {
    /// What happened; an event of another name is told by its images.
    var event: ItemChange<Item>.Event {
        switch name {
        case "INSERT": .inserted
        case "REMOVE": .removed
        case "MODIFY": .modified
        default: old == nil && new != nil ? .inserted : old != nil && new == nil ? .removed : .modified
        }
    }

    func change(in shard: String, _ places: ShardPlaces) -> ItemChange<Item> {
        ItemChange(
            event: event,
            keys: keys,
            old: old,
            new: new,
            sequenceNumber: sequenceNumber,
            time: time.map { Date(timeIntervalSince1970: $0) },
            isExpiry: isExpiry,
            shardID: shard,
            places: places
        )
    }
}
