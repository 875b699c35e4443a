/// Reads requests from bytes that arrive in any pieces; a pure state machine.
struct RequestParser {
    /// What `feed` came to.
    enum Event {
        /// All input was taken and the request goes on.
        case needsMore
        /// The head is read and a body follows: ask `expectsContinue` and `declaredLength`, then go on feeding.
        case head
        /// The request is complete: take it.
        case complete
        /// The body is over the limit; nothing more can be read from this connection.
        case tooLarge
    }

    private enum State {
        case head
        case body(remaining: Int)
        case chunked
        case complete
    }

    private let maximumHeadBytes: Int
    private let maximumBodyBytes: Int
    private var state = State.head
    private var collector: HeadCollector
    private var decoder: ChunkedDecoder
    private var framing = MessageFraming()
    private var minorVersion = 1
    private var body: [UInt8] = []
    private var method = ""
    private var path = ""
    private var query: String?
    private var headers = RequestHeaders([])

    init(maximumHeadBytes: Int, maximumBodyBytes: Int) {
        self.maximumHeadBytes = maximumHeadBytes
        self.maximumBodyBytes = maximumBodyBytes
        collector = HeadCollector(limit: maximumHeadBytes)
        decoder = ChunkedDecoder(maximumBodyBytes: maximumBodyBytes, maximumTrailerBytes: maximumHeadBytes)
    }

    /// The client waits for `100 Continue` before it sends the body.
    var expectsContinue: Bool { framing.expectsContinue && minorVersion > 0 }

    /// The client speaks HTTP/1.1.
    var knowsChunks: Bool { minorVersion > 0 }

    /// The connection goes on after this request.
    var persists: Bool { framing.persists(minorVersion: minorVersion) }

    /// How much of an incomplete request is held.
    var heldBytes: Int { collector.collected.count + body.count }

    /// Nothing of a request has arrived.
    var isBetweenRequests: Bool {
        if case .head = state { collector.collected.isEmpty } else { false }
    }

    /// Takes input from `start` on.
    ///
    /// - Returns: what happened and the place behind what was taken.
    mutating func feed(
        _ input: Span<UInt8>,
        from start: Int
    ) throws(HTTPSyntaxError) -> (event: Event, position: Int) {
        var position = start
        switch state {
        case .head:
            var headEnd = position
            while true {
                guard position < input.count else { return (.needsMore, position) }
                guard let end = try collector.feed(input, from: position) else { return (.needsMore, input.count) }
                headEnd = end
                // RFC 9112, 2.2: an empty line before the request line is ignored; it may arrive in two pieces.
                guard collector.collected.count + end - position == 2 else { break }
                collector.reset()
                position = end
            }
            if collector.collected.isEmpty {
                try readHead(input, position..<headEnd)
            } else {
                collector.finish(input, position..<headEnd)
                let head = collector.take()
                try readHead(head.span, 0..<head.count)
            }
            return (try beginBody(), headEnd)
        case .body(let remaining):
            let count = min(remaining, input.count - position)
            Bytes.append(input, position..<position + count, to: &body)
            position += count
            state = count == remaining ? .complete : .body(remaining: remaining - count)
            return (count == remaining ? .complete : .needsMore, position)
        case .chunked:
            do throws(HTTPSyntaxError) {
                position = try decoder.feed(input, from: position, into: &body, bodyStart: 0)
            } catch {
                guard error.limit == .body else { throw error }
                return (.tooLarge, input.count)
            }
            if decoder.isDone { state = .complete }
            return (decoder.isDone ? .complete : .needsMore, position)
        case .complete:
            return (.complete, position)
        }
    }

    /// The request without its body, for an answer before the body is read.
    func head(from remoteAddress: String) -> ServerRequest {
        ServerRequest(
            method: method,
            path: path,
            query: query,
            headers: headers,
            body: [],
            remoteAddress: remoteAddress
        )
    }

    /// Takes the complete request and begins anew.
    mutating func take(from remoteAddress: String) -> ServerRequest {
        let request = ServerRequest(
            method: method,
            path: path,
            query: query,
            headers: headers,
            body: body,
            remoteAddress: remoteAddress
        )
        let limits = (maximumHeadBytes, maximumBodyBytes)
        self = RequestParser(maximumHeadBytes: limits.0, maximumBodyBytes: limits.1)
        return request
    }

    private mutating func beginBody() throws(HTTPSyntaxError) -> Event {
        if framing.chunked {
            state = .chunked
            return .head
        }
        let length = framing.contentLength ?? 0
        if length > maximumBodyBytes { return .tooLarge }
        if length == 0 {
            state = .complete
            return .complete
        }
        state = .body(remaining: length)
        // What is declared is not yet sent: a claim alone must not take memory.
        body.reserveCapacity(min(length, 64 * 1024))
        return .head
    }

    private mutating func readHead(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(HTTPSyntaxError) {
        var lines = HeadLines(range)
        try readRequestLine(bytes, lines.startLine(bytes))
        headers = try RequestHeaders(bytes, range) { (add) throws(HTTPSyntaxError) in
            while let field = try lines.nextField(bytes) {
                try framing.add(bytes, field)
                add(field)
            }
        }
        try framing.check(minorVersion: minorVersion)
    }

    private mutating func readRequestLine(_ bytes: Span<UInt8>, _ line: Range<Int>) throws(HTTPSyntaxError) {
        var position = line.lowerBound
        while position < line.upperBound, HTTPGrammar.isToken(bytes[position]) { position += 1 }
        guard position > line.lowerBound, position < line.upperBound, bytes[position] == 0x20 else {
            throw HTTPSyntaxError("The request line does not begin with a method and a space.")
        }
        method = Bytes.string(bytes, line.lowerBound..<position)
        let target = position + 1
        position = target
        var mark: Int?
        while position < line.upperBound, bytes[position] > 0x20, bytes[position] != 0x7F {
            if bytes[position] == 0x3F, mark == nil { mark = position }
            position += 1
        }
        guard position > target, line.upperBound - position == 9, bytes[position] == 0x20 else {
            throw HTTPSyntaxError("The request line is not of the form 'METHOD target HTTP/1.1'.")
        }
        minorVersion = try RequestParser.version(bytes, from: position + 1)
        path = Bytes.string(bytes, target..<(mark ?? position))
        query = mark.map { Bytes.string(bytes, ($0 + 1)..<position) }
    }

    /// Reads `HTTP/1.x`; all higher minor versions count as 1.
    private static func version(_ bytes: Span<UInt8>, from start: Int) throws(HTTPSyntaxError) -> Int {
        let expected = StaticText.versionPrefix.bytes
        for index in 0..<expected.count where bytes[start + index] != expected[index] {
            throw HTTPSyntaxError("The version is not HTTP/1.0 or HTTP/1.1.")
        }
        switch bytes[start + expected.count] {
        case 0x30: return 0
        case 0x31...0x39: return 1
        default: throw HTTPSyntaxError("The version is not HTTP/1.0 or HTTP/1.1.")
        }
    }
}

extension StaticText {
    static let versionPrefix = StaticText("HTTP/1.")
}
