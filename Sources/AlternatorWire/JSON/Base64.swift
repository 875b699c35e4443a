/// Standard base64 (RFC 4648 section 4), canonical in both directions.
package enum Base64 {
    private static let alphabet: [UInt8] = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
    )

    /// The six bits of each character; 255 where a byte is none.
    private static let values: [UInt8] = {
        var table = [UInt8](repeating: 255, count: 256)
        for (value, character) in alphabet.enumerated() { table[Int(character)] = UInt8(value) }
        return table
    }()

    private static let padding = UInt8(ascii: "=")

    /// Appends the text of some bytes, with padding.
    static func append(_ bytes: some Collection<UInt8>, to output: inout [UInt8]) {
        let alphabet = alphabet
        output.reserveCapacity(output.count + (bytes.count + 2) / 3 * 4)
        var held: UInt32 = 0
        var count = 0
        for byte in bytes {
            held = held << 8 | UInt32(byte)
            count += 1
            if count == 3 {
                output.append(alphabet[Int(held >> 18)])
                output.append(alphabet[Int(held >> 12 & 63)])
                output.append(alphabet[Int(held >> 6 & 63)])
                output.append(alphabet[Int(held & 63)])
                held = 0
                count = 0
            }
        }
        if count == 1 {
            output.append(alphabet[Int(held >> 2)])
            output.append(alphabet[Int(held << 4 & 63)])
            output.append(padding)
            output.append(padding)
        } else if count == 2 {
            output.append(alphabet[Int(held >> 10)])
            output.append(alphabet[Int(held >> 4 & 63)])
            output.append(alphabet[Int(held << 2 & 63)])
            output.append(padding)
        }
    }

    /// The bytes of some text; `nil` for anything but the one text `append` writes for them.
    ///
    /// So: a length that is a multiple of four, padding only at the end, unused bits zero, no white space.
    package static func decode(_ text: Span<UInt8>) -> [UInt8]? {
        guard text.count % 4 == 0 else { return nil }
        guard text.count > 0 else { return [] }
        var end = text.count
        if text[end - 1] == padding { end -= 1 }
        if text[end - 1] == padding { end -= 1 }
        let values = values
        var output: [UInt8] = []
        output.reserveCapacity(text.count / 4 * 3)
        var held: UInt32 = 0
        var bits: UInt32 = 0
        for index in 0..<end {
            let value = values[Int(text[index])]
            guard value < 64 else { return nil }
            held = held << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                output.append(UInt8(truncatingIfNeeded: held >> bits))
                held &= (1 << bits) - 1
            }
        }
        // What is left over (2 or 4 bits) must be zero, or two texts would mean the same bytes.
        return held == 0 ? output : nil
    }
}
