import AlternatorRouting
import AlternatorWire

/// Consumed capacity, counted as the server counts it.
enum Capacity {
    /// Whether a request asks for it; `TOTAL` is the only word the server takes.
    static func isWanted(_ request: JSONValue) throws(LocalError) -> Bool {
        guard let wish = request["ReturnConsumedCapacity"] else { return false }
        switch wish.text {
        case nil: throw .validation("Non-string ReturnConsumedCapacity field in request")
        case "TOTAL": return true
        case "INDEXES": throw .validation("INDEXES consumed capacity is not supported")
        case let other?: throw .validation("Unknown consumed capacity \(other)")
        }
    }

    /// Half units of a read: one per 4 KB, two if consistent.
    static func readHalfUnits(_ bytes: Int, isConsistent: Bool) -> Int {
        (bytes + 4095) / 4096 * (isConsistent ? 2 : 1)
    }

    /// Units of a write: one per KB.
    static func writeUnits(_ bytes: Int) -> Int { (max(bytes, 1) + 1023) / 1024 }

    /// Units as a JSON number.
    static func units(halves: Int) -> JSONValue { .number(halves % 2 == 0 ? "\(halves / 2).0" : "\(halves / 2).5") }

    static func answer(halves: Int) -> JSONValue { .object([.init("CapacityUnits", units(halves: halves))]) }

    /// The size of a stored item: names and values, without JSON's own signs.
    static func size(of item: [String: ItemValue]) -> Int {
        item.reduce(0) { $0 + $1.key.utf8.count + size(of: $1.value) }
    }

    private static func size(of value: ItemValue) -> Int {
        switch value {
        case .string(let text): text.utf8.count
        case .number(let number): PartitionToken.decimal(scientific(number.description))?.count ?? 0
        case .binary(let bytes): bytes.count
        case .bool: 1
        default:
            // Stored as JSON text by the server, and counted so.
            {
                var writer = JSONWriter()
                writer.itemValue(value)
                return writer.bytes.count
            }()
        }
    }

    /// A number without the zeros that only tell its magnitude: those are in the exponent where it is stored.
    private static func scientific(_ text: String) -> String {
        guard text.utf8.count > 38, !text.utf8.contains(where: { $0 == UInt8(ascii: ".") }) else { return text }
        let digits = text.utf8.reversed().drop { $0 == UInt8(ascii: "0") }.count
        let zeros = text.utf8.count - digits
        return zeros == 0 ? text : "\(text.prefix(digits))E\(zeros)"
    }

    /// The rough size of a part of a request, as UpdateItem counts its placeholders.
    static func estimate(_ value: JSONValue) -> Int {
        switch value {
        case .null: 0
        case .bool: 5
        case .number: 8
        case .string(let text): text.utf8.count
        case .array(let elements): elements.reduce(0) { $0 + estimate($1) }
        case .object(let members): members.reduce(0) { $0 + $1.name.utf8.count + estimate($1.value) }
        }
    }
}
