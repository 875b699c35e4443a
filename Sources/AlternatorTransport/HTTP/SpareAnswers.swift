import Synchronization

/// The memory of large answers that have been read, for the next ones.
///
/// The allocator gives blocks of this size back to the system and fetches them again, page by page: for an answer of
/// 50 KB that is a fifteenth of what reading its items costs.
package final class SpareAnswers: Sendable {
    /// One for all clients: a block is worth the same to any of them.
    package static let shared = SpareAnswers()

    /// The blocks that are kept, in bytes; smaller ones the allocator keeps itself.
    static var sizes: ClosedRange<Int> { (16 << 10)...(2 << 20) }
    /// All blocks that are kept together, in bytes.
    static let maximumBytes = 4 << 20

    private struct State {
        /// In the order they were given.
        var blocks: [[UInt8]] = []
        var bytes = 0
    }

    private let state = Mutex(State())

    init() {}

    /// Takes the memory of an answer that nobody needs any more; what was kept longest goes where it becomes too much.
    ///
    /// Who does need it loses nothing: an array that is held elsewhere is not written to.
    package func give(_ bytes: consuming [UInt8]) {
        let size = bytes.capacity
        guard Self.sizes.contains(size) else { return }
        let block = consume bytes
        let dropped = state.withLock { state -> ArraySlice<[UInt8]> in
            state.blocks.append(block)
            state.bytes += size
            var first = 0
            while state.bytes > Self.maximumBytes {
                state.bytes -= state.blocks[first].capacity
                first += 1
            }
            let dropped = state.blocks.prefix(first)
            state.blocks.removeFirst(first)
            return dropped
        }
        // Freed behind the lock.
        _ = consume dropped
    }

    /// An empty array with room for so many bytes, the newest there is; `nil` if there is none, or for so few or many.
    ///
    /// It has room for four times as many at most: whoever keeps the answer keeps all of it.
    func take(_ count: Int) -> [UInt8]? {
        guard Self.sizes.contains(count) else { return nil }
        var taken = state.withLock { state -> [UInt8]? in
            guard let index = state.blocks.lastIndex(where: { $0.capacity >= count && $0.capacity / 4 <= count })
            else { return nil }
            state.bytes -= state.blocks[index].capacity
            return state.blocks.remove(at: index)
        }
        taken?.removeAll(keepingCapacity: true)
        return taken
    }

    /// So many bytes are kept.
    var keptBytes: Int { state.withLock { $0.bytes } }
}
