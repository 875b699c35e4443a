import Synchronization

/// Random numbers for plans, jitter and waits; any number of tasks may draw at once without a lock.
///
/// SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", 2014) over an atomic
/// counter: a draw is one atomic addition. Not for secrets.
package final class RandomSource: Sendable {
    private let state: Atomic<UInt64>

    package init(seed: UInt64) { state = Atomic(seed) }

    package convenience init() { self.init(seed: .random(in: .min ... .max)) }

    /// 64 random bits.
    func next() -> UInt64 {
        var mixed = state.wrappingAdd(0x9E37_79B9_7F4A_7C15, ordering: .relaxed).newValue
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Uniform in `0..<1`.
    func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// `duration` changed by up to 10 % either way, so that many clients do not ask at the same moment.
    func jittered(_ duration: Duration) -> Duration { duration * (0.9 + 0.2 * fraction()) }
}
