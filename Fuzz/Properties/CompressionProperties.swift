import AlternatorTransport

/// What packing and unpacking promise.
enum CompressionProperties {
    /// The first byte chooses the format and the bound, the second what is cut off.
    static func check(_ input: [UInt8]) -> String? {
        guard input.count >= 2 else { return nil }
        let kind: Compression = input[0] & 1 == 0 ? .gzip : .zlib
        let bound = 1 << Int(input[0] >> 4)
        let data = Array(input.dropFirst(2))
        if let output = try? kind.unpack(data, maximumBytes: bound), output.count > bound {
            return "\(output.count) bytes under a bound of \(bound)"
        }
        let packed = kind.pack(data, level: Int(input[1] & 15))
        guard (try? kind.unpack(packed, maximumBytes: data.count)) == data else {
            return "what was packed does not unpack to itself"
        }
        if !data.isEmpty, (try? kind.unpack(packed, maximumBytes: data.count - 1)) != nil {
            return "unpacked beyond the bound"
        }
        let cut = Int(input[1]) % packed.count
        if (try? kind.unpack(Array(packed[0..<cut]), maximumBytes: data.count)) != nil {
            return "\(cut) of \(packed.count) bytes were taken for the whole"
        }
        return nil
    }
}
