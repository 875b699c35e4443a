import AlternatorCore
import AlternatorWire

/// The answer to a Query or Scan.
struct PageAnswer<Element> {
    private var page = PageItems<Element>()
    /// Items that passed the filter.
    private(set) var count = 0
    /// Items the server looked at.
    private(set) var scanned = 0
    /// The JSON of `LastEvaluatedKey`; `nil` on the last page.
    private(set) var nextKey: [UInt8]?
    /// The JSON of the last kept item's key, for a cut page.
    var keyOfLastItem: [UInt8]?

    var items: [Element] { page.items }
    /// Whether items beyond the wanted number were left out.
    var isCut: Bool { page.isCut }
    /// Where the last kept item stands in the answer.
    var lastItemStart: Int? { page.lastStart }

    /// How the elements of `Items` are read, keeping so many at most.
    typealias Reading = (inout JSONReader, _ wanted: Int, inout PageItems<Element>) throws -> Void

    /// Reads an answer, keeping at most `wanted` items, which `items` reads.
    init(
        _ response: EncodedResponse,
        _ plan: ReadPlan,
        keeping wanted: Int?,
        items: Reading
    ) throws(AlternatorError) {
        self = try plan.handle.read(response, of: plan.operation) { reader in
            var answer = PageAnswer()
            try answer.read(&reader, wanted: wanted ?? .max, items)
            return answer
        }
        guard isCut, let nextKey, let start = lastItemStart else { return }
        // The server's own key names what a key of this table and index consists of.
        keyOfLastItem = try plan.handle.make(plan.operation) { () throws(AlternatorError) in
            let found = EncodedItem(bytes: nextKey, start: 0)
            let names = if let known = plan.keyNames { known } else { try found.names() }
            return try Self.key(names, at: start, in: response)
        }
    }

    private init() {}

    private mutating func read(_ reader: inout JSONReader, wanted: Int, _ items: Reading) throws {
        try reader.beginObject()
        while let member = try reader.nextKey() {
            switch member {
            case "Items":
                try reader.beginArray()
                try items(&reader, wanted, &page)
            case "Count": count = try reader.readInt()
            case "ScannedCount": scanned = try reader.readInt()
            case "LastEvaluatedKey":
                let range = try reader.valueRange()
                nextKey = Array(reader.bytes[range])
            default: try reader.skipValue()
            }
        }
    }

    /// The JSON of the key attributes `names` of the item at `start`.
    static func key(_ names: [String], at start: Int, in response: EncodedResponse) throws(AlternatorError) -> [UInt8] {
        let values = try EncodedItem(bytes: response.bytes, start: start).values(of: names)
        var writer = JSONWriter(reserving: 64)
        writer.byte(UInt8(ascii: "{"))
        for (name, value) in zip(names, values) {
            guard let value else {
                throw AlternatorError(
                    .mapping,
                    message: "The page cannot be continued: its last item has no key attribute \"\(name)\"; "
                        + "add it to the selected attributes."
                )
            }
            writer.key(name)
            writer.attributeValue(value)
        }
        writer.byte(UInt8(ascii: "}"))
        return writer.bytes
    }
}
