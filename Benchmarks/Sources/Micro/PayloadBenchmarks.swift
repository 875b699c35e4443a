import AlternatorCore
import AlternatorTransport
import AlternatorWire

/// Signing and packing.
enum PayloadBenchmarks {
    static func all() throws -> [MicroBenchmark] {
        let signer = RequestSigner(SigningKeys("alternator", "wJalrXUtnFEMI/K7MDENG", nil), region: "us-east-1")
        let starts = SignatureStarts()
        let authority = Array("10.0.0.1:8000".utf8)
        let body = [UInt8](repeating: 0x61, count: 388)
        let page = Array(text(4096).utf8)
        let packed = Compression.gzip.pack(page)
        return [
            MicroBenchmark("sign a body of 388 B") {
                let start = starts.start(signer, .putItem, authority: authority, second: 1_795_246_560)
                return ByteBuilder.array(capacity: start.room) { start.sign(body, into: &$0) }.count
            },
            MicroBenchmark("begin a signature") {
                signer.start(.putItem, authority: authority, second: 1_795_246_560).room
            },
            MicroBenchmark("gzip 4 KB, level 1", bytes: 4096) { Compression.gzip.pack(page, level: 1).count },
            MicroBenchmark("gzip 4 KB, level 6", bytes: 4096) { Compression.gzip.pack(page, level: 6).count },
            MicroBenchmark("gunzip 4 KB", bytes: 4096) {
                try Compression.gzip.unpackBody(packed, from: 0, maximumBytes: 1 << 20).count
            },
        ]
    }

    /// Items as a page has them.
    private static func text(_ length: Int) -> String {
        var text = ""
        var number = 0
        while text.utf8.count < length {
            text += #"{"id":{"S":"user#\#(number)"},"name":{"S":"name \#(number % 7)"},"age":{"N":"\#(number % 90)"}},"#
            number += 1
        }
        return String(text.prefix(length))
    }
}
