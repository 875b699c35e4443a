/// Reads answers from bytes that arrive in any pieces; a pure state machine.
///
/// Strict and bounded: what breaks HTTP/1.1 or a limit throws a sentence that names it. An answer with a length
/// that arrives in one piece costs one allocation and one copy.
struct ResponseParser {
    struct Limits: Sendable {
        /// Status line, headers and trailers, also of 1xx answers.
        var headerBytes = 64 * 1024
        var bodyBytes = 64 << 20
        /// The line that begins a chunk, with its extensions.
        var chunkLineBytes = 4096
        /// 1xx answers before the final one.
        var interimAnswers = 16
    }

    private enum State {
        case head
        case body(remaining: Int)
        case chunked(ChunkedDecoder)
        case untilClose
        case complete
    }

    private let limits: Limits
    private var state = State.head
    private var collector: HeadCollector
    /// Head and body so far.
    private var bytes: [UInt8] = []
    private var bodyOffset = 0
    private var status = 0
    private var minorVersion = 1
    private var framing = MessageFraming()
    /// What 1xx answers took of the limit.
    private var interimBytes = 0
    private var interimAnswers = 0

    /// How much room is made for a body on the word of its Content-Length alone.
    private static let trustedLength = 1 << 20

    init(limits: Limits) {
        self.limits = limits
        collector = HeadCollector(limit: limits.headerBytes)
    }

    var isComplete: Bool { if case .complete = state { true } else { false } }

    /// The final head has arrived.
    var hasHead: Bool { if case .head = state { false } else { true } }

    /// Nothing of an answer has arrived.
    var isUntouched: Bool {
        if case .head = state { collector.collected.isEmpty && interimBytes == 0 } else { false }
    }

    /// Takes input; stops behind a complete answer.
    ///
    /// - Returns: how many bytes were taken; fewer than given only when the answer is complete.
    mutating func feed(_ input: Span<UInt8>) throws(HTTPSyntaxError) -> Int {
        var position = 0
        while position < input.count {
            switch state {
            case .head:
                position = try feedHead(input, from: position)
            case .body(let remaining):
                let count = min(remaining, input.count - position)
                Bytes.append(input, position..<position + count, to: &bytes)
                position += count
                state = count == remaining ? .complete : .body(remaining: remaining - count)
            case .chunked(var decoder):
                // Moved out, so that its state is not copied.
                state = .complete
                useSpare(input.count - position)
                position = try decoder.feed(input, from: position, into: &bytes, bodyStart: bodyOffset)
                if !decoder.isDone { state = .chunked(decoder) }
            case .untilClose:
                guard bytes.count - bodyOffset + input.count - position <= limits.bodyBytes else {
                    throw HTTPSyntaxError(bodyOver: limits.bodyBytes)
                }
                Bytes.append(input, position..<input.count, to: &bytes)
                position = input.count
            case .complete:
                return position
            }
        }
        return position
    }

    /// The connection has ended: true if that completes the answer.
    mutating func end() -> Bool {
        if case .untilClose = state { state = .complete }
        return isComplete
    }

    /// Takes the complete answer and begins anew.
    ///
    /// - Returns: the answer, and whether the connection may carry another one.
    mutating func take() -> (response: IncomingResponse, persists: Bool) {
        let response = IncomingResponse(status: status, bytes: bytes, bodyOffset: bodyOffset)
        let persists = !delimitedByClose && framing.persists(minorVersion: minorVersion)
        state = .head
        collector.reset()
        bytes = []
        framing = MessageFraming()
        interimBytes = 0
        interimAnswers = 0
        delimitedByClose = false
        return (response, persists)
    }

    private var delimitedByClose = false

    /// Goes on in the memory of an earlier answer where there is not enough room for so many bytes more.
    private mutating func useSpare(_ count: Int) {
        guard bytes.count + count > bytes.capacity, var spare = SpareAnswers.shared.take(bytes.count + count) else {
            return
        }
        spare.append(contentsOf: bytes)
        bytes = spare
    }

    private mutating func feedHead(_ input: Span<UInt8>, from start: Int) throws(HTTPSyntaxError) -> Int {
        try checkBeginning(input, from: start)
        guard let end = try collector.feed(input, from: start) else { return input.count }
        guard interimBytes + collector.collected.count + end - start <= limits.headerBytes else {
            throw HTTPSyntaxError(.head, "The head is longer than \(limits.headerBytes) bytes.")
        }
        if collector.collected.isEmpty {
            return try readHead(input, start..<end, bodyFollowsInInput: true)
        }
        collector.finish(input, start..<end)
        let head = collector.take()
        _ = try readHead(head.span, 0..<head.count, bodyFollowsInInput: false)
        return end
    }

    /// Refuses at once what cannot become an HTTP answer, instead of waiting for a line to end.
    private func checkBeginning(_ input: Span<UInt8>, from start: Int) throws(HTTPSyntaxError) {
        let expected = StaticText.versionPrefix
        let before = collector.collected.count
        guard before < expected.count else { return }
        for offset in 0..<min(expected.count - before, input.count - start)
        where input[start + offset] != expected.bytes[before + offset] {
            throw HTTPSyntaxError("The answer does not begin with HTTP/1.")
        }
    }

    /// Reads a complete head and prepares for its body.
    ///
    /// - Parameters:
    ///   - source: holds the head.
    ///   - head: where in `source`.
    ///   - bodyFollowsInInput: `source` goes on behind the head with what arrived of the body.
    /// - Returns: the place behind what was taken from `source`.
    /// - Throws: what is wrong with the head, or that the body is over its limit.
    private mutating func readHead(
        _ source: Span<UInt8>,
        _ head: Range<Int>,
        bodyFollowsInInput: Bool
    ) throws(HTTPSyntaxError) -> Int {
        var lines = HeadLines(head)
        try readStatusLine(source, lines.startLine(source))
        framing = MessageFraming()
        while let field = try lines.nextField(source) { try framing.add(source, field) }
        try framing.check(minorVersion: minorVersion)
        collector.reset()
        if status < 200 {
            guard status != 101 else {
                throw HTTPSyntaxError("The answer switches protocols, which was not asked for.")
            }
            interimBytes += head.count
            interimAnswers += 1
            guard interimAnswers <= limits.interimAnswers else {
                throw HTTPSyntaxError(.interimAnswers, "More than \(limits.interimAnswers) interim answers came.")
            }
            return head.upperBound
        }
        bodyOffset = head.count
        let length = status == 204 || status == 304 ? 0 : framing.contentLength
        if let length, !framing.chunked {
            guard length <= limits.bodyBytes else { throw HTTPSyntaxError(bodyOver: limits.bodyBytes) }
            let available = bodyFollowsInInput ? min(length, source.count - head.upperBound) : 0
            if available == length {
                bytes = Bytes.copy(source, head.lowerBound..<head.upperBound + length)
                state = .complete
            } else {
                let size = head.count + min(length, ResponseParser.trustedLength)
                useSpare(size)
                bytes.reserveCapacity(size)
                Bytes.append(source, head.lowerBound..<head.upperBound + available, to: &bytes)
                state = .body(remaining: length - available)
            }
            return head.upperBound + available
        }
        bytes = Bytes.copy(source, head)
        if status == 204 || status == 304 {
            state = .complete
        } else if framing.chunked {
            state = .chunked(
                ChunkedDecoder(
                    maximumBodyBytes: limits.bodyBytes,
                    maximumTrailerBytes: limits.headerBytes,
                    maximumLineBytes: limits.chunkLineBytes
                )
            )
        } else {
            delimitedByClose = true
            state = .untilClose
        }
        return head.upperBound
    }

    /// Reads `HTTP/1.x NNN reason`; the reason may be missing.
    private mutating func readStatusLine(_ bytes: Span<UInt8>, _ line: Range<Int>) throws(HTTPSyntaxError) {
        let start = line.lowerBound
        // `checkBeginning` has seen "HTTP/1.".
        guard line.count >= 12, bytes[start + 8] == 0x20 else {
            throw HTTPSyntaxError("The status line is not of the form 'HTTP/1.1 200 OK'.")
        }
        switch bytes[start + 7] {
        case 0x30: minorVersion = 0
        case 0x31: minorVersion = 1
        default: throw HTTPSyntaxError("The version is not HTTP/1.0 or HTTP/1.1.")
        }
        status = 0
        for index in start + 9..<start + 12 {
            guard bytes[index] >= 0x30, bytes[index] <= 0x39 else {
                throw HTTPSyntaxError("The status is not a number of three digits.")
            }
            status = status * 10 + Int(bytes[index] - 0x30)
        }
        guard status >= 100, line.count == 12 || bytes[start + 12] == 0x20 else {
            throw HTTPSyntaxError("The status is not a number of three digits.")
        }
        for index in start + 12..<max(line.upperBound, start + 12) where !HTTPGrammar.isText(bytes[index]) {
            throw HTTPSyntaxError("The status line contains the control character \(bytes[index]).")
        }
    }
}
