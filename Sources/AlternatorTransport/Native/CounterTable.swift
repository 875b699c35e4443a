import CAlternator
import Synchronization

/// Rows of counters, each made when it is first written: a client uses a few operations of two dozen.
///
/// A thread adds to a lane of its own, as in `Counters`; no call waits, and none counts references.
@safe package final class CounterTable: @unchecked Sendable {
    package let rows: Int
    /// Counters in a row.
    package let columns: Int
    private let lanes: Int
    private let stride: Int
    /// The address of each row's cells, 0 until it is made; a row stays where it is until the table goes.
    private let addresses: UnsafeMutablePointer<Atomic<UInt>>

    /// - Parameters:
    ///   - rows: at least 1.
    ///   - columns: counters in each row, at least 1.
    ///   - lanes: a power of two; as many as threads that add at once.
    package init(rows: Int, columns: Int, lanes: Int) {
        precondition(rows > 0 && columns > 0, "A table has cells.")
        precondition(lanes > 0 && lanes & (lanes - 1) == 0, "The lane is found by masking.")
        self.rows = rows
        self.columns = columns
        self.lanes = lanes
        // Whole cache lines of 64 bytes.
        stride = (columns + 7) & ~7
        unsafe addresses = UnsafeMutablePointer.allocate(capacity: rows)
        for row in 0..<rows { unsafe (addresses + row).initialize(to: Atomic(0)) }
    }

    deinit {
        for row in 0..<rows {
            if let cells = unsafe cells(row) { unsafe free(cells) }
        }
        unsafe addresses.deinitialize(count: rows)
        unsafe addresses.deallocate()
    }

    /// Adds to two counters of a row.
    package func add(row: Int, at first: Int, _ firstAmount: UInt64, and second: Int, _ secondAmount: UInt64) {
        precondition(row >= 0 && row < rows, "There is no such row.")
        precondition(first >= 0 && first < columns && second >= 0 && second < columns, "There is no such counter.")
        let cells = unsafe cells(row) ?? madeCells(row)
        let lane = unsafe cells + (Int(calt_thread_number()) & (lanes - 1)) * stride
        unsafe lane[first].wrappingAdd(firstAmount, ordering: .relaxed)
        unsafe lane[second].wrappingAdd(secondAmount, ordering: .relaxed)
    }

    /// The sums of a row over all lanes; `nil`: it was never written.
    package func values(row: Int) -> [UInt64]? {
        precondition(row >= 0 && row < rows, "There is no such row.")
        guard let cells = unsafe cells(row) else { return nil }
        return (0..<columns).map { column in
            (0..<lanes).reduce(0) { $0 &+ (unsafe cells[$1 * stride + column].load(ordering: .relaxed)) }
        }
    }

    private func cells(_ row: Int) -> UnsafeMutablePointer<Atomic<UInt64>>? {
        unsafe UnsafeMutablePointer(bitPattern: addresses[row].load(ordering: .acquiring))
    }

    private func madeCells(_ row: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
        let made = UnsafeMutablePointer<Atomic<UInt64>>.allocate(capacity: stride * lanes)
        for index in 0..<stride * lanes { unsafe (made + index).initialize(to: Atomic(0)) }
        let address = UInt(bitPattern: made)
        let (exchanged, original) = unsafe addresses[row].compareExchange(
            expected: 0,
            desired: address,
            ordering: .acquiringAndReleasing
        )
        if exchanged { return unsafe made }
        // Another thread was first.
        unsafe free(made)
        guard let first = unsafe UnsafeMutablePointer<Atomic<UInt64>>(bitPattern: original) else {
            preconditionFailure("A row that is there has an address.")
        }
        return unsafe first
    }

    private func free(_ cells: UnsafeMutablePointer<Atomic<UInt64>>) {
        unsafe cells.deinitialize(count: stride * lanes)
        unsafe cells.deallocate()
    }
}
