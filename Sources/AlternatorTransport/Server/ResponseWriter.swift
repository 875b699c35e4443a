/// Turns answers into bytes.
enum ResponseWriter {
    /// The longest chunk of a chunked answer.
    private static let chunkBytes = 16 * 1024

    /// Head and body of an answer.
    ///
    /// - Parameters:
    ///   - response: the answer.
    ///   - omitsBody: the request was HEAD: the head tells the length, no body follows.
    ///   - chunks: the client knows chunks (HTTP/1.1).
    ///   - closes: the connection ends after it.
    /// - Returns: what goes out.
    static func bytes(of response: ServerResponse, omitsBody: Bool, chunks: Bool, closes: Bool) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(160 + response.headers.count * 32 + (omitsBody ? 0 : response.body.count))
        out.append("HTTP/1.1 ")
        out.append(decimal: response.status)
        out.append(" ")
        out.append(reason(response.status))
        out.append("\r\n")
        for (name, value) in response.headers {
            out.append(name)
            out.append(": ")
            out.append(value)
            out.append("\r\n")
        }
        let chunked = response.chunked && chunks
        if chunked {
            out.append("Transfer-Encoding: chunked\r\n")
        } else if response.status != 204 && response.status != 304 {
            out.append("Content-Length: ")
            out.append(decimal: response.body.count)
            out.append("\r\n")
        }
        out.append(closes ? "Connection: close\r\n\r\n" : "\r\n")
        guard !omitsBody, response.status != 204, response.status != 304 else { return out }
        if chunked { appendChunks(of: response.body, to: &out) } else { out.append(contentsOf: response.body) }
        return out
    }

    private static func appendChunks(of body: [UInt8], to out: inout [UInt8]) {
        var start = 0
        while start < body.count {
            let end = min(start + chunkBytes, body.count)
            out.append(String(end - start, radix: 16))
            out.append("\r\n")
            out.append(contentsOf: body[start..<end])
            out.append("\r\n")
            start = end
        }
        out.append("0\r\n\r\n")
    }

    private static func reason(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 204: "No Content"
        case 304: "Not Modified"
        case 400: "Bad Request"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 413: "Payload Too Large"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 503: "Service Unavailable"
        default: "Status"
        }
    }
}

extension [UInt8] {
    fileprivate mutating func append(_ text: String) { append(contentsOf: text.utf8) }

    fileprivate mutating func append(decimal number: Int) { append(contentsOf: String(number).utf8) }
}

extension ServerResponse {
    /// The answer as it goes out on a connection that stays open: for faults that send a part of it.
    package func serialized() -> [UInt8] {
        ResponseWriter.bytes(of: self, omitsBody: false, chunks: true, closes: closesConnection)
    }
}
