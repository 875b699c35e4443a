import TestSupport
import Testing

@testable import AlternatorTransport

/// The short way through an answer against the parser that takes any.
@Suite struct WholeAnswerTests {
    private struct Reading: Equatable {
        var status: Int
        var bytes: [UInt8]
        var bodyOffset: Int
    }

    private let buffer = InputBuffer()

    private func short(_ bytes: [UInt8], limits: ResponseParser.Limits = .init()) -> Reading? {
        buffer.fill(bytes)
        guard let whole = WholeAnswer(buffer, count: bytes.count, limits: limits) else { return nil }
        return Reading(status: whole.status, bytes: buffer.copy(bytes.count), bodyOffset: whole.bodyOffset)
    }

    /// What the parser makes of the same bytes in these pieces: `nil` unless they are one answer that persists.
    private func long(_ pieces: [[UInt8]], limits: ResponseParser.Limits = .init()) -> Reading? {
        var parser = ResponseParser(limits: limits)
        for piece in pieces {
            guard !parser.isComplete || piece.isEmpty, (try? parser.feed(piece.span)) == piece.count else { return nil }
        }
        guard parser.isComplete else { return nil }
        let (response, persists) = parser.take()
        guard persists else { return nil }
        return Reading(status: response.status, bytes: response.bytes, bodyOffset: response.bodyOffset)
    }

    /// Answers of servers that there are, and of some that there could be.
    private static let usual = [
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: application/x-amz-json-1.0\r\n"
            + "Date: Fri, 27 Nov 2026 09:00:00 GMT\r\nServer: Seastar httpd\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Fri, 27 Nov 2026 09:00:00 GMT\r\n"
            + "Content-Type: application/x-amz-json-1.0\r\nContent-Length: 38\r\nConnection: keep-alive\r\n\r\n"
            + #"{"Item":{"id":{"S":"a\r\n\r\nHTTP/"}}}"#,
        "HTTP/1.1 400 Bad Request\r\ncontent-LENGTH:\t10 \r\nx_1!#$%&'*+.^`|~: \u{e9}\t\r\nconnection:Keep-Alive\r\n\r\n"
            + #"{"a":"b!"}"#,
        "HTTP/1.1 500\r\nContent-Length:0\r\n\r\n",
        "HTTP/1.1 200 \r\nX:\r\nContent-Length: 000000000000000003\r\n\r\nabc",
    ]

    @Test func `a usual answer is read, as the parser reads it however it is cut`() throws {
        for text in WholeAnswerTests.usual {
            let bytes = Array(text.utf8)
            let whole = try #require(short(bytes), "\(text)")
            #expect(String(decoding: whole.bytes, as: UTF8.self) == text)
            for first in 0...bytes.count {
                let cut = long([Array(bytes[..<first]), Array(bytes[first...])])
                if cut != whole { Issue.record("cut at \(first): \(text)") }
            }
        }
    }

    @Test func `the status and the place of the body are found`() throws {
        let whole = try #require(short(Array("HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}".utf8)))
        #expect(whole.status == 404)
        #expect(whole.bodyOffset == 45)
    }

    /// One of each kind, and the neighbours of those that end something.
    private static let telling: [UInt8] = [
        0x00, 0x08, 0x09, 0x0A, 0x0B, 0x0D, 0x1F, 0x20, 0x21, 0x2B, 0x2C, 0x2D, 0x2F, 0x30, 0x31, 0x39, 0x3A, 0x3B,
        0x40,
        0x41, 0x43, 0x54, 0x5A, 0x5B, 0x5F, 0x60, 0x61, 0x63, 0x7A, 0x7B, 0x7E, 0x7F, 0x80, 0x8D, 0xBA, 0xFF,
    ]

    @Test(.ownThread) func `with any one byte changed, only what the parser takes is taken, and the same of it`() {
        for text in WholeAnswerTests.usual {
            let bytes = Array(text.utf8)
            var taken = 0
            for place in bytes.indices {
                for byte in WholeAnswerTests.telling {
                    var changed = bytes
                    changed[place] = byte
                    guard let whole = short(changed) else { continue }
                    taken += 1
                    if whole != long([changed]) { Issue.record("\(byte) at \(place): \(text)") }
                }
            }
            #expect(taken > 0)
        }
    }

    @Test(.ownThread) func `with bytes put in or left out anywhere, only what the parser takes is taken`() {
        let pieces = [
            "\r", "\n", "\r\n", "\r\n\r\n", " ", "\t", ":", "0", "-", "\0", "\u{7f}", "Connection: close\r\n",
            "Content-Length: 2\r\n", "Transfer-Encoding: chunked\r\n", "transfer-encodinG: identity\r\n",
            "HTTP/1.1 200 OK",
        ]
        for text in WholeAnswerTests.usual {
            let bytes = Array(text.utf8)
            for place in 0...bytes.count {
                for piece in pieces {
                    let longer = Array(bytes[..<place]) + Array(piece.utf8) + Array(bytes[place...])
                    guard let whole = short(longer), whole != long([longer]) else { continue }
                    Issue.record("\(piece.debugDescription) at \(place): \(text)")
                }
                for count in 1...4 where place + count <= bytes.count {
                    let shorter = Array(bytes[..<place]) + Array(bytes[(place + count)...])
                    guard let whole = short(shorter), whole != long([shorter]) else { continue }
                    Issue.record("without \(count) at \(place): \(text)")
                }
            }
        }
    }

    @Test func `no prefix of an answer is taken for a whole one, whatever was in the buffer before`() {
        for text in WholeAnswerTests.usual {
            let bytes = Array(text.utf8)
            for count in 0..<bytes.count {
                buffer.fill(bytes)
                guard WholeAnswer(buffer, count: count, limits: .init()) != nil else { continue }
                Issue.record("\(count) bytes of \(text)")
            }
        }
    }

    @Test(arguments: [
        "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 100 Continue\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.0 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive, x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
        "HTTP/1.1 200 OK\r\nContent-Length: 0000000000000000001\r\n\r\na",
        "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\na",
        "HTTP/1.1 200 OK\r\n Content-Length: 1\r\n\r\na",
        "HTTP/1.1 200 OK\r\nContent-Length : 1\r\n\r\na",
        "HTTP/1.1 200 OK\nContent-Length: 1\r\n\r\na",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\n\r\na",
    ])
    func `what is wrong or rare is left to the parser`(text: String) { #expect(short(Array(text.utf8)) == nil) }

    @Test func `the limits are those of the parser, to the byte`() {
        let bytes = Array(WholeAnswerTests.usual[1].utf8)
        let body = 38
        for (head, room) in [(0, 0), (-1, 0), (0, -1), (1, 1)] {
            let limits = ResponseParser.Limits(headerBytes: bytes.count - body + head, bodyBytes: body + room)
            #expect(short(bytes, limits: limits) == long([bytes], limits: limits))
            #expect((short(bytes, limits: limits) == nil) == (head < 0 || room < 0))
        }
    }

    @Test func `an answer may fill the buffer, and a head without an end does not lead out of it`() throws {
        let head = Array("HTTP/1.1 200 OK\r\nContent-Length: 65498\r\n\r\n".utf8)
        let body = InputBuffer.capacity - head.count
        let text =
            Array("HTTP/1.1 200 OK\r\nContent-Length: \(body)\r\n\r\n".utf8) + Array(repeating: 0x61, count: body)
        #expect(text.count == InputBuffer.capacity)
        #expect(short(text)?.bodyOffset == head.count)
        for filling in ["a", "a\t", "A: b\r\n"] {
            var endless = Array("HTTP/1.1 200 OK\r\n".utf8)
            while endless.count < InputBuffer.capacity { endless += Array(filling.utf8) }
            #expect(short(Array(endless[..<InputBuffer.capacity])) == nil)
        }
    }
}
