import TestSupport
import Testing

@testable import AlternatorTransport

/// Headers of requests, and the look for control characters by words.
@Suite struct RequestHeadersTests {
    private func parsed(_ head: String) throws -> ServerRequest {
        var parser = RequestParser(maximumHeadBytes: 4096, maximumBodyBytes: 16)
        let bytes = Array(head.utf8)
        guard case .complete = try parser.feed(bytes.span, from: 0).event else {
            throw HTTPSyntaxError("The head is not complete.")
        }
        return parser.take(from: "127.0.0.1")
    }

    @Test func `names are found in any case`() throws {
        let request = try parsed(
            "GET / HTTP/1.1\r\nX-Amz-Target: D.Scan\r\nHOST:  node:8000 \r\nAccept: a\r\naccept: b\r\n\r\n"
        )
        #expect(request.header("x-amz-target") == "D.Scan")
        #expect(request.header("host") == "node:8000")
        #expect(request.header("accept") == "a")
        #expect(request.headers.all("accept") == ["a", "b"])
        #expect(request.headers.bytes("host") == ArraySlice("node:8000".utf8))
        #expect(request.header("hos") == nil)
        #expect(request.header("") == nil)
        #expect(request.headers.all("absent").isEmpty)
        #expect(request.headers.bytes("absent").isEmpty)
    }

    @Test func `a head in pieces gives the same`() throws {
        let head = Array("GET /p?q HTTP/1.1\r\nA: 1\r\nLonger-Name: two words\r\n\r\n".utf8)
        for cut in 1..<head.count {
            var parser = RequestParser(maximumHeadBytes: 4096, maximumBodyBytes: 16)
            _ = try parser.feed(Array(head[..<cut]).span, from: 0)
            let event = try parser.feed(Array(head[cut...]).span, from: 0).event
            guard case .complete = event else {
                Issue.record("not complete when cut at \(cut)")
                continue
            }
            let request = parser.take(from: "")
            #expect(request.header("a") == "1")
            #expect(request.header("longer-name") == "two words")
        }
    }

    @Test func `pairs are headers too`() {
        let headers = RequestHeaders([("host", "a"), ("x", ""), ("host", "b")])
        #expect(headers.first("host") == "a")
        #expect(headers.all("host") == ["a", "b"])
        #expect(headers.first("x")?.isEmpty == true)
    }

    @Test func `values that are no text are read`() throws {
        var parser = RequestParser(maximumHeadBytes: 4096, maximumBodyBytes: 16)
        let head = Array("GET / HTTP/1.1\r\nX: ".utf8) + [0xFF, 0xC3, 0xA9] + Array("\r\n\r\n".utf8)
        guard case .complete = try parser.feed(head.span, from: 0).event else {
            Issue.record("not complete")
            return
        }
        #expect(parser.take(from: "").header("x") == "\u{FFFD}é")
    }

    /// By words and byte by byte: the same for each byte at each place of texts of each length.
    @Test func `control characters are found wherever they are`() {
        for length in 1...20 {
            for place in 0..<length {
                for byte in UInt8.min...UInt8.max {
                    var text = [UInt8](repeating: 0x61, count: length + 2)
                    text[place + 1] = byte
                    let isControl = (byte < 0x20 && byte != 0x09) || byte == 0x7F
                    let found = Bytes.firstControl(in: text.span, 1..<length + 1)
                    if found != (isControl ? place + 1 : nil) {
                        Issue.record("byte \(byte) at \(place) of \(length): \(found.map(String.init) ?? "none")")
                    }
                }
            }
        }
        // A tab in the same word does not hide what follows.
        let text: [UInt8] = [0x61, 0x09, 0x61, 0x61, 0x61, 0x07, 0x61, 0x61, 0x61]
        #expect(Bytes.firstControl(in: text.span, 0..<9) == 5)
        #expect(Bytes.firstControl(in: text.span, 0..<0) == nil)
    }
}
