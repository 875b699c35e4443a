/// Strings of text that has been found to be ASCII already.
enum PlainText {
    /// A string of bytes, every one of which is below 128.
    @inline(__always)
    static func string(_ ascii: Span<UInt8>) -> String {
        unsafe String(copying: UTF8Span(unchecked: ascii, isKnownASCII: true))
    }
}
