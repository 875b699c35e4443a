import TestSupport
import Testing

@testable import AlternatorTransport

@Suite struct ResponseParserTests {
    /// What a parser makes of bytes that arrive in these pieces.
    private func parse(
        _ pieces: [[UInt8]],
        limits: ResponseParser.Limits = ResponseParser.Limits(),
        ends: Bool = false
    ) throws(HTTPSyntaxError) -> (response: IncomingResponse, persists: Bool, left: Int)? {
        var parser = ResponseParser(limits: limits)
        var left = 0
        for piece in pieces {
            left += piece.count - (try parser.feed(piece.span))
        }
        if ends { _ = parser.end() }
        guard parser.isComplete else { return nil }
        let (response, persists) = parser.take()
        return (response, persists, left)
    }

    private func parse(_ text: String, limits: ResponseParser.Limits = ResponseParser.Limits(), ends: Bool = false)
        throws(HTTPSyntaxError) -> (response: IncomingResponse, persists: Bool, left: Int)?
    { try parse([Array(text.utf8)], limits: limits, ends: ends) }

    /// Wire text, status, body, whether the connection persists; each ends where its answer ends.
    private static let sound: [(text: String, status: Int, body: String, persists: Bool)] = [
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello", true),
        ("HTTP/1.1 200 OK\r\ncontent-LENGTH:\t5 \r\nX: y\r\n\r\nhello", 200, "hello", true),
        ("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", 200, "", true),
        ("HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n", 200, "", true),
        ("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}", 400, "{}", false),
        ("HTTP/1.1 200 OK\r\nConnection: x, Close\r\nContent-Length: 0\r\n\r\n", 200, "", false),
        ("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na", 200, "a", false),
        ("HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 1\r\n\r\na", 200, "a", true),
        ("HTTP/1.1 204 No Content\r\n\r\n", 204, "", true),
        ("HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n", 304, "", true),
        (
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 X\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nz",
            200, "z",
            true
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;a=\"b\"\r\n world\r\n0\r\n\r\n", 200,
            "hello world", true
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n00A \r\n0123456789\r\n0\r\nT: 1\r\nU: 2\r\n\r\n", 200,
            "0123456789", true
        ),
        ("HTTP/1.1 200 OK\r\nX-Obs: \u{e9}\r\nContent-Length: 1\r\n\r\n1", 200, "1", true),
    ]

    @Test func `sound answers are read, whole, byte by byte and in random pieces`() throws {
        let seed: UInt64 = 20_261_121
        var random = SeededGenerator(seed: seed)
        for (text, status, body, persists) in ResponseParserTests.sound {
            let bytes = Array(text.utf8)
            var splits = [[bytes], bytes.map { [$0] }]
            for _ in 0..<50 {
                var pieces: [[UInt8]] = []
                var start = 0
                while start < bytes.count {
                    let end = min(bytes.count, start + Int.random(in: 1...12, using: &random))
                    pieces.append(Array(bytes[start..<end]))
                    start = end
                }
                splits.append(pieces)
            }
            for pieces in splits {
                let found = try #require(try parse(pieces), "seed \(seed): \(text)")
                #expect(found.response.status == status)
                #expect(found.response.bodyText == body, "seed \(seed): \(text)")
                #expect(found.persists == persists, "\(text)")
                #expect(found.left == 0)
                // 1xx answers are left out of the head.
                let head = String(decoding: found.response.bytes[..<found.response.bodyOffset], as: UTF8.self)
                #expect(head.hasPrefix("HTTP/1.") && head.hasSuffix("\r\n\r\n") && !head.contains("Continue"))
            }
        }
    }

    @Test func `no prefix of an answer is taken for a complete one`() throws {
        for (text, _, _, _) in ResponseParserTests.sound {
            let bytes = Array(text.utf8)
            for count in 0..<bytes.count {
                #expect(try parse([Array(bytes[..<count])]) == nil, "\(count) bytes of \(text)")
            }
        }
    }

    @Test func `an answer without a length goes to the end of the connection, which it ends`() throws {
        let found = try #require(try parse("HTTP/1.1 200 OK\r\n\r\nabc", ends: true))
        #expect(found.response.bodyText == "abc")
        #expect(!found.persists)
        #expect(try parse("HTTP/1.1 200 OK\r\n\r\nabc") == nil)
        #expect(try parse("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", ends: true) == nil)
    }

    @Test func `bytes behind an answer are left`() throws {
        for (text, _, _, _) in ResponseParserTests.sound {
            let found = try #require(try parse("\(text)HTTP/1.1 200 OK"))
            #expect(found.left == 15, "\(text)")
        }
    }

    @Test func `a parser reads one answer after the other`() throws {
        var parser = ResponseParser(limits: ResponseParser.Limits())
        for _ in 1...3 {
            for (text, status, body, _) in ResponseParserTests.sound {
                let bytes = Array(text.utf8)
                #expect(parser.isUntouched)
                #expect(try parser.feed(bytes.span) == bytes.count)
                let response = parser.take().response
                #expect(response.status == status && response.bodyText == body)
            }
        }
    }

    @Test(arguments: [
        ("SSH-2.0-OpenSSH", "The answer does not begin with HTTP/1."),
        ("HTTP/2 200\r\n\r\n", "The answer does not begin with HTTP/1."),
        ("\r\nHTTP/1.1 200 OK\r\n\r\n", "The answer does not begin with HTTP/1."),
        ("HTTP/1.2 200 OK\r\n\r\n", "The version is not HTTP/1.0 or HTTP/1.1."),
        ("HTTP/1.1 20 OK\r\n\r\n", "The status is not a number of three digits."),
        ("HTTP/1.1 2000 OK\r\n\r\n", "The status is not a number of three digits."),
        ("HTTP/1.1 099 OK\r\n\r\n", "The status is not a number of three digits."),
        ("HTTP/1.1\t200 OK\r\n\r\n", "The status line is not of the form 'HTTP/1.1 200 OK'."),
        ("HTTP/1.1 200 O\u{0}K\r\n\r\n", "The status line contains the control character 0."),
        ("HTTP/1.1 101 Switching Protocols\r\n\r\n", "The answer switches protocols, which was not asked for."),
        ("HTTP/1.1 200 OK\nContent-Length: 0\n\n", "A head line ends in LF without CR."),
        ("HTTP/1.1 200 OK\r\nA: b\n\r\n", "A head line ends in LF without CR."),
        ("HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n", "A header value contains the control character 13."),
        ("HTTP/1.1 200 OK\r\nA: \u{0}\r\n\r\n", "A header value contains the control character 0."),
        ("HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "A header line is not of the form 'name: value'."),
        ("HTTP/1.1 200 OK\r\nA : b\r\n\r\n", "A header line is not of the form 'name: value'."),
        (
            "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n",
            "A header line begins with white space: folded headers are not accepted."
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
            "There are several Content-Length headers."
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
            "There are several Content-Length headers."
        ),
        ("HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\n", "Content-Length is not a number."),
        ("HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\n", "Content-Length is not a number."),
        ("HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n", "Content-Length is not a number of 1 to 18 digits."),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 9999999999999999999\r\n\r\n",
            "Content-Length is not a number of 1 to 18 digits."
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            "There are both Transfer-Encoding and Content-Length."
        ),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "Transfer-Encoding is not exactly 'chunked'."),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
            "Transfer-Encoding is not exactly 'chunked'."
        ),
        ("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "Transfer-Encoding is not part of HTTP/1.0."),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n", "A chunk does not begin with its size."),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\n", "A chunk size is followed by the byte 10."),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;\n",
            "A chunk extension contains the control character 10."
        ),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\rx", "A chunk line ends in CR without LF."),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab", "A chunk is longer than its size."),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0000000000000001\r\n",
            "A chunk size has more than 15 digits."
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nbad trailer\r\n\r\n",
            "A header line is not of the form 'name: value'."
        ),
    ])
    func `a broken answer is refused with its reason`(text: String, reason: String) {
        for pieces in [[Array(text.utf8)], text.utf8.map { [$0] }] {
            do throws(HTTPSyntaxError) {
                _ = try parse(pieces)
                Issue.record("accepted: \(text)")
            } catch {
                #expect(error.description == reason, "\(text)")
            }
        }
    }

    @Test func `each limit holds exactly, and its message names it`() throws {
        var limits = ResponseParser.Limits()
        limits.headerBytes = 60
        limits.bodyBytes = 10
        func head(_ count: Int) -> String {
            // "HTTP/1.1 200 OK" CR LF, "Content-Length: 0" CR LF, "A: " … CR LF, CR LF: 43 bytes and the padding.
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nA: \(String(repeating: "x", count: count - 43))\r\n\r\n"
        }
        func refusal(_ text: String) -> [String] {
            [[Array(text.utf8)], text.utf8.map { [$0] }].map { pieces in
                do throws(HTTPSyntaxError) {
                    return try parse(pieces, limits: limits) == nil ? "incomplete" : "accepted"
                } catch {
                    return error.description
                }
            }
        }
        #expect(refusal(head(60)) == ["accepted", "accepted"])
        #expect(refusal(head(61)) == Array(repeating: "The head is longer than 60 bytes.", count: 2))
        #expect(
            refusal("HTTP/1.1 100 X\r\n\r\nHTTP/1.1 100 X\r\n\r\nHTTP/1.1 100 X\r\n\r\nHTTP/1.1 100 X\r\n\r\n")
                == Array(repeating: "The head is longer than 60 bytes.", count: 2)
        )
        let tooLong = Array(repeating: "The body is longer than 10 bytes.", count: 2)
        #expect(refusal("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789") == ["accepted", "accepted"])
        #expect(refusal("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n") == tooLong)
        let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        #expect(refusal("\(chunked)5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n") == ["accepted", "accepted"])
        #expect(refusal("\(chunked)5\r\n01234\r\n6\r\n") == tooLong)
        #expect(refusal("\(chunked)fffffffffffffff\r\n") == tooLong)
        #expect(refusal("HTTP/1.1 200 OK\r\n\r\n01234567890") == tooLong)
        #expect(
            refusal("\(chunked)0\r\nT: \(String(repeating: "x", count: 60))\r\n\r\n")
                == Array(repeating: "The head is longer than 60 bytes.", count: 2)
        )
        limits.headerBytes = 100_000
        #expect(
            refusal("\(chunked)1;\(String(repeating: "x", count: 5000))\r\n")
                == Array(repeating: "A chunk line is longer than 4096 bytes.", count: 2)
        )
    }

    @Test(.ownThread) func `mutated answers are read or refused, whole as in pieces, and never trap`() throws {
        let seed: UInt64 = 7
        var random = SeededGenerator(seed: seed)
        var refused = 0
        for round in 0..<20_000 {
            var bytes = Array(ResponseParserTests.sound.randomElement(using: &random)!.text.utf8)
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.insert([0x0D, 0x0A, 0x20, 0x3A, 0x30].randomElement(using: &random)!, at: place)
                case 2 where bytes.count > 1: bytes.remove(at: place)
                default: bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random))
                }
                if bytes.isEmpty { bytes = [0x48] }
            }
            var limits = ResponseParser.Limits()
            limits.bodyBytes = 1000
            func result(_ pieces: [[UInt8]]) -> String {
                do throws(HTTPSyntaxError) {
                    guard let found = try parse(pieces, limits: limits) else { return "incomplete" }
                    return "\(found.response.status) \(found.response.bodyText)"
                } catch {
                    refused += 1
                    return error.description
                }
            }
            let whole = result([bytes])
            #expect(whole == result(bytes.map { [$0] }), "seed \(seed), round \(round): \(bytes)")
        }
        #expect(refused > 1000)
    }
}
