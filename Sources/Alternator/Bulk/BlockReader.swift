import AlternatorTransport
import AlternatorWire
import Synchronization

/// The bytes of a file in blocks, unpacked if it is gzip, which its first bytes tell.
///
/// Blocks its thread.
final class BlockReader: Sendable {
    /// Bytes of a block, at most.
    private static let size = 256 << 10

    private struct State {
        var packed: [UInt8] = []
        var position = 0
        var inflater: GzipReader?
        var isFirst = true
        var fileBytes = 0
        /// Unpacked bytes still to be left out.
        var toSkip: Int
    }

    private let file: DataFile
    private let state: Mutex<State>
    let fileSize: Int
    /// The size and the first bytes of the file, to know it again.
    let fingerprint: Int

    /// Opens a file, leaving out `offset` unpacked bytes at the beginning.
    init(_ path: String, from offset: Int) throws(AlternatorError) {
        let start = try DataFile.reading(path)
        fileSize = try start.size()
        var print = Fingerprint()
        let head = try start.read(4096)
        print.add(head)
        print.add("\(fileSize)")
        // Not negative, as numbers of a checkpoint are.
        fingerprint = Int(truncatingIfNeeded: print.value & 0x7FFF_FFFF_FFFF_FFFF)
        let isPacked = head.starts(with: [0x1F, 0x8B])
        file = try DataFile.reading(path, from: isPacked ? 0 : offset)
        state = Mutex(
            State(
                inflater: isPacked ? GzipReader() : nil,
                fileBytes: isPacked ? 0 : offset,
                toSkip: isPacked ? offset : 0
            )
        )
    }

    /// Bytes read so far, packed if the file is.
    var fileBytes: Int { state.withLock { $0.fileBytes } }

    /// The next bytes; none at the end.
    func next() throws(AlternatorError) -> [UInt8] {
        let result: Result<[UInt8], AlternatorError> = state.withLock { state in
            Result { () throws(AlternatorError) in
                while true {
                    var block = try self.block(&state)
                    guard !block.isEmpty, state.toSkip > 0 else { return block }
                    let left = min(state.toSkip, block.count)
                    state.toSkip -= left
                    block.removeFirst(left)
                    if !block.isEmpty { return block }
                }
            }
        }
        return try result.get()
    }

    private func block(_ state: inout State) throws(AlternatorError) -> [UInt8] {
        guard let inflater = state.inflater else {
            let block = try file.read(Self.size)
            state.fileBytes += block.count
            return block
        }
        while true {
            if state.position == state.packed.count {
                state.packed = try file.read(64 << 10)
                state.position = 0
                state.fileBytes += state.packed.count
                guard !state.packed.isEmpty else {
                    guard inflater.isAtEnd else { throw damaged("ends in the middle of its packed data") }
                    return []
                }
            }
            do throws(CompressionError) {
                let block = try inflater.unpack(state.packed, from: &state.position, maximum: Self.size)
                if !block.isEmpty { return block }
            } catch {
                throw damaged("is damaged gzip")
            }
        }
    }

    private func damaged(_ what: String) -> AlternatorError {
        AlternatorError(.file, message: "\(file.path) \(what).")
    }
}
