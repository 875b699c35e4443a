import Synchronization

/// What options of `system.config` say about every answer; changed while the server runs.
struct ResponseOptions: Sendable, Equatable {
    /// The least length of an answer that is compressed; 0 compresses none.
    var compressionThreshold = 4096
    var compressionLevel = 6
    /// `nil` sends no Server header.
    var server: String?
    var hasDate = true
    var hasContentType = true
    /// DynamoDB always tells the CRC-32 of its answers, a node only on request.
    var hasChecksum = false

    init() {}

    init(_ config: ServerConfig) {
        compressionThreshold = config.integer("alternator_response_compression_threshold_in_bytes") ?? 4096
        compressionLevel = config.integer("alternator_response_gzip_compression_level") ?? 6
        let name = Self.headerValue(config.text("alternator_http_response_server_header"))
        server = name.isEmpty ? nil : name
        hasDate = !config.flag("alternator_http_response_disable_date_header")
        hasContentType = !config.flag("alternator_http_response_disable_content_type_header")
        hasChecksum = config.flag("alternator_response_crc32_header")
    }

    /// A text as it can stand in a header: without control characters and outer blanks.
    private static func headerValue(_ text: String) -> String {
        let bytes = text.utf8.filter { $0 >= 0x20 && $0 != 0x7f }
        let start = bytes.firstIndex { $0 != 0x20 } ?? bytes.endIndex
        let end = bytes.lastIndex { $0 != 0x20 }.map { $0 + 1 } ?? start
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }
}

/// The options as all nodes share them; read by each answer without the engine's lock.
final class SharedResponseOptions: Sendable {
    private let options: Mutex<ResponseOptions>

    init(_ options: ResponseOptions) { self.options = Mutex(options) }

    var current: ResponseOptions { options.withLock { $0 } }

    func set(_ new: ResponseOptions) { options.withLock { $0 = new } }
}
