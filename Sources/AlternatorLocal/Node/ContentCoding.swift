import AlternatorTransport

/// Which compression an answer gets: the server's own reading of Accept-Encoding.
enum ContentCoding {
    /// The compression wanted for an answer of `length` bytes; `nil` sends it as it is.
    ///
    /// Of equal weights the first wins; `*` stands for gzip, or for deflate where gzip has a weight of its own;
    /// `identity` only counts as the last resort. A weight over 1 is 1, one under 0 is 0, and one that is no number
    /// is not seen.
    static func chosen(from headers: [String], length: Int, threshold: Int) -> Compression? {
        guard threshold > 0, length >= threshold else { return nil }
        var gzip: Float?
        var deflate: Float?
        var any: Float?
        var best: (kind: Kind, weight: Float)?
        for header in headers {
            for entry in header.split(separator: ",") {
                let parameters = entry.split(separator: ";", omittingEmptySubsequences: false)
                guard let name = parameters.first, let kind = Kind(rawValue: trimmed(name).lowercased()) else {
                    continue
                }
                let known =
                    switch kind {
                    case .gzip: gzip
                    case .deflate: deflate
                    case .any: any
                    }
                // A name counts once, but a weight of 0 may be taken back.
                guard known == nil || known == 0 else { continue }
                let weight = weight(of: parameters.dropFirst()) ?? known ?? 1
                switch kind {
                case .gzip: gzip = weight
                case .deflate: deflate = weight
                case .any: any = weight
                }
                guard weight > 0 else { continue }
                if let current = best {
                    let wins = current.kind == .any ? weight >= current.weight : weight > current.weight
                    guard wins else { continue }
                }
                best = (kind, weight)
            }
        }
        switch best?.kind {
        case .gzip: return .gzip
        case .deflate: return .zlib
        case .any:
            guard let gzip else { return .gzip }
            guard let deflate else { return .zlib }
            if gzip <= 0, deflate <= 0 { return nil }
            return deflate > gzip ? .zlib : .gzip
        case nil: return nil
        }
    }

    private enum Kind: String {
        case gzip
        case deflate
        case any = "*"
    }

    /// The first `q` that is a number.
    private static func weight(of parameters: ArraySlice<Substring>) -> Float? {
        for parameter in parameters {
            let sides = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard sides.count == 2, trimmed(sides[0]).lowercased() == "q" else { continue }
            let text = trimmed(sides[1])
            guard let first = text.utf8.first, first != UInt8(ascii: "+"), let number = Float(decimal(text)) else {
                continue
            }
            return min(max(number, 0), 1)
        }
        return nil
    }

    /// `0.` is a number to the server, but not to Swift.
    private static func decimal(_ text: Substring) -> Substring { text.hasSuffix(".") ? text.dropLast() : text }

    private static func trimmed(_ text: Substring) -> Substring {
        let blanks: Set<Character> = [" ", "\t"]
        let start = text.firstIndex { !blanks.contains($0) } ?? text.endIndex
        let end = text.lastIndex { !blanks.contains($0) }.map { text.index(after: $0) } ?? start
        return text[start..<end]
    }

    /// The bytes a request means.
    ///
    /// - Throws: that they are in an encoding that is not served or damaged (500), or over `maximumBytes` (413).
    static func decoded(
        _ body: [UInt8],
        as encoding: String?,
        maximumBytes: Int
    ) throws(LocalError) -> [UInt8] {
        let compression: Compression
        switch encoding {
        case nil, "": return body
        case "gzip": compression = .gzip
        case "deflate": compression = .zlib
        case let other?: throw .internalServerError("Unsupported Content-Encoding: \(other)")
        }
        do throws(CompressionError) {
            return try compression.unpack(body, maximumBytes: maximumBytes)
        } catch {
            if error.isTooLong {
                throw .payloadTooLarge("Request content length limit of \(maximumBytes) bytes exceeded")
            }
            throw .internalServerError("Request body cannot be unpacked: \(error.description)")
        }
    }
}
