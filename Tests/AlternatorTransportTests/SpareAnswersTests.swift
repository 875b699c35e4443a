import TestSupport
import Testing

@testable import AlternatorTransport

@Suite struct SpareAnswersTests {
    private static func block(_ size: Int) -> [UInt8] {
        var block: [UInt8] = []
        block.reserveCapacity(size)
        block.append(1)
        return block
    }

    @Test func `memory that was given is taken once, empty, the newest first`() {
        let spares = SpareAnswers()
        let (first, second) = (Self.block(20_000), Self.block(50_000))
        let sizes = (first.capacity, second.capacity)
        spares.give(first)
        spares.give(second)
        #expect(spares.keptBytes == sizes.0 + sizes.1)
        let taken = [spares.take(16 << 10), spares.take(16 << 10), spares.take(16 << 10)]
        #expect(taken.map { $0?.capacity } == [sizes.1, sizes.0, nil])
        #expect(taken.map { $0?.count } == [0, 0, nil])
        #expect(spares.keptBytes == 0)
    }

    @Test func `an answer gets memory that is large enough, or none`() {
        let spares = SpareAnswers()
        spares.give(Self.block(100_000))
        spares.give(Self.block(20_000))
        #expect(spares.take(200_000) == nil)
        #expect(spares.take(60_000)?.capacity ?? 0 >= 100_000)
        #expect(spares.take(60_000) == nil)
        #expect(spares.take(1000) == nil)
        #expect(spares.take(.max) == nil)
        #expect(spares.take(16 << 10) != nil)
        // A small answer that somebody keeps must not hold the memory of a large one.
        spares.give(Self.block(1 << 20))
        #expect(spares.take(20_000) == nil)
        #expect(spares.take(300_000) != nil)
    }

    @Test func `small and huge blocks are not kept, and of the others not too much`() {
        let spares = SpareAnswers()
        spares.give([])
        spares.give(Self.block(1000))
        spares.give(Self.block(3 << 20))
        #expect(spares.keptBytes == 0)
        for _ in 0..<100 { spares.give(Self.block(1 << 20)) }
        #expect(spares.keptBytes > SpareAnswers.maximumBytes / 2)
        #expect(spares.keptBytes <= SpareAnswers.maximumBytes)
        // What came last pushes out what was there first.
        for _ in 0..<1000 { spares.give(Self.block(16 << 10)) }
        #expect(spares.keptBytes <= SpareAnswers.maximumBytes)
        #expect(spares.take(1 << 20) == nil)
    }

    @Test func `who holds an answer still keeps it as it is`() {
        let spares = SpareAnswers()
        let held = [UInt8](repeating: 7, count: 20_000)
        spares.give(held)
        var taken = spares.take(20_000)
        taken?.append(9)
        #expect(taken == [9])
        #expect(held == [UInt8](repeating: 7, count: 20_000))
    }

    @Test(arguments: [false, true], [1000, 4096, 65_536])
    func `large answers in used memory are what they were sent as`(isChunked: Bool, piece: Int) throws {
        var random = SeededGenerator(seed: UInt64(piece))
        for size in [0, 15_000, 17_000, 40_000, 300_000] {
            let body = (0..<size).map { _ in UInt8.random(in: 0...255, using: &random) }
            var answer = Array("HTTP/1.1 200 OK\r\n".utf8)
            if isChunked {
                answer += Array("Transfer-Encoding: chunked\r\n\r\n".utf8)
                for start in stride(from: 0, to: size, by: 9000) {
                    let chunk = body[start..<min(start + 9000, size)]
                    answer += Array("\(String(chunk.count, radix: 16))\r\n".utf8) + chunk + Array("\r\n".utf8)
                }
                answer += Array("0\r\n\r\n".utf8)
            } else {
                answer += Array("Content-Length: \(size)\r\n\r\n".utf8) + body
            }
            SpareAnswers.shared.give([UInt8](repeating: 0xEE, count: 16_500))
            SpareAnswers.shared.give([UInt8](repeating: 0xEE, count: 400_000))
            var parser = ResponseParser(limits: ResponseParser.Limits())
            for start in stride(from: 0, to: answer.count, by: piece) {
                let part = Array(answer[start..<min(start + piece, answer.count)])
                let count = try parser.feed(part.span)
                #expect(count == part.count)
            }
            #expect(parser.isComplete)
            let response = parser.take().response
            #expect(response.bytes[response.bodyOffset...] == body[...])
        }
    }
}
