extension AlternatorConfig {
    /// What an answer may have; one that has more is refused with `.protocolViolation`, which names the field.
    ///
    /// The server's own answers are far below: a page is about 1 MB, BatchGetItem up to 16 MB, headers a few hundred bytes.
    /// The limits are there for what is not Alternator, or no longer itself.
    public struct ResponseLimits: Sendable, Hashable {
        /// Status line and headers, those of interim answers and trailers included; 1 KiB or more, 64 KiB by default.
        public var headerBytes: Int
        /// The body as it is sent, all chunks together; 1 KiB or more, 64 MiB by default.
        public var bodyBytes: Int
        /// The line that begins a chunk, with its extensions; 16 or more, 4 KiB by default.
        public var chunkLineBytes: Int
        /// Answers of status 1xx before the final one; 0 or more, 16 by default.
        public var interimAnswers: Int

        /// The defaults, or others.
        public init(
            headerBytes: Int = 64 << 10,
            bodyBytes: Int = 64 << 20,
            chunkLineBytes: Int = 4 << 10,
            interimAnswers: Int = 16
        ) {
            self.headerBytes = headerBytes
            self.bodyBytes = bodyBytes
            self.chunkLineBytes = chunkLineBytes
            self.interimAnswers = interimAnswers
        }

        /// A sentence that begins with the field's name.
        var problem: String? {
            for (field, value, least) in [
                ("headerBytes", headerBytes, 1024), ("bodyBytes", bodyBytes, 1024),
                ("chunkLineBytes", chunkLineBytes, 16), ("interimAnswers", interimAnswers, 0),
            ] where value < least {
                return "responseLimits.\(field): \(value) is less than \(least)"
            }
            return nil
        }
    }
}
