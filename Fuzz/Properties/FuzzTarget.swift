/// What is fed with arbitrary bytes, and what must hold whatever they are.
///
/// The fuzzer and an ordinary test call the same checks: the one invents inputs, the other repeats those worth keeping.
enum FuzzTarget: String, CaseIterable, Sendable {
    case responseParser, chunkedDecoder, requestParser, compression, localNodes, routing, expressions, json, item

    /// Checks one input; a trap is the fuzzer's or the test runner's to notice.
    ///
    /// - Returns: which promise was broken; `nil` if all were kept.
    func check(_ input: [UInt8]) -> String? {
        switch self {
        case .responseParser: HTTPProperties.response(input)
        case .chunkedDecoder: HTTPProperties.chunks(input)
        case .requestParser: HTTPProperties.request(input)
        case .compression: CompressionProperties.check(input)
        case .localNodes: RoutingProperties.localNodes(input)
        case .routing: RoutingProperties.request(input)
        case .expressions: ExpressionProperties.check(input)
        case .json: JSONProperties.tree(input)
        case .item: JSONProperties.item(input)
        }
    }
}

/// Cuts an input into pieces by chance; the same seed gives the same cuts.
struct Pieces {
    private var state: UInt64
    private let bytes: [UInt8]
    private var position = 0

    init(of bytes: [UInt8], seed: UInt8) {
        self.bytes = bytes
        state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1
    }

    /// The next piece, of 1 to 16 bytes, now and then longer; `nil` at the end.
    mutating func next() -> [UInt8]? {
        guard position < bytes.count else { return nil }
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let draw = Int(state >> 33)
        let length = draw & 7 == 0 ? 1 + (draw >> 3) % 400 : 1 + (draw >> 3) % 16
        let end = min(bytes.count, position + length)
        defer { position = end }
        return Array(bytes[position..<end])
    }
}
