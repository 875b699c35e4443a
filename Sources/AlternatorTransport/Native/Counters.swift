import CAlternator
import Synchronization

/// A row of counters that many threads add to without waiting for each other or sharing a cache line.
///
/// Each of a few lanes has the whole row; a thread always adds to the same lane, and reading sums over the lanes. Counts
/// only grow, and wrap after 2^64.
@safe package final class Counters: @unchecked Sendable {
    /// How many counters a row has.
    package let count: Int
    private let lanes: Int
    private let stride: Int
    /// Atomic each; the pointer never changes, which makes the class `Sendable`.
    private let cells: UnsafeMutablePointer<Atomic<UInt64>>

    /// - Parameters:
    ///   - count: counters in the row, at least 1.
    ///   - lanes: a power of two; as many as threads that add at once.
    package init(count: Int, lanes: Int) {
        precondition(count > 0 && lanes > 0 && lanes & (lanes - 1) == 0, "The lane is found by masking.")
        self.count = count
        self.lanes = lanes
        // Whole cache lines of 64 bytes.
        stride = (count + 7) & ~7
        unsafe cells = UnsafeMutablePointer.allocate(capacity: stride * lanes)
        for index in 0..<stride * lanes { unsafe (cells + index).initialize(to: Atomic(0)) }
    }

    deinit {
        unsafe cells.deinitialize(count: stride * lanes)
        unsafe cells.deallocate()
    }

    /// Adds; some 5 ns.
    package func add(_ amount: UInt64, at index: Int) {
        precondition(index >= 0 && index < count, "There is no such counter.")
        let lane = Int(calt_thread_number()) & (lanes - 1)
        unsafe cells[lane * stride + index].wrappingAdd(amount, ordering: .relaxed)
    }

    /// Adds to three counters in a row, from `index` on.
    package func add(_ amounts: (UInt64, UInt64, UInt64), from index: Int) {
        precondition(index >= 0 && index + 2 < count, "There are no such counters.")
        let cell = unsafe cells + (Int(calt_thread_number()) & (lanes - 1)) * stride + index
        unsafe cell[0].wrappingAdd(amounts.0, ordering: .relaxed)
        unsafe cell[1].wrappingAdd(amounts.1, ordering: .relaxed)
        unsafe cell[2].wrappingAdd(amounts.2, ordering: .relaxed)
    }

    /// The sum over all lanes; what is added meanwhile may or may not be in it.
    package func value(at index: Int) -> UInt64 {
        precondition(index >= 0 && index < count, "There is no such counter.")
        return (0..<lanes).reduce(0) { $0 &+ (unsafe cells[$1 * stride + index].load(ordering: .relaxed)) }
    }

    /// Enough lanes for so many processors, at most four: more would cost memory for little.
    package static func lanes(processors: Int) -> Int { processors <= 1 ? 1 : (processors == 2 ? 2 : 4) }
}
