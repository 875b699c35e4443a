@testable import AlternatorTransport

/// What the readers of HTTP promise.
enum HTTPProperties {
    private static let headLimit = 200
    private static let bodyLimit = 300
    /// Small, so that few bytes reach it.
    private static let chunksLimit = 40

    // MARK: Answers

    /// What came of an answer: the same however its bytes are cut.
    private enum Answer: Equatable {
        case complete(status: Int, bytes: [UInt8], bodyOffset: Int, persists: Bool, taken: Int, byEnd: Bool)
        case unfinished(hasHead: Bool)
        case refused(String)
    }

    static func response(_ input: [UInt8]) -> String? {
        guard let seed = input.first else { return nil }
        let stream = Array(input.dropFirst())
        let whole = read(stream, [stream])
        var pieces: [[UInt8]] = []
        var cutter = Pieces(of: stream, seed: seed)
        while let piece = cutter.next() { pieces.append(piece) }
        let cut = read(stream, pieces)
        guard whole == cut else { return "whole: \(whole), in pieces: \(cut)" }
        guard case .complete(let status, let bytes, let bodyOffset, _, _, _) = whole else { return nil }
        guard (200...999).contains(status) else { return "status \(status)" }
        guard bodyOffset <= headLimit, bytes.count - bodyOffset <= bodyLimit else { return "over its limits" }
        guard bodyOffset >= 4, Array(bytes[bodyOffset - 4..<bodyOffset]) == Array("\r\n\r\n".utf8) else {
            return "the body begins at \(bodyOffset), not behind an empty line"
        }
        return nil
    }

    private static func read(_ stream: [UInt8], _ pieces: [[UInt8]]) -> Answer {
        var parser = ResponseParser(limits: .init(headerBytes: headLimit, bodyBytes: bodyLimit))
        var taken = 0
        do throws(HTTPSyntaxError) {
            for piece in pieces {
                let count = try parser.feed(piece.span)
                taken += count
                if parser.isComplete { break }
                if count != piece.count { return .refused("took \(count) of \(piece.count) without being done") }
            }
        } catch {
            return .refused(error.description)
        }
        var byEnd = false
        if !parser.isComplete {
            byEnd = parser.end()
            if !byEnd { return .unfinished(hasHead: parser.hasHead) }
        }
        let (response, persists) = parser.take()
        if !parser.isUntouched { return .refused("not as new after its answer was taken") }
        return .complete(
            status: response.status,
            bytes: response.bytes,
            bodyOffset: response.bodyOffset,
            persists: persists,
            taken: taken,
            byEnd: byEnd
        )
    }

    // MARK: Chunks

    private enum Chunks: Equatable {
        case done(body: [UInt8], taken: Int)
        case unfinished(body: [UInt8])
        case refused(String)
    }

    static func chunks(_ input: [UInt8]) -> String? {
        guard let seed = input.first else { return nil }
        let stream = Array(input.dropFirst())
        let whole = decode([stream])
        var pieces: [[UInt8]] = []
        var cutter = Pieces(of: stream, seed: seed)
        while let piece = cutter.next() { pieces.append(piece) }
        let cut = decode(pieces)
        guard whole == cut else { return "whole: \(whole), in pieces: \(cut)" }
        switch whole {
        case .done(let body, let taken):
            guard body.count <= chunksLimit, body.count <= taken else { return "a body of \(body.count) from \(taken)" }
        case .unfinished(let body):
            guard body.count <= chunksLimit else { return "a body of \(body.count)" }
        case .refused: break
        }
        return repeats(stream, seed: seed)
    }

    /// Any bytes, sent in chunks of any size, come back as they were.
    private static func repeats(_ body: [UInt8], seed: UInt8) -> String? {
        let body = Array(body.prefix(chunksLimit))
        var cutter = Pieces(of: body, seed: seed)
        var text: [UInt8] = []
        while let piece = cutter.next() {
            text += Array("\(String(piece.count, radix: 16, uppercase: seed & 1 == 0))\r\n".utf8) + piece
            text += Array("\r\n".utf8)
        }
        text += Array("0\r\nA: b\r\n\r\n".utf8)
        let back = decode([text])
        return back == .done(body: body, taken: text.count) ? nil : "sent in chunks, came back as \(back)"
    }

    private static func decode(_ pieces: [[UInt8]]) -> Chunks {
        var decoder = ChunkedDecoder(maximumBodyBytes: chunksLimit, maximumTrailerBytes: headLimit)
        var output: [UInt8] = [1, 2, 3]
        var taken = 0
        do throws(HTTPSyntaxError) {
            for piece in pieces {
                let count = try decoder.feed(piece.span, from: 0, into: &output, bodyStart: 3)
                taken += count
                if decoder.isDone { break }
                if count != piece.count { return .refused("took \(count) of \(piece.count) without being done") }
            }
        } catch {
            return .refused(error.description)
        }
        let body = Array(output.dropFirst(3))
        return decoder.isDone ? .done(body: body, taken: taken) : .unfinished(body: body)
    }

    // MARK: Requests

    /// What one stream of requests came to.
    private struct Requests: Equatable {
        var texts: [String] = []
        var end = ""
    }

    static func request(_ input: [UInt8]) -> String? {
        guard let seed = input.first else { return nil }
        let stream = Array(input.dropFirst())
        let whole = serve([stream])
        var pieces: [[UInt8]] = []
        var cutter = Pieces(of: stream, seed: seed)
        while let piece = cutter.next() { pieces.append(piece) }
        let cut = serve(pieces)
        return whole == cut ? nil : "whole: \(whole), in pieces: \(cut)"
    }

    private static func serve(_ pieces: [[UInt8]]) -> Requests {
        var parser = RequestParser(maximumHeadBytes: headLimit, maximumBodyBytes: bodyLimit)
        var result = Requests()
        do throws(HTTPSyntaxError) {
            for piece in pieces {
                var position = 0
                while position < piece.count {
                    let (event, next) = try parser.feed(piece.span, from: position)
                    if next < position || next > piece.count { result.end = "left its input" }
                    switch event {
                    case .needsMore:
                        if next != piece.count { result.end = "took less than there was" }
                    case .head:
                        _ = parser.head(from: "")
                    case .complete:
                        let request = parser.take(from: "")
                        if request.body.count > bodyLimit { result.end = "a body of \(request.body.count)" }
                        result.texts.append(
                            "\(request.method) \(request.path) \(request.query ?? "") \(request.headers) \(request.body)"
                        )
                    case .tooLarge:
                        result.end = "too large"
                    }
                    if !result.end.isEmpty { return result }
                    position = next
                }
            }
        } catch {
            result.end = error.description
        }
        return result
    }
}
