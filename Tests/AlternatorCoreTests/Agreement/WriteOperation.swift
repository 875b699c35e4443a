import AlternatorRouting
import AlternatorWire
import Foundation
import TestSupport
import Testing

@testable import AlternatorCore

/// One write to the table `agreement`: a put of one key, or a batch of several.
struct WriteOperation: Sendable {
    let number: Int
    let keys: [Key]

    enum Key: Sendable {
        case text(String)
        /// A number in the very spelling that is sent.
        case number(String)
        case bytes([UInt8])
    }

    /// As the programs beside this one read it: one line of JSON.
    var line: String {
        get throws {
            let keys = keys.map { key in
                switch key {
                case .text(let text): ["S": text]
                case .number(let text): ["N": text]
                case .bytes(let bytes): ["B": Data(bytes).base64EncodedString()]
                }
            }
            let data = try JSONSerialization.data(withJSONObject: ["op": number, "keys": keys] as [String: Any])
            return String(decoding: data, as: UTF8.self)
        }
    }

    private var items: [[String: AttributeValue]] {
        get throws {
            try keys.map { key in
                let value: AttributeValue =
                    switch key {
                    case .text(let text): .string(text)
                    case .number(let text): .number(try #require(AttributeNumber(text), "\(text)"))
                    case .bytes(let bytes): .binary(bytes)
                    }
                return ["pk": value, "op": .string("\(number)")]
            }
        }
    }

    func send(by client: AlternatorClient) async throws {
        let items = try items
        if items.count == 1 {
            try await client.putItem(PutItemRequest(tableName: "agreement", item: items[0]))
        } else {
            try await client.batchWriteItem(
                BatchWriteItemRequest(requestItems: ["agreement": items.map { .put($0) }])
            )
        }
    }

    // MARK: Making some

    /// Spellings that a client might be tempted to tidy up; each is another key to the hash.
    private static let spellings = [
        "0", "-0", "1", "1.0", "1.00", "01", "+1", "1E+2", "1e2", "100", "100.0", ".5", "0.5", "-1.50", "1E-7",
        "99999999999999999999999999999999999999", "-9.9E+125", "1E-130",
    ]
    private static let letters = Array("abcxyzABC0123456789-_/ .äß€漢字😀\"\\\n")

    /// The same operations for the same seed; spellings first, then by chance.
    static func some(_ count: Int, seed: UInt64) -> [WriteOperation] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { number in
            if number < spellings.count { return WriteOperation(number: number, keys: [.number(spellings[number])]) }
            let isBatch = Int.random(in: 0..<3, using: &generator) == 0
            let size = isBatch ? Int.random(in: 2...8, using: &generator) : 1
            return WriteOperation(number: number, keys: (0..<size).map { _ in key(&generator) })
        }
    }

    private static func key(_ generator: inout SeededGenerator) -> Key {
        switch Int.random(in: 0..<3, using: &generator) {
        case 0:
            let length = Int.random(in: 1...40, using: &generator)
            return .text(String((0..<length).map { _ in letters.randomElement(using: &generator) ?? "a" }))
        case 1:
            if Bool.random(using: &generator) { return .number(spellings.randomElement(using: &generator) ?? "1") }
            return .number("\(Int64.random(in: -1_000_000_000...1_000_000_000, using: &generator))")
        default:
            let length = Int.random(in: 1...40, using: &generator)
            return .bytes((0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) })
        }
    }
}
