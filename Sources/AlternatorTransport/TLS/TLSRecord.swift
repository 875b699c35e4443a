/// The little of TLS's framing (RFC 8446, 5.1 and 6) that is told apart from HTTP by hand.
enum TLSRecord {
    /// Whether bytes begin with an alert: what a TLS server says to a client that began in HTTP.
    static func isAlert(_ bytes: Span<UInt8>) -> Bool {
        guard bytes.count >= 1, bytes[0] == 0x15 else { return false }
        return bytes.count < 2 || bytes[1] == 0x03
    }

    /// A fatal alert: unexpected_message.
    static let unexpectedMessage: [UInt8] = [0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x0A]
}
