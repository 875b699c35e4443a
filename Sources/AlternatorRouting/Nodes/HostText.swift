/// A host that was checked: a name, an IPv4 address, or an IPv6 address.
///
/// Names are ASCII letters, digits, `-` and `_` in labels of 1 to 63 bytes, 253 in all, perhaps with a final dot; an
/// internationalised name must be in its ASCII form already. Text that ends in a numeric label must be a whole IPv4
/// address without leading zeros, since `10.0.0` and `010.0.0.1` mean different hosts to different resolvers.
package struct HostText: Sendable {
    /// As it was spelled, without brackets.
    package let text: String
    package let isIPv6: Bool

    package init(_ host: String) throws(EndpointError) {
        var bytes = Array(host.utf8)
        guard !bytes.isEmpty else { throw EndpointError("the host is empty") }
        guard bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw EndpointError("host '\(host)' has a blank or a character that is not ASCII")
        }
        let bracketed = bytes.first == UInt8(ascii: "[") && bytes.last == UInt8(ascii: "]") && bytes.count > 2
        if bracketed { bytes = Array(bytes[1..<(bytes.count - 1)]) }
        if bytes.contains(UInt8(ascii: ":")) {
            guard Self.isIPv6(bytes) else {
                throw EndpointError("host '\(host)' is not an IPv6 address, and a host has no port")
            }
            isIPv6 = true
        } else {
            guard !bracketed, Self.isName(bytes) else {
                throw EndpointError("host '\(host)' is neither a name nor an IP address")
            }
            isIPv6 = false
        }
        text = String(decoding: bytes, as: UTF8.self)
    }

    /// Lower case; IPv6 in brackets, the percent sign of a zone escaped as URLs want it.
    package var canonicalHost: String {
        let lower = text.lowercased()
        guard isIPv6 else { return lower }
        guard let percent = lower.utf8.firstIndex(of: UInt8(ascii: "%")) else { return "[" + lower + "]" }
        return "[" + lower[..<percent] + "%25" + lower[lower.index(after: percent)...] + "]"
    }

    private static func isName(_ bytes: [UInt8]) -> Bool {
        guard bytes.count <= 253 + 1 else { return false }
        var labels = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        if labels.count > 1, labels.last?.isEmpty == true { labels.removeLast() }
        for label in labels {
            guard (1...63).contains(label.count), label.allSatisfy(isNameByte) else { return false }
        }
        guard let last = labels.last, last.allSatisfy({ isDigit($0) }) else { return true }
        return isIPv4(bytes[...])
    }

    private static func isIPv4(_ bytes: ArraySlice<UInt8>) -> Bool {
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return false }
        return parts.allSatisfy { part in
            guard (1...3).contains(part.count), part.allSatisfy({ isDigit($0) }) else { return false }
            if part.count > 1, part.first == UInt8(ascii: "0") { return false }
            return part.reduce(0) { $0 * 10 + Int($1 - 0x30) } <= 255
        }
    }

    /// RFC 4291 text: eight groups, one `::` for missing ones, perhaps IPv4 at the end, perhaps a zone.
    private static func isIPv6(_ bytes: [UInt8]) -> Bool {
        var address = bytes[...]
        if let percent = bytes.firstIndex(of: UInt8(ascii: "%")) {
            let zone = bytes[(percent + 1)...]
            guard !zone.isEmpty, zone.allSatisfy({ isNameByte($0) || $0 == UInt8(ascii: ".") }) else { return false }
            address = bytes[..<percent]
        }
        let colon = UInt8(ascii: ":")
        var fields = address.split(separator: colon, omittingEmptySubsequences: false)
        guard fields.count >= 3, fields.count <= 9 else { return false }
        // A leading or trailing "::" leaves two empty fields at that end: keep one, which stands for the gap.
        if fields[0].isEmpty {
            guard fields[1].isEmpty else { return false }
            fields.removeFirst()
        }
        if let last = fields.last, last.isEmpty {
            guard fields.count >= 2, fields[fields.count - 2].isEmpty else { return false }
            fields.removeLast()
        }
        let gaps = fields.count { $0.isEmpty }
        guard gaps <= 1 else { return false }
        var groups = 0
        for (index, field) in fields.enumerated() where !field.isEmpty {
            if field.contains(UInt8(ascii: ".")) {
                guard index == fields.count - 1, isIPv4(field) else { return false }
                groups += 2
            } else {
                guard field.count <= 4, field.allSatisfy(isHexDigit) else { return false }
                groups += 1
            }
        }
        return gaps == 1 ? groups <= 7 : groups == 8
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        isDigit(byte) || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "f"))
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        isDigit(byte) || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z"))
            || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }
}
