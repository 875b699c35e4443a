/// The generator behind Go's `rand.New(rand.NewSource(seed))`: what every Alternator client orders nodes with.
///
/// An additive lagged Fibonacci generator of length 607. Seeding it costs 1,841 steps in Go; here a slot is computed
/// when it is first read, from `seed × 48271^(21 + 3 × slot)`. The first 273 draws read no slot that an earlier draw
/// has written, so they need no state but a count: a plan's first choice costs two slots and no allocation.
package struct GoRandom: Sendable {
    private static let length = 607
    /// Draws before a written slot is read again; also Go's distance between feed and tap.
    private static let stateless = 273
    private static let modulus: UInt64 = (1 << 31) - 1
    private static let multiplier: UInt64 = 48271

    /// Where each slot begins: `48271^(21 + 3 × slot)`, after Go's 20 discarded steps.
    private static let slotPowers: [UInt32] = {
        var power: UInt64 = 1
        for _ in 0..<21 { power = power * multiplier % modulus }
        let cube = multiplier * multiplier % modulus * multiplier % modulus
        var powers: [UInt32] = []
        for _ in 0..<length {
            powers.append(UInt32(power))
            power = power * cube % modulus
        }
        return powers
    }()

    private let seed: UInt64
    private var draws = 0
    /// All slots, made only when the stateless draws are used up.
    private var slots: [UInt64] = []

    package init(seed: Int64) {
        var reduced = seed % Int64(Self.modulus)
        if reduced < 0 { reduced += Int64(Self.modulus) }
        self.seed = reduced == 0 ? 89_482_311 : UInt64(reduced)
    }

    /// The seed after Go's reduction modulo 2³¹ − 1: hashes that agree in it order nodes alike.
    package var reducedSeed: UInt32 { UInt32(seed) }

    private func initialSlot(_ index: Int) -> UInt64 {
        let first = seed * UInt64(Self.slotPowers[index]) % Self.modulus
        let second = first * Self.multiplier % Self.modulus
        let third = second * Self.multiplier % Self.modulus
        return first << 40 ^ second << 20 ^ third ^ UInt64(bitPattern: GoRandomConstants.cooked[index])
    }

    package mutating func uint64() -> UInt64 {
        draws += 1
        if draws <= Self.stateless {
            return initialSlot(334 - draws) &+ initialSlot(Self.length - draws)
        }
        if slots.isEmpty { materialise() }
        // Feed starts at slot 334, tap at slot 0; both go down by one before each draw and wrap.
        let feed = Self.wrapped(334 - draws)
        let value = slots[feed] &+ slots[Self.wrapped(-draws)]
        slots[feed] = value
        return value
    }

    private mutating func materialise() {
        slots = (0..<Self.length).map { initialSlot($0) }
        for draw in 1..<draws {
            slots[Self.wrapped(334 - draw)] &+= slots[Self.wrapped(-draw)]
        }
    }

    private static func wrapped(_ index: Int) -> Int {
        let rest = index % length
        return rest < 0 ? rest + length : rest
    }

    package mutating func int63() -> Int64 { Int64(uint64() & 0x7fff_ffff_ffff_ffff) }

    /// A number in `0..<bound`, as Go's `Intn` draws it; `bound` is 1 to 2³¹ − 1.
    package mutating func below(_ bound: Int) -> Int {
        precondition(bound > 0 && bound <= Int(Self.modulus), "GoRandom draws below 1 to 2³¹ − 1")
        let value = Int(int63() >> 32)
        if bound & (bound - 1) == 0 { return value & (bound - 1) }
        // Values above the last whole multiple of the bound are drawn again, so that none is favoured.
        let limit = (1 << 31) - 1 - (1 << 31) % bound
        var drawn = value
        while drawn > limit { drawn = Int(int63() >> 32) }
        return drawn % bound
    }
}
