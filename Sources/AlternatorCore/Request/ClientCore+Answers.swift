import AlternatorTransport

extension ClientCore {
    /// An answer with its body unpacked.
    ///
    /// Runs in the caller's task, so that a large page holds up no event loop.
    ///
    /// Source: the cross-language specification of compression: one coding, by its name alone and in any case, and only
    /// one that was asked for, is unpacked; anything else is left as it is. `X-Amz-Crc32`, which DynamoDB sends and
    /// Alternator does not, is not looked at: TLS, gzip and the JSON reader find damage as well.
    ///
    /// - Parameters:
    ///   - response: as it came.
    ///   - accepts: what was asked for.
    /// - Returns: an answer whose body can be an answer of Alternator, by its first byte.
    /// - Throws: `.decompression`, `.decompressionLimit`, `.protocolViolation`.
    func readable(
        _ response: IncomingResponse,
        _ accepts: AlternatorConfig.ResponseCompression
    ) throws(TransportError) -> IncomingResponse {
        if !accepts.codings.isEmpty, let unpacked = try unpacked(response, accepts) {
            guard unpacked.status != 200 || unpacked.isObjectOrEmpty else { throw Self.notJSON(unpacked, nil) }
            return unpacked
        }
        guard response.status != 200 || response.isObjectOrEmpty else {
            throw Self.notJSON(response, response.values(of: .contentEncoding).first)
        }
        return response
    }

    private func unpacked(
        _ response: IncomingResponse,
        _ accepts: AlternatorConfig.ResponseCompression
    ) throws(TransportError) -> IncomingResponse? {
        let named = response.values(of: .contentEncoding)
        guard named.count == 1, response.bodyOffset < response.bytes.count else { return nil }
        let token = named[0].prefix { $0 != ";" }.lowercased()
        guard let coding = accepts.codings.first(where: { $0.rawValue == token.trimmed }) else { return nil }
        do throws(CompressionError) {
            return IncomingResponse(
                status: response.status,
                bytes: try coding.compression.unpackBody(
                    response.bytes,
                    from: response.bodyOffset,
                    maximumBytes: config.maximumDecompressedBytes
                ),
                bodyOffset: response.bodyOffset
            )
        } catch {
            guard error.isTooLong else {
                throw TransportError(
                    .decompression,
                    sent: .complete,
                    message: "its Content-Encoding is \(coding.rawValue), but: \(error.description)",
                    hasHead: true
                )
            }
            throw TransportError(
                .decompressionLimit,
                sent: .complete,
                message: "it unpacks to more than the \(config.maximumDecompressedBytes) bytes of "
                    + "AlternatorConfig.maximumDecompressedBytes",
                hasHead: true
            )
        }
    }

    private static func notJSON(_ response: IncomingResponse, _ coding: String?) -> TransportError {
        var message = "the answer is not a JSON object"
        if let coding {
            message +=
                "; its Content-Encoding is \(coding.debugDescription), which responseCompression has not asked for"
        }
        return TransportError(.protocolViolation, sent: .complete, message: message)
    }
}

extension String {
    /// Without blanks at the ends.
    fileprivate var trimmed: String {
        var text = self[...]
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return String(text.drop { $0 == " " || $0 == "\t" })
    }
}

extension IncomingResponse {
    /// Whether the body can be an answer of Alternator: nothing, or a JSON object by its first byte.
    var isObjectOrEmpty: Bool { bodyOffset >= bytes.count || bytes[bodyOffset] == UInt8(ascii: "{") }
}
