/// What is wrong with an HTTP message: a sentence that names the rule or the limit.
package struct HTTPSyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What a message may be too long for.
    package enum Limit: Hashable, Sendable { case head, body, chunkLine, interimAnswers }

    package let description: String
    /// The message may be well formed but is over this limit.
    package let limit: Limit?

    package init(_ description: String) {
        self.description = description
        limit = nil
    }

    init(_ limit: Limit, _ description: String) {
        self.description = description
        self.limit = limit
    }

    init(bodyOver limit: Int) { self.init(.body, "The body is longer than \(limit) bytes.") }
}

/// Finds the end of a head that may arrive in any number of pieces.
///
/// Strict: lines end in CR LF, no NUL, at most `limit` bytes. A head that arrives in one piece is not copied.
struct HeadCollector {
    let limit: Int
    /// What arrived in earlier pieces.
    private(set) var collected: [UInt8] = []
    /// Where the current line begins, counted from the start of the head.
    private var lineStart = 0

    init(limit: Int) { self.limit = limit }

    /// Looks for the end of the head in `input`, from `start` on.
    ///
    /// - Returns: the place behind the head. `nil`: all of `input` belongs to the head and was kept.
    mutating func feed(_ input: Span<UInt8>, from start: Int) throws(HTTPSyntaxError) -> Int? {
        let before = collected.count
        var position = start
        while let lineFeed = Bytes.firstIndex(of: 0x0A, in: input, from: position) {
            // First, so that what is said does not depend on how the bytes were cut.
            guard before + (lineFeed + 1 - start) <= limit else { throw tooLong }
            let previous = lineFeed > start ? input[lineFeed - 1] : collected.last
            guard previous == 0x0D else { throw HTTPSyntaxError("A head line ends in LF without CR.") }
            let length = before + (lineFeed - start) - lineStart - 1
            position = lineFeed + 1
            lineStart = before + (position - start)
            if length == 0 { return position }
        }
        guard before + (input.count - start) <= limit else { throw tooLong }
        Bytes.append(input, start..<input.count, to: &collected)
        return nil
    }

    /// Keeps the last piece as well, so that `collected` is the whole head.
    mutating func finish(_ input: Span<UInt8>, _ range: Range<Int>) { Bytes.append(input, range, to: &collected) }

    /// Takes the head out, to begin a new one.
    mutating func take() -> [UInt8] {
        lineStart = 0
        defer { collected = [] }
        return collected
    }

    mutating func reset() {
        lineStart = 0
        if !collected.isEmpty { collected = [] }
    }

    private var tooLong: HTTPSyntaxError { HTTPSyntaxError(.head, "The head is longer than \(limit) bytes.") }
}

/// One header line of a complete head.
struct HeaderField {
    let name: Range<Int>
    let value: Range<Int>
}

/// Walks over the lines of a complete head; the offsets count from the start of the bytes.
struct HeadLines {
    private var position: Int
    private let end: Int

    /// - Parameter head: from the first line to behind the empty line, as `HeadCollector` found it.
    init(_ head: Range<Int>) {
        position = head.lowerBound
        end = head.upperBound
    }

    /// The first line, without its end.
    mutating func startLine(_ bytes: Span<UInt8>) -> Range<Int> { nextLine(bytes) }

    /// The next header; `nil` at the empty line.
    mutating func nextField(_ bytes: Span<UInt8>) throws(HTTPSyntaxError) -> HeaderField? {
        let line = nextLine(bytes)
        return line.isEmpty ? nil : try HTTPGrammar.field(bytes, line)
    }

    private mutating func nextLine(_ bytes: Span<UInt8>) -> Range<Int> {
        let start = position
        // The collector has seen a CR LF behind every line.
        let lineFeed = Bytes.firstIndex(of: 0x0A, in: bytes, from: start) ?? end - 1
        position = lineFeed + 1
        return start..<max(start, lineFeed - 1)
    }
}

/// The rules of RFC 9110 and 9112 that both sides share.
enum HTTPGrammar {
    /// The characters of a token (RFC 9110, 5.6.2), one bit each, for codes 0–63 and 64–127.
    private static let lowTokens: UInt64 = 0x03FF_6CFA_0000_0000
    private static let highTokens: UInt64 = 0x57FF_FFFF_C7FF_FFFE

    @inline(__always)
    static func isToken(_ byte: UInt8) -> Bool {
        let mask = byte < 64 ? lowTokens : (byte < 128 ? highTokens : 0)
        return (mask >> UInt64(byte & 63)) & 1 == 1
    }

    /// Text without control characters, except the tab.
    @inline(__always)
    static func isText(_ byte: UInt8) -> Bool { (byte >= 0x20 && byte != 0x7F) || byte == 0x09 }

    /// Parses `name: value`.
    static func field(_ bytes: Span<UInt8>, _ line: Range<Int>) throws(HTTPSyntaxError) -> HeaderField {
        var position = line.lowerBound
        while position < line.upperBound, isToken(bytes[position]) { position += 1 }
        let name = line.lowerBound..<position
        guard position < line.upperBound, bytes[position] == 0x3A, !name.isEmpty else {
            if !name.isEmpty || bytes[line.lowerBound] != 0x20 && bytes[line.lowerBound] != 0x09 {
                throw HTTPSyntaxError("A header line is not of the form 'name: value'.")
            }
            throw HTTPSyntaxError("A header line begins with white space: folded headers are not accepted.")
        }
        var start = position + 1
        var end = line.upperBound
        if let index = Bytes.firstControl(in: bytes, start..<end) {
            throw HTTPSyntaxError("A header value contains the control character \(bytes[index]).")
        }
        while start < end, bytes[start] == 0x20 || bytes[start] == 0x09 { start += 1 }
        while end > start, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
        return HeaderField(name: name, value: start..<end)
    }

    /// Whether a range is this text, in any case; `lowercase` is ASCII in lower case.
    static func equals(_ bytes: Span<UInt8>, _ range: Range<Int>, _ lowercase: StaticText) -> Bool {
        guard range.count == lowercase.count else { return false }
        var index = range.lowerBound
        for expected in lowercase.bytes {
            let byte = bytes[index]
            guard (byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte) == expected else { return false }
            index += 1
        }
        return true
    }

    /// A Content-Length: digits only, at most 18 of them.
    static func contentLength(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(HTTPSyntaxError) -> Int {
        guard (1...18).contains(range.count) else {
            throw HTTPSyntaxError("Content-Length is not a number of 1 to 18 digits.")
        }
        var length = 0
        for index in range {
            let byte = bytes[index]
            guard byte >= 0x30 && byte <= 0x39 else { throw HTTPSyntaxError("Content-Length is not a number.") }
            length = length * 10 + Int(byte - 0x30)
        }
        return length
    }

    /// Whether a comma-separated list holds this word.
    static func list(_ bytes: Span<UInt8>, _ range: Range<Int>, contains word: StaticText) -> Bool {
        var start = range.lowerBound
        while start < range.upperBound {
            var end = start
            while end < range.upperBound, bytes[end] != 0x2C { end += 1 }
            var (first, last) = (start, end)
            while first < last, bytes[first] == 0x20 || bytes[first] == 0x09 { first += 1 }
            while last > first, bytes[last - 1] == 0x20 || bytes[last - 1] == 0x09 { last -= 1 }
            if equals(bytes, first..<last, word) { return true }
            start = end + 1
        }
        return false
    }
}

/// A header name or word in lower case, with its length at hand.
struct StaticText: Sendable {
    let bytes: [UInt8]
    let count: Int

    init(_ text: String) {
        bytes = Array(text.utf8)
        count = bytes.count
    }

    static let contentLength = StaticText("content-length")
    static let transferEncoding = StaticText("transfer-encoding")
    static let connection = StaticText("connection")
    static let chunked = StaticText("chunked")
    static let close = StaticText("close")
    static let keepAlive = StaticText("keep-alive")
    static let expect = StaticText("expect")
    static let continueExpected = StaticText("100-continue")
}

/// The headers that say where a message ends, gathered while its lines go by.
struct MessageFraming {
    private(set) var contentLength: Int?
    private(set) var chunked = false
    private(set) var close = false
    private(set) var keepAlive = false
    private(set) var expectsContinue = false

    /// Looks at one header.
    mutating func add(_ bytes: Span<UInt8>, _ field: HeaderField) throws(HTTPSyntaxError) {
        switch field.name.count {
        case 6 where HTTPGrammar.equals(bytes, field.name, .expect):
            expectsContinue = HTTPGrammar.equals(bytes, field.value, .continueExpected)
        case 10 where HTTPGrammar.equals(bytes, field.name, .connection):
            if HTTPGrammar.list(bytes, field.value, contains: .close) { close = true }
            if HTTPGrammar.list(bytes, field.value, contains: .keepAlive) { keepAlive = true }
        case 14 where HTTPGrammar.equals(bytes, field.name, .contentLength):
            guard contentLength == nil else { throw HTTPSyntaxError("There are several Content-Length headers.") }
            contentLength = try HTTPGrammar.contentLength(bytes, field.value)
        case 17 where HTTPGrammar.equals(bytes, field.name, .transferEncoding):
            guard !chunked, HTTPGrammar.equals(bytes, field.value, .chunked) else {
                throw HTTPSyntaxError("Transfer-Encoding is not exactly 'chunked'.")
            }
            chunked = true
        default:
            break
        }
    }

    /// To be called after the last header.
    func check(minorVersion: Int) throws(HTTPSyntaxError) {
        guard chunked else { return }
        // Either could be a way to smuggle a second message past one of the parties.
        guard contentLength == nil else {
            throw HTTPSyntaxError("There are both Transfer-Encoding and Content-Length.")
        }
        guard minorVersion > 0 else { throw HTTPSyntaxError("Transfer-Encoding is not part of HTTP/1.0.") }
    }

    /// Whether the connection goes on after this message.
    func persists(minorVersion: Int) -> Bool { !close && (minorVersion > 0 || keepAlive) }
}
