import AlternatorWire
import Foundation
import Testing

@testable import Alternator

struct PageTokenTests {
    @Test(arguments: [
        ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"),
        ("foobar", "Zm9vYmFy"),
    ])
    func `base64 for URLs is that of RFC 4648 without padding`(text: String, encoded: String) {
        #expect(Base64URL.encode(Array(text.utf8)) == encoded)
        #expect(Base64URL.decode(encoded) == Array(text.utf8))
    }

    @Test func `the two last characters of the alphabet are minus and underscore`() {
        #expect(Base64URL.encode([0xFB, 0xFF]) == "-_8")
        #expect(Base64URL.decode("-_8") == [0xFB, 0xFF])
    }

    @Test(arguments: ["A", "Zg==", "Z/8", "Zh", "Zm9", "é", "Zg "])
    func `other text is no base64`(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }

    /// Published test vectors of FNV-1a, 64 bits: "a" and "foobar"; the separator of a part is one more step.
    @Test func `the fingerprint is FNV-1a`() {
        var a = Fingerprint()
        a.add("a")
        #expect(a.value == (0xAF63_DC4C_8601_EC8C as UInt64 ^ 0xFF) &* 0x100_0000_01B3)
        var foobar = Fingerprint()
        foobar.add("foobar")
        #expect(foobar.value == (0x8594_4171_F739_67E8 as UInt64 ^ 0xFF) &* 0x100_0000_01B3)
        var other = Fingerprint()
        other.add("foo")
        other.add("bar")
        #expect(other.value != foobar.value)
    }

    private let content = TokenContent(
        fingerprint: 0x0102_0304_0506_0708,
        segments: [.notStarted, .after(Array(#"{"id":{"S":"u1"}}"#.utf8)), .finished]
    )

    @Test func `a token holds the place in every segment`() throws {
        let token = content.token
        #expect(token.description.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") })
        #expect(try TokenContent(token, fingerprint: content.fingerprint, segments: 3) == content)
        let bytes = try #require(Base64URL.decode(token.description))
        #expect(String(decoding: bytes.dropFirst(9), as: UTF8.self) == #"[null,{"id":{"S":"u1"}},0]"#)
        #expect(Array(bytes.prefix(9)) == [1, 1, 2, 3, 4, 5, 6, 7, 8])
    }

    @Test func `a token survives JSON as text`() throws {
        let token = content.token
        let json = try JSONEncoder().encode([token])
        #expect(String(decoding: json, as: UTF8.self) == "[\"\(token)\"]")
        #expect(try JSONDecoder().decode([PageToken].self, from: json) == [token])
        #expect(PageToken(token.description) == token)
    }

    @Test func `a token of another query, of other segments, damaged or made up is refused`() {
        let token = content.token
        let cases: [(PageToken, UInt64, Int)] = [
            (token, 1, 3), (token, content.fingerprint, 2), (PageToken(""), content.fingerprint, 3),
            (PageToken("hello"), content.fingerprint, 3), (PageToken("§"), content.fingerprint, 3),
            (PageToken(String(token.description.dropLast(4))), content.fingerprint, 3),
            (
                TokenContent(fingerprint: content.fingerprint, segments: [.after(Array("{}".utf8))]).token,
                content.fingerprint, 1
            ),
            (
                TokenContent(fingerprint: content.fingerprint, segments: [.after(Array("7".utf8))]).token,
                content.fingerprint, 1
            ),
        ]
        for (token, fingerprint, segments) in cases {
            let error = #expect(throws: AlternatorError.self) {
                try TokenContent(token, fingerprint: fingerprint, segments: segments)
            }
            #expect(error?.code == .tokenMismatch)
        }
    }
}
