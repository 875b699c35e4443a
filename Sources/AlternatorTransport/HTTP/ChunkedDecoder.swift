/// Joins the chunks of a body (RFC 9112, 7.1), fed in any pieces.
///
/// Extensions are skipped, trailers are checked and dropped.
struct ChunkedDecoder {
    private enum State {
        case size(digits: Int)
        case sizeExtension
        case sizeEnd
        case data
        case dataEnd
        case dataEndLineFeed
        case trailer
        case done
    }

    private var state = State.size(digits: 0)
    /// The size read so far, then what is left of the chunk.
    private var remaining = 0
    private var lineLength = 0
    private var trailers: HeadCollector
    private let maximumBodyBytes: Int
    private let maximumLineBytes: Int

    /// - Parameters:
    ///   - maximumBodyBytes: of all chunks together.
    ///   - maximumTrailerBytes: of the headers behind them.
    ///   - maximumLineBytes: of one line with the size of a chunk and its extensions.
    init(maximumBodyBytes: Int, maximumTrailerBytes: Int, maximumLineBytes: Int = 4096) {
        self.maximumBodyBytes = maximumBodyBytes
        self.maximumLineBytes = maximumLineBytes
        trailers = HeadCollector(limit: maximumTrailerBytes)
    }

    var isDone: Bool { if case .done = state { true } else { false } }

    /// Takes bytes from `start` on and appends what belongs to the body.
    ///
    /// - Parameters:
    ///   - input: what arrived.
    ///   - start: where to begin in it.
    ///   - output: what the body is appended to.
    ///   - bodyStart: where the body begins in `output`, for the limit.
    /// - Returns: the place behind what was taken: all, unless the body is done.
    /// - Throws: what is wrong with the chunks, or that the body is over its limit.
    mutating func feed(
        _ input: Span<UInt8>,
        from start: Int,
        into output: inout [UInt8],
        bodyStart: Int
    ) throws(HTTPSyntaxError) -> Int {
        var position = start
        while position < input.count {
            switch state {
            case .data:
                let count = min(remaining, input.count - position)
                Bytes.append(input, position..<position + count, to: &output)
                position += count
                remaining -= count
                if remaining == 0 { state = .dataEnd }
            case .trailer:
                return try trailer(input, from: position) ?? input.count
            case .done:
                return position
            case .size, .sizeExtension, .sizeEnd, .dataEnd, .dataEndLineFeed:
                try step(input[position], used: output.count - bodyStart)
                position += 1
            }
        }
        return position
    }

    private mutating func step(_ byte: UInt8, used: Int) throws(HTTPSyntaxError) {
        switch state {
        case .size(let digits):
            if let value = ChunkedDecoder.hexadecimal(byte) {
                guard digits < 15 else { throw HTTPSyntaxError("A chunk size has more than 15 digits.") }
                remaining = remaining << 4 | value
                state = .size(digits: digits + 1)
                return
            }
            guard digits > 0 else { throw HTTPSyntaxError("A chunk does not begin with its size.") }
            guard remaining <= maximumBodyBytes - used else {
                throw HTTPSyntaxError(bodyOver: maximumBodyBytes)
            }
            switch byte {
            case 0x0D: state = .sizeEnd
            case 0x3B, 0x20, 0x09:
                lineLength = digits
                state = .sizeExtension
            default: throw HTTPSyntaxError("A chunk size is followed by the byte \(byte).")
            }
        case .sizeExtension:
            lineLength += 1
            guard lineLength <= maximumLineBytes else {
                throw HTTPSyntaxError(.chunkLine, "A chunk line is longer than \(maximumLineBytes) bytes.")
            }
            if byte == 0x0D {
                state = .sizeEnd
            } else if !HTTPGrammar.isText(byte) {
                throw HTTPSyntaxError("A chunk extension contains the control character \(byte).")
            }
        case .sizeEnd:
            guard byte == 0x0A else { throw HTTPSyntaxError("A chunk line ends in CR without LF.") }
            state = remaining == 0 ? .trailer : .data
        case .dataEnd:
            guard byte == 0x0D else { throw HTTPSyntaxError("A chunk is longer than its size.") }
            state = .dataEndLineFeed
        case .dataEndLineFeed:
            guard byte == 0x0A else { throw HTTPSyntaxError("A chunk is longer than its size.") }
            state = .size(digits: 0)
        case .data, .trailer, .done:
            break
        }
    }

    private mutating func trailer(_ input: Span<UInt8>, from start: Int) throws(HTTPSyntaxError) -> Int? {
        guard let end = try trailers.feed(input, from: start) else { return nil }
        trailers.finish(input, start..<end)
        let bytes = trailers.take()
        var lines = HeadLines(0..<bytes.count)
        while try lines.nextField(bytes.span) != nil {}
        state = .done
        return end
    }

    private static func hexadecimal(_ byte: UInt8) -> Int? {
        switch byte {
        case 0x30...0x39: Int(byte) - 0x30
        case 0x41...0x46: Int(byte) - 0x41 + 10
        case 0x61...0x66: Int(byte) - 0x61 + 10
        default: nil
        }
    }
}
