/// The 32 bytes of a SHA-256, as a value: nothing is allocated for it.
package struct DigestValue: Sendable, Hashable {
    private var first: UInt64 = 0
    private var second: UInt64 = 0
    private var third: UInt64 = 0
    private var fourth: UInt64 = 0

    /// - Parameter write: is given room for 32 bytes and fills it.
    init(_ write: (UnsafeMutableRawBufferPointer) -> Void) {
        unsafe withUnsafeMutableBytes(of: &self) { unsafe write($0) }
    }

    /// A copy as an array.
    package var bytes: [UInt8] { unsafe withUnsafeBytes(of: self) { unsafe Array($0) } }

    /// Calls `body` with the 32 bytes.
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        unsafe withUnsafeBytes(of: self) { unsafe body($0) }
    }

    /// The 64 hexadecimal digits, in lower case and in the order of memory.
    var hexadecimal: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) {
        // Eight digits at once: three digests digit by digit would be a fifth of a signature's cost.
        (
            Self.firstDigits(first), Self.lastDigits(first), Self.firstDigits(second), Self.lastDigits(second),
            Self.firstDigits(third), Self.lastDigits(third), Self.firstDigits(fourth), Self.lastDigits(fourth)
        )
    }

    private static func firstDigits(_ word: UInt64) -> UInt64 { digits(word.bigEndian >> 32) }
    private static func lastDigits(_ word: UInt64) -> UInt64 { digits(word.bigEndian & 0xFFFF_FFFF) }

    /// The eight digits of the low 32 bits, in the order of memory.
    private static func digits(_ bits: UInt64) -> UInt64 {
        // One nibble to each byte.
        var nibbles = (bits | bits << 16) & 0x0000_FFFF_0000_FFFF
        nibbles = (nibbles | nibbles << 8) & 0x00FF_00FF_00FF_00FF
        nibbles = (nibbles | nibbles << 4) & 0x0F0F_0F0F_0F0F_0F0F
        // One in each byte whose nibble is a letter; letters begin 39 behind where the digits go on.
        let letters = ((nibbles &+ 0x0606_0606_0606_0606) >> 4) & 0x0101_0101_0101_0101
        return (nibbles &+ 0x3030_3030_3030_3030 &+ letters &* 39).bigEndian
    }
}
