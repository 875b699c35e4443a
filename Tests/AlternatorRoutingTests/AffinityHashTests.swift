import AlternatorRouting
import AlternatorWire
import Foundation
import Testing

/// The hash of a vector's `{"S": …}`, `{"N": …}` or `{"B": base64}`.
func keyHash(type: String, value: Vectors) throws -> Int64 {
    let text = try #require(value.string)
    switch type {
    case "S": return KeyHash.string(text)
    case "N": return KeyHash.number(text)
    case "B": return KeyHash.binary([UInt8](try #require(Data(base64Encoded: text))))
    default: throw VectorError(description: "unknown type \(type)")
    }
}

struct VectorError: Error, CustomStringConvertible {
    let description: String
}

struct AffinityHashTests {
    @Test func `every published key value has its hash`() throws {
        for entry in try Vectors("hash_vectors").cases("attribute_values") {
            let type = try #require(entry["type"]?.string)
            let hash = try keyHash(type: type, value: try #require(entry["value"] ?? entry["value_base64"]))
            #expect(hash == entry["hash_int64"]?.int64)
            let hex = try #require(entry["hash_uint64_hex"]?.string)
            #expect(UInt64(bitPattern: hash) == UInt64(hex, radix: 16))
            #expect(String(GoRandom(seed: hash).reducedSeed) == entry["rand_seed31"]?.string)
            // The bytes themselves, where the file shows them: prefix and payload joined hash to the same.
            guard let joined = entry["hashed_bytes_hex"]?.string else { continue }
            let input = bytes(hex: joined)
            #expect(input.count == entry["hashed_len"]?.int)
            #expect(Int64(bitPattern: Murmur3.hash(input.span).h1) == hash)
        }
    }

    @Test func `both halves of the raw hash are standard Murmur3`() throws {
        for entry in try Vectors("hash_vectors").cases("murmur3_raw") {
            let input = bytes(hex: try #require(entry["input_hex"]?.string))
            let (h1, h2) = Murmur3.hash(input.span)
            #expect(h1 == UInt64(try #require(entry["h1_uint64_hex"]?.string), radix: 16))
            #expect(h2 == UInt64(try #require(entry["h2_uint64_hex"]?.string), radix: 16))
            #expect(Int64(bitPattern: h1) == entry["h1_int64"]?.int64)
        }
    }

    @Test func `the specification's hashes hold`() throws {
        for entry in try Vectors("upstream_spec_vectors").cases("affinity_hash") {
            for (type, value) in try #require(entry["value"]?.members) {
                #expect(try keyHash(type: type, value: value) == entry["hash_int64"]?.int64)
            }
        }
    }

    @Test func `only strings, numbers and binaries have a hash`() {
        #expect(KeyHash.hash(.string("hello")) == 8_815_023_923_555_918_238)
        #expect(KeyHash.hash(.binary([])) == 8_244_620_721_157_455_449)
        let others: [AttributeValue] = [.bool(true), .null, .list([]), .map([:]), .stringSet(["a"]), .binarySet([[1]])]
        for value in others { #expect(KeyHash.hash(value) == nil) }
    }

    @Test func `hosts of all lengths hash alike from a string and from its bytes`() {
        for length in 0..<50 {
            let text = String(repeating: "é", count: length)
            let joined = [1] + Array(text.utf8)
            #expect(KeyHash.string(text) == Int64(bitPattern: Murmur3.hash(joined.span).h1))
        }
    }
}

struct GoRandomTests {
    @Test func `every published seed gives Go's numbers`() throws {
        for entry in try Vectors("rng_vectors").cases("seeds") {
            let seed = try #require(entry["seed_int64"]?.int64)
            #expect(String(GoRandom(seed: seed).reducedSeed) == entry["reduced_seed31"]?.string)
            var random = GoRandom(seed: seed)
            let first = try #require(entry["first_int63"]?.strings)
            let drawn = first.map { _ in String(random.int63()) }
            #expect(drawn == first)
            for (bound, values) in try #require(entry["intn_first8"]?.members) {
                var random = GoRandom(seed: seed)
                let expected = try #require(values.ints)
                let bound = try #require(Int(bound))
                let drawn = expected.map { _ in random.below(bound) }
                #expect(drawn == expected)
            }
            var falling = GoRandom(seed: seed)
            let plan = (1...16).reversed().map { falling.below($0) }
            #expect(plan == entry["intn_16_down_to_1"]?.ints)
        }
    }

    @Test func `numbers stay Go's when the slots wrap round`() throws {
        for entry in try Vectors("rng_vectors").cases("seeds") {
            var random = GoRandom(seed: try #require(entry["seed_int64"]?.int64))
            let all = (0...1299).map { _ in random.int63() }
            let expected = try #require(entry["int63_at_606_607_608_1299"]?.strings)
            #expect([606, 607, 608, 1299].map { String(all[$0]) } == expected)
        }
    }

    @Test func `slots computed one by one are those of a full seeding`() {
        // Go's seeding step by step, and its draws, as the Go source words them.
        var constant = GoReference(seed: -7)
        var lazy = GoRandom(seed: -7)
        let drawn = (0..<2000).map { _ in lazy.uint64() }
        #expect(drawn == (0..<2000).map { _ in constant.next() })
    }
}

/// Go's generator without any shortcut.
private struct GoReference {
    private var slots: [UInt64] = []
    private var tap = 0
    private var feed = 334

    init(seed: Int64) {
        var state = seed % 2_147_483_647
        if state < 0 { state += 2_147_483_647 }
        if state == 0 { state = 89_482_311 }
        func step() { state = state * 48271 % 2_147_483_647 }
        for _ in 0..<20 { step() }
        let cooked = (try? Vectors("go_rng_cooked"))?["values_int64"]?.strings ?? []
        for constant in cooked {
            step()
            var slot = UInt64(state) << 40
            step()
            slot ^= UInt64(state) << 20
            step()
            slot ^= UInt64(state)
            slots.append(slot ^ UInt64(bitPattern: Int64(constant) ?? 0))
        }
    }

    mutating func next() -> UInt64 {
        tap = tap == 0 ? 606 : tap - 1
        feed = feed == 0 ? 606 : feed - 1
        slots[feed] &+= slots[tap]
        return slots[feed]
    }
}
