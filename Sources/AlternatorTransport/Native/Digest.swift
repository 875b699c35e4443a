import COpenSSL

/// SHA-256 and HMAC over it, by OpenSSL.
package enum Digest {
    /// The SHA-256 of some bytes: 32 of them.
    package static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: 32) { output, count in
            unsafe bytes.withUnsafeBufferPointer { input in
                _ = unsafe SHA256(input.baseAddress, input.count, output.baseAddress)
            }
            count = 32
        }
    }

    /// The HMAC-SHA-256 of some bytes: 32 of them.
    package static func hmacSHA256(_ bytes: [UInt8], key: [UInt8]) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: 32) { output, count in
            var length: UInt32 = 0
            unsafe bytes.withUnsafeBufferPointer { input in
                unsafe key.withUnsafeBufferPointer { key in
                    // An empty key has no address; HMAC takes a null pointer for "the same key as before".
                    var none: UInt8 = 0
                    _ = unsafe withUnsafePointer(to: &none) { empty in
                        unsafe HMAC(
                            EVP_sha256(),
                            key.baseAddress ?? empty,
                            Int32(key.count),
                            input.baseAddress,
                            input.count,
                            output.baseAddress,
                            &length
                        )
                    }
                }
            }
            count = 32
        }
    }
}
