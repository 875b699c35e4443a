/// Text that a C function writes into a buffer, with a zero behind it.
enum CText {
    static func make(capacity: Int = 512, _ write: (UnsafeMutablePointer<CChar>, Int) -> Void) -> String {
        let text = unsafe [CChar](unsafeUninitializedCapacity: capacity) { buffer, count in
            unsafe buffer.initialize(repeating: 0)
            unsafe write(buffer.baseAddress!, capacity)
            count = capacity
        }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
