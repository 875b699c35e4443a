/// MurmurHash3, x64 variant with 128 bits, seed 0.
///
/// Source: Austin Appleby's public-domain description; input bytes are unsigned in the standard form.
package enum Murmur3 {
    private static let c1: UInt64 = 0x87c3_7b91_1142_53d5
    private static let c2: UInt64 = 0x4cf5_ad43_2745_937f

    /// Both halves of the standard hash.
    package static func hash(_ bytes: Span<UInt8>) -> (h1: UInt64, h2: UInt64) {
        var state = State()
        state.add(bytes.count) { bytes[$0] }
        return state.finished(signExtendedTail: false)
    }

    /// The standard hash of one byte and then more bytes, without joining them.
    package static func hash(prefix: UInt8, _ bytes: Span<UInt8>) -> (h1: UInt64, h2: UInt64) {
        var state = State()
        state.add(bytes.count + 1) { index in index == 0 ? prefix : bytes[index - 1] }
        return state.finished(signExtendedTail: false)
    }

    /// The first half of Cassandra's form, which extends the sign of each byte of the tail.
    package static func cassandraHash(_ bytes: Span<UInt8>) -> Int64 {
        var state = State()
        state.add(bytes.count) { bytes[$0] }
        return Int64(bitPattern: state.finished(signExtendedTail: true).h1)
    }

    private struct State {
        private var h1: UInt64 = 0
        private var h2: UInt64 = 0
        /// Up to 15 bytes after the last whole block, little endian.
        private var tail: (low: UInt64, high: UInt64) = (0, 0)
        private var length = 0

        @inline(__always)
        mutating func add(_ count: Int, byte: (Int) -> UInt8) {
            length = count
            let blocks = count / 16
            for block in 0..<blocks {
                mix(Self.load(8, at: block * 16, byte), Self.load(8, at: block * 16 + 8, byte))
            }
            let rest = count % 16
            tail = (
                Self.load(min(rest, 8), at: blocks * 16, byte), Self.load(max(rest - 8, 0), at: blocks * 16 + 8, byte)
            )
        }

        @inline(__always)
        private static func load(_ count: Int, at start: Int, _ byte: (Int) -> UInt8) -> UInt64 {
            var word: UInt64 = 0
            for index in 0..<count { word |= UInt64(byte(start + index)) << UInt64(index * 8) }
            return word
        }

        private mutating func mix(_ first: UInt64, _ second: UInt64) {
            h1 ^= Self.scramble1(first)
            h1 = Self.rotate(h1, 27) &+ h2
            h1 = h1 &* 5 &+ 0x52dc_e729
            h2 ^= Self.scramble2(second)
            h2 = Self.rotate(h2, 31) &+ h1
            h2 = h2 &* 5 &+ 0x3849_5ab5
        }

        func finished(signExtendedTail: Bool) -> (h1: UInt64, h2: UInt64) {
            var (h1, h2) = (h1, h2)
            let rest = length % 16
            let (low, high) = signExtendedTail ? extendedTail(rest) : tail
            if rest > 8 { h2 ^= Self.scramble2(high) }
            if rest > 0 { h1 ^= Self.scramble1(low) }
            h1 ^= UInt64(length)
            h2 ^= UInt64(length)
            h1 &+= h2
            h2 &+= h1
            h1 = Self.final(h1)
            h2 = Self.final(h2)
            h1 &+= h2
            h2 &+= h1
            return (h1, h2)
        }

        /// The tail as Java computes it: each byte is widened with its sign before it is shifted and mixed in with XOR.
        private func extendedTail(_ rest: Int) -> (UInt64, UInt64) {
            func extended(_ word: UInt64, _ count: Int) -> UInt64 {
                var result: UInt64 = 0
                for index in 0..<count {
                    let byte = Int8(truncatingIfNeeded: word >> UInt64(index * 8))
                    result ^= UInt64(bitPattern: Int64(byte)) << UInt64(index * 8)
                }
                return result
            }
            return (extended(tail.low, min(rest, 8)), extended(tail.high, max(rest - 8, 0)))
        }

        private static func scramble1(_ word: UInt64) -> UInt64 { rotate(word &* c1, 31) &* c2 }
        private static func scramble2(_ word: UInt64) -> UInt64 { rotate(word &* c2, 33) &* c1 }
        private static func rotate(_ word: UInt64, _ bits: UInt64) -> UInt64 { word << bits | word >> (64 - bits) }

        private static func final(_ word: UInt64) -> UInt64 {
            var word = word
            word ^= word >> 33
            word = word &* 0xff51_afd7_ed55_8ccd
            word ^= word >> 33
            word = word &* 0xc4ce_b9fe_1a85_ec53
            return word ^ word >> 33
        }
    }
}
