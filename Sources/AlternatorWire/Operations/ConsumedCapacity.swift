/// What a request cost, in the units of DynamoDB's price list.
///
/// Reads: 1 per 4 KB, half of it if eventually consistent; writes: 1 per KB. Alternator counts but never limits them.
public struct ConsumedCapacity: Sendable, Hashable, WireReadable {
    /// The table; absent in answers about a single item.
    public var tableName: String?
    /// Units for the whole operation.
    public var capacityUnits: Double?
    /// The part of it that was reading, where the server tells.
    public var readCapacityUnits: Double?
    /// The part of it that was writing, where the server tells.
    public var writeCapacityUnits: Double?

    /// A cost of these parts.
    public init(
        tableName: String? = nil,
        capacityUnits: Double? = nil,
        readCapacityUnits: Double? = nil,
        writeCapacityUnits: Double? = nil
    ) {
        self.tableName = tableName
        self.capacityUnits = capacityUnits
        self.readCapacityUnits = readCapacityUnits
        self.writeCapacityUnits = writeCapacityUnits
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let member = try reader.nextMember() {
            switch member {
            case "TableName": tableName = try reader.readString()
            case "CapacityUnits": capacityUnits = try reader.readDouble()
            case "ReadCapacityUnits": readCapacityUnits = try reader.readDouble()
            case "WriteCapacityUnits": writeCapacityUnits = try reader.readDouble()
            default: try reader.skipValue()
            }
        }
    }
}

extension JSONReader {
    /// Both forms of the server: one object, or a list with an object per table.
    mutating func readCapacities() throws(JSONError) -> [ConsumedCapacity] {
        peek() == UInt8(ascii: "[") ? try readList(ConsumedCapacity.init(from:)) : [try ConsumedCapacity(from: &self)]
    }
}
